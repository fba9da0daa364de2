import { useState } from 'react';
import type { CallOutput, LogChoice } from '../../main/channels.ts';
import { useAction, useConnection } from '../context.ts';
import { plain } from '../text.ts';
import { ErrorNotes } from './error-notes.tsx';

/** Saves every line of a choice, also those that the window does not keep. */
export function useSaveLog(choice: LogChoice) {
  const { call } = useConnection();
  const [saved, setSaved] = useState<CallOutput<'saveLogs'>>(null);
  const action = useAction(async () => {
    setSaved(null);
    setSaved(await call('saveLogs', choice));
  });
  return {
    isSaving: action.isRunning,
    run: (): void => action.run(),
    button: (
      <button type="button" disabled={action.isRunning} onClick={() => action.run()}>
        {action.isRunning ? 'Saving …' : 'Save …'}
      </button>
    ),
    said: (
      <>
        <p role="status" className={saved ? 'small-text' : 'unseen'}>
          {saved && `Saved ${lineCount(saved.lines)} to ${plain(saved.file)}`}
        </p>
        {saved && saved.unredacted.length > 0 && (
          <ErrorNotes title="What was saved" errors={saved.unredacted} />
        )}
        {action.errors.length > 0 && <ErrorNotes errors={action.errors} onDismiss={action.dismiss} />}
      </>
    ),
  };
}

const lineCount = (n: number): string => `${n.toLocaleString('en')} ${n === 1 ? 'line' : 'lines'}`;
