import { appError, failure, say } from '../errors.ts';
import { readKeyFor } from '../secret-value.ts';
import { noSuchSecret } from '../stack/profile-secrets.ts';
import type { Core } from '../core-types.ts';
import type { Stack } from '../stack/stack-types.ts';
import type { Context, RunCommand } from './command-types.ts';
import { askHidden, readStdin } from './prompt.ts';
import { stackOfSecret, withTypedName } from './secrets-target.ts';
import { wordsForStack } from './target.ts';
import { tellWarnings } from './tell.ts';
import { print, printJson } from './terminal.ts';
import { usageOf } from './usage.ts';

export const run: RunCommand = async (call, context) => {
  const [name = ''] = call.values;
  if (name.includes('='))
    throw failure('cli.secret-typed', { command: call.command.name, usage: usageOf(call.command) });
  const stack = await stackOfSecret(call, context, name);
  const states = await stack.secrets();
  // before anything is typed
  if (states.every((s) => s.name !== name))
    throw noSuchSecret(
      name,
      states.map((s) => s.name),
    );
  const value = await readValue(context, stack, name);
  if (value === '') throw failure('cli.empty-value', { what: name });
  const warnings = await withTypedName(context, name, (confirmed) => stack.setSecret(name, value, confirmed));
  const doubt = await doubtOf(await context.core(), stack, name, value);
  const doubts = doubt === undefined ? [] : [appError('secrets.doubtful', { name, doubt })];
  tellWarnings(
    context,
    [...warnings, ...doubts].map((w) => say(w, wordsForStack(call))),
  );
  if (context.json) await printJson(context.terminal, { name, set: true });
  else await print(context.terminal, `${name} is set. The services that take it get it with the next up.\n`);
  return 0;
};

/** Why it may not be the key that it should; it is stored as it was given all the same. */
async function doubtOf(core: Core, stack: Stack, name: string, value: string): Promise<string | undefined> {
  const { doubt, cleaned, value: key } = await readKeyFor(core, stack, name, value);
  if (doubt !== undefined || key === value) return doubt;
  if (cleaned.length > 0) return `it has ${cleaned.join(' and ')}`;
  return 'it has a space, a line break or what cannot be seen around it';
}

/** From a hidden prompt, or from stdin when that is a file or a pipe; never from the command line. */
async function readValue(context: Context, stack: Stack, name: string): Promise<string> {
  if (!context.terminal.stdin.isTTY) return readStdin(context, name);
  const multiline = stack.block?.secrets.find((s) => s.name === name)?.multiline ?? false;
  return askHidden(context, `Value of ${name}`, { multiline });
}
