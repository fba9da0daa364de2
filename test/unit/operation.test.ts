import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Operation, Task } from '../../main/contract.ts';
import { newOperation, OperationTracker } from '../../main/stack/operation.ts';
import { PullBoard } from '../../main/stack/pull-board.ts';

const task = (id: string, status: Task['status'], progress?: Task['progress']): Task => ({
  id,
  title: id,
  status,
  ...(progress && { progress }),
});

let told: Operation[];
let board: PullBoard;
let tracker: OperationTracker;
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  told = [];
  board = new PullBoard();
  tracker = new OperationTracker(newOperation('up', 'p'), board, (o) => void told.push(o));
});
afterEach(() => vi.useRealTimers());

describe('telling an operation', () => {
  it('happens at once, then at most ten times a second, and always ends with the newest', () => {
    for (let i = 0; i < 50; i += 1) {
      tracker.setTasks([task(`t${i}`, 'running')]);
      vi.advanceTimersByTime(10);
    }
    tracker.setTasks([task('last', 'done')]);
    vi.advanceTimersByTime(1000);
    expect(told.length).toBeLessThanOrEqual(7);
    expect(told[0]?.tasks[0]?.id).toBe('t0');
    expect(told.at(-1)?.tasks[0]?.id).toBe('last');
  });

  it('can be had at once, and is not repeated by the timer', () => {
    tracker.setTasks([task('a', 'running')]);
    tracker.setTasks([task('a', 'done')]);
    tracker.flush();
    vi.advanceTimersByTime(1000);
    expect(told.map((o) => o.tasks[0]?.status)).toEqual(['running', 'done']);
  });

  it('keeps its id and start, and the tasks of the plans before', () => {
    tracker.setTasks([task('image:a', 'done'), task('image:b', 'skipped')]);
    tracker.nextPlan();
    tracker.setTasks([task('create', 'running')]);
    tracker.flush();
    expect(told.at(-1)?.tasks.map((t) => t.id)).toEqual(['image:a', 'create']);
    expect(new Set(told.map((o) => o.id)).size).toBe(1);
  });
});

describe('how far an operation is', () => {
  const fraction = (tasks: Task[]): number | undefined => {
    tracker.setTasks(tasks);
    return tracker.operation.fraction;
  };
  const layer = { id: 'l', downloaded: 50, extracted: 0, total: 100, done: false };

  it.each<[what: string, tasks: Task[], expected: number]>([
    ['nothing', [], 0],
    ['half of its steps', [task('a', 'done'), task('b', 'running')], 0.5],
    ['skipped counts as done', [task('a', 'done'), task('b', 'skipped')], 1],
    [
      'half of a step that knows how far it is',
      [task('a', 'done'), task('b', 'running', { current: 5, total: 10 }), task('c', 'waiting')],
      0.5,
    ],
    ['one that does not know', [task('a', 'done'), task('b', 'running', { current: 5 })], 0.5],
    ['an image that was there', [task('image:a', 'done'), task('b', 'waiting')], 0.5],
  ])('%s', (_what, tasks, expected) => {
    expect(fraction(tasks)).toBe(expected);
  });

  it('counts pulls by their bytes', () => {
    board.update('a', { phase: 'downloading', layers: [layer] });
    const pulling = task('image:a', 'running', { current: 50, total: 200 });
    expect(fraction([pulling, task('b', 'waiting')])).toBe(0.125);
    expect(fraction([task('image:a', 'done', { current: 0 }), task('b', 'done')])).toBe(1);
  });

  it('is whole when all is done, although every layer was there', () => {
    board.update('a', { phase: 'done', layers: [{ id: 'l', downloaded: 0, extracted: 0, done: true }] });
    expect(fraction([task('image:a', 'done', { current: 0 })])).toBe(1);
  });

  it('takes the steps into account that come after the images', () => {
    tracker.expect(4);
    expect(fraction([task('image:a', 'done')])).toBe(0.25);
    tracker.nextPlan();
    tracker.expect(3);
    expect(fraction([task('b', 'done'), task('c', 'waiting'), task('d', 'waiting')])).toBe(0.5);
    expect(fraction([task('b', 'done'), task('c', 'done'), task('d', 'done')])).toBe(1);
  });

  it('never goes back when a further plan has more to do', () => {
    fraction([task('a', 'done')]);
    tracker.nextPlan();
    expect(fraction([task('b', 'waiting'), task('c', 'waiting')])).toBe(1);
  });
});
