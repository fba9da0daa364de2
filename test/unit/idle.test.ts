import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Idle } from '../../main/stack/idle.ts';

it('does what can wait once nothing else is done, and what comes then at once', async () => {
  const idle = new Idle();
  const seen: string[] = [];
  const first = idle.begin();
  idle.do(() => seen.push('work'));
  await turn();
  expect(seen).toEqual([]);
  // the next thing begins in the same turn as the first one ends: there is no gap between them
  first();
  const second = idle.begin();
  await turn();
  expect(seen).toEqual([]);
  second();
  await turn();
  expect(seen).toEqual(['work']);
  idle.do(() => seen.push('more'));
  await turn();
  expect(seen).toEqual(['work', 'more']);
});
