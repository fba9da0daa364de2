import type { RunCommand } from './command-types.ts';
import { secretValue, stackOfSecret } from './secrets-target.ts';
import { print } from './terminal.ts';

export const run: RunCommand = async (call, context) => {
  const [name = ''] = call.values;
  const stack = await stackOfSecret(call, context, name);
  await print(context.terminal, `${await secretValue(stack, context, name)}\n`);
  return 0;
};
