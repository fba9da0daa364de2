import { useState } from 'react';
import type { LogChoice } from '../../main/channels.ts';
import { useAction, useConnection } from '../context.ts';
import { plain } from '../text.ts';
import { ErrorNotes } from './error-notes.tsx';

/** Saves every line of a choice, also those that the window does not keep. */
export function useSaveLog(choice: LogChoice) {
  const { call } = useConnection();
  const [saved, setSaved] = useState<{ lines: number; file: string }>();
  const action = useAction(async () => {
    setSaved(undefined);
    setSaved((await call('saveLogs', choice)) ?? undefined);
  });
  return {
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
        {action.errors.length > 0 && <ErrorNotes errors={action.errors} onDismiss={action.dismiss} />}
      </>
    ),
  };
}

const lineCount = (n: number): string => `${n.toLocaleString('en')} ${n === 1 ? 'line' : 'lines'}`;
