import { useAnswer } from '../answer.ts';
import type { Request } from '../hero-model.ts';
import { changesOf, restarted } from '../preview-model.ts';
import { plain } from '../text.ts';
import { Changes } from './changes.tsx';
import { Dialog } from './dialog.tsx';
import { ErrorNotes } from './error-notes.tsx';

interface Props {
  readonly project: string;
  readonly onRestart: (request: Request) => void;
  /** shows what would make it as it is set */
  readonly onApply: () => void;
  readonly onClose: () => void;
}

/** What a restart of the whole does, and whether it would leave out what was changed since the start. */
export function RestartDialog({ project, onRestart, onApply, onClose }: Props) {
  const { answer: restart, errors } = useAnswer('restartPreview', { project }, project);
  const { answer: up, errors: unplanned } = useAnswer('preview', { project }, project);
  const changes = up ? changesOf(up.steps) : [];
  const isLooked = up !== undefined || unplanned.length > 0;
  const services = restart ? restarted(restart.steps) : [];
  return (
    <Dialog title="Restart" onClose={onClose}>
      <div className="dialog-body">
        {errors.length > 0 && <ErrorNotes errors={errors} />}
        {(!restart || !isLooked) && errors.length === 0 && (
          <p className="soft">Comparing the profile with the engine …</p>
        )}
        {changes.length > 0 && (
          <section className="note warn">
            <div className="note-text">
              <strong>A restart alone does not take what was changed since the start</strong>
              <Changes changes={changes} />
            </div>
          </section>
        )}
        {unplanned.length > 0 && (
          <ErrorNotes
            title="What is set now could not be applied; a restart takes what was"
            errors={unplanned}
          />
        )}
        {restart && isLooked && (
          <section>
            <h3>Restart</h3>
            <p>
              {services.length === 0 ? 'Nothing is there to be restarted.' : services.map(plain).join(', ')}
            </p>
            <p className="soft">Each is stopped and started again, in this order; data stays.</p>
          </section>
        )}
      </div>
      <div className="actions dialog-actions">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          className={changes.length > 0 ? undefined : 'primary'}
          disabled={!isLooked || services.length === 0}
          onClick={() => {
            onRestart({ kind: 'restart', services: [] });
            onClose();
          }}
        >
          {changes.length > 0 ? 'Restart only' : 'Restart'}
        </button>
        {changes.length > 0 && (
          <button type="button" className="primary" onClick={onApply}>
            Apply changes …
          </button>
        )}
      </div>
    </Dialog>
  );
}
