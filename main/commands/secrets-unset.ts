import type { RunCommand } from './command-types.ts';
import { stackOfSecret, withTypedName } from './secrets-target.ts';
import { print, printJson } from './terminal.ts';

export const run: RunCommand = async (call, context) => {
  const [name = ''] = call.values;
  const stack = await stackOfSecret(call, context, name);
  const was = await withTypedName(context, name, (confirmed) => stack.unsetSecret(name, confirmed));
  if (context.json) await printJson(context.terminal, { name, set: false, was });
  else await print(context.terminal, was ? `${name} is removed.\n` : `${name} was not set.\n`);
  return 0;
};
