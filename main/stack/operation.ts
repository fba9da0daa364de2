import type { Operation, Task } from '../contract.ts';
import type { PullBoard } from './pull-board.ts';

/** Nobody is told more often than this, in milliseconds. */
const AT_MOST_EVERY_MS = 100;

/** Half of these is nothing that anybody would ask for: they can only be waited for. */
const WAITED_FOR: ReadonlySet<Operation['kind']> = new Set(['remove', 'secrets']);

/** An operation of this process that begins now. */
export function newOperation(kind: Operation['kind'], project: string): Operation {
  return {
    id: crypto.randomUUID(),
    kind,
    project,
    pid: process.pid,
    startedAt: new Date().toISOString(),
    tasks: [],
    cancellable: !WAITED_FOR.has(kind),
  };
}

/** Keeps the contract's Operation of what runs, and tells it at most 10 times a second. */
export class OperationTracker {
  #operation: Operation;
  #timer: NodeJS.Timeout | undefined;
  #toldAt = 0;
  /** tasks of plans that were carried out before the present one (images first, then the rest) */
  #before: readonly Task[] = [];
  /** steps of the whole plan, of which the tasks may be the beginning */
  #expected = 0;
  readonly #tell: (operation: Operation) => void;
  readonly #pulls: PullBoard;

  constructor(operation: Operation, pulls: PullBoard, tell: (operation: Operation) => void) {
    this.#operation = operation;
    this.#pulls = pulls;
    this.#tell = tell;
  }

  get operation(): Operation {
    return this.#operation;
  }

  /** The operation has so many steps, as far as is known: its images alone are not the whole of it. */
  expect(steps: number): void {
    this.#expected = steps;
  }

  /** The next plan begins: the tasks so far stay in the list. */
  nextPlan(): void {
    this.#before = this.#operation.tasks.filter((t) => t.status !== 'skipped');
  }

  setTasks(tasks: readonly Task[]): void {
    const all = [...this.#before, ...tasks];
    const fraction = Math.max(this.#operation.fraction ?? 0, fractionOf(all, this.#expected, this.#pulls));
    this.#operation = { ...this.#operation, tasks: all, fraction };
    const wait = this.#toldAt + AT_MOST_EVERY_MS - Date.now();
    if (wait <= 0) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), wait);
  }

  /** Tells the newest now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#toldAt = Date.now();
    this.#tell(this.#operation);
  }
}

/**
 * 0…1: each task counts the same, one that knows how far it is as much of it as is done; pulls together count by their
 * bytes, a layer shared by two images once.
 */
function fractionOf(tasks: readonly Task[], expected: number, pulls: PullBoard): number {
  if (tasks.length === 0) return 0;
  const isDone = (t: Task): boolean => t.status === 'done' || t.status === 'skipped';
  const pulling = tasks.filter((t) => t.id.startsWith('image:') && t.progress !== undefined);
  const done = tasks.filter((t) => !pulling.includes(t)).reduce((sum, t) => sum + partOf(t, isDone(t)), 0);
  const { current, total } = pulls.overall();
  const pulled = pulling.every(isDone) ? 1 : total ? current / total : 0;
  return (done + pulling.length * pulled) / Math.max(tasks.length, expected);
}

/** How much of a task is done, 0…1. */
function partOf({ status, progress }: Task, isDone: boolean): number {
  if (isDone) return 1;
  return status === 'running' && progress?.total ? progress.current / progress.total : 0;
}
