import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../../main/docker/port.ts';

/** Runs `count` requests, `atOnce` of them at a time; their status codes with how often each came. */
export async function load(
  count: number,
  atOnce: number,
  request: () => Promise<{ readonly status: number }>,
): Promise<ReadonlyMap<number, number>> {
  const answers = new Map<number, number>();
  let left = count;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const { status } = await request();
      answers.set(status, (answers.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return answers;
}

/** Connections of the server's role while `work` goes on: the most at once, and how many of them without TLS. */
export async function peakConnections(
  engine: Engine,
  databaseContainer: string,
  work: Promise<unknown>,
): Promise<{ most: number; withoutTls: number }> {
  const statement =
    "select count(*), count(*) filter (where not ssl) from pg_stat_activity join pg_stat_ssl using (pid) where usename = 'letta'";
  const cmd = ['psql', '-X', '-U', 'postgres', '-d', 'letta', '-Atqc', statement];
  const peak = { most: 0, withoutTls: 0 };
  const look = async (): Promise<void> => {
    const { stdout } = await engine.containers.exec(databaseContainer, { cmd });
    const [all = 0, plain = 0] = stdout.trim().split('|').map(Number);
    peak.most = Math.max(peak.most, all);
    peak.withoutTls = Math.max(peak.withoutTls, plain);
  };
  const state = { done: false };
  void Promise.allSettled([work]).then(() => {
    state.done = true;
  });
  while (!state.done) {
    await look();
    await sleep(50);
  }
  await look();
  await work;
  return peak;
}
