import { useEffect, useState } from 'react';
import { plain } from '../text.ts';
import { RemoveDialog } from './remove-dialog.tsx';

interface Props {
  readonly project: string;
  /** undefined while something is done with the stack, or it is not seen as it is now */
  readonly canRemove: boolean;
  /** another one each time that it is asked for from elsewhere */
  readonly asked: object | undefined;
  readonly onBegun: () => void;
}

/** The way to have nothing more of the stack; what that is, the dialog says. */
export function RemoveCard({ project, canRemove, asked, onBegun }: Props) {
  const [isAsked, ask] = useState(false);
  useEffect(() => {
    if (asked) ask(true);
  }, [asked]);
  return (
    <section className="card danger" aria-label="Remove everything">
      <div className="card-head">
        <h2>Remove everything</h2>
      </div>
      <p>
        Containers, networks, data volumes with your agents’ memory, keys and settings of {plain(project)}.
        You see the list first, and type the name of the stack.
      </p>
      <div className="after-facts">
        <button type="button" disabled={!canRemove} onClick={() => ask(true)}>
          Remove everything …
        </button>
      </div>
      {isAsked && <RemoveDialog project={project} onBegun={onBegun} onClose={() => ask(false)} />}
    </section>
  );
}
