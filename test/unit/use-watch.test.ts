import { expect, test } from 'vitest';
import { coresOf } from '../../main/desktop/use-watch.ts';

const at = (ms: number, cpuNs: number, memory = 1_000): { at: number; cpuNs: number; memory: number } => ({
  at: ms,
  cpuNs,
  memory,
});

test.each<[what: string, ...Parameters<typeof coresOf>, cores: number | undefined]>([
  ['half a core', at(0, 0), at(2_000, 1e9), 0.5],
  ['two cores', at(1_000, 5e9), at(2_000, 7e9), 2],
  ['idle', at(0, 5e9), at(2_000, 5e9), 0],
  ['not known by one reading', undefined, at(0, 1), undefined],
  ['not known when it is gone', at(0, 1), undefined, undefined],
  ['not known over a new start', at(0, 5e9), at(2_000, 1e6), undefined],
  ['not known of one moment', at(5, 1), at(5, 2), undefined],
])('%s', (_what, before, now, cores) => {
  expect(coresOf(before, now)?.cores).toBe(cores);
});
