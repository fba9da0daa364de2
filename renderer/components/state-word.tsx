import type { Look } from '../looks.ts';
import { Icon } from './icon.tsx';

/** A state as icon and word. */
export function StateWord({ look }: { look: Look }) {
  return (
    <span className={`state-word ${look.tone}`}>
      <Icon name={look.icon} size={14} />
      {look.word}
    </span>
  );
}
