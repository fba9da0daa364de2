import { expect, test } from 'vitest';
import { failure } from '../../main/errors.ts';
import type { Engine, ImagePart } from '../../main/docker/port.ts';
import { downloadsOf } from '../../main/stack/downloads.ts';
import { formatPlan } from '../../main/stack/plan-format.ts';
import { emptyPlan } from '../../main/stack/plan-down.ts';
import type { Plan } from '../../main/stack/plan-types.ts';

const BASE = { digest: 'sha256:base', size: 10_000_000 };
const REGISTRY: Readonly<Record<string, readonly ImagePart[]>> = {
  'a:1': [BASE, { digest: 'sha256:a', size: 2_000_000 }],
  'b:1': [BASE, { digest: 'sha256:b', size: 3_000_000 }],
};

const pull = (ref: string, platform?: string): Plan['steps'][number] => ({
  id: `image:${ref}`,
  kind: 'pullImage',
  ref,
  ...(platform !== undefined && { platform }),
  after: [],
  cause: 'the image is not there',
});
const plan = (...steps: Plan['steps']): Plan => emptyPlan('p', 'up', steps);

const asked: unknown[] = [];
const engine = {
  images: {
    parts: (ref: string, { signal: _signal, ...rest }: { signal: AbortSignal }) => {
      asked.push([ref, rest]);
      const parts = REGISTRY[ref];
      if (parts) return Promise.resolve(parts);
      return Promise.reject(failure('engine.registry-unreachable', { image: ref, reason: 'nobody there' }));
    },
  },
} as unknown as Engine;
const signal = new AbortController().signal;

test('what two images share is downloaded once; what nobody knows is left out', async () => {
  const all = plan(pull('a:1'), pull('b:1', 'linux/arm64'), pull('c:1'));
  const downloads = await downloadsOf(engine, all, { mirror: 'm.test', signal });
  expect(downloads).toEqual({
    images: [
      { step: 'image:a:1', bytes: 12_000_000 },
      { step: 'image:b:1', bytes: 13_000_000 },
      { step: 'image:c:1' },
    ],
    bytes: 15_000_000,
    seconds: 3,
    words: 'at most 15 MB, a few seconds at 50 Mbit/s, and one of unknown size',
  });
  expect(asked).toEqual([
    ['a:1', { mirror: 'm.test' }],
    ['b:1', { mirror: 'm.test', platform: 'linux/arm64' }],
    ['c:1', { mirror: 'm.test' }],
  ]);
  expect(formatPlan(all, downloads)).toBe(
    [
      'p: up',
      '  pull image a:1 (12.0 MB)  the image is not there',
      '  pull image b:1 (13.0 MB)  the image is not there',
      '  pull image c:1            the image is not there',
      '  to download: at most 15 MB, a few seconds at 50 Mbit/s, and one of unknown size',
      '',
    ].join('\n'),
  );
});

test('takes as long as the last download of the engine says', async () => {
  const { seconds, words } = await downloadsOf(engine, plan(pull('a:1')), { speed: 100_000, signal });
  expect([seconds, words]).toEqual([120, 'at most 12 MB, about 2 min at the 0.1 MB/s of the last download']);
});

test('asks nobody where nothing is pulled', async () => {
  asked.length = 0;
  expect(await downloadsOf(engine, plan(), { signal })).toEqual({ images: [], bytes: 0, words: '' });
  expect(asked).toEqual([]);
});

test('an error of ours is not taken for a registry that is silent', async () => {
  const broken = { images: { parts: () => Promise.reject(new TypeError('ours')) } } as unknown as Engine;
  await expect(downloadsOf(broken, plan(pull('a:1')), { signal })).rejects.toThrow('ours');
});
