import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Operation } from '../../main/contract.ts';
import { hasCode } from '../../main/errors.ts';
import type { OthersLock, OwnLock } from '../../main/stack/lock-types.ts';
import { acquireLock, runningOperation } from '../../main/stack/lock.ts';
import { claim } from '../../main/system/claim.ts';

let runtime: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  runtime = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(runtime, { recursive: true, force: true });
});

const operation: Operation = {
  id: 'op-1',
  kind: 'up',
  project: 'p',
  pid: process.pid,
  startedAt: '2026-01-01T00:00:00.000Z',
  tasks: [],
  cancellable: true,
};
const take = (project = 'p', engineId = 'e'): Promise<OwnLock | OthersLock> =>
  acquireLock(runtime, { engineId, project, operation: { ...operation, project } });
async function own(project?: string, engineId?: string): Promise<OwnLock> {
  const lock = await take(project, engineId);
  if (!lock.held) throw new Error('expected to get the lock');
  return lock;
}
async function others(): Promise<OthersLock> {
  const lock = await take();
  if (lock.held) throw new Error('expected somebody else to have the lock');
  return lock;
}

function run(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'lock-process.ts'), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}
/** reads the child's lines one by one */
function lines(child: ChildProcess): () => Promise<string> {
  if (!child.stdout) throw new Error('no stdout');
  const reader = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async () => String((await reader.next()).value);
}

describe('the lock of a stack, in one process', () => {
  it('is one per engine and project', async () => {
    const a = await own('a');
    const b = await own('b');
    const elsewhere = await own('a', 'other engine');
    expect((await acquireLock(runtime, { engineId: 'e', project: 'a', operation })).held).toBe(false);
    for (const lock of [a, b, elsewhere]) lock.release();
  });

  it('is looked at without being taken, and told to cancel', async () => {
    const stack = { engineId: 'e', project: 'p' };
    expect(await runningOperation(runtime, stack)).toBeUndefined();
    const mine = await own();
    let asked = false;
    mine.onCancel(() => {
      asked = true;
      mine.release();
    });
    const seen = await runningOperation(runtime, stack);
    expect(seen?.operation()).toEqual(operation);
    seen?.cancel();
    await seen?.ended;
    expect(asked).toBe(true);
    expect(await runningOperation(runtime, stack)).toBeUndefined();
    const next = await own();
    next.release();
  });

  it('is free again after release, and releasing twice is no error', async () => {
    const first = await own();
    first.release();
    first.release();
    const second = await own();
    second.release();
    expect(readdirSync(runtime)).toEqual([]);
  });

  it('tells the second what runs, every publication, and the end', async () => {
    const mine = await own();
    const other = await others();
    expect(other.operation()).toEqual({ ...operation, project: 'p' });
    const seen: (number | undefined)[] = [];
    other.watch((o) => seen.push(o.fraction));
    mine.publish({ ...operation, fraction: 0.25 });
    mine.publish({ ...operation, fraction: 0.5 });
    await expect.poll(() => seen).toEqual([0.25, 0.5]);
    expect(other.operation().fraction).toBe(0.5);
    mine.release();
    await other.ended;
  });

  it('stops telling who stopped watching', async () => {
    const mine = await own();
    const other = await others();
    const seen: unknown[] = [];
    other.watch((o) => seen.push(o))();
    mine.publish({ ...operation, fraction: 1 });
    await expect.poll(() => other.operation().fraction).toBe(1);
    expect(seen).toEqual([]);
    mine.release();
  });

  it('hands a cancel on, also one that came before anybody listened for it', async () => {
    const mine = await own();
    const other = await others();
    other.cancel();
    await sleep(50);
    await new Promise<void>((resolve) => mine.onCancel(resolve));
    mine.release();
  });

  it('drops what the contract does not know', async () => {
    const mine = await own();
    mine.publish({ ...operation, secret: 'hunter2hunter2' } as Operation);
    const other = await others();
    expect(other.operation()).not.toHaveProperty('secret');
    mine.release();
  });

  it('that says what this version does not know is an error, and not asked again and again', async () => {
    const mine = await own();
    const [file = ''] = readdirSync(runtime);
    mine.release();
    const name = file.replace(/-[0-9a-f]+-\d+\.sock$/, '');
    const newer = await claim(runtime, name, (peer) =>
      peer.send({ operation: { ...operation, kind: 'migrate' } }),
    );
    const unknown = { errors: [{ code: 'lock.other-version', data: { pid: process.pid } }] };
    await expect(take()).rejects.toMatchObject(unknown);
    await expect(runningOperation(runtime, { engineId: 'e', project: 'p' })).rejects.toMatchObject(unknown);
    if (newer.held) newer.release();
    (await own()).release();
  });

  it('says that the folder is too deep for a socket', async () => {
    const deep = join(runtime, 'x'.repeat(100));
    const failed = await acquireLock(deep, { engineId: 'e', project: 'p', operation }).catch(
      (e: unknown) => e,
    );
    expect(hasCode(failed, 'lock.path')).toBe(true);
  });
});

