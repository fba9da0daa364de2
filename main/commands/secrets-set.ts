import { failure, say } from '../errors.ts';
import type { Stack } from '../stack/stack-types.ts';
import type { Context, RunCommand } from './command-types.ts';
import { askHidden, readStdin } from './prompt.ts';
import { stackOfSecret, withTypedName } from './secrets-target.ts';
import { wordsForStack } from './target.ts';
import { tellWarnings } from './tell.ts';
import { print, printJson } from './terminal.ts';

export const run: RunCommand = async (call, context) => {
  const [name = ''] = call.values;
  const stack = await stackOfSecret(call, context, name);
  const states = await stack.secrets();
  if (states.every((s) => s.name !== name)) {
    // before anything is typed
    throw failure('secrets.no-such', { name, known: states.map((s) => s.name) });
  }
  const value = await readValue(context, stack, name);
  if (value === '') throw failure('cli.empty-value', { what: name });
  const warnings = await withTypedName(context, name, (confirmed) => stack.setSecret(name, value, confirmed));
  tellWarnings(
    context,
    warnings.map((w) => say(w, wordsForStack(call))),
  );
  if (context.json) await printJson(context.terminal, { name, set: true });
  else await print(context.terminal, `${name} is set. The services that take it get it with the next up.\n`);
  return 0;
};

/** From a hidden prompt, or from stdin when that is a file or a pipe; never from the command line. */
async function readValue(context: Context, stack: Stack, name: string): Promise<string> {
  if (!context.terminal.stdin.isTTY) return readStdin(context);
  const multiline = stack.block?.secrets.find((s) => s.name === name)?.multiline ?? false;
  return askHidden(context, `Value of ${name}`, { multiline });
}
