import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { matching } from '../command-filter.ts';
import type { Command } from '../commands.ts';
import { useAction, useConnection } from '../context.ts';
import { useModal } from '../modal.ts';
import { shortcutText } from '../shortcut.ts';
import { ErrorNotes } from './error-notes.tsx';

interface Props {
  readonly commands: readonly Command[];
  /** does it, and rejects with what main said */
  readonly onRun: (command: Command) => Promise<unknown>;
  readonly onClose: () => void;
}

/**
 * Everything that can be done, by its name: a combobox with a list, as the ARIA Authoring Practices have it. The focus
 * stays in the field; arrows choose, Enter does. It closes when it is done, and stays to say why it is not.
 */
export function CommandPalette({ commands, onRun, onClose }: Props) {
  const { platform } = useConnection();
  const modal = useModal(onClose);
  const id = useId();
  const [query, setQuery] = useState('');
  const [chosen, choose] = useState(0);
  const action = useAction(async (command: Command) => {
    await onRun(command);
    onClose();
  });
  const found = matching(commands, query);
  // the list changes with the stack too
  const at = Math.min(chosen, found.length - 1);
  const list = useRef<HTMLUListElement>(null);

  useLayoutEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: 'nearest' });
  }, [at, query]);

  function run(command: Command | undefined): void {
    if (command && !action.isRunning) action.run(command);
  }

  function press(event: KeyboardEvent): void {
    // Enter may end the writing of a character
    if (event.nativeEvent.isComposing) return;
    const last = found.length - 1;
    const to = { ArrowDown: at === last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1 }[event.key];
    if (to !== undefined) choose(to);
    else if (event.key === 'Enter') run(found[at]);
    else return;
    event.preventDefault();
  }

  return (
    <dialog
      {...modal}
      className="palette"
      aria-label="Commands"
      onClick={(event) => {
        // beside it
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <input
        type="text"
        role="combobox"
        aria-label="What to do"
        aria-expanded="true"
        aria-autocomplete="list"
        aria-controls={`${id}-list`}
        aria-activedescendant={found.length > 0 ? `${id}-${at}` : undefined}
        placeholder="What to do?"
        autoComplete="off"
        spellCheck={false}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          choose(0);
        }}
        onKeyDown={press}
      />
      {action.errors.length > 0 && <ErrorNotes errors={action.errors} />}
      <ul ref={list} id={`${id}-list`} role="listbox" aria-label="Commands">
        {found.map((command, i) => (
          <li
            key={command.title}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === at}
            onPointerMove={() => choose(i)}
            onClick={() => run(command)}
          >
            <span>{command.title}</span>
            {command.key !== undefined && <kbd aria-hidden="true">{shortcutText(command.key, platform)}</kbd>}
          </li>
        ))}
      </ul>
      <p className={found.length === 0 ? 'soft' : 'unseen'} role="status">
        {found.length === 0
          ? 'No command that is possible now has these words.'
          : `${found.length} ${found.length === 1 ? 'command' : 'commands'}`}
      </p>
    </dialog>
  );
}
