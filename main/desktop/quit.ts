import type { AppOptions } from '../channels.ts';
import type { Operation, StackState } from '../contract.ts';
import type { Operations } from './operations.ts';

/** A question with its answers; closing it is the last one. */
export interface Question {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
}

export interface QuitEdges {
  readonly operations: Pick<Operations, 'running' | 'end' | 'begin'>;
  /** the stack that is shown, as it was seen last */
  readonly seen: () => StackState | undefined;
  /** the same, looked at now */
  readonly look: () => Promise<StackState>;
  /** what the settings say */
  readonly onQuit: () => AppOptions['onQuit'];
  /** index of the answer */
  readonly ask: (question: Question) => Promise<number>;
  /** shows what became of an operation */
  readonly show: () => Promise<void>;
  readonly tell: (error: unknown) => void;
  readonly quit: () => void;
}

const STOP: Question = {
  message: 'Stop Letta too?',
  detail: 'Its data stays either way. Left running, it answers until this computer is shut down.',
  buttons: ['Keep it running', 'Stop it', 'Cancel'],
};

/** What runs for the app and would end with it, in the middle. */
const AT_WORK: Readonly<Record<Operation['kind'], string>> = {
  up: 'The start',
  start: 'The start',
  stop: 'The stop',
  down: 'The removal',
  remove: 'The removal of everything',
  restart: 'The restart',
  pull: 'The download',
  build: 'The build',
  secrets: 'The change of keys',
};

type Answer = 'wait' | 'cancel' | 'stay';

/** What is asked of who quits while this runs for the app, with what each answer means. Pure. */
export function atWork(kind: Operation['kind'], isCancellable: boolean): Question & { answers: Answer[] } {
  const message = `${AT_WORK[kind]} is not done yet`;
  if (!isCancellable)
    return {
      message,
      detail: 'It cannot be cancelled.',
      buttons: ['Wait, then quit', 'Stay'],
      answers: ['wait', 'stay'],
    };
  return {
    message,
    detail: 'Cancelled, it leaves what was done so far, and the next one goes on from there.',
    buttons: ['Wait, then quit', 'Cancel it and quit', 'Stay'],
    answers: ['wait', 'cancel', 'stay'],
  };
}

const isUp = (stack: StackState | undefined): boolean =>
  stack !== undefined && ['running', 'degraded', 'failed', 'busy'].includes(stack.status);

/** The way out of the app: what runs for it, and what becomes of the stack, is asked first where it must be. */
export class Quit {
  readonly #edges: QuitEdges;
  #isAsking = false;
  #round = 0;

  constructor(edges: QuitEdges) {
    this.#edges = edges;
  }

  /** Quits, unless the user stays or what was chosen fails. Asked again, it brings no second question. */
  async run(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#round += 1;
    const round = this.#round;
    try {
      if (await this.#isReady(round)) this.#edges.quit();
    } catch (error) {
      this.#edges.tell(error);
    } finally {
      if (round === this.#round) this.#isAsking = false;
    }
  }

  async #isReady(round: number): Promise<boolean> {
    const { operations, seen, look, onQuit, ask, show } = this.#edges;
    let stack = seen();
    if (operations.running) {
      if (!(await this.#isOver(operations.running, round))) return false;
      stack = await look();
    }
    const word = isUp(stack) && onQuit() === 'ask' ? (['keep', 'stop'] as const)[await ask(STOP)] : onQuit();
    if (word === undefined) return false;
    // begun while it was asked
    if (operations.running) return this.#isReady(round);
    if (word !== 'stop' || !stack || !isUp(stack)) return true;
    if ((await operations.begin({ project: stack.project, kind: 'stop', services: [] })) === 'done')
      return true;
    await show();
    return false;
  }

  /** Waits for what runs, or ends it. */
  async #isOver(running: NonNullable<Operations['running']>, round: number): Promise<boolean> {
    const { operations, ask, show } = this.#edges;
    const { course, ended } = running;
    const { answers, ...question } = atWork(course.kind, course.isCancellable);
    const answer = answers[await ask(question)] ?? 'stay';
    if (answer === 'stay') return false;
    if (answer === 'cancel') {
      await operations.end();
      return true;
    }
    // it may take long: who quits again while it lasts is asked again, and that answer holds
    this.#isAsking = false;
    const outcome = await ended;
    if (round !== this.#round) return false;
    this.#isAsking = true;
    if (outcome === 'failed') await show();
    return outcome === 'done' || outcome === 'cancelled';
  }
}
