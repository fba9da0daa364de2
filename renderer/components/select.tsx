import type { Choice } from '../option-words.ts';

interface Props<T extends string> {
  readonly title: string;
  readonly choices: readonly Choice<T>[];
  readonly chosen: T;
  readonly onChoose: (value: T) => void;
}

/** One of several values, where there is no room for all of them. */
export function Select<T extends string>({ title, choices, chosen, onChoose }: Props<T>) {
  return (
    <label>
      {title}{' '}
      <select value={chosen} onChange={(event) => onChoose(event.target.value as T)}>
        {choices.map(({ value, title: words }) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
