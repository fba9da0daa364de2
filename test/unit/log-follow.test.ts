import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppSnapshot, LogChoice, PushValue } from '../../main/channels.ts';
import { LogFollow } from '../../main/desktop/log-follow.ts';
import { appError, failure } from '../../main/errors.ts';
import type { LogLine, LogPageRequest, LogRequest, Stack } from '../../main/stack/stack-types.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const T = (n: number): string => `2026-01-01T00:00:00.${String(n).padStart(9, '0')}Z`;
const lineOf = (n: number, text = `line ${n}`, container = 'p-a-1'): LogLine => ({
  service: 'a',
  container,
  stream: 'stdout',
  at: T(n),
  text,
});
const CHOICE: LogChoice = { project: 'p', services: [], since: 'all' };

/** A stack whose log a test writes. */
class Rig {
  readonly pushed: PushValue<'logs'>[] = [];
  readonly asked: (LogRequest | LogPageRequest)[] = [];
  readonly logs: LogFollow;
  page: LogLine[] = [];
  hasOlder = false;
  /** lines that are there to be read, and how many were */
  lines: (LogLine | Error)[] = [];
  read = 0;
  ended = 0;
  #wake = (): void => {};

  constructor() {
    const written = async function* (this: Rig, { signal }: LogRequest): AsyncGenerator<LogLine> {
      signal.addEventListener('abort', () => this.#wake());
      try {
        for (; !signal.aborted;) {
          const next = this.lines[this.read];
          if (next instanceof Error) throw next;
          this.read += next ? 1 : 0;
          if (next) yield next;
          else await new Promise<void>((resolve) => (this.#wake = resolve));
        }
      } finally {
        this.ended += 1;
      }
    }.bind(this);
    const stack = {
      project: 'p',
      logPage: (request: LogPageRequest) => {
        this.asked.push(request);
        return Promise.resolve({ lines: this.page, hasOlder: this.hasOlder });
      },
      logs: (request: LogRequest) => {
        this.asked.push(request);
        return written(request);
      },
    } as unknown as Stack;
    this.logs = new LogFollow({
      stack: () => Promise.resolve(stack),
      push: (value) => this.pushed.push(value),
    });
  }

  write(...lines: (LogLine | Error)[]): void {
    this.lines.push(...lines);
    this.#wake();
  }

  get texts(): string[] {
    return this.pushed.flatMap(({ lines }) => lines.map(({ text }) => text));
  }
}

describe('what the window follows', () => {
  it('begins with a page and goes on behind it, no line twice and none left out', async () => {
    const rig = new Rig();
    rig.page = [lineOf(1), lineOf(2), lineOf(3, 'of b', 'p-b-1')];
    rig.hasOlder = true;
    const page = await rig.logs.open('s', CHOICE);
    expect(page).toMatchObject({ hasOlder: true, lines: [{ text: 'line 1' }, {}, { text: 'of b' }] });
    expect(rig.asked[1]).toMatchObject({ follow: true, since: T(1) });
    rig.write(lineOf(0), lineOf(1), lineOf(2), lineOf(3, 'of b', 'p-b-1'), lineOf(3), lineOf(4), lineOf(0.5));
    await pass(10);
    rig.logs.taken('s');
    await pass(200);
    expect(rig.texts).toEqual(['line 3', 'line 4']);
    rig.logs.close();
  });

  it('asks the core for what was chosen', async () => {
    const rig = new Rig();
    await rig.logs.open('s', { project: 'p', services: ['db'], since: '15m' });
    await rig.logs.older({ project: 'p', services: [], since: 'start' }, T(9));
    expect(rig.asked).toMatchObject([
      { services: ['db'], since: '15m', lines: 1_000 },
      { services: ['db'], since: '15m', follow: true },
      { since: 'start', before: T(9), lines: 3_000 },
    ]);
    expect(rig.asked[2]).not.toHaveProperty('services');
    rig.logs.close();
  });

  it('tells the window why secrets are left in what it reads, in each way of reading', async () => {
    const rig = new Rig();
    await rig.logs.open('s', CHOICE);
    await rig.logs.older(CHOICE, T(9));
    expect(rig.asked).toHaveLength(3);
    for (const { onUnredacted } of rig.asked) {
      rig.pushed.length = 0;
      onUnredacted?.([appError('secrets.left-in', {})]);
      expect(rig.pushed).toMatchObject([
        { session: 's', lines: [], unredacted: [{ code: 'secrets.left-in' }] },
      ]);
    }
    rig.logs.close();
  });

  it('comes at most ten times a second, only when the last batch was taken, and is read no faster', async () => {
    const rig = new Rig();
    await rig.logs.open('s', CHOICE);
    rig.write(...Array.from({ length: 10_000 }, (_, i) => lineOf(i + 1)));
    await pass(1_000);
    expect(rig.pushed.map(({ lines }) => lines.length)).toEqual([1]);
    expect(rig.read).toBe(501);
    rig.logs.taken('s');
    rig.logs.taken('s');
    await pass(50);
    expect(rig.pushed.map(({ lines }) => lines.length)).toEqual([1, 500]);
    rig.logs.taken('s');
    await pass(49);
    expect(rig.pushed).toHaveLength(2);
    await pass(2);
    expect(rig.pushed).toHaveLength(3);
    for (let i = 0; i < 20; i += 1) {
      rig.logs.taken('s');
      await pass(100);
    }
    expect(rig.texts).toEqual(Array.from({ length: 10_000 }, (_, i) => `line ${i + 1}`));
    rig.logs.close();
  });

  it('is bounded in characters too, and a long line is cut where the window would', async () => {
    const rig = new Rig();
    await rig.logs.open('s', CHOICE);
    rig.write(...Array.from({ length: 500 }, (_, i) => lineOf(i + 1, 'x'.repeat(1_000_000))));
    await pass(100);
    expect(rig.read).toBeLessThan(30);
    expect(rig.texts[0]).toHaveLength(10_001);
    rig.page = rig.lines as LogLine[];
    const page = await rig.logs.open('t', CHOICE);
    expect(page.lines.length).toBe(99);
    expect([page.hasOlder, page.lines[0]?.at]).toEqual([true, T(402)]);
    rig.logs.close();
  });

  it('tells why it ended, after the last line', async () => {
    const rig = new Rig();
    await rig.logs.open('s', CHOICE);
    rig.write(lineOf(1), lineOf(2), failure('engine.not-running', { endpoint: 'unix:///e', reason: 'gone' }));
    await pass(500);
    expect(rig.pushed).toHaveLength(1);
    rig.logs.taken('s');
    await pass(10);
    expect(rig.texts).toEqual(['line 1', 'line 2']);
    expect(rig.pushed.at(-1)).toMatchObject({ session: 's', ended: [{ code: 'engine.not-running' }] });
  });

  it.each<[what: string, end: (rig: Rig) => unknown]>([
    ['the window', (rig) => rig.logs.close()],
    ['its view', (rig) => rig.logs.close('s')],
    ['another one', (rig) => rig.logs.open('t', CHOICE)],
  ])('ends with %s, also while it waits to be taken', async (_what, end) => {
    const rig = new Rig();
    await rig.logs.open('s', CHOICE);
    rig.write(...Array.from({ length: 5_000 }, (_, i) => lineOf(i + 1)));
    await pass(200);
    await end(rig);
    rig.logs.taken('s');
    await pass(500);
    expect(rig.ended).toBe(1);
    expect(rig.pushed.filter(({ session }) => session === 's')).toHaveLength(1);
    rig.logs.close();
  });

  it('is not ended by who closes what is over', async () => {
    const rig = new Rig();
    await rig.logs.open('s', CHOICE);
    await rig.logs.open('t', CHOICE);
    rig.logs.close('s');
    rig.write(lineOf(1));
    await pass(10);
    expect(rig.pushed).toMatchObject([{ session: 't' }]);
    rig.logs.close();
  });

  it('ends when another stack is shown', async () => {
    const rig = new Rig();
    await rig.logs.open('s', CHOICE);
    rig.logs.seen({ current: 'p' } as AppSnapshot);
    rig.logs.seen({} as AppSnapshot);
    expect(rig.pushed).toEqual([]);
    rig.logs.seen({ current: 'other' } as AppSnapshot);
    await pass(10);
    expect(rig.pushed).toEqual([{ session: 's', lines: [], ended: [] }]);
    expect(rig.ended).toBe(1);
  });
});
