import { useState } from 'react';
import type { ModelServerShape, ProviderState, TriedProvider } from '../../main/channels.ts';
import { useAnswer } from '../answer.ts';
import { useAction, useConnection } from '../context.ts';
import { providerLook, triedLook } from '../key-words.ts';
import { inputModeOf } from '../setting-groups.ts';
import { plain } from '../text.ts';
import { ErrorNotes } from './error-notes.tsx';
import { KeyRow } from './key-row.tsx';
import { StateWord } from './state-word.tsx';
import { ValueField } from './value-field.tsx';

const KINDS: readonly { readonly kind: ProviderState['kind']; readonly title: string }[] = [
  { kind: 'cloud', title: 'Model providers' },
  { kind: 'own', title: 'Models on a machine of yours' },
  { kind: 'tool', title: 'Tools and downloads' },
];

interface Props {
  readonly providers: readonly ProviderState[];
  readonly project: string;
  /** reads anew what is set; resolves when it is shown */
  readonly again: () => Promise<void>;
}

/** What the stack takes of each provider; a key is stored the moment it is saved, and never shown. */
export function ProviderCards({ providers, project, again }: Props) {
  const { answer: servers } = useAnswer('modelServers', {}, 'once');
  return KINDS.map(({ kind, title }) => {
    const its = providers.filter((p) => p.kind === kind);
    if (its.length === 0) return null;
    return (
      <section className="card options" aria-label={title} key={kind}>
        <div className="card-head">
          <h2>{title}</h2>
          {its.every((p) => p.keys.every((k) => k.isKnown)) && (
            <span className="soft">{its.filter((p) => p.isReady).length} set</span>
          )}
        </div>
        {its.map((provider) => (
          <ProviderCard
            key={provider.id}
            provider={provider}
            found={servers?.find((s) => s.id === provider.id)}
            project={project}
            again={again}
          />
        ))}
      </section>
    );
  });
}

interface CardProps {
  readonly provider: ProviderState;
  /** it runs on this machine */
  readonly found: ModelServerShape | undefined;
  readonly project: string;
  readonly again: () => Promise<void>;
}

/** One provider: its keys and addresses, and the call that tries them. */
export function ProviderCard({ provider, found, project, again }: CardProps) {
  const { call } = useConnection();
  const { id, title, about, kind, keys, settings, canTry, isReady } = provider;
  const [tried, setTried] = useState<TriedProvider>();
  const test = useAction(async () => {
    setTried(undefined);
    setTried(await call('tryProvider', { project, provider: id }));
  });
  const page = useAction(() => call('openProviderPage', { provider: id }));
  const changed = async (): Promise<void> => {
    // of what was there before
    setTried(undefined);
    await again();
  };
  const words = plain(title);
  return (
    <details className="provider setting-group">
      <summary>
        <span>
          {words}
          {found && <span className="soft"> found on this machine</span>}
        </span>
        <StateWord look={providerLook(provider)} />
      </summary>
      <p className="soft">{about}</p>
      {found && <FoundServer found={found} provider={provider} project={project} again={changed} />}
      {keys.map((secret) => (
        <KeyRow key={secret.name} secret={secret} project={project} again={changed} />
      ))}
      {settings.map((setting) => (
        <ValueField
          key={setting.name}
          id={`provider-${setting.name}`}
          title={setting.label}
          hint={
            <>
              <code>{plain(setting.name)}</code>
              {setting.isNeeded ? ', needed' : ', only where it is another'}
            </>
          }
          value={setting.value}
          inputMode={inputModeOf(setting)}
          isChanged={setting.changed}
          reset="Default"
          save={async (value) => {
            await call('changeSetting', { project, name: setting.name, value });
            await changed();
          }}
        />
      ))}
      <div className="actions">
        <button type="button" className="small" disabled={page.isRunning} onClick={() => page.run()}>
          {kind === 'own' ? 'Get it …' : 'Get a key …'}
          <span className="unseen"> {words}, in the browser</span>
        </button>
        {canTry && (
          <button
            type="button"
            className="small"
            disabled={!isReady || test.isRunning}
            onClick={() => test.run()}
          >
            {test.isRunning ? 'Testing …' : 'Test'}
            <span className="unseen"> {words}</span>
          </button>
        )}
      </div>
      {!canTry && (
        <p className="soft small-text">
          It cannot be tried from here: the server’s log says what it meets when it uses it.
        </p>
      )}
      <div className="tried" role="status">
        {tried && (
          <>
            <StateWord look={triedLook(tried)} /> <span>{plain(tried.words)}</span>
          </>
        )}
      </div>
      {[...test.errors, ...page.errors].length > 0 && (
        <ErrorNotes errors={[...test.errors, ...page.errors]} />
      )}
    </details>
  );
}

/** A program of this machine: whether containers reach it, and the way to use it. */
function FoundServer({ found, provider, project, again }: CardProps & { found: ModelServerShape }) {
  const { call } = useConnection();
  const { title, url, reach, next, setting } = found;
  const now = provider.settings.find((s) => s.name === setting)?.value;
  const use = useAction(async () => {
    await call('changeSetting', { project, name: setting, value: url });
    await again();
  });
  const isUsed = now === url || now === url.replace(/\/v1$/, '');
  return (
    <div className={reach === 'yes' ? '' : 'note warn'}>
      <div className="note-text">
        <p>{plain(`${title} runs on this machine${REACH[reach]}`)}</p>
        {!isUsed && <code>{plain(url)}</code>}
        {next !== undefined && <p className="soft">{plain(next)}</p>}
        {!isUsed && reach !== 'elsewhere' && (
          <div className="actions">
            <button type="button" className="small" disabled={use.isRunning} onClick={() => use.run()}>
              Use it<span className="unseen">: {title}</span>
            </button>
          </div>
        )}
        {use.errors.length > 0 && <ErrorNotes errors={use.errors} />}
      </div>
    </div>
  );
}

const REACH: Readonly<Record<ModelServerShape['reach'], string>> = {
  yes: ', and containers reach it.',
  loopback: ', and containers do not reach it yet.',
  unknown: '; whether containers reach it cannot be told from here: test it after the start.',
  elsewhere: ', and the engine is on another one: its containers do not reach it.',
};
