import { describe, expect, test } from 'vitest';
import type { Operation, Task } from '../../main/contract.ts';
import { finalLines, liveLines, plainLines, type View } from '../../main/commands/progress-lines.ts';
import { frameOf, Screen } from '../../main/commands/screen.ts';
import { makeStyle, widthOf } from '../../main/commands/style.ts';
import { fakeTerminal } from './cli-double.ts';

const NOW = Date.parse('2026-01-31T12:00:12.100Z');

const task = (title: string, status: Task['status'], more: Partial<Task> = {}): Task => ({
  id: title,
  title,
  status,
  ...more,
});

const operation = (tasks: Task[], fraction = 0.43): Operation => ({
  id: 'x',
  kind: 'up',
  project: 'letta-production',
  pid: 1,
  startedAt: '2026-01-31T12:00:00.000Z',
  tasks,
  fraction,
  cancellable: true,
});

const view = (more: Partial<View> = {}): View => ({
  now: NOW,
  frame: 0,
  columns: 100,
  rows: 24,
  style: makeStyle(false),
  cancelling: false,
  ...more,
});

const pulling = operation([
  task('create network letta-production_data', 'done', { tookMs: 210 }),
  task('pull image letta/letta:0.16.8', 'running', {
    startedAt: '2026-01-31T12:00:02.000Z',
    detail: '12.3 of 40.1 MB, 8.1 MB/s, 4 s left',
    progress: { current: 30, total: 100 },
  }),
  task('wait until db is healthy', 'running', { startedAt: '2026-01-31T12:00:09.100Z' }),
  task('create container letta-production-db-1', 'failed', { tookMs: 65_000 }),
  task('start container letta-production-db-1', 'waiting'),
]);

describe('the live picture', () => {
  test('a line a task, then one for the whole', () => {
    expect(liveLines(pulling, view())).toEqual([
      '✓ create network letta-production_data    done 0.21 s',
      '⠋ pull image letta/letta:0.16.8           ███░░░░░░░ 12.3 of 40.1 MB, 8.1 MB/s, 4 s left',
      '⠋ wait until db is healthy                running 3.00 s',
      '✗ create container letta-production-db-1  failed 1 min 05 s',
      '· start container letta-production-db-1   waiting',
      'up letta-production  ████████░░░░░░░░░░░░   43 %  12.1 s  Ctrl-C cancels',
    ]);
  });

  test('narrow: no bars, titles and texts are cut', () => {
    expect(liveLines(pulling, view({ columns: 40 }))).toEqual([
      '✓ create network letta-…  done 0.21 s',
      '⠋ pull image letta/lett…  12.3 of 40.1…',
      '⠋ wait until db is heal…  running 3.00…',
      '✗ create container lett…  failed 1 min…',
      '· start container letta…  waiting',
      'up letta-production   43 %  12.1 s  Ct…',
    ]);
  });

  test('on a terminal that has no such signs', () => {
    const lines = liveLines(pulling, view({ style: makeStyle(false, true) }));
    expect(lines.slice(0, 2)).toEqual([
      '+ create network letta-production_data    done 0.21 s',
      '| pull image letta/letta:0.16.8           ###------- 12.3 of 40.1 MB, 8.1 MB/s, 4 s left',
    ]);
  });

  test.each([20, 30, 40, 60, 80, 120])('is never wider than %d columns', (columns) => {
    const wide = operation([
      task('pull image 漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字', 'running', { detail: '漢'.repeat(99) }),
    ]);
    const lines = [pulling, wide].flatMap((o) => liveLines(o, view({ columns, style: makeStyle(true) })));
    expect(Math.max(...lines.map(widthOf))).toBeLessThan(columns);
  });

  test('is never higher than the terminal, and keeps what runs and failed', () => {
    const tasks = Array.from({ length: 40 }, (_, i) =>
      task(`task ${i}`, i === 3 ? 'failed' : i < 20 ? 'done' : i < 22 ? 'running' : 'waiting'),
    );
    const lines = liveLines(operation(tasks), view({ rows: 10 }));
    expect(lines.map((l) => l.replace(/ +(running|waiting|failed).*/, ''))).toEqual([
      '✗ task 3',
      '⠋ task 20',
      '⠋ task 21',
      '· task 22',
      '· task 23',
      '· task 24',
      '  and 34 more',
      'up letta-production  ████████░░░░░░░░░░░░   43 %  12.1 s  Ctrl-C cancels',
    ]);
  });

  test('a name cannot move the cursor', () => {
    const lines = liveLines(operation([task('pull \u001B[2Jx\ny', 'running', { detail: 'a\rb' })]), view());
    expect(lines[0]).toBe('⠋ pull  [2Jx y  a b');
  });

  test('says that it is being cancelled', () => {
    expect(liveLines(pulling, view({ cancelling: true })).at(-1)).toContain('cancelling');
  });

  test('what stays when it is over: what was never begun is left out', () => {
    expect(finalLines(pulling, view()).map((l) => l.slice(0, 20))).toEqual([
      '✓ create network let',
      '⠋ pull image letta/l',
      '⠋ wait until db is h',
      '✗ create container l',
    ]);
  });
});

