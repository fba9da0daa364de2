import { describe, expect, it } from 'vitest';
import type { AppOptions } from '../../main/channels.ts';
import type { StackState } from '../../main/contract.ts';
import type { Course, Outcome } from '../../main/desktop/operations.ts';
import { atWork, Quit } from '../../main/desktop/quit.ts';
import { failure } from '../../main/errors.ts';
import { stackState } from './helpers/snapshot.ts';

interface Given {
  readonly onQuit?: AppOptions['onQuit'];
  readonly status?: StackState['status'];
  /** once what runs is over */
  readonly after?: StackState['status'];
  readonly isCancellable?: boolean;
  /** of the stop */
  readonly stop?: Outcome | Error;
}

interface Running {
  readonly course: Course;
  readonly ended: Promise<Outcome>;
  readonly end: (how: Outcome) => void;
}

/** An app that is to be quit: what it did and asked, in order, and what it is answered. */
class App {
  readonly did: string[] = [];
  readonly quit: Quit;
  readonly #given: Given;
  #answer: ((index: number) => void) | undefined;
  #running: Running | undefined;

  constructor(given: Given = {}) {
    this.#given = given;
    const { status = 'running', after = status, onQuit = 'keep', stop = 'done' } = given;
    const look = (of: StackState['status']): StackState => stackState({ status: of });
    const running = (): Running | undefined => this.#running;
    this.quit = new Quit({
      operations: {
        get running() {
          return running();
        },
        end: async () => {
          this.did.push('cancel');
          this.over('cancelled');
        },
        begin: ({ kind }) => {
          this.did.push(kind);
          if (stop instanceof Error) throw stop;
          return Promise.resolve(stop);
        },
      },
      seen: () => look(status),
      look: async () => look(after),
      onQuit: () => onQuit,
      ask: ({ message }) => {
        this.did.push(message);
        return new Promise((resolve) => (this.#answer = resolve));
      },
      show: async () => void this.did.push('show'),
      tell: (error) => void this.did.push(`tell ${String(error)}`),
      quit: () => void this.did.push('quit'),
    });
  }

  starts(): void {
    const { promise: ended, resolve: end } = Promise.withResolvers<Outcome>();
    const course = { kind: 'up', isCancellable: this.#given.isCancellable ?? true } as Course;
    this.#running = { course, ended, end };
  }
  over(how: Outcome): void {
    this.#running?.end(how);
    this.#running = undefined;
  }
  /** The question that is open, once there is one. */
  async answer(index: number): Promise<void> {
    await expect.poll(() => this.#answer).toBeDefined();
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.(index);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

const TOO = 'Stop Letta too?';
const START = 'The start is not done yet';
const [WAIT, CANCEL, STAY] = [0, 1, 2];

describe('what becomes of the stack', () => {
  it.each<[Given, number | undefined, string[]]>([
    [{ onQuit: 'keep' }, undefined, ['quit']],
    [{ onQuit: 'stop' }, undefined, ['stop', 'quit']],
    [{ onQuit: 'stop', status: 'stopped' }, undefined, ['quit']],
    [{ onQuit: 'stop', stop: 'failed' }, undefined, ['stop', 'show']],
    [{ onQuit: 'ask', status: 'stopped' }, undefined, ['quit']],
    [{ onQuit: 'ask' }, 0, [TOO, 'quit']],
    [{ onQuit: 'ask' }, 1, [TOO, 'stop', 'quit']],
    [{ onQuit: 'ask' }, 2, [TOO]],
  ])('%j, answered with %s: %j', async (given, answer, did) => {
    const app = new App(given);
    const done = app.quit.run();
    if (answer !== undefined) await app.answer(answer);
    await done;
    expect(app.did).toEqual(did);
  });

  it('what fails is told, the app stays, and can be quit again', async () => {
    const busy = failure('stack.busy', { project: 'p', operation: 'up', pid: 1 });
    const app = new App({ onQuit: 'stop', stop: busy });
    await app.quit.run();
    await app.quit.run();
    expect(app.did).toEqual(['stop', `tell ${String(busy)}`, 'stop', `tell ${String(busy)}`]);
  });

  it('asked twice, one question is open', async () => {
    const app = new App({ onQuit: 'ask' });
    const first = app.quit.run();
    await app.quit.run();
    await app.answer(0);
    await first;
    expect(app.did).toEqual([TOO, 'quit']);
  });
});

describe('what runs for the app', () => {
  it.each<[Given, number, Outcome, string[]]>([
    [{}, WAIT, 'done', [START, 'quit']],
    [{}, WAIT, 'cancelled', [START, 'quit']],
    // what a start that would do more asks is shown by itself
    [{}, WAIT, 'unseen', [START]],
    [{}, WAIT, 'failed', [START, 'show']],
    [{}, CANCEL, 'done', [START, 'cancel', 'quit']],
    [{}, STAY, 'done', [START]],
    [{ isCancellable: false }, 1, 'done', [START]],
    // the stack as it is then
    [{ onQuit: 'stop', status: 'stopped', after: 'running' }, WAIT, 'done', [START, 'stop', 'quit']],
    [
      { onQuit: 'stop', status: 'stopped', after: 'degraded' },
      CANCEL,
      'done',
      [START, 'cancel', 'stop', 'quit'],
    ],
    [{ onQuit: 'stop', status: 'busy', after: 'stopped' }, CANCEL, 'done', [START, 'cancel', 'quit']],
  ])('%j, answered with %s, ended as %s: %j', async (given, answer, outcome, did) => {
    const app = new App(given);
    app.starts();
    const done = app.quit.run();
    await app.answer(answer);
    app.over(outcome);
    await done;
    expect(app.did).toEqual(did);
  });

  it('while it is waited for one may change one’s mind', async () => {
    const app = new App();
    app.starts();
    const first = app.quit.run();
    await app.answer(WAIT);
    const second = app.quit.run();
    await app.answer(STAY);
    app.over('done');
    await Promise.all([first, second]);
    expect(app.did).toEqual([START, START]);
    await app.quit.run();
    expect(app.did).toEqual([START, START, 'quit']);
  });

  it('begun while the other question was open, it is asked about too', async () => {
    const app = new App({ onQuit: 'ask' });
    const done = app.quit.run();
    app.starts();
    await app.answer(0);
    await app.answer(STAY);
    await done;
    expect(app.did).toEqual([TOO, START]);
  });

  it('the last answer is to stay, and what cannot be cancelled is not offered to be', () => {
    for (const kind of ['up', 'stop', 'remove', 'secrets'] as const)
      for (const isCancellable of [true, false]) {
        const { answers, buttons } = atWork(kind, isCancellable);
        expect(answers.at(-1)).toBe('stay');
        expect(buttons).toHaveLength(answers.length);
        expect(answers.includes('cancel')).toBe(isCancellable);
      }
  });
});
