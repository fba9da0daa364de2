import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { PortRange } from './types.ts';

/**
 * The range of ports that Windows keeps for itself (Hyper-V and WSL take such ranges at each start) and that a port is
 * in. No process listens there, and none can. Undefined on other systems, and where none has it.
 */
export async function reservedRangeOf(port: number, protocol: 'tcp' | 'udp'): Promise<PortRange | undefined> {
  if (process.platform !== 'win32') return undefined;
  const { stdout } = await promisify(execFile)('netsh', [
    'int',
    'ipv4',
    'show',
    'excludedportrange',
    `protocol=${protocol}`,
  ]).catch(() => ({ stdout: '' }));
  return reservedRanges(stdout).find(({ from, to }) => from <= port && port <= to);
}

/**
 * Of `netsh int ipv4 show excludedportrange`, in any language: a line of two ports is a range; a `*` after them marks
 * one that an administrator made.
 */
export function reservedRanges(output: string): PortRange[] {
  return output.split(/\r?\n/).flatMap((line) => {
    const found = /^\s*(\d{1,5})\s+(\d{1,5})\s*\*?\s*$/.exec(line);
    const [from, to] = [Number(found?.[1]), Number(found?.[2])];
    return found && from <= to && to <= 65_535 ? [{ from, to }] : [];
  });
}
