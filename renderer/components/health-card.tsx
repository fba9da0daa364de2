import type { HealthBar, HealthHistory } from '../../main/channels.ts';
import { useNow } from '../context.ts';
import { HEALTH_WORDS, isWatched } from '../health-model.ts';
import { useHealth } from '../health-history.ts';
import { plain } from '../text.ts';
import { clock } from '../time.ts';
import { ErrorNotes } from './error-notes.tsx';
import { HealthSample, HealthStrip } from './health-strip.tsx';
import { Incidents } from './incidents.tsx';

const LEGEND: readonly HealthBar[] = ['well', 'starting', 'ill', 'stopped', 'unwatched'];
const AGAIN_MS = 20_000;

/** How the services were in the last 24 hours. `status` is the stack's: when it changes, this is read anew. */
export function HealthCard({ status }: { status: string }) {
  const { health, errors } = useHealth(status);
  const now = useNow(AGAIN_MS);
  return (
    <section className="card health" aria-label="Last 24 hours">
      <div className="card-head">
        <h2>Last 24 hours</h2>
        {health && isWatched(health) && <span className="soft">{health.minutes} minutes a bar</span>}
      </div>
      {errors.length > 0 && <ErrorNotes title="The last hours cannot be read" errors={errors} />}
      {health &&
        (isWatched(health) ? (
          <>
            <Strips health={health} />
            <Incidents incidents={health.incidents} now={now} />
          </>
        ) : (
          <p className="soft">
            Not watched yet. While Letta Stack runs, it keeps here how the services are; it can start at
            login.
          </p>
        ))}
    </section>
  );
}

function Strips({ health: { services, from, minutes } }: { health: HealthHistory }) {
  return (
    <>
      <ul className="strips">
        {services.map(({ service, bars }) => (
          <li key={service}>
            <span className="strip-name">{plain(service)}</span>
            <HealthStrip bars={bars} from={from} minutes={minutes} />
          </li>
        ))}
        <li className="strip-axis" aria-hidden="true">
          <span className="num">{clock(from)}</span>
          <span>now</span>
        </li>
      </ul>
      <p className="legend" aria-hidden="true">
        {LEGEND.map((bar) => (
          <span key={bar}>
            <HealthSample bar={bar} />
            {HEALTH_WORDS[bar]}
          </span>
        ))}
      </p>
    </>
  );
}
