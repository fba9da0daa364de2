import type { Task } from '../contract.ts';
import { Failure } from '../errors.ts';
import { stepTitle } from './plan-format.ts';
import type { Plan, Step } from './plan-types.ts';

/** What a running step may tell about itself. */
export interface StepReport {
  detail(text: string): void;
  /** bytes; what goes backwards is not passed on */
  progress(current: number, total?: number): void;
}

/** Carries out one step; throws when it cannot. */
export type Carry = (step: Step, report: StepReport, signal: AbortSignal) => Promise<void>;

export interface ExecuteOptions {
  /** the user's cancel */
  readonly signal: AbortSignal;
  /** called with all tasks whenever one changes; the array is new, so it may be kept */
  readonly onTasks?: (tasks: readonly Task[]) => void;
}

/**
 * Walks the plan's graph: each step runs when the steps it is after are done, independent ones at the same time.
 * Decides nothing. The first failure stops the scheduling and aborts what waits or pulls; what was begun otherwise
 * ends by itself. After a wait that is optional what follows goes on, and the whole fails at its end all the same.
 * Rethrows the first failure, or the signal's reason when cancelled.
 */
export async function executePlan(plan: Plan, carry: Carry, options: ExecuteOptions): Promise<void> {
  const board = new TaskBoard(plan.steps, options.onTasks);
  const failing = new AbortController();
  const signal = AbortSignal.any([options.signal, failing.signal]);
  const waitingFor = new Map(plan.steps.map((s) => [s.id, s.after.length]));
  const next = Map.groupBy(
    plan.steps.flatMap((step) => step.after.map((before) => ({ before, step }))),
    ({ before }) => before,
  );
  let failed: { reason: unknown } | undefined;
  let lacked: { reason: unknown } | undefined;
  let running = 0;
  const ended = Promise.withResolvers<void>();

  const launch = async (step: Step): Promise<void> => {
    if (signal.aborted) return;
    running += 1;
    try {
      await runStep(step);
      follow(step);
    } catch (reason) {
      if (step.kind === 'wait' && step.optional && reason instanceof Failure && !signal.aborted) {
        lacked ??= { reason };
        follow(step);
      } else {
        failed ??= { reason };
        failing.abort(reason);
      }
    }
    running -= 1;
    if (running === 0) ended.resolve();
  };
  const follow = (done: Step): void => {
    for (const { step } of next.get(done.id) ?? []) {
      const left = waitingFor.get(step.id)! - 1;
      waitingFor.set(step.id, left);
      if (left === 0) void launch(step);
    }
  };
  const runStep = async (step: Step): Promise<void> => {
    const begun = performance.now();
    const tookMs = (): number => Math.round(performance.now() - begun);
    board.set(step.id, { status: 'running', startedAt: new Date().toISOString() });
    try {
      await carry(step, board.reportOf(step.id), signal);
      board.set(step.id, { status: 'done', tookMs: tookMs() });
    } catch (error) {
      board.set(step.id, { status: signal.aborted ? 'cancelled' : 'failed', tookMs: tookMs() });
      throw error;
    }
  };

  for (const step of plan.steps) if (step.after.length === 0) void launch(step);
  if (running > 0) await ended.promise;
  const left = board.skipWaiting();
  if (options.signal.aborted) throw options.signal.reason;
  if (failed) throw failed.reason;
  if (lacked) throw lacked.reason;
  if (left.length > 0) throw new Error(`steps that wait for each other: ${left.join(', ')}`);
}

/** Keeps the tasks of the plan's steps and tells every change. */
class TaskBoard {
  readonly #tasks: Map<string, Task>;
  readonly #onTasks: ((tasks: readonly Task[]) => void) | undefined;

  constructor(steps: readonly Step[], onTasks?: (tasks: readonly Task[]) => void) {
    this.#tasks = new Map(steps.map((s) => [s.id, { id: s.id, title: stepTitle(s), status: 'waiting' }]));
    this.#onTasks = onTasks;
    this.#tell();
  }

  set(id: string, change: Partial<Task>): void {
    this.#tasks.set(id, { ...this.#tasks.get(id)!, ...change });
    this.#tell();
  }

  reportOf(id: string): StepReport {
    return {
      detail: (detail) => this.set(id, { detail }),
      progress: (current, total) => {
        const before = this.#tasks.get(id)?.progress;
        const monotone = Math.max(before?.current ?? 0, current);
        this.set(id, { progress: { current: monotone, ...(total !== undefined && { total }) } });
      },
    };
  }

  /** Marks what never ran; gives its ids. */
  skipWaiting(): string[] {
    const left: string[] = [];
    for (const task of this.#tasks.values()) {
      if (task.status !== 'waiting') continue;
      left.push(task.id);
      this.#tasks.set(task.id, { ...task, status: 'skipped' });
    }
    this.#tell();
    return left;
  }

  #tell(): void {
    this.#onTasks?.([...this.#tasks.values()]);
  }
}
