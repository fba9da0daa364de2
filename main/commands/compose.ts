import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { failure } from '../errors.ts';
import type { RunCommand } from './command-types.ts';
import { stackOf } from './target.ts';

export const run: RunCommand = async (call, context) => {
  const stack = await stackOf(call, context);
  const { args, env, cwd } = await stack.composeCall();
  let terminate = (): void => {};
  // the child has the terminal: a Ctrl-C reaches it, and we wait for how it ends
  return context.interrupts.ignored(
    () =>
      new Promise<number>((resolve, reject) => {
        const child = spawn('docker', [...args, ...call.rest], {
          cwd,
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
