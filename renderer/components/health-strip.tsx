import type { HealthBar } from '../../main/channels.ts';
import { HEALTH_WORDS, runsOf, stripSummary, type Run } from '../health-model.ts';
import { clock } from '../time.ts';

const HEIGHT = 16;
/** Each kind has a height of its own, so that they are told apart without colour. */
const HEIGHTS: Readonly<Record<HealthBar, number>> = {
  ill: HEIGHT,
  well: 10,
  starting: 7.5,
  stopped: 5,
  unwatched: 1.5,
};
/** Of a bar's width; the rest parts it from the next. */
const FILLED = 0.8;

interface Props {
  readonly bars: readonly HealthBar[];
  /** when the first begins, ISO 8601, and how long each is */
  readonly from: string;
  readonly minutes: number;
}

/** A service's last hours, a bar for each quarter of one. */
export function HealthStrip({ bars, from, minutes }: Props) {
  return (
    <svg
      className="strip"
      role="img"
      aria-label={stripSummary(bars, minutes)}
      height={HEIGHT}
      viewBox={`0 0 ${bars.length} ${HEIGHT}`}
      preserveAspectRatio="none"
    >
      {runsOf(bars).map((run) => (
        <g key={run.first}>
          <title>{runWords(run, from, minutes)}</title>
          {/* the whole height answers to the pointer */}
          <rect x={run.first} width={run.count} height={HEIGHT} fill="transparent" />
          <path className={`bar ${run.bar}`} d={barsPath(run)} />
        </g>
      ))}
    </svg>
  );
}

/** One bar of a kind, for the legend. */
export function HealthSample({ bar }: { bar: HealthBar }) {
  return (
    <svg aria-hidden="true" width="8" height={HEIGHT} viewBox={`0 0 1 ${HEIGHT}`} preserveAspectRatio="none">
      <path className={`bar ${bar}`} d={barsPath({ bar, first: 0, count: 1 })} />
    </svg>
  );
}

function barsPath({ bar, first, count }: Run): string {
  const height = HEIGHTS[bar];
  return Array.from(
    { length: count },
    (_, i) => `M${first + i} ${HEIGHT}v-${height}h${FILLED}v${height}z`,
  ).join('');
}

function runWords({ bar, first, count }: Run, from: string, minutes: number): string {
  const at = (i: number): string | undefined => clock(Date.parse(from) + i * minutes * 60_000);
  return `${at(first)} to ${at(first + count)}: ${HEALTH_WORDS[bar]}`;
}
