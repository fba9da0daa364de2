// Folders of the user's that a new container would not have any more: said, and asked.
import { expect, it } from 'vitest';
import { observeFor } from '../../main/stack/run-plan.ts';
import { planUp } from '../../main/stack/plan-up.ts';
import { newSources } from '../../main/stack/left-folders.ts';
import { desiredOf } from './helpers/desired.ts';
import { ABLE, known, makeEngine, up } from './helpers/rig.ts';

const of = (volumes: string, more = ''): ReturnType<typeof desiredOf> =>
  known(
    desiredOf(
      `name: p\nservices:\n  a: { image: "app:1", volumes: [${volumes}]${more} }\nvolumes: { data: {} }\n`,
    ),
  );
const ASKS = 'a has /data from /x/old; ';
const STAYS = ' /x/old stays as it is, and a no longer sees what is in it.';
const PLAIN = 'configuration changed';

it.each<[what: string, before: string, after: string, cause: string, asks: string[]]>([
  [
    'moved to a folder that is there',
    '/x/old:/data',
    '/x/new:/data',
    'its /data moves from /x/old to /x/new',
    [`${ASKS}it would be /x/new.${STAYS}`],
  ],
  [
    'moved to one that is not',
    '/x/old:/data',
    '/x/gone:/data',
    'its /data moves from /x/old to /x/gone, which is not there',
    [`${ASKS}it would be /x/gone, which is not there and would be made, empty.${STAYS}`],
  ],
  ['taken away', '/x/old:/data', '', PLAIN, [`${ASKS}it would have nothing there.${STAYS}`]],
  [
    'in the place of a volume',
    '/x/old:/data',
    'data:/data',
    PLAIN,
    [`${ASKS}it would be volume p_data.${STAYS}`],
  ],
  [
    'mounted read-only: said, and holds nothing of the container’s',
    '/x/old:/data:ro',
    '/x/new:/data:ro',
    'its /data moves from /x/old to /x/new',
    [],
  ],
  ['read-only and taken away', '/x/old:/data:ro', '', PLAIN, []],
  ['as it was, read-only from now on', '/x/old:/data', '/x/old:/data:ro', PLAIN, []],
  [
    'as it was, written otherwise',
    '/x/old:/data',
    '{ type: bind, source: /x/old/, target: /data }',
    PLAIN,
    [],
  ],
])('a folder %s', async (_what, before, after, cause, asks) => {
  const engine = makeEngine();
  await up(engine, of(before));
  const desired = of(after, ', labels: { changed: "1" }');
  const observed = { ...(await observeFor(engine, desired)), absent: new Set(['/x/gone']) };
  const plan = planUp(desired, observed, ABLE);
  expect(plan.steps.find((s) => s.kind === 'create')?.cause).toBe(cause);
  expect(plan.confirmations).toEqual(asks.map((text) => ({ kind: 'left-folder', subject: '/x/old', text })));
});

it('nothing is asked where nothing is made anew, and each folder is asked once', async () => {
  const engine = makeEngine();
  await up(engine, of('/x/old:/data, /x/old:/more'));
  const asked: string[] = [];
  const confirm = (all: readonly { text: string }[]): Promise<boolean> => {
    asked.push(...all.map((c) => c.text));
    return Promise.resolve(false);
  };
  await up(engine, of('/x/old:/data, /x/old:/more'), { confirm });
  expect(asked).toEqual([]);
  await expect(up(engine, of('/x/new:/data, /x/new:/more'), { confirm })).rejects.toMatchObject({
    errors: [{ code: 'stack.confirmation-needed' }],
  });
  expect(asked.map((text) => text.slice(0, 16))).toEqual(['a has /data from', 'a has /more from']);
  expect(engine.container('p-a-1').mounts.map((m) => m.Source)).toEqual(['/x/old', '/x/old']);
});

it('only what is to be mounted anew is looked for', async () => {
  const engine = makeEngine();
  await up(engine, of('/x/old:/data'));
  const { services } = of('/x/old/:/data, /x/new:/more, data:/volume');
  const { containers } = await observeFor(engine, of(''));
  expect(newSources(services, containers)).toEqual(['/x/new']);
});
