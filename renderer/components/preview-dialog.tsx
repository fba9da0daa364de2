import { useEffect, useState } from 'react';
import type { Operate, Preview } from '../../main/channels.ts';
import { useConnection } from '../context.ts';
import { groupsOf } from '../preview-model.ts';
import { errorsOf, type SaidError } from '../state.ts';
import { plain } from '../text.ts';
import { Dialog } from './dialog.tsx';
import { ErrorNotes } from './error-notes.tsx';
import { Icon } from './icon.tsx';

interface Props {
  readonly onStart: (request: Operate) => void;
  readonly onClose: () => void;
}

/** What a start would do, before it is done; what needs the user's word is asked for here. */
export function PreviewDialog({ onStart, onClose }: Props) {
  const { call } = useConnection();
  const [preview, setPreview] = useState<Preview>();
  const [errors, setErrors] = useState<readonly SaidError[]>([]);
  const [agreed, setAgreed] = useState<ReadonlySet<number>>(new Set());

  useEffect(() => {
    call('preview', {}).then(setPreview, (thrown: unknown) => setErrors(errorsOf(thrown)));
  }, [call]);

  const mayStart = preview?.confirmations.every((_, i) => agreed.has(i)) ?? false;
  return (
    <Dialog title="What will happen" onClose={onClose}>
      <div className="dialog-body">
        {errors.length > 0 && <ErrorNotes errors={errors} />}
        {!preview && errors.length === 0 && <p className="soft">Comparing the profile with the engine …</p>}
        {preview && <Warnings warnings={preview.warnings} />}
        {preview?.confirmations.map(({ text }, i) => (
          <label key={i} className="note warn confirm">
            <input type="checkbox" checked={agreed.has(i)} onChange={() => setAgreed(toggled(agreed, i))} />
            <span>{plain(text)}</span>
          </label>
        ))}
        {preview && <Steps preview={preview} />}
      </div>
      <div className="actions dialog-actions">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          className="primary"
          disabled={!mayStart}
          onClick={() => {
            if (preview) onStart({ kind: 'up', services: [], agreement: preview.agreement });
            onClose();
          }}
        >
          Start
        </button>
      </div>
    </Dialog>
  );
}

function Warnings({ warnings }: { warnings: Preview['warnings'] }) {
  return (
    <>
      {warnings.map((w, i) => (
        <div key={i} className="note warn">
          <Icon name="warn" />
          <div className="note-text">
            <p>{plain(w.message)}</p>
            <p className="soft">{plain(w.next)}</p>
          </div>
        </div>
      ))}
    </>
  );
}

function Steps({ preview: { steps, unchanged } }: { preview: Preview }) {
  return (
    <>
      {steps.length === 0 && <p>Nothing needs to be done.</p>}
      {groupsOf(steps).map((group) => (
        <section key={group.title}>
          <h3>{group.title}</h3>
          <ul className="steps">
            {group.steps.map(({ id, title, cause }) => (
              <li key={id}>
                {plain(title)} <span className="soft">{plain(cause)}</span>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {unchanged.length > 0 && (
        <section>
          <h3>Keep as it is</h3>
          <p>{unchanged.map(plain).join(', ')}</p>
        </section>
      )}
    </>
  );
}

function toggled(set: ReadonlySet<number>, entry: number): ReadonlySet<number> {
  const next = new Set(set);
  if (!next.delete(entry)) next.add(entry);
  return next;
}
