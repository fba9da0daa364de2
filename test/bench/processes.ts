import { readdirSync, readFileSync } from 'node:fs';

interface Process {
  readonly pid: number;
  /** processor time, in ticks of 10 ms (proc(5)) */
  readonly ticks: number;
}

/** A process and everything that it started. */
export function processTree(root: number): Process[] {
  const byParent = new Map<number, Process[]>();
  let own: Process = { pid: root, ticks: 0 };
  for (const name of readdirSync('/proc').filter((n) => /^\d+$/.test(n))) {
    const stat = read(`/proc/${name}/stat`);
    if (stat === undefined) continue;
    // the name may hold spaces and brackets: fields are counted after its last one
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const process = { pid: Number(name), ticks: Number(fields[11]) + Number(fields[12]) };
    if (process.pid === root) own = process;
    const parent = Number(fields[1]);
    byParent.set(parent, [...(byParent.get(parent) ?? []), process]);
  }
  const below = (pid: number): Process[] => (byParent.get(pid) ?? []).flatMap((p) => [p, ...below(p.pid)]);
  return [own, ...below(root)];
}

/** Proportional set size of a process tree, in bytes: pages that several share count in parts. */
export function memoryOf(root: number): number {
  return processTree(root).reduce((sum, { pid }) => {
    const kb = /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1];
    return sum + Number(kb ?? 0) * 1024;
  }, 0);
}

/** Processor time of a process tree so far, in milliseconds. */
export const processorOf = (root: number): number =>
  processTree(root).reduce((sum, { ticks }) => sum + ticks * 10, 0);

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // it ended in between
  }
}
