import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Stack } from '../../../main/stack/stack-types.ts';
import { ROOT } from './core-box.ts';

export interface Ended {
  /** null when a signal ended it */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** laid over ours; undefined takes a variable away */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly input?: string;
  /** told the process's id at once */
  readonly onPid?: (pid: number) => void;
}

/** Runs a program to its end. */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = spawn(file, args, { env: { ...process.env, ...options.env }, cwd: options.cwd });
  if (child.pid !== undefined) options.onPid?.(child.pid);
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (said.stderr += text));
  child.stdin.on('error', () => {}); // it may end without reading what it is given
  child.stdin.end(options.input ?? '');
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said };
}

/** Runs a program that must succeed; what it printed. */
export async function runWell(file: string, args: readonly string[], options?: RunOptions): Promise<string> {
  const ended = await run(file, args, options);
  if (ended.code !== 0) throw new Error(`${file} ${args.join(' ')}: ${ended.code}\n${ended.stderr}`);
  return ended.stdout;
}

const BIN = path.join(ROOT, 'main', 'bin.ts');

/** The terminal `letta-stack` as a process of its own. */
export const lettaStack = (args: readonly string[], options: RunOptions & { home: string }): Promise<Ended> =>
  run(process.execPath, [BIN, ...args], {
    ...options,
    env: { ...options.env, LETTA_STACK_HOME: options.home },
  });

/**
 * The same in a mount namespace of its own, in which `folder` is a file system that nobody else sees, the engine
 * included; a copy of the folder `holds` lies in it.
 */
export const lettaStackInPrivate = (
  { folder, holds }: { readonly folder: string; readonly holds: string },
  args: readonly string[],
  options: RunOptions & { home: string },
): Promise<Ended> => {
  const enter = 'mount -t tmpfs none "$0" && cp -r "$1" "$0" && shift && exec "$@"';
  const inside = ['--mount', '--propagation', 'private', 'sh', '-c', enter, folder, holds];
  return run('unshare', [...inside, process.execPath, BIN, ...args], {
    ...options,
    env: { ...options.env, LETTA_STACK_HOME: options.home },
  });
};

/** The real CLI on a stack as `letta-stack compose -- ARGS` runs it. */
export async function composeOf(stack: Stack, args: readonly string[]): Promise<string> {
  const call = await stack.composeCall();
  return runWell('docker', [...call.args, ...args], { env: call.env });
}
