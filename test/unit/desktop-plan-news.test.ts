import { expect, it } from 'vitest';
import { newsOf } from '../../main/desktop/plan-news.ts';
import { emptyPlan } from '../../main/stack/plan-down.ts';
import type { Step } from '../../main/stack/plan-types.ts';

const base = { after: [], cause: '' };
const web = { service: 'web', number: 1, name: 'p-web-1' };

it.each<[what: string, steps: Step[], seen: string[]]>([
  ['nothing', [], []],
  [
    'what is there is started',
    [{ ...base, id: 'start:p-web-1', kind: 'start', container: web, inject: false }],
    [],
  ],
  [
    'what is not there is created',
    [
      { ...base, id: 'net', kind: 'createNetwork', key: 'n', name: 'p_n' },
      { ...base, id: 'vol', kind: 'createVolume', key: 'v', name: 'p_v' },
      { ...base, id: 'create:p-web-1', kind: 'create', container: web, inherit: [], peers: {} },
    ],
    [],
  ],
  ['an image is downloaded', [{ ...base, id: 'pull:a', kind: 'pullImage', ref: 'a' }], ['pull:a']],
  [
    'an image is built',
    [{ ...base, id: 'build:a', kind: 'buildImage', service: 'web', ref: 'a' }],
    ['build:a'],
  ],
  [
    'a container is made anew',
    [
      { ...base, id: 'create:p-web-1', kind: 'create', container: web, inherit: [], peers: {} },
      { ...base, id: 'remove:p-web-1', kind: 'remove', container: { ...web, id: 'c' } },
    ],
    ['remove:p-web-1'],
  ],
])('of a start in which %s, this is to be seen before', (_what, steps, seen) => {
  expect(newsOf(emptyPlan('p', 'up', steps))).toEqual(seen);
});
