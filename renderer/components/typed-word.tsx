import type { ReactNode } from 'react';

interface Props {
  readonly id: string;
  /** what is asked, with the word */
  readonly children: ReactNode;
  readonly value: string;
  readonly onType: (value: string) => void;
}

/** Asks to type a word, where something cannot be brought back. */
export function TypedWord({ id, children, value, onType }: Props) {
  return (
    <div className="note bad">
      <div className="note-text">
        <label htmlFor={id}>{children}</label>
        <input
          id={id}
          type="text"
          autoComplete="off"
          spellCheck={false}
          value={value}
          onChange={(event) => onType(event.target.value)}
        />
      </div>
    </div>
  );
}
