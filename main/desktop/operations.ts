import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { AppSnapshot, Operate, Preview } from '../channels.ts';
import type { Operation } from '../contract.ts';
import { errorsOf, Failure, failure, hasCode, saidOf } from '../errors.ts';
import { newOperation } from '../stack/operation.ts';
import { stepTitle } from '../stack/plan-format.ts';
import { serviceOf } from '../stack/plan-steps.ts';
import type { Confirmation, Plan, Step } from '../stack/plan-types.ts';
import type { OperationIo, Stack } from '../stack/stack-types.ts';
import type { Live } from './live.ts';
import { newsOf } from './plan-news.ts';

type Stopped = NonNullable<NonNullable<AppSnapshot['ended']>['stopped']>;
/** `unseen`: nothing was done, since it would do more than the user knows of. */
export type Outcome = 'done' | 'cancelled' | 'failed' | 'unseen';

/** Shows what a start would do, or that a restart leaves something out; it then begins with the user's word. */
type ShowFirst = (project: string, kind: Operation['kind']) => void;

/** Runs what the user asks of the stack, one thing at a time; its progress and its end are told through `live`. */
export class Operations {
  readonly #live: Live;
  readonly #show: ShowFirst;
  /** what of a start was shown and agreed to and is not done yet, by stack: a retry need not be looked at again */
  readonly #seen = new Map<string, ReadonlySet<string>>();
  #running:
    | {
        readonly course: Course;
        readonly cancel: AbortController;
        readonly ended: Promise<Outcome>;
      }
    | undefined;

  constructor(live: Live, show: ShowFirst) {
    this.#live = live;
    this.#show = show;
  }

  /** What is done now, and its end. */
  get running(): { readonly course: Course; readonly ended: Promise<Outcome> } | undefined {
    return this.#running;
  }

  /**
   * Begins it and gives its end. It is seen as busy at once, before the engine was asked anything. A start that would do
   * more than it says, or asks something, is shown before it is done; and so is a restart of the whole that would leave
   * out what was changed since the start, unless it `isLooked` at.
   * @throws Failure `stack.busy` while another one runs (the stack's lock would say so too, only later),
   *   `app.other-stack` where it is meant for another stack than the one that is shown
   */
  begin(request: Operate, isLooked = false): Promise<Outcome> {
    const { kind, project, services, agreement } = request;
    this.#live.shown(project);
    return this.course(kind, project, async (course) => {
      const io = course.io(agreement);
      if (kind === 'restart' && services.length === 0 && !isLooked)
        await this.#requireUnchanged(project, io.signal);
      const onPlan = (plan: Plan): void => {
        io.onPlan?.(plan);
        if (kind === 'up') this.#requireSeen(plan, agreement);
      };
      await carryOut(await this.#live.stack(project), request, { ...io, onPlan });
      this.#seen.delete(project);
    });
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

  /** @throws Failure `app.unseen` */
  #requireSeen(plan: Plan, agreement: string | undefined): void {
    const { project, confirmations } = plan;
    const news = newsOf(plan);
    const isAgreedTo = agreement === agreementOf(plan);
    if (isAgreedTo) this.#seen.set(project, new Set(news));
    const seen = this.#seen.get(project);
    const isAsking = confirmations.length > 0 && !isAgreedTo;
    if (isAsking || !news.every((id) => seen?.has(id))) throw failure('app.unseen', { project });
  }

  /** @throws Failure `app.unseen`, also where it cannot be known: the window says why; `stack.cancelled` */
  async #requireUnchanged(project: string, signal: AbortSignal): Promise<void> {
    const stack = await this.#live.stack(project);
    const plan = await stack.plan({}).catch((error: unknown) => {
      if (error instanceof Failure) return undefined;
      throw error;
    });
    if (signal.aborted) throw failure('stack.cancelled', { project });
    if (!plan || newsOf(plan).length > 0) throw failure('app.unseen', { project });
  }

  async #run(course: Course, work: (course: Course) => Promise<void>): Promise<Outcome> {
    const live = this.#live;
    live.failed(undefined);
    course.turnTo(course.kind, course.project);
    const outcome = await this.#outcomeOf(course, work);
    const { kind, project, stopped } = course;
    if (outcome === 'unseen') {
      live.operation(undefined);
      this.#show(project, kind);
      return outcome;
    }
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
      if (hasCode(error, 'app.unseen')) return 'unseen';
      // what else went wrong is told, whoever cancelled
      if (hasCode(error, 'stack.cancelled') && error.errors.length === 1) return 'cancelled';
      const { kind, project } = course;
      const errors = saidOf(errorsOf(error), project);
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
    warnings: saidOf(plan.warnings, plan.project),
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
