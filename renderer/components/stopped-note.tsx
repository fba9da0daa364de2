import type { AppSnapshot } from '../../main/channels.ts';
import { useAction, useConnection } from '../context.ts';
import { isFree } from '../hero-model.ts';
import { plain } from '../text.ts';
import { ErrorNotes } from './error-notes.tsx';
import { Icon } from './icon.tsx';

/** Says which stack was stopped for one that then did not start, and starts it again. */
export function StoppedNote({ snapshot }: { snapshot: AppSnapshot | undefined }) {
  const { call } = useConnection();
  const { current, ended } = snapshot ?? {};
  const stopped = ended?.stopped;
  const back = useAction(async () => {
    if (current === undefined || !stopped) return;
    await call('switchStack', { from: current, to: stopped.project, isStarted: true });
  });
  if (!stopped || stopped.project === current) return null;
  const title = plain(stopped.title);
  return (
    <>
      {back.errors.length > 0 && <ErrorNotes errors={back.errors} onDismiss={back.dismiss} />}
      <div className="note warn" role="status">
        <Icon name="warn" />
        <div className="note-text">
          <strong>{title} was stopped</strong>
          <p>It was stopped for this stack, which did not start. Its data and its keys are as they were.</p>
          <div>
            <button
              type="button"
              className="small"
              disabled={back.isRunning || !isFree(snapshot)}
              onClick={() => back.run()}
            >
              Start {title} again
            </button>
          </div>
        </div>
      </div>
    </>
  );
}
