import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { failure } from '../errors.ts';
import type { RunCommand } from './command-types.ts';
import { stackOf } from './target.ts';

/**
 * `down -v` deletes every volume without a question: data is deleted by `letta-stack down --volumes NAME` alone.
 * Short options may be joined (`-tv`); only a value that the CLI reads as false takes the flag back (docker compose
 * down, CLI reference; Go's strconv.ParseBool).
 */
export function deletesVolumes(args: readonly string[]): boolean {
  if (!args.includes('down')) return false;
  return args.some((arg) => {
    const flag = /^(?:--volumes|-[a-z]*v[a-z]*)(?:=(.*))?$/s.exec(arg);
    return flag !== null && !['0', 'f', 'F', 'false', 'False', 'FALSE'].includes(flag[1] ?? 'true');
  });
}

export const run: RunCommand = async (call, context) => {
  const stack = await stackOf(call, context);
  if (deletesVolumes(call.rest)) throw failure('cli.compose-deletes', { project: stack.project });
  const { args, env } = await stack.composeCall();
  let terminate = (): void => {};
  // the child has the terminal: a Ctrl-C reaches it, and we wait for how it ends
  return context.interrupts.ignored(
    () =>
      new Promise<number>((resolve, reject) => {
        const child = spawn('docker', [...args, ...call.rest], {
          // what the user names (`cp db:/x ./x`) lies where the command was given; the files are named in full, and
          // the CLI starts their relative paths from the folder of the first
          cwd: context.terminal.cwd,
          env: { ...context.terminal.env, ...env },
          stdio: 'inherit',
        });
        terminate = () => void child.kill('SIGTERM');
        child.once('error', (e) => reject(failure('cli.no-docker-cli', { reason: e.message }, e)));
        child.once('close', (code, signal) =>
          resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
        );
      }),
    () => terminate(),
  );
};
