import type { changesOf } from '../preview-model.ts';
import { plain } from '../text.ts';

/** What is set and not there yet, each with its cause. */
export function Changes({ changes }: { changes: ReturnType<typeof changesOf> }) {
  return (
    <ul>
      {changes.map(({ words, cause }) => (
        <li key={words}>
          {plain(words)}: <span className="soft">{plain(cause)}</span>
        </li>
      ))}
    </ul>
  );
}
