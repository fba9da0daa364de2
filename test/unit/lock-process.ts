/**
 * A process of its own for lock.test.ts: `node lock-process.ts hold|turns RUNTIME [N]`.
 * hold   takes the lock, tells `held` or `other PID`, and stays until it is killed or cancelled
 * turns  takes the lock N times as one of many; whoever meets another inside exits with 3
 */
import { closeSync, openSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Operation } from '../../main/contract.ts';
import { acquireLock } from '../../main/stack/lock.ts';

const [, , mode, runtime = '', count = '1'] = process.argv;

const operation: Operation = {
  id: `op-${process.pid}`,
  kind: 'up',
  project: 'letta-production',
  pid: process.pid,
  startedAt: new Date().toISOString(),
  tasks: [],
  cancellable: true,
};
const request = { engineId: 'engine:A', project: 'letta-production', operation };
const tell = (line: string): void => void process.stdout.write(`${line}\n`);

async function hold(): Promise<void> {
  // all start at the same moment
  await new Promise((resolve) => process.stdin.once('data', resolve));
  const lock = await acquireLock(runtime, request);
  if (!lock.held) {
    tell(`other ${lock.operation().pid}`);
    lock.close();
    process.stdin.destroy();
    return;
  }
  tell('held');
  lock.onCancel(() => {
    tell('cancelled');
    lock.release();
    process.stdin.destroy();
  });
  for (let step = 1; ; step++) {
    lock.publish({ ...operation, fraction: Math.min(1, step / 10) });
    await sleep(20);
  }
}

async function turns(wanted: number): Promise<void> {
  const inside = join(runtime, 'inside');
  for (let done = 0; done < wanted;) {
    const lock = await acquireLock(runtime, request);
    if (!lock.held) {
      await lock.ended;
      continue;
    }
    try {
      closeSync(openSync(inside, 'wx'));
    } catch {
      process.exit(3);
    }
    await sleep(1);
    unlinkSync(inside);
    // every fifth turn ends as kill -9 would end it: nothing is released, nothing is removed
    if (done === wanted - 1 && wanted % 5 === 0) process.kill(process.pid, 'SIGKILL');
    lock.release();
    done++;
  }
}

await (mode === 'hold' ? hold() : turns(Number(count)));
if (mode === 'hold') process.exit(0);