test('plain lines: one for each change, quick tasks only at their end', () => {
  const said = new Map<string, Task['status']>();
  const at = (seconds: number): number => NOW + seconds * 1000;
  const lines = (o: Operation, now: number): string[] =>
    plainLines(o, said, now).map((l) => l.replace(/^\d\d:\d\d:\d\d/, 'HH:MM:SS'));
  const startedAt = new Date(at(0)).toISOString();
  const one = (status: Task['status'], more: Partial<Task> = {}) => operation([task('t', status, more)]);
  expect(lines(one('waiting'), at(0))).toEqual([]);
  expect(lines(one('running', { startedAt }), at(0.2))).toEqual([]);
  expect(lines(one('running', { startedAt }), at(1))).toEqual(['HH:MM:SS t  running']);
  expect(lines(one('running', { startedAt }), at(5))).toEqual([]);
  expect(lines(one('done', { startedAt, tookMs: 5123 }), at(6))).toEqual(['HH:MM:SS t  done 5.12 s']);
  expect(lines(one('done', { startedAt, tookMs: 5123 }), at(7))).toEqual([]);
});

describe('the screen', () => {
  test('frames are drawn over each other without wrapping, all at once', () => {
    expect(frameOf(['a', 'b'], 3)).toBe(
      '\u001B[?2026h\u001B[?25l\u001B[?7l\u001B[3Fa\u001B[K\nb\u001B[K\n\u001B[J\u001B[?2026l',
    );
  });

  test('on a terminal: draws, makes room for a note, and gives the terminal back', () => {
    const { terminal, stdout, stderr } = fakeTerminal({ tty: true });
    const screen = new Screen(terminal, false);
    screen.update(pulling);
    screen.note('careful');
    screen.finish();
    expect(stdout.text).toBe('');
    expect(stderr.text).toContain('\u001B[6F\u001B[J');
    expect(stderr.text.endsWith('s\u001B[22m\n')).toBe(true);
    expect(count(stderr.text, '\u001B[?25l')).toBe(count(stderr.text, '\u001B[?25h'));
    expect(stderr.text.lastIndexOf('\u001B[?25h')).toBeGreaterThan(stderr.text.lastIndexOf('\u001B[?25l'));
  });

  test('elsewhere: plain lines, no escape', () => {
    const { terminal, stderr } = fakeTerminal();
    const screen = new Screen(terminal, false);
    screen.update(pulling);
    screen.finish();
    expect(stderr.text).not.toContain('\u001B');
    // what ended; the two that run began this moment
    expect(stderr.text.split('\n').length).toBe(3);
  });

  test('with --format json: nothing', () => {
    const { terminal, stderr } = fakeTerminal({ tty: true });
    const screen = new Screen(terminal, true);
    screen.update(pulling);
    screen.finish();
    expect(stderr.text).toBe('');
  });
});

const count = (text: string, part: string): number => text.split(part).length - 1;
