import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** One measure against its peer: medians in milliseconds (or bytes) of runs that alternate. */
export interface Measure {
  readonly measure: string;
  readonly ours: number;
  /** absent where the goal is a limit and not a ratio */
  readonly peer?: number;
  readonly ratio?: number;
  readonly goal: string;
  readonly met: boolean;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command to its end; milliseconds. @throws Error with its output when it fails */
export async function time(command: Command): Promise<number> {
  const begun = performance.now();
  await run(command);
  return performance.now() - begun;
}

/** Runs a command and gives the highest resident memory that was seen, in bytes. */
export async function run(command: Command): Promise<number> {
  const child = spawn(command.program, command.args, {
    env: { ...process.env, ...command.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (output += data.toString()));
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  let peak = 0;
  const looking = setInterval(() => (peak = Math.max(peak, peakMemory(child.pid))), 20);
  const code = await exit.finally(() => clearInterval(looking));
  if (code !== 0)
    throw new Error(`${command.program} ${command.args.join(' ')}: exit code ${code}\n${output}`);
  return peak;
}

/** VmHWM of a process (proc(5)), in bytes; 0 once it is gone. */
function peakMemory(pid: number | undefined): number {
  try {
    const kb = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kb ?? 0) * 1024;
  } catch {
    return 0; // it ended between two looks
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Alternates ours and the peer's, so that what else the machine does meets both. */
export async function compare(
  measure: string,
  goal: number,
  times: number,
  ours: () => Promise<number>,
  peer: () => Promise<number>,
): Promise<Measure> {
  const a: number[] = [];
  const b: number[] = [];
  for (let i = 0; i < times; i += 1) {
    a.push(await ours());
    b.push(await peer());
  }
  const ratio = median(a) / median(b);
  return {
    measure,
    ours: Math.round(median(a)),
    peer: Math.round(median(b)),
    ratio: Number(ratio.toFixed(2)),
    goal: `≤ ${goal}×`,
    met: ratio <= goal,
  };
}
