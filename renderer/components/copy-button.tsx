import { useEffect, useState } from 'react';
import { useAction } from '../context.ts';
import { ErrorNotes } from './error-notes.tsx';

const SAID_FOR_MS = 2_000;

interface Props {
  /** what is copied, for those who do not see where the button stands */
  readonly what: string;
  readonly copy: () => Promise<unknown>;
  /** says what it copies to everyone */
  readonly isLong?: boolean;
}

/** Copies, and says that it has. */
export function CopyButton({ what, copy, isLong = false }: Props) {
  const [isCopied, setCopied] = useState(false);
  const action = useAction(async () => {
    await copy();
    setCopied(true);
  });
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), SAID_FOR_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <>
      <button
        type="button"
        className={isLong ? '' : 'small'}
        disabled={action.isRunning}
        onClick={() => action.run()}
      >
        <span aria-live="polite">{isCopied ? 'Copied' : 'Copy'}</span>
        <span className={isLong ? '' : 'unseen'}> {what}</span>
      </button>
      {action.errors.length > 0 && <ErrorNotes errors={action.errors} onDismiss={action.dismiss} />}
    </>
  );
}
