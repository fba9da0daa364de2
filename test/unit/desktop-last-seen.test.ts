import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { LastSeen } from '../../main/desktop/last-seen.ts';
import { newOperation } from '../../main/stack/operation.ts';
import { appSnapshot, stackState } from './helpers/snapshot.ts';

let folder: string;
let seen: LastSeen;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'last-seen-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  seen = new LastSeen(folder);
});
const file = (): string => path.join(folder, 'last-seen.json');

it('is the stack as it was, and nothing of what is known anew at once', () => {
  expect(seen.read()).toBeUndefined();
  const stack = stackState({ project: 'p' });
  const failure = { kind: 'up' as const, project: 'p', at: '', errors: [] };
  seen.write(appSnapshot(stack, { revision: 9, current: 'p', failure, unseen: 'db ended' }));
  const { stacks, current, ...rest } = seen.read() ?? {};
  expect(stacks).toEqual([stack]);
  expect(current).toBe('p');
  expect(rest).not.toHaveProperty('failure');
  expect(rest).not.toHaveProperty('unseen');
});

it('has no stack that was being worked on: that is over by then', () => {
  seen.write(appSnapshot(stackState({ project: 'p', status: 'busy', operation: newOperation('up', 'p') })));
  expect(seen.read()?.stacks).toEqual([]);
});

it.each([
  ['cut off', (text: string) => text.slice(0, -20)],
  ['empty', () => ''],
  ['of another shape', () => '{"stacks":[{"project":7}]}'],
])('is none where the file is %s, which is left as it is', (_what, spoil) => {
  seen.write(appSnapshot(stackState({ project: 'p' })));
  const spoilt = spoil(readFileSync(file(), 'utf8'));
  writeFileSync(file(), spoilt);
  expect(seen.read()).toBeUndefined();
  expect(readFileSync(file(), 'utf8')).toBe(spoilt);
});
