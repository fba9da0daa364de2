import type { ReactNode } from 'react';
import type { SaidError } from '../state.ts';
import { plain } from '../text.ts';
import { Icon } from './icon.tsx';
import { IconButton } from './icon-button.tsx';

interface Props {
  /** what failed; left out where it is clear from the place */
  readonly title?: string;
  readonly errors: readonly SaidError[];
  readonly onDismiss?: () => void;
  readonly children?: ReactNode;
}

/** What went wrong, and what to do about it. */
export function ErrorNotes({ title, errors, onDismiss, children }: Props) {
  return (
    <div className="note bad" role="alert">
      <Icon name="bad" />
      <div className="note-text">
        {title !== undefined && <strong>{title}</strong>}
        {errors.map((e, i) => (
          <div key={i}>
            <p>{plain(e.message)}</p>
            {e.next !== '' && <p className="soft">{plain(e.next)}</p>}
          </div>
        ))}
        {children}
      </div>
      {onDismiss && <IconButton icon="close" name="Dismiss" onClick={onDismiss} />}
    </div>
  );
}
