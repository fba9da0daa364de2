import type { RunCommand } from './command-types.ts';
import { stackOf } from './target.ts';

export const run: RunCommand = async (call, { terminal, interrupts, ...context }) => {
  const [service = ''] = call.values;
  const [user, workingDir] = [call.text('user'), call.text('workdir')];
  const stack = await stackOf(call, { terminal, interrupts, ...context });
  const { engine, id } = await stack.containerOf(service);
  const tty = terminal.stdin.isTTY && terminal.stdout.isTTY && !call.flag('no-tty');
  const work = (): Promise<number> =>
    engine.containers.execInteractive(
      id,
      {
        cmd: commandFor(call.rest),
        tty,
        ...(user !== undefined && { user }),
        ...(workingDir !== undefined && { workingDir }),
      },
      { stdin: terminal.stdin, stdout: terminal.stdout, stderr: terminal.stderr },
    );
  // with a terminal, Ctrl-C is a key for the program in the container; without one it leaves
  return tty ? interrupts.ignored(work) : work();
};

/**
 * The command to run: sh by default. psql gets the user and database that the container was made with, as libpq's own
 * variables, so that the command's options still win; a shell inside reads them, since only the container has them.
 */
export function commandFor(words: readonly string[]): readonly string[] {
  if (words.length === 0) return ['sh'];
  if (words[0] !== 'psql') return words;
  const script = [
    'if [ -n "$POSTGRES_USER" ]; then export PGUSER="${PGUSER:-$POSTGRES_USER}"; fi',
    'if [ -n "$POSTGRES_DB" ]; then export PGDATABASE="${PGDATABASE:-$POSTGRES_DB}"; fi',
    'exec "$@"',
  ].join('; ');
  return ['sh', '-c', script, 'sh', ...words];
}
