import type { AppSnapshot } from '../../main/channels.ts';
import { useAction, useConnection } from '../context.ts';
import { ErrorNotes } from './error-notes.tsx';
import { Fact, Facts } from './facts.tsx';

/** Where the app keeps things on this computer. */
export function PlaceFacts({ places }: { places: NonNullable<AppSnapshot['places']> }) {
  const { call } = useConnection();
  const open = useAction(() => call('openLogs', {}));
  return (
    <Facts title="Places">
      <dl>
        <Fact name="Settings">{places.settings}</Fact>
        <Fact name="State">{places.state}</Fact>
        <Fact name="Logs of the app">{places.logs}</Fact>
      </dl>
      <div className="after-facts">
        <button type="button" disabled={open.isRunning} onClick={() => open.run()}>
          Show logs folder
        </button>
      </div>
      {open.errors.length > 0 && <ErrorNotes errors={open.errors} onDismiss={open.dismiss} />}
    </Facts>
  );
}