describe('the lock of a stack, between processes', () => {
  it('goes to exactly one of two that start at once, 20 times', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round++) {
      const pair = [run('hold', runtime), run('hold', runtime)] as const;
      const said = pair.map((child) => lines(child)());
      await Promise.all(pair.map((child) => once(child, 'spawn')));
      await sleep(150);
      for (const child of pair) child.stdin?.write('go\n');
      const [a, b] = await Promise.all(said);
      const winner = a === 'held' ? pair[0] : pair[1];
      expect(new Set([a, b])).toEqual(new Set(['held', `other ${winner.pid}`]));
      winner.kill('SIGKILL');
      await once(winner, 'exit');
    }
    // whoever comes next removed the file of the one killed before
    expect(readdirSync(runtime)).toHaveLength(1);
  });

  it('never lets two of ten in, with some of them killed inside', { timeout: 60_000 }, async () => {
    const turns = [12, 12, 12, 12, 12, 12, 12, 10, 5, 5];
    const ends = await Promise.all(turns.map((n) => once(run('turns', runtime, String(n)), 'exit')));
    expect(ends.map(([code, signal]: (string | number | null)[]) => signal ?? code)).toEqual(
      turns.map((n) => (n % 5 === 0 ? 'SIGKILL' : 0)),
    );
  });

  it('is free at once when its process was killed', async () => {
    const child = run('hold', runtime);
    child.stdin?.write('go\n');
    expect(await lines(child)()).toBe('held');
    const request = { engineId: 'engine:A', project: 'letta-production', operation };
    const other = await acquireLock(runtime, request);
    expect(other.held).toBe(false);
    child.kill('SIGKILL');
    if (!other.held) await other.ended;
    const began = performance.now();
    const mine = await acquireLock(runtime, request);
    expect(mine.held).toBe(true);
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(readdirSync(runtime)).toHaveLength(1);
    if (mine.held) mine.release();
  });

  it('shows progress and takes a cancel across processes', async () => {
    const child = run('hold', runtime);
    const line = lines(child);
    child.stdin?.write('go\n');
    expect(await line()).toBe('held');
    const other = await acquireLock(runtime, {
      engineId: 'engine:A',
      project: 'letta-production',
      operation,
    });
    if (other.held) throw new Error('expected the child to have the lock');
    expect(other.operation().pid).toBe(child.pid);
    const fractions: number[] = [];
    other.watch((o) => fractions.push(o.fraction ?? 0));
    await expect.poll(() => fractions.at(-1)).toBe(1);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    other.cancel();
    expect(await line()).toBe('cancelled');
    await other.ended;
  });

  it('names a process that is frozen', { timeout: 30_000 }, async () => {
    const child = run('hold', runtime);
    child.stdin?.write('go\n');
    expect(await lines(child)()).toBe('held');
    child.kill('SIGSTOP');
    const stack = { engineId: 'engine:A', project: 'letta-production' };
    const began = performance.now();
    const looked = await runningOperation(runtime, stack, 200).catch((e: unknown) => e);
    expect(hasCode(looked, 'lock.silent')).toBe(true);
    expect(performance.now() - began).toBeLessThan(2_000);
    const failed = await acquireLock(runtime, {
      engineId: 'engine:A',
      project: 'letta-production',
      operation,
    }).catch((e: unknown) => e);
    expect(failed).toMatchObject({ errors: [{ code: 'lock.silent', data: { pid: child.pid } }] });
  });
});
