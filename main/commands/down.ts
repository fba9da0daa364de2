import { Failure, appError } from '../errors.ts';
import type { RunCommand } from './command-types.ts';
import { operate } from './operate.ts';
import { print, printJson } from './terminal.ts';

export const run: RunCommand = async (call, context) => {
  const volumes = call.list('volumes');
  const typed = call.list('yes-delete');
  const stray = typed.filter((name) => !volumes.includes(name));
  if (stray.length > 0)
    throw new Failure(stray.map((name) => appError('cli.delete-without-volume', { name })));
  const { stack, unchanged } = await operate(
    call,
    context,
    (s, io) =>
      s.down(
        {
          ...(call.values.length > 0 && { services: call.values }),
          ...(call.flag('remove-orphans') && { removeOrphans: true }),
          ...(volumes.length > 0 && { deleteVolumes: volumes }),
        },
        io,
      ),
    { yes: call.flag('yes'), typed },
  );
  if (context.json) {
    await printJson(context.terminal, await stack.status());
    return 0;
  }
  const what = call.values.length > 0 ? `${call.values.join(', ')} of ${stack.project}` : stack.project;
  const deleted = volumes.length > 0 ? ` Deleted: ${volumes.join(', ')}.` : ' Its volumes stay.';
  await print(
    context.terminal,
    unchanged ? `Nothing to do: ${what} is down.\n` : `${what} is down.${deleted}\n`,
  );
  return 0;
};
