import type { Operation } from '../contract.ts';
import type { RunCommand } from './command-types.ts';
import { stackOf } from './target.ts';
import { print, printJson } from './terminal.ts';

export const run: RunCommand = async (call, context) => {
  const { terminal, json } = context;
  const stack = await stackOf(call, context);
  const operation = await stack.cancel();
  if (json) await printJson(terminal, operation ?? null);
  else if (operation) await print(terminal, `${sentenceOf(operation)}\n`);
  else await print(terminal, `Nothing is being done with ${stack.project}.\n`);
  return 0;
};

/** How an operation that was asked to cancel ended: it may not take a cancel, or have been faster. */
function sentenceOf(operation: Operation): string {
  const { kind, project, cancellable } = operation;
  if (!cancellable)
    return `Nothing was cancelled: ${kind} of ${project} can only be waited for, and is over now.`;
  switch (endOf(operation)) {
    case 'done':
      return `Nothing was cancelled: ${kind} of ${project} came to its end first.`;
    case 'failed':
      return `Nothing was cancelled: ${kind} of ${project} failed first.`;
    case 'cancelled':
    default:
      return `Cancelled ${kind} of ${project}.`;
  }
}

/** How an operation ended, by the last that it told. */
function endOf({ tasks, fraction }: Pick<Operation, 'tasks' | 'fraction'>): 'cancelled' | 'done' | 'failed' {
  const has = (...statuses: Operation['tasks'][number]['status'][]): boolean =>
    tasks.some((task) => statuses.includes(task.status));
  // a step that fails cancels those beside it; a cancelled operation has no step that failed
  if (has('failed')) return 'failed';
  if (has('cancelled', 'waiting', 'running', 'skipped')) return 'cancelled';
  // all is done, but it may have been the images alone; with no tasks and no fraction it had not begun
  const whole = tasks.length === 0 ? fraction !== undefined : fraction === 1;
  return whole ? 'done' : 'cancelled';
}
