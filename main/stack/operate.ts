import type { Operation } from '../contract.ts';
import { failure } from '../errors.ts';
import { acquireLock } from './lock.ts';
import type { OwnLock } from './lock-types.ts';
import { newOperation } from './operation.ts';
import { runPlan, type RunInput } from './run-plan.ts';

/**
 * Runs one operation under the stack's lock, so that there is one at a time for terminal and app.
 * @throws Failure `stack.busy` when another process holds the lock; what `runPlan` throws
 */
export async function operate(
  runtimeFolder: string,
  input: Omit<RunInput, 'publish' | 'operation'> & { readonly kind: Operation['kind'] },
): Promise<void> {
  const { kind, engine, io } = input;
  const operation = newOperation(kind, input.desired.project.name);
  await underLock(runtimeFolder, engine.info.id, operation, async (lock) => {
    const cancel = new AbortController();
    if (operation.cancellable) lock.onCancel(() => cancel.abort());
    const signal = AbortSignal.any([io.signal, cancel.signal]);
    await runPlan({ ...input, operation, io: { ...io, signal }, publish: (o) => lock.publish(o) });
  });
}

/** Does some work under the lock of a stack. @throws Failure `stack.busy`; what `work` throws */
export async function underLock<T>(
  runtimeFolder: string,
  engineId: string,
  operation: Operation,
  work: (lock: OwnLock) => Promise<T>,
): Promise<T> {
  const { project } = operation;
  const lock = await acquireLock(runtimeFolder, { engineId, project, operation });
  if (!lock.held) {
    const other = lock.operation();
    lock.close();
    throw failure('stack.busy', { project, operation: other.kind, pid: other.pid });
  }
  try {
    return await work(lock);
  } finally {
    lock.release();
  }
}
