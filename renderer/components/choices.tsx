import { useId } from 'react';
import type { Choice } from '../option-words.ts';

interface Props<T extends string> {
  /** what is chosen */
  readonly title: string;
  readonly choices: readonly Choice<T>[];
  readonly chosen: T;
  readonly onChoose: (value: T) => void;
}

/** One of a few values, all in sight. */
export function Choices<T extends string>({ title, choices, chosen, onChoose }: Props<T>) {
  const name = useId();
  return (
    <fieldset>
      <legend>{title}</legend>
      {choices.map(({ value, title: words, hint }) => (
        <label key={value} className="choice">
          <input type="radio" name={name} checked={value === chosen} onChange={() => onChoose(value)} />
          <span>
            {words}
            {hint !== undefined && <span className="option-hint">{hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
