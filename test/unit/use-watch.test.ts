import { expect, test, vi } from 'vitest';
import type { PushValue } from '../../main/channels.ts';
import type { Core } from '../../main/core-types.ts';
import type { Live } from '../../main/desktop/live.ts';
import { coresOf, UseWatch } from '../../main/desktop/use-watch.ts';
import { appSnapshot, serviceState, stackState } from './helpers/snapshot.ts';

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

test('what cannot be read tells nothing, so that what was known stays', async () => {
  vi.useFakeTimers();
  try {
    let isThere = true;
    let readings = 0;
    const usage = () => {
      readings += 1;
      return Promise.resolve(at(Date.now(), Date.now() * 5e5));
    };
    const core = {
      engine: () =>
        isThere ? Promise.resolve({ containers: { usage } }) : Promise.reject(new Error('gone')),
    } as unknown as Core;
    const services = [serviceState('db', { containerId: 'c' })];
    const live = { snapshot: appSnapshot(stackState({ services })) } as Live;
    const told: PushValue<'use'>[] = [];
    const watch = new UseWatch(core, live, (value) => told.push(value));
    const read = async (): Promise<unknown> => {
      await vi.advanceTimersByTimeAsync(2_000);
      return told.splice(0).map((value) => value.services);
    };
    watch.set(true);
    await vi.advanceTimersByTimeAsync(10);
    // of one reading nothing is known
    expect(told).toEqual([]);
    expect(await read()).toEqual([[{ service: 'db', cores: 0.5, memory: 1_000 }]]);
    isThere = false;
    expect(await read()).toEqual([]);
    isThere = true;
    expect(await read()).toEqual([]);
    expect(await read()).toHaveLength(1);
    watch.set(false);
    const before = readings;
    expect(await read()).toEqual([]);
    // nor is the engine asked
    expect(readings).toBe(before);
  } finally {
    vi.useRealTimers();
  }
});
