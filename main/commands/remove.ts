import type { RunCommand } from './command-types.ts';
import { operate } from './operate.ts';
import { print, printJson } from './terminal.ts';

export const run: RunCommand = async (call, context) => {
  const { stack, unchanged } = await operate(call, context, (s, io) => s.remove(io), {
    typed: call.list('yes-delete'),
  });
  if (context.json) await printJson(context.terminal, { project: stack.project, removed: !unchanged });
  else {
    await print(
      context.terminal,
      unchanged
        ? `Nothing to do: there is nothing of ${stack.project}.\n`
        : `${stack.project} is removed, with its data and its secrets, but for what was listed as kept. Images stay, ` +
            'keys that all stacks share or that are in another secret store, old versions of the settings with its ' +
            'variables, and volumes without a name that an earlier down left.\n',
    );
  }
  return 0;
};
