import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AppSnapshot } from '../../main/channels.ts';
import type { ProbeResult, ServiceStatus, StackState } from '../../main/contract.ts';
import { ProbeWatch } from '../../main/desktop/probe-watch.ts';
import { newOperation } from '../../main/stack/operation.ts';
import type { Stack } from '../../main/stack/stack-types.ts';
import { appSnapshot, serviceState, stackState } from './helpers/snapshot.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const ANSWER: ProbeResult = { id: 'a', label: 'A', ok: true, answer: 'ok', tookMs: 1, at: '' };

const snapshot = (status: ServiceStatus, more: Partial<StackState> = {}): AppSnapshot =>
  appSnapshot(stackState({ services: [serviceState('db', { status, containerId: 'c' })], ...more }));

/** Counts runs; a run takes a second. */
function rig() {
  let runs = 0;
  const told: unknown[] = [];
  const status = async (): Promise<Pick<StackState, 'probes'>> => {
    runs += 1;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    return { probes: [ANSWER] };
  };
  const watch = new ProbeWatch({
    stack: () => Promise.resolve({ status } as unknown as Stack),
    told: (probes) => told.push(probes),
    report: (error) => {
      throw error;
    },
  });
  return { watch, told, runs: () => runs };
}

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

test('probes run after a start, at a change of health, and every five minutes', async () => {
  const { watch, told, runs } = rig();
  watch.seen(snapshot('healthy'));
  await pass(2_000);
  expect([runs(), told]).toEqual([1, [[ANSWER]]]);
  watch.seen(snapshot('healthy')); // nothing changed
  await pass(60_000);
  expect(runs()).toBe(1);
  watch.seen(snapshot('unhealthy', { status: 'degraded' }));
  await pass(2_000);
  expect(runs()).toBe(2);
  await pass(5 * 60_000);
  expect(runs()).toBe(3);
});

test('every 15 seconds while they are looked at', async () => {
  const { watch, runs } = rig();
  watch.seen(snapshot('healthy'));
  await pass(2_000);
  watch.lookedAt(true);
  await pass(50_000);
  expect(runs()).toBe(5);
  watch.lookedAt(false);
  await pass(60_000);
  expect(runs()).toBe(5);
});

test.each<[what: string, seen: AppSnapshot]>([
  ['while the stack is worked on', snapshot('healthy', { operation: newOperation('up', 'p') })],
  ['while nothing runs', snapshot('stopped', { status: 'stopped' })],
  ['while the engine is gone', { ...snapshot('healthy'), engine: { reachable: false } }],
  ['of what was seen last time', { ...snapshot('healthy'), isCurrent: false }],
])('not %s', async (_what, seen) => {
  const { watch, runs } = rig();
  watch.seen(seen);
  watch.lookedAt(true);
  await pass(60_000);
  expect(runs()).toBe(0);
});

test('what was asked of other containers is not told, and asked again', async () => {
  const { watch, told, runs } = rig();
  watch.seen(snapshot('starting'));
  await pass(1_000);
  watch.seen(snapshot('healthy'));
  await pass(600);
  expect(told).toEqual([]);
  await pass(2_000);
  expect([runs(), told.length]).toEqual([2, 1]);
});

test('none once it is closed', async () => {
  const { watch, runs } = rig();
  watch.seen(snapshot('healthy'));
  watch.close();
  await pass(60_000);
  expect(runs()).toBe(0);
});
