import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { AppSnapshot, Operate, Preview } from '../channels.ts';
import type { Operation } from '../contract.ts';
import { errorsOf, failure, hasCode, saidOf } from '../errors.ts';
import { newOperation } from '../stack/operation.ts';
import { stepTitle } from '../stack/plan-format.ts';
import { serviceOf } from '../stack/plan-steps.ts';
import type { Confirmation, Plan, Step } from '../stack/plan-types.ts';
import type { OperationIo, Stack } from '../stack/stack-types.ts';
import type { Live } from './live.ts';

type Stopped = NonNullable<NonNullable<AppSnapshot['ended']>['stopped']>;
export type Outcome = 'done' | 'cancelled' | 'failed';

/** Runs what the user asks of the stack, one thing at a time; its progress and its end are told through `live`. */
export class Operations {
  readonly #live: Live;
  #running:
    | {
        readonly course: Course;
        readonly cancel: AbortController;
        readonly ended: Promise<Outcome>;
      }
    | undefined;

  constructor(live: Live) {
    this.#live = live;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /**
   * Begins it and gives its end. It is seen as busy at once, before the engine was asked anything.
   * @throws Failure `stack.busy` while another one runs (the stack's lock would say so too, only later),
   *   `app.other-stack` where it is meant for another stack than the one that is shown
   */
  begin(request: Operate): Promise<Outcome> {
    const { kind, project, agreement } = request;
    this.#live.shown(project);
    return this.course(kind, project, async (course) =>
      carryOut(await this.#live.stack(project), request, course.io(agreement)),
    );
  }

  /**
   * Something that is more than one operation of a stack, as one thing to the user: one at a time, with its progress
   * and its end told.
   * @throws Failure `stack.busy` while another one runs
   */
  course(
    kind: Operation['kind'],
    project: string,
    work: (course: Course) => Promise<void>,
  ): Promise<Outcome> {
    this.requireFree();
    const cancel = new AbortController();
    const course = new Course(kind, project, cancel.signal, this.#live);
    const ended = this.#run(course, work).finally(() => (this.#running = undefined));
    this.#running = { course, cancel, ended };
    return ended;
  }

  /** Cancels what is done with the stack, by us or by another process, and waits for its end. */
  async cancel(project: string): Promise<void> {
    this.#live.shown(project);
    if (this.#running?.course.projects.has(project)) return this.end();
    const stack = await this.#live.stack(project);
    await stack.cancel();
  }

  /** Cancels what we do, with whatever stack, where it takes a cancel, and waits for its end. */
  async end(): Promise<void> {
    if (this.#running?.course.isCancellable) this.#running.cancel.abort();
    await this.#running?.ended;
  }

  /** @throws Failure `stack.busy` while something runs */
  requireFree(): void {
    if (!this.#running) return;
    const { kind: operation, project } = this.#running.course;
    throw failure('stack.busy', { project, operation, pid: process.pid });
  }

  async #run(course: Course, work: (course: Course) => Promise<void>): Promise<Outcome> {
    const live = this.#live;
    live.failed(undefined);
    course.turnTo(course.kind, course.project);
    const outcome = await this.#outcomeOf(course, work);
    const { project, stopped } = course;
    const left = outcome !== 'done' && stopped ? { stopped } : {};
    live.ended({ project, at: new Date().toISOString(), outcome, ...left });
    live.operation(undefined);
    return outcome;
  }

  async #outcomeOf(course: Course, work: (course: Course) => Promise<void>): Promise<Outcome> {
    try {
      await work(course);
      return 'done';
    } catch (error) {
      // what else went wrong is told, whoever cancelled
      if (hasCode(error, 'stack.cancelled') && error.errors.length === 1) return 'cancelled';
      const { kind, project } = course;
      const errors = saidOf(errorsOf(error));
      this.#live.failed({ kind, project, at: new Date().toISOString(), errors });
      return 'failed';
    }
  }
}

/** One thing that is done for the user, operation by operation. */
export class Course {
  readonly #signal: AbortSignal;
  readonly #live: Live;
  /** of all stacks that it has turned to */
  readonly projects = new Set<string>();
  kind: Operation['kind'];
  project: string;
  isCancellable = true;
  /** what was stopped on the way to another stack */
  stopped: Stopped | undefined;

  constructor(kind: Operation['kind'], project: string, signal: AbortSignal, live: Live) {
    this.kind = kind;
    this.project = project;
    this.#signal = signal;
    this.#live = live;
  }

  /** The next operation begins. */
  turnTo(kind: Operation['kind'], project: string): void {
    this.kind = kind;
    this.project = project;
    this.projects.add(project);
    const operation = newOperation(kind, project);
    this.isCancellable = operation.cancellable;
    this.#live.operation(operation);
  }

  /** The user's word is for the plan that was shown, and for no other. */
  io(agreement: string | undefined): OperationIo {
    let plan: Plan | undefined;
    return {
      signal: this.#signal,
      onPlan: (made) => {
        plan = made;
      },
      onOperation: (operation) => this.#live.operation(operation),
      confirm: (asked) => Promise.resolve(isAgreed(asked, plan, agreement)),
    };
  }
}

/** Whether this was asked by the plan that was agreed to: one that was made since may ask for more. */
export function isAgreed(
  asked: readonly Confirmation[],
  plan: Plan | undefined,
  agreement: string | undefined,
): boolean {
  if (asked.length === 0) return true;
  if (!plan || agreement !== agreementOf(plan)) return false;
  return asked.every((c) => plan.confirmations.some((shown) => isDeepStrictEqual(shown, c)));
}

async function carryOut(stack: Stack, { kind, services }: Operate, io: OperationIo): Promise<void> {
  switch (kind) {
    case 'up':
      await stack.up({ services }, io);
      return;
    case 'down':
      return stack.down({ services }, io);
    case 'start':
    case 'stop':
    case 'restart':
      await stack[kind](services, io);
  }
}

/** What an `up` would do, for the window. */
export function previewOf(plan: Plan): Preview {
  return {
    steps: plan.steps.map((s) => ({
      id: s.id,
      kind: s.kind,
      title: stepTitle(s),
      cause: s.cause,
      ...withService(s),
    })),
    warnings: saidOf(plan.warnings),
    confirmations: plan.confirmations.map((c) => ({ ...c })),
    agreement: agreementOf(plan),
    unchanged: [...plan.unchanged],
  };
}

function withService(step: Step): { service?: string } {
  const service = serviceOf(step);
  return service === undefined ? {} : { service };
}

/** Names what is done and what is asked: another plan needs another word. */
export function agreementOf(plan: Plan): string {
  // whether something must be stopped before it is removed changes nothing of what goes
  const steps = plan.operation === 'remove' ? plan.steps.filter((s) => s.kind !== 'stop') : plan.steps;
  const what = { steps: steps.map((s) => [s.id, s.kind]), asked: plan.confirmations };
  return createHash('sha256').update(JSON.stringify(what)).digest('hex');
}
