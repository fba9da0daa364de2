import { useId, useState } from 'react';
import type { KeyRemoval } from '../../main/channels.ts';
import { useAnswer } from '../answer.ts';
import { useAction, useConnection } from '../context.ts';
import { listed } from '../key-words.ts';
import { plain } from '../text.ts';
import { useAsked } from '../use-asked.ts';
import { Dialog } from './dialog.tsx';
import { ErrorNotes } from './error-notes.tsx';
import { TypedWord } from './typed-word.tsx';

interface Props {
  /** another one each time that it is asked for from elsewhere */
  readonly asked: object | undefined;
  readonly again: () => Promise<void>;
}

/** The way to have no key here any more; what goes and what stays, the dialog says. */
export function RemoveKeysCard({ asked, again }: Props) {
  const [isAsked, ask] = useState(false);
  useAsked(asked, () => ask(true));
  return (
    <section className="card danger" aria-label="Remove all keys">
      <div className="card-head">
        <h2>Remove all keys</h2>
      </div>
      <p>
        Keys of providers and tools, for every stack. Passwords and keys that data was made with stay with it.
      </p>
      <div className="after-facts">
        <button type="button" onClick={() => ask(true)}>
          Remove all keys …
        </button>
      </div>
      {isAsked && <RemoveKeysDialog again={again} onClose={() => ask(false)} />}
    </section>
  );
}

function RemoveKeysDialog({ again, onClose }: { again: () => Promise<void>; onClose: () => void }) {
  const { call } = useConnection();
  const { answer: removal, errors, again: look } = useAnswer('keyRemoval', {}, 'once');
  const [typed, setTyped] = useState('');
  const field = useId();
  const action = useAction(async ({ agreement }: KeyRemoval) => {
    try {
      await call('removeKeys', { typed: typed.trim(), agreement });
    } catch (thrown) {
      // the word was for the list that was shown; some may be gone
      setTyped('');
      await look();
      throw thrown;
    } finally {
      await again();
    }
    onClose();
  });
  const isNothing = removal?.keys.length === 0;
  const mayRemove = removal && !isNothing && typed.trim() === removal.word && !action.isRunning;
  return (
    <Dialog title="Remove all keys" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (mayRemove) action.run(removal);
        }}
      >
        <div className="dialog-body">
          {[...errors, ...action.errors].length > 0 && <ErrorNotes errors={[...errors, ...action.errors]} />}
          {isNothing && <p>There is no key that could be removed here.</p>}
          {removal && !isNothing && (
            <ul className="steps">
              {removal.keys.map(({ name, project, takers }) => (
                <li key={`${project} ${name}`}>
                  <code>{plain(name)}</code>{' '}
                  <span className="soft">
                    {takers.length === 0
                      ? 'no stack takes it'
                      : `${listed(takers)} lose${takers.length === 1 ? 's' : ''} it`}
                  </span>
                </li>
              ))}
            </ul>
          )}
          {removal && removal.keeps.length > 0 && (
            <section>
              <h3>Stays, as data was made with it</h3>
              <ul className="steps">
                {removal.keeps.map(({ name, project }) => (
                  <li key={`${project} ${name}`}>
                    <code>{plain(name)}</code> <span className="soft">of {plain(project)}</span>
                  </li>
                ))}
              </ul>
            </section>
          )}
          {removal && !isNothing && (
            <TypedWord id={field} value={typed} onType={setTyped}>
              They cannot be brought back from here. Type <strong>{removal.word}</strong> to remove them.
            </TypedWord>
          )}
        </div>
        <div className="actions dialog-actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="harm" disabled={!mayRemove}>
            Remove all keys
          </button>
        </div>
      </form>
    </Dialog>
  );
}
