import { createHash } from 'node:crypto';
import type { Operate, Preview } from '../channels.ts';
import { errorsOf, failure, hasCode, saidOf } from '../errors.ts';
import { newOperation } from '../stack/operation.ts';
import { stepTitle } from '../stack/plan-format.ts';
import type { Plan } from '../stack/plan-types.ts';
import type { OperationIo, Stack } from '../stack/stack-types.ts';
import type { Live } from './live.ts';

export type Outcome = 'done' | 'cancelled' | 'failed';

/** Runs what the user asks of the stack, one thing at a time; its progress and its end are told through `live`. */
export class Operations {
  readonly #live: Live;
  #running:
    | { readonly kind: Operate['kind']; readonly cancel: AbortController; readonly ended: Promise<Outcome> }
    | undefined;

  constructor(live: Live) {
    this.#live = live;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /**
   * Begins it and gives its end. It is seen as busy at once, before the engine was asked anything.
   * @throws Failure `stack.busy` while another one runs; the stack's lock would say so too, only later
   */
  begin(request: Operate): Promise<Outcome> {
    if (this.#running) {
      const project = this.#live.snapshot.current ?? '';
      throw failure('stack.busy', { project, operation: this.#running.kind, pid: process.pid });
    }
    const cancel = new AbortController();
    const ended = this.#run(request, cancel.signal).finally(() => (this.#running = undefined));
    this.#running = { kind: request.kind, cancel, ended };
    return ended;
  }

  /** Cancels what is done with the stack, by us or by another process, and waits for its end. */
  async cancel(): Promise<void> {
    if (this.#running) {
      this.#running.cancel.abort();
      await this.#running.ended;
      return;
    }
    const stack = await this.#live.stack();
    await stack.cancel();
  }

  async preview(): Promise<Preview> {
    const stack = await this.#live.stack();
    return previewOf(await stack.plan({}));
  }

  async #run(request: Operate, signal: AbortSignal): Promise<Outcome> {
    const { kind } = request;
    const live = this.#live;
    live.failed(undefined);
    live.operation(newOperation(kind, live.snapshot.current ?? ''));
    const outcome = await this.#outcomeOf(request, signal);
    live.ended({ at: new Date().toISOString(), outcome });
    live.operation(undefined);
    return outcome;
  }

  async #outcomeOf(request: Operate, signal: AbortSignal): Promise<Outcome> {
    const live = this.#live;
    try {
      await carryOut(await live.stack(), request, { signal, ...ioOf(request, live) });
      return 'done';
    } catch (error) {
      if (hasCode(error, 'stack.cancelled')) return 'cancelled';
      live.failed({ kind: request.kind, at: new Date().toISOString(), errors: saidOf(errorsOf(error)) });
      return 'failed';
    }
  }
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

/** The user's word is for the plan that was shown, and for no other. */
function ioOf({ agreement }: Operate, live: Live): Omit<OperationIo, 'signal'> {
  let plan: Plan | undefined;
  return {
    onPlan: (made) => {
      plan = made;
    },
    onOperation: (operation) => live.operation(operation),
    confirm: (confirmations) =>
      Promise.resolve(confirmations.length === 0 || (plan !== undefined && agreement === agreementOf(plan))),
  };
}

/** What an `up` would do, for the window. */
export function previewOf(plan: Plan): Preview {
  return {
    steps: plan.steps.map((s) => ({ id: s.id, kind: s.kind, title: stepTitle(s), cause: s.cause })),
    warnings: saidOf(plan.warnings),
    confirmations: plan.confirmations.map((c) => ({ ...c })),
    agreement: agreementOf(plan),
    unchanged: [...plan.unchanged],
  };
}

/** Names what is done and what is asked: another plan needs another word. */
function agreementOf(plan: Plan): string {
  const what = { steps: plan.steps.map((s) => [s.id, s.kind]), asked: plan.confirmations };
  return createHash('sha256').update(JSON.stringify(what)).digest('hex');
}
