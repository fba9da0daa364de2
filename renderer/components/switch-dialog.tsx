import type { AppSnapshot, StackEntry } from '../../main/channels.ts';
import { isUp } from '../../main/contract.ts';
import { useAnswer } from '../answer.ts';
import { useAction, useConnection } from '../context.ts';
import { stackTitle } from '../engine-words.ts';
import { stackOf } from '../hero-model.ts';
import { withPortsOf } from '../preview-model.ts';
import { plain } from '../text.ts';
import { Dialog } from './dialog.tsx';
import { ErrorNotes } from './error-notes.tsx';
import { PlanParts, useAgreed } from './plan-parts.tsx';

interface Props {
  readonly snapshot: AppSnapshot;
  /** the one to come */
  readonly other: StackEntry;
  readonly onBegun: () => void;
  readonly onClose: () => void;
}

/** What a change to another stack does to both, before it is done. */
export function SwitchDialog({ snapshot, other, onBegun, onClose }: Props) {
  const { call } = useConnection();
  const to = other.project;
  const from = snapshot.current;
  const { answer: preview, errors } = useAnswer('preview', { project: to }, to);
  const agreed = useAgreed(preview);
  const action = useAction(async (isStarted: boolean) => {
    if (from === undefined) return;
    const word = isStarted && preview ? { agreement: preview.agreement } : {};
    await call('switchStack', { from, to, isStarted, ...word });
    onClose();
    onBegun();
  });
  const present = plain(stackTitle(snapshot));
  const title = plain(other.title);
  const up = stackOf(snapshot)?.services.filter(isUp) ?? [];
  const mayStart = agreed.isAll && snapshot.isCurrent && !action.isRunning;
  return (
    <Dialog title={`Switch to ${title}`} onClose={onClose}>
      <div className="dialog-body">
        {action.errors.length > 0 && (
          <ErrorNotes title="Nothing was stopped" errors={action.errors} onDismiss={action.dismiss} />
        )}
        <section>
          <h3>Stop {present}</h3>
          <p>{up.length === 0 ? 'Nothing of it runs.' : up.map((s) => plain(s.name)).join(', ')}</p>
          <p className="soft">Its containers, its data and its keys stay: nothing of it is deleted.</p>
        </section>
        <h3>Start {title}</h3>
        {errors.length > 0 && <ErrorNotes title="What it would do cannot be told" errors={errors} />}
        {!preview && errors.length === 0 && <p className="soft">Comparing it with the engine …</p>}
        {preview && <PlanParts project={to} preview={withPortsOf(preview, from)} agreed={agreed} />}
      </div>
      <div className="actions dialog-actions">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <button type="button" disabled={action.isRunning} onClick={() => action.run(false)}>
          Only show it
        </button>
        <button type="button" className="primary" disabled={!mayStart} onClick={() => action.run(true)}>
          {up.length === 0 ? 'Start it' : 'Stop and start'}
        </button>
      </div>
    </Dialog>
  );
}
