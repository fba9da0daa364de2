import { useEffect, useEffectEvent, useState } from 'react';
import type { AppSnapshot, OwnFiles, StackEntry } from '../../main/channels.ts';
import { useAnswer } from '../answer.ts';
import { useAction, useConnection } from '../context.ts';
import { supportWords } from '../engine-words.ts';
import { stackOf } from '../hero-model.ts';
import { plain } from '../text.ts';
import { ErrorNotes } from './error-notes.tsx';
import { Fact } from './facts.tsx';
import { OwnFilesDialog } from './own-files-dialog.tsx';
import { StateWord } from './state-word.tsx';
import { SwitchDialog } from './switch-dialog.tsx';

interface Props {
  readonly snapshot: AppSnapshot;
  /** another one each time that a file is asked for from elsewhere */
  readonly asked: object | undefined;
  /** something was begun: where one sees how far it is */
  readonly onBegun: () => void;
}

/** The stack that is shown, and the others that can be. */
export function StackCard({ snapshot, asked, onBegun }: Props) {
  const [other, setOther] = useState<StackEntry>();
  const when = `${snapshot.settingsSeen ?? 0} ${snapshot.current ?? ''}`;
  const { answer: stacks, errors, again } = useAnswer('stacks', {}, when);
  const stack = stackOf(snapshot);
  const { call } = useConnection();
  const [found, setFound] = useState<OwnFiles>();
  const [isNew, setNew] = useState(false);
  const open = useAction(async (name: 'openOwnFile' | 'openOwnFileAgain') => {
    const opened = await call(name, {});
    if (!opened) return;
    setNew(true);
    setFound(opened);
    await again();
  });
  const look = useAction(async (project: string) => {
    setNew(false);
    setFound(await call('ownFiles', { project }));
  });
  const openOne = useEffectEvent(() => open.run('openOwnFile'));
  useEffect(() => {
    if (asked) openOne();
  }, [asked]);
  return (
    <section className="card" aria-label="Stack">
      <div className="card-head">
        <h2>Stack</h2>
        <button
          type="button"
          className="small"
          disabled={open.isRunning}
          onClick={() => open.run('openOwnFile')}
        >
          Open a Compose file …
        </button>
      </div>
      {open.errors.length > 0 && <ErrorNotes errors={open.errors} onDismiss={open.dismiss} />}
      {errors.length > 0 && <ErrorNotes errors={errors} />}
      <ul>
        {(stacks ?? []).map((entry) => (
          <StackRow
            key={entry.project}
            entry={entry}
            isShown={entry.project === snapshot.current}
            onSwitch={() => setOther(entry)}
            onLook={() => look.run(entry.project)}
          />
        ))}
      </ul>
      <dl>
        <Fact name="Applied version">{stack?.profileVersion}</Fact>
        <Fact name="Newer version">{stack?.updateAvailable}</Fact>
      </dl>
      {look.errors.length > 0 && <ErrorNotes errors={look.errors} onDismiss={look.dismiss} />}
      {found && (
        <OwnFilesDialog
          found={found}
          isRunning={open.isRunning || look.isRunning}
          onAgain={() => (isNew ? open.run('openOwnFileAgain') : found.project && look.run(found.project))}
          onShow={() => {
            setFound(undefined);
            setOther(stacks?.find((s) => s.project === found.project));
          }}
          isShown={found.project === snapshot.current}
          onClose={() => setFound(undefined)}
        />
      )}
      {other && (
        <SwitchDialog
          snapshot={snapshot}
          other={other}
          onBegun={onBegun}
          onClose={() => setOther(undefined)}
        />
      )}
    </section>
  );
}

interface RowProps {
  readonly entry: StackEntry;
  readonly isShown: boolean;
  readonly onSwitch: () => void;
  /** shows its files' problems where they stand */
  readonly onLook: () => void;
}

function StackRow({ entry, isShown, onSwitch, onLook }: RowProps) {
  const { project, profile, files, title, summary, version, support, problems } = entry;
  const words = plain(title);
  const from = profile === undefined ? (files ?? []).join(', ') : `profile ${profile}`;
  return (
    <li className="stack-row">
      <div>
        <h3>{words}</h3>
        {summary !== undefined && <p>{plain(summary)}</p>}
        <p className="soft">
          {plain(
            [project, from, version === undefined ? '' : `version ${version}`].filter(Boolean).join(' · '),
          )}
        </p>
        {support && (
          <p className="soft">
            {supportWords(support)}. {plain(support.reason)}
          </p>
        )}
        {problems.length > 0 && <ErrorNotes title="It cannot be read" errors={problems} />}
      </div>
      <div className="stack-row-end">
        {profile === undefined && (
          <button type="button" className="small" onClick={onLook}>
            Check file<span className="unseen"> of {words}</span>
          </button>
        )}
        {isShown ? (
          <StateWord look={{ icon: 'ok', word: 'Shown', tone: 'ok' }} />
        ) : (
          <button type="button" className="small" onClick={onSwitch}>
            Switch …<span className="unseen"> to {words}</span>
          </button>
        )}
      </div>
    </li>
  );
}
