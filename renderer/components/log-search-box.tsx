import { useEffect, useRef, type KeyboardEvent } from 'react';
import { useConnection } from '../context.ts';
import type { LogSearch } from '../log-search.ts';
import { FIND_KEY } from '../places.ts';
import { shortcutName, shortcutOf, shortcutText } from '../shortcut.ts';
import { IconButton } from './icon-button.tsx';

/** leads to the next hit, wherever the focus is */
const NEXT_KEY = 'F3';

interface Props {
  /** another one each time that the menu asks for the search */
  readonly asked: object | undefined;
  readonly query: string;
  readonly search: LogSearch;
  readonly onQuery: (query: string) => void;
  readonly onMove: (by: 1 | -1) => void;
}

/** Looks for a text: how often it stands there, and the way from hit to hit. */
export function LogSearchBox({ asked, query, search, onQuery, onMove }: Props) {
  const { platform } = useConnection();
  const field = useRef<HTMLInputElement>(null);

  function toField(): void {
    field.current?.focus();
    field.current?.select();
  }

  useEffect(() => {
    if (asked) toField();
  }, [asked]);

  useEffect(() => {
    const press = (event: globalThis.KeyboardEvent): void => {
      const isFind = shortcutOf(event, platform) === FIND_KEY;
      if ((!isFind && event.key !== NEXT_KEY) || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      if (!isFind) return onMove(event.shiftKey ? -1 : 1);
      toField();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  });

  const enter = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') onMove(event.shiftKey ? -1 : 1);
  };
  return (
    <div className="log-search" role="search">
      <label>
        Search{' '}
        <input
          ref={field}
          type="search"
          aria-keyshortcuts={shortcutName(FIND_KEY, platform)}
          title={shortcutText(FIND_KEY, platform)}
          value={query}
          onChange={(event) => onQuery(event.target.value)}
          onKeyDown={enter}
        />
      </label>
      <IconButton
        icon="up"
        name="Previous match (Shift+F3)"
        disabled={search.total === 0}
        onClick={() => onMove(-1)}
      />
      <IconButton
        icon="down"
        name="Next match (F3)"
        disabled={search.total === 0}
        onClick={() => onMove(1)}
      />
      <span className="soft num" role="status">
        {query !== '' && hitWords(search)}
      </span>
    </div>
  );
}

function hitWords({ total, position, isBusy }: LogSearch): string {
  const words = `${position === undefined ? '' : `${position} of `}${total.toLocaleString('en')} ${total === 1 ? 'match' : 'matches'}`;
  return isBusy ? `${words} …` : words;
}
