import type { AppSnapshot } from '../../main/channels.ts';
import { useAnswer } from '../answer.ts';
import { isFree, stackOf } from '../hero-model.ts';
import { changesOf } from '../preview-model.ts';
import { Changes } from './changes.tsx';
import { ErrorNotes } from './error-notes.tsx';
import { Icon } from './icon.tsx';

interface Props {
  readonly snapshot: AppSnapshot;
  readonly project: string;
  /** what the settings are; other ones are compared anew */
  readonly values: string;
  readonly onApply: () => void;
}

/** What of the settings the running containers do not have yet, and the way to give it to them. */
export function Pending({ snapshot, project, values, onApply }: Props) {
  const stack = stackOf(snapshot);
  const isThere = stack?.project === project && stack.services.some((s) => s.status !== 'absent');
  const isLooked = isThere && isFree(snapshot);
  const when = isLooked ? `${values} ${snapshot.ended?.at ?? ''} ${stack.status}` : undefined;
  const { answer: preview, errors } = useAnswer('preview', { project }, when);
  if (!isThere) {
    return <p className="soft">Nothing of it is there yet: the first start takes what is set here.</p>;
  }
  if (errors.length > 0) return <ErrorNotes title="What is set here cannot be applied" errors={errors} />;
  if (!isLooked || !preview) return null;
  const changes = changesOf(preview.steps);
  if (changes.length === 0) return <p className="soft">What is there is as it is set here.</p>;
  return (
    <div className="note warn" role="status">
      <Icon name="warn" />
      <div className="note-text">
        <strong>Taken with the next start</strong>
        <Changes changes={changes} />
      </div>
      <button type="button" className="small" onClick={onApply}>
        Apply changes …
      </button>
    </div>
  );
}
