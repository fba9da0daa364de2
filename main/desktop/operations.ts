import { createHash } from 'node:crypto';
import type { Operate, Preview } from '../channels.ts';
import { errorsOf, hasCode, saidOf } from '../errors.ts';
import { newOperation } from '../stack/operation.ts';
import { stepTitle } from '../stack/plan-format.ts';
import type { Plan } from '../stack/plan-types.ts';
import type { OperationIo, Stack } from '../stack/stack-types.ts';
import type { Live } from './live.ts';

/** Runs what the user asks of the stack, one thing at a time; its progress and its end are told through `live`. */
export class Operations {
  readonly #live: Live;
  #running: { readonly cancel: AbortController; readonly ended: Promise<void> } | undefined;

  constructor(live: Live) {
    this.#live = live;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Begins it and gives its end. It is seen as busy at once, before the engine was asked anything. */
  begin(request: Operate): Promise<void> {
    // the stack's lock would refuse it too, only later
    if (this.#running) return this.#running.ended;
    const cancel = new AbortController();
    const ended = this.#run(request, cancel.signal).finally(() => (this.#running = undefined));
    this.#running = { cancel, ended };
    return ended;
  }

  /** Cancels what is done with the stack, by us or by another process, and waits for its end. */
  async cancel(): Promise<void> {
    if (this.#running) {
      this.#running.cancel.abort();
      return this.#running.ended;
    }
    const stack = await this.#live.stack();
    await stack.cancel();
  }

  async preview(): Promise<Preview> {
    const stack = await this.#live.stack();
    return previewOf(await stack.plan({}));
  }

  async #run(request: Operate, signal: AbortSignal): Promise<void> {
    const { kind } = request;
    const live = this.#live;
    live.failed(undefined);
    live.operation(newOperation(kind, live.snapshot.current ?? ''));
    try {
      await carryOut(await live.stack(), request, { signal, ...ioOf(request, live) });
    } catch (error) {
      if (hasCode(error, 'stack.cancelled')) return;
      live.failed({ kind, at: new Date().toISOString(), errors: saidOf(errorsOf(error)) });
    } finally {
      live.operation(undefined);
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
