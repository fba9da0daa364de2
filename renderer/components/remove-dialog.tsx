import { useId, useState } from 'react';
import { memoryText, type RemovalShape } from '../../main/channels.ts';
import { useAnswer } from '../answer.ts';
import { useAction, useConnection } from '../context.ts';
import { plain } from '../text.ts';
import { dayAndTime } from '../time.ts';
import { Dialog } from './dialog.tsx';
import { ErrorNotes } from './error-notes.tsx';
import { TypedWord } from './typed-word.tsx';

interface Props {
  readonly project: string;
  readonly onBegun: () => void;
  readonly onClose: () => void;
}

/** Everything that goes and everything that stays; it is done for this list when the name is typed. */
export function RemoveDialog({ project, onBegun, onClose }: Props) {
  const { call } = useConnection();
  const { answer: removal, errors, again } = useAnswer('removal', { project }, project);
  const [typed, setTyped] = useState('');
  const field = useId();
  const action = useAction(async ({ agreement }: RemovalShape) => {
    try {
      await call('removeStack', { project, typed: typed.trim(), agreement });
    } catch (thrown) {
      // the word was for the list that was shown
      setTyped('');
      await again();
      throw thrown;
    }
    onClose();
    onBegun();
  });
  const isNothing = removal !== undefined && !isAnything(removal);
  const mayRemove = removal && !isNothing && typed.trim() === project && !action.isRunning;
  return (
    <Dialog title={`Remove everything of ${plain(project)}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (mayRemove) action.run(removal);
        }}
      >
        <div className="dialog-body">
          {action.errors.length > 0 && <ErrorNotes errors={action.errors} onDismiss={action.dismiss} />}
          {errors.length > 0 && <ErrorNotes title="Nothing was removed" errors={errors} />}
          {!removal && errors.length === 0 && <p className="soft">Looking for everything of it …</p>}
          {isNothing && <p>There is nothing of it.</p>}
          {removal && !isNothing && <Goes removal={removal} />}
          {removal && <Stays keeps={removal.keeps} />}
          {removal && !isNothing && (
            <TypedWord id={field} value={typed} onType={setTyped}>
              What is in volumes and keys cannot be brought back. Type <strong>{plain(project)}</strong> to
              remove it.
            </TypedWord>
          )}
        </div>
        <div className="actions dialog-actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="harm" disabled={!mayRemove}>
            Remove everything
          </button>
        </div>
      </form>
    </Dialog>
  );
}

const isAnything = ({ containers, networks, volumes, secrets, isKnown }: RemovalShape): boolean =>
  isKnown || [containers, networks, volumes, secrets].some((list) => list.length > 0);

function Goes({ removal }: { removal: RemovalShape }) {
  const { engine, store, containers, networks, volumes, nameless, secrets, isKnown } = removal;
  return (
    <>
      <p className="soft">On the engine {plain(engine)}, in this order:</p>
      <List title="Containers" items={containers} />
      <List
        title="Nameless volumes"
        items={nameless.map((v) => `${v.name.slice(0, 12)} of ${v.container}`)}
      />
      <List title="Networks" items={networks} />
      <List title="Volumes, with all data in them" items={volumes.map(volumeWords)} />
      <List title={`Keys in ${plain(store)}`} items={secrets} />
      <List
        title="Known of it"
        items={isKnown ? ['settings, applied versions, incidents, history of its health'] : []}
      />
    </>
  );
}

function volumeWords({ name, createdAt, size }: RemovalShape['volumes'][number]): string {
  const facts = [
    ...(size === undefined ? [] : [memoryText(size)]),
    ...(createdAt === undefined ? [] : [`made ${dayAndTime(createdAt)}`]),
  ];
  return facts.length === 0 ? name : `${name} (${facts.join(', ')})`;
}

function Stays({ keeps }: { keeps: RemovalShape['keeps'] }) {
  const always = [
    'the app and its own settings, with their history',
    'images',
    'keys that all stacks share',
    'other stacks and backups',
  ];
  return (
    <section>
      <h3>Stays</h3>
      <ul className="steps">
        {keeps.map(({ what, why }) => (
          <li key={what}>
            {plain(what)} <span className="soft">{plain(why)}</span>
          </li>
        ))}
        <li className="soft">{always.join(', ')}</li>
      </ul>
    </section>
  );
}

function List({ title, items }: { title: string; items: readonly string[] }) {
  if (items.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul className="steps">
        {items.map((item) => (
          <li key={item}>{plain(item)}</li>
        ))}
      </ul>
    </section>
  );
}
