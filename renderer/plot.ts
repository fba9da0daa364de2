import { FRESH_MS, KEPT_MS, type Point } from './use-history.ts';

export const PLOT = { width: 96, height: 22 } as const;
/** The line's own width must not be cut at the edges. */
const MARGIN = 1.5;
/** A tenth of a core fills the plot at least: what idles looks idle. */
const LEAST_CORES = 0.1;
/** Memory hardly falls: with room above it, that it grows is seen. */
const MEMORY_ROOM = 1.4;

/** The value at the top of the plot: of processor time in cores, of memory in bytes. */
export const topOf = {
  cores: (points: readonly Point[]): number => Math.max(LEAST_CORES, peakOf(points)),
  memory: (points: readonly Point[]): number => MEMORY_ROOM * Math.max(1, peakOf(points)),
};

/** An SVG path of the last minutes, newest at the right; where nothing was told it is broken. */
export function plotPath(points: readonly Point[], top: number): string {
  const end = points.at(-1)?.at ?? 0;
  const x = (at: number): string => (PLOT.width - MARGIN - ((end - at) / KEPT_MS) * PLOT.width).toFixed(1);
  const y = (value: number): string =>
    (PLOT.height - MARGIN - (Math.max(0, value) / top) * (PLOT.height - 2 * MARGIN)).toFixed(1);
  return points
    .map(({ at, value }, i) => {
      const before = points[i - 1];
      const isBroken = !before || at - before.at > FRESH_MS;
      // `h0` makes a point of what has no neighbour
      return isBroken ? `M${x(at)} ${y(value)}h0` : `L${x(at)} ${y(value)}`;
    })
    .join('');
}

/** The most that was used. */
export const peakOf = (points: readonly Point[]): number => Math.max(0, ...points.map((p) => p.value));
