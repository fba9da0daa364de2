import type { HealthBar, HealthHistory } from '../main/channels.ts';
import { span } from './time.ts';

/** Bars of one kind in a row. */
export interface Run {
  readonly bar: HealthBar;
  /** number of the first one */
  readonly first: number;
  readonly count: number;
}

export const HEALTH_WORDS: Readonly<Record<HealthBar, string>> = {
  well: 'well',
  starting: 'starting',
  ill: 'not well',
  stopped: 'stopped',
  unwatched: 'not watched',
};

/** In the order in which they matter. */
const KINDS: readonly HealthBar[] = ['ill', 'starting', 'well', 'stopped', 'unwatched'];

export function runsOf(bars: readonly HealthBar[]): Run[] {
  const runs: Run[] = [];
  for (const [i, bar] of bars.entries()) {
    const last = runs.at(-1);
    if (last?.bar === bar) runs[runs.length - 1] = { ...last, count: last.count + 1 };
    else runs.push({ bar, first: i, count: 1 });
  }
  return runs;
}

/** A strip in words, for who does not see it: `not well 30 min, well 20 h, not watched 3 h 30 min`. */
export function stripSummary(bars: readonly HealthBar[], minutes: number): string {
  const said = KINDS.flatMap((kind) => {
    const count = bars.filter((bar) => bar === kind).length;
    return count === 0 ? [] : [`${HEALTH_WORDS[kind]} ${span(count * minutes * 60_000)}`];
  });
  return said.join(', ');
}

/** Whether there is anything to show. */
export const isWatched = ({ services, incidents }: HealthHistory): boolean =>
  incidents.length > 0 || services.some(({ bars }) => bars.some((bar) => bar !== 'unwatched'));
