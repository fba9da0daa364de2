import type { RunCommand } from './command-types.ts';
import { secretValue } from '../secret-value.ts';
import { stackOfSecret } from './secrets-target.ts';
import { print } from './terminal.ts';

export const run: RunCommand = async (call, context) => {
  const [name = ''] = call.values;
  const stack = await stackOfSecret(call, context, name);
  await print(context.terminal, `${await secretValue(await context.core(), stack, name)}\n`);
  return 0;
};
