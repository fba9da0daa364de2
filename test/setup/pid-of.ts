import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Of a container's first process, as the machine counts.
 * @param host the engine's, where it is not the one that the environment names
 */
export async function pidOf(container: string, host?: string): Promise<number> {
  const engine = host === undefined ? [] : ['-H', host];
  const inspect = [...engine, 'inspect', '--format', '{{.State.Pid}}', container];
  const pid = Number((await promisify(execFile)('docker', inspect)).stdout);
  if (pid < 2) throw new Error(`${container} does not run`); // 0 would be our own process group
  return pid;
}
