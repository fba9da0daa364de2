import { useState } from 'react';
import {
  publishes,
  SECRET_WORD,
  type Connect,
  type ProbeResult,
  type StackState,
  type StackUrl,
} from '../../main/contract.ts';
import { useAction, useConnection } from '../context.ts';
import { copyText } from '../copy.ts';
import { snippetsOf } from '../snippets.ts';
import { capital, plain } from '../text.ts';
import { CopyButton } from './copy-button.tsx';
import { ErrorNotes } from './error-notes.tsx';
import { ProbeRow } from './probes.tsx';
import { Tabs } from './tabs.tsx';

/** How to reach the stack, and with what. */
export function ConnectCard({ stack, isUp }: { stack: StackState; isUp: boolean }) {
  const { call } = useConnection();
  const { project, urls, connect } = stack;
  const [tested, setTested] = useState<ProbeResult>();
  const test = useAction(async () => {
    setTested(undefined);
    setTested(await call('testConnection', { project }));
  });
  const [first] = urls;
  if (!first) return null;
  return (
    <section className="card connect" aria-label="Connect">
      <div className="card-head">
        <h2>Connect</h2>
        {connect?.test !== undefined && (
          <button
            type="button"
            className="small"
            disabled={!publishes(stack, connect.test) || test.isRunning}
            onClick={() => test.run()}
          >
            {test.isRunning ? 'Testing …' : 'Test'}
            <span className="unseen"> the connection</span>
          </button>
        )}
      </div>
      {test.errors.length > 0 && <ErrorNotes errors={test.errors} onDismiss={test.dismiss} />}
      <ul aria-live="polite">{tested && isUp && <ProbeRow probe={tested} />}</ul>
      {urls.map((url, index) => (
        <Address key={index} url={url} project={project} index={index} isUp={isUp} />
      ))}
      {connect && (
        <div className="field">
          <span className="field-label">{capital(SECRET_WORD[connect.api])}</span>
          <CopyButton
            what={SECRET_WORD[connect.api]}
            copy={() => call('copySecret', { project, name: connect.secret })}
          />
          <span className="field-value">
            <span aria-hidden="true">••••••••••••</span>
            <span className="unseen">not shown</span>
          </span>
        </div>
      )}
      {connect && <Snippets url={first.url} connect={connect} />}
    </section>
  );
}

function Address({
  url: { label, url, on, tunnel },
  project,
  index,
  isUp,
}: {
  url: StackUrl;
  project: string;
  index: number;
  isUp: boolean;
}) {
  const { call } = useConnection();
  const open = useAction(() => call('openUrl', { project, index }));
  const name = plain(label);
  return (
    <>
      <div className="field">
        <span className="field-label">{on === undefined ? name : `${name}, on ${plain(on)}`}</span>
        {on === undefined && (
          <button
            type="button"
            className="small"
            disabled={!isUp || open.isRunning}
            onClick={() => open.run()}
          >
            Open<span className="unseen"> {name}</span>
          </button>
        )}
        <CopyButton what={`address of ${name}`} copy={() => call('copyAddress', { project, index })} />
        <span className="field-value">{plain(url)}</span>
      </div>
      {open.errors.length > 0 && <ErrorNotes errors={open.errors} onDismiss={open.dismiss} />}
      {tunnel !== undefined && (
        <div className="field">
          <span className="field-label">Reach it from here with</span>
          <CopyButton what="command" copy={() => copyText(plain(tunnel))} />
          <span className="field-value">{plain(tunnel)}</span>
        </div>
      )}
    </>
  );
}

function Snippets({ url, connect: { api, secret } }: { url: string; connect: Connect }) {
  const tabs = snippetsOf(api, url, secret).map(({ name, text }) => ({
    name,
    panel: (
      <div className="snippet">
        <pre tabIndex={0}>{text}</pre>
        <CopyButton what={`${name} example`} copy={() => copyText(text)} />
      </div>
    ),
  }));
  return (
    <>
      <Tabs label="First request" tabs={tabs} />
      <p className="soft small-text">
        The examples take the {SECRET_WORD[api]} from the variable <code>{secret}</code>.
      </p>
    </>
  );
}
