import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Operation } from '../../main/contract.ts';
import { acquireLock } from '../../main/stack/lock.ts';
import { newOperation } from '../../main/stack/operation.ts';
import { watchOperation } from '../../main/stack/watch-operation.ts';

let runtime: string;
beforeEach(() => {
  runtime = mkdtempSync(join(tmpdir(), 'watch-op-'));
});
afterEach(() => rmSync(runtime, { recursive: true, force: true }));

const stack = { engineId: 'e', project: 'p' };
const said = (seen: (Operation | undefined)[]): (string | undefined)[] => seen.map((o) => o?.tasks[0]?.title);
const withTask = (title: string): Operation => ({
  ...newOperation('up', 'p'),
  tasks: [{ id: 't', title, status: 'running' }],
});

async function hold(project = 'p') {
  const lock = await acquireLock(runtime, { ...stack, project, operation: withTask('first') });
  if (!lock.held) throw new Error('expected to get the lock');
  return lock;
}

describe('watching what is done with a stack', () => {
  it('tells one that begins later, each of its words and its end, and the next one', async () => {
    const seen: (Operation | undefined)[] = [];
    const stop = watchOperation(runtime, stack, (o) => seen.push(o));
    for (let i = 0; i < 2; i += 1) {
      seen.length = 0;
      const lock = await hold();
      await vi.waitFor(() => expect(said(seen)).toEqual(['first']));
      lock.publish(withTask('second'));
      await vi.waitFor(() => expect(said(seen)).toEqual(['first', 'second']));
      lock.release();
      await vi.waitFor(() => expect(said(seen)).toEqual(['first', 'second', undefined]));
    }
    stop();
  });

  it('tells one that has begun already, none of another stack, and nothing once it is stopped', async () => {
    const lock = await hold();
    const other = await hold('other');
    const seen: (Operation | undefined)[] = [];
    const stop = watchOperation(runtime, stack, (o) => seen.push(o));
    await vi.waitFor(() => expect(said(seen)).toEqual(['first']));
    other.publish(withTask('of the other'));
    stop();
    lock.publish(withTask('late'));
    lock.release();
    other.release();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(said(seen)).toEqual(['first']);
  });
});
