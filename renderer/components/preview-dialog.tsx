import { useAnswer } from '../answer.ts';
import type { Request } from '../hero-model.ts';
import { Dialog } from './dialog.tsx';
import { ErrorNotes } from './error-notes.tsx';
import { PlanParts, useAgreed } from './plan-parts.tsx';

interface Props {
  /** what the button that does it is called */
  readonly verb: string;
  /** the stack that was shown when it was asked for */
  readonly project: string;
  readonly onStart: (request: Request) => void;
  readonly onClose: () => void;
}

/** What a start would do, before it is done; what needs the user's word is asked for here. */
export function PreviewDialog({ project, verb, onStart, onClose }: Props) {
  const { answer: preview, errors } = useAnswer('preview', { project }, project);
  const agreed = useAgreed(preview);
  return (
    <Dialog title="What will happen" onClose={onClose}>
      <div className="dialog-body">
        {errors.length > 0 && <ErrorNotes errors={errors} />}
        {!preview && errors.length === 0 && <p className="soft">Comparing the profile with the engine …</p>}
        {preview && <PlanParts project={project} preview={preview} agreed={agreed} />}
      </div>
      <div className="actions dialog-actions">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          className="primary"
          disabled={!agreed.isAll}
          onClick={() => {
            if (preview) onStart({ kind: 'up', services: [], agreement: preview.agreement });
            onClose();
          }}
        >
          {verb}
        </button>
      </div>
    </Dialog>
  );
}
