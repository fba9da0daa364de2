import type { RunCommand } from './command-types.ts';
import { stackOf } from './target.ts';
import { print, printJson } from './terminal.ts';

export const run: RunCommand = async (call, context) => {
  const { terminal, json } = context;
  const stack = await stackOf(call, context);
  const operation = await stack.cancel();
  if (json) await printJson(terminal, operation ?? null);
  else if (operation) await print(terminal, `Cancelled ${operation.kind} of ${stack.project}.\n`);
  else await print(terminal, `Nothing is being done with ${stack.project}.\n`);
  return 0;
};
