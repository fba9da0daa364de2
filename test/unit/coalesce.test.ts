import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { coalesced } from '../../main/desktop/coalesce.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('passes the first value on at once, and the newest of those after it ten times a second at most', () => {
  const passed: { value: number; at: number }[] = [];
  const begun = Date.now();
  const push = coalesced<number>((value) => passed.push({ value, at: Date.now() - begun }));
  push(0);
  expect(passed).toEqual([{ value: 0, at: 0 }]);
  for (let i = 1; i <= 100; i += 1) {
    vi.advanceTimersByTime(10);
    push(i);
  }
  const times = passed.map(({ at }) => at);
  expect(times).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000]);
  expect(passed[1]).toEqual({ value: 9, at: 100 });
  vi.advanceTimersByTime(1_000);
  // the newest always arrives, and once
  expect(passed.slice(11)).toEqual([{ value: 100, at: 1_100 }]);
  push(101);
  expect(passed.at(-1)).toEqual({ value: 101, at: 2_000 });
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(100);
  expect(vi.getTimerCount()).toBe(0);
});
