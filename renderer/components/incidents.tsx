import { incidentText, type HealthHistory } from '../../main/channels.ts';
import { plain } from '../text.ts';
import { recentTime, span } from '../time.ts';

type Incident = HealthHistory['incidents'][number];

/** So many are shown at once; a service that fails again and again has hundreds. */
const SHOWN = 5;

/** When something was not well, how long, and why; the latest first. */
export function Incidents({ incidents, now }: { incidents: readonly Incident[]; now: number }) {
  if (incidents.length === 0) {
    return <p className="soft incidents-none">Nothing went wrong while it was watched.</p>;
  }
  const more = incidents.slice(SHOWN);
  return (
    <>
      <Rows incidents={incidents.slice(0, SHOWN)} now={now} />
      {more.length > 0 && (
        <details>
          <summary>{more.length} earlier</summary>
          <Rows incidents={more} now={now} />
        </details>
      )}
    </>
  );
}

function Rows({ incidents, now }: { incidents: readonly Incident[]; now: number }) {
  return (
    <ul className="incidents">
      {incidents.map((incident) => (
        <li key={`${incident.service} ${incident.from}`}>
          <time className="num" dateTime={incident.from}>
            {recentTime(incident.from, now)}
          </time>
          <span className="num">{lengthOf(incident, now)}</span>
          <span>
            {plain(incidentText(incident))}
            {incident.done !== undefined && <span className="soft"> · {DONE[incident.done]}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

const DONE: Readonly<Record<NonNullable<Incident['done']>, string>> = {
  itself: 'came back by itself',
  up: 'started again',
  start: 'started again',
  restart: 'restarted',
  stop: 'stopped',
  down: 'removed',
  remove: 'removed',
  pull: 'images pulled',
  build: 'images built',
  secrets: 'secrets changed',
};

/** `2 min`; `40 s, still` while it lasts. */
function lengthOf({ from, to }: Incident, now: number): string {
  const ms = (to === undefined ? now : Date.parse(to)) - Date.parse(from);
  return to === undefined ? `${span(ms)}, still` : span(ms);
}
