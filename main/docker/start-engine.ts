import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { failure } from '../errors.ts';
import type { Product } from './well-known.ts';

/** A virtual machine is made at its first start; and somebody may be asked for a password. Milliseconds. */
const WITHIN_MS = 180_000;

/**
 * Starts an engine. Whether it answers then is for others to see: it takes its time.
 * @throws Failure `engine.not-started`
 */
export async function startEngine({ name: product, start, run }: Product): Promise<void> {
  const { program, args, stays } = run;
  try {
    if (stays) await startApp(program, args);
    else await promisify(execFile)(program, args, { timeout: WITHIN_MS, env: withUsualPath() });
  } catch (error) {
    const command = [program, ...args].join(' ');
    throw failure('engine.not-started', { product, command, reason: reasonOf(error), start }, error);
  }
}

/** Resolves when it runs; it goes on without us. */
async function startApp(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { detached: true, stdio: 'ignore' });
  child.unref();
  await once(child, 'spawn');
}

/** An app that was started from macOS' Finder has not the PATH of a shell. */
function withUsualPath(): NodeJS.ProcessEnv {
  const { env, platform } = process;
  return platform === 'darwin'
    ? { ...env, PATH: `${env['PATH'] ?? ''}:/opt/homebrew/bin:/usr/local/bin` }
    : env;
}

/** What the program said last, or why there was none. */
function reasonOf(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  if (said !== '') return said.split('\n').at(-1) ?? said;
  return error instanceof Error ? error.message : String(error);
}
