import { expect, test } from 'vitest';
import { modelFit } from '../../main/gpu/model-fit.ts';
import { gpuReport } from '../../main/gpu/report.ts';
import type { GpuFacts } from '../../main/gpu-shape.ts';
import { GPU_FACTS } from '../fixtures/gpu-facts.ts';

const GIB = 2 ** 30;

/** What is said of a model on one card of so much memory. */
const on = (gib: number, model: string | undefined, context = 8_192): ReturnType<typeof modelFit> => {
  const memory = { total: gib * GIB, free: gib * GIB };
  const card = { vendor: 'nvidia', name: 'A card', memory, computeCapability: '8.9' } as const;
  const facts: GpuFacts = { ...GPU_FACTS, cards: gib === 0 ? [] : [card] };
  return modelFit(gpuReport({ facts, noEngine: 'none' }, { model, context }));
};

test('a model that fits is said to', () => {
  expect(on(24, 'Qwen/Qwen3-4B-Instruct-2507')).toMatchObject({ fits: true, sentence: expect.any(String) });
  expect(on(24, 'Qwen/Qwen3-4B-Instruct-2507')).not.toHaveProperty('better');
});

test('one that does not names the largest that does', () => {
  const found = on(8, 'Qwen/Qwen3-8B');
  expect(found).toMatchObject({ model: 'Qwen/Qwen3-8B', fits: false, better: expect.any(String) });
  expect(on(8, found?.better)?.fits).toBe(true);
});

test.each<[what: string, gib: number, model: string | undefined]>([
  ['no card', 0, 'Qwen/Qwen3-8B'],
  ['a model that is not of the list', 24, undefined],
])('nothing is said with %s', (_, gib, model) => {
  expect(on(gib, model)).toBeUndefined();
});

test('with a card that is too small for any, none is named', () => {
  expect(on(1, 'Qwen/Qwen3-8B')).toEqual({
    model: 'Qwen/Qwen3-8B',
    fits: false,
    sentence: expect.any(String),
  });
});
