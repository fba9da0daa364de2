import type { AppSnapshot } from '../../main/channels.ts';
import { useAnswer } from '../answer.ts';
import { useAction, useConnection } from '../context.ts';
import { ErrorNotes } from './error-notes.tsx';
import { Fact, Facts } from './facts.tsx';

interface Props {
  readonly places: NonNullable<AppSnapshot['places']>;
  readonly snapshot: AppSnapshot;
}

/** Where the data of the stack lies, and where the app keeps things on this computer. */
export function PlaceFacts({ places, snapshot }: Props) {
  const { call } = useConnection();
  const { current } = snapshot;
  const open = useAction(() => call('openLogs', {}));
  return (
    <Facts title="Places">
      <dl>
        {current !== undefined && <DataFact key={current} project={current} snapshot={snapshot} />}
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

function DataFact({ project, snapshot }: { project: string; snapshot: AppSnapshot }) {
  const when = snapshot.engine.reachable ? `${snapshot.settingsSeen ?? 0}` : undefined;
  const { answer, errors } = useAnswer('dataPlace', { project }, when);
  const [error] = errors;
  if (error) return <Fact name="Data">{`cannot be told: ${error.message}`}</Fact>;
  if (!answer) return null;
  const { volumes, folders, engine, folder } = answer;
  const where = folder === undefined ? `on the engine ${engine}` : `of the engine ${engine}, in ${folder}`;
  const own = folders.length === 0 ? [] : [`your own folders ${folders.join(', ')}`];
  const all = volumes.length === 0 ? own : [`volumes ${volumes.join(', ')} ${where}`, ...own];
  return <Fact name="Data">{all.length === 0 ? 'It has neither volumes nor folders.' : all.join('; ')}</Fact>;
}
