import type { Operation } from '../contract.ts';
import { failure } from '../errors.ts';
import { acquireLock } from './lock.ts';
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
  const project = input.desired.project.name;
  const operation = newOperation(kind, project);
  const lock = await acquireLock(runtimeFolder, { engineId: engine.info.id, project, operation });
  if (!lock.held) {
    const other = lock.operation();
    lock.close();
    throw failure('stack.busy', { project, operation: other.kind, pid: other.pid });
  }
  const cancel = new AbortController();
  lock.onCancel(() => cancel.abort());
  try {
    const signal = AbortSignal.any([io.signal, cancel.signal]);
    await runPlan({ ...input, operation, io: { ...io, signal }, publish: (o) => lock.publish(o) });
  } finally {
    lock.release();
  }
}
