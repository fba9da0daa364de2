import { expect, test } from 'vitest';
import { modelFit } from '../../main/gpu/model-fit.ts';
import { DEFAULT_LAUNCH, type Launch } from '../../main/gpu/launch.ts';
import { gpuReport } from '../../main/gpu/report.ts';
import type { GpuCard, GpuFacts } from '../../main/gpu-shape.ts';
import { GPU_FACTS } from '../fixtures/gpu-facts.ts';

const GIB = 2 ** 30;

const card = (total: number, free = total): GpuCard => ({
  vendor: 'nvidia',
  name: 'A card',
  memory: { total: total * GIB, free: free * GIB },
  computeCapability: '8.9',
});

/** What is said of a model on such cards. */
function on(cards: GpuCard[], model: string | undefined, settings: Partial<Launch> = {}) {
  const facts: GpuFacts = { ...GPU_FACTS, cards };
  const launch = { ...DEFAULT_LAUNCH, context: 8_192, ...settings };
  return modelFit(gpuReport({ facts, noEngine: 'none' }, { model }, undefined, launch));
}

test('a model that fits is said to', () => {
  expect(on([card(24)], 'Qwen/Qwen3-4B-Instruct-2507')).toEqual({
    model: 'Qwen/Qwen3-4B-Instruct-2507',
    fits: true,
    sentence: expect.any(String),
  });
});

test('one that does not names the largest that does, and what else it wants', () => {
  const found = on([card(8)], 'Qwen/Qwen3-8B');
  expect(found).toMatchObject({ model: 'Qwen/Qwen3-8B', fits: false, remedy: { model: expect.any(String) } });
  expect(on([card(8)], found?.remedy?.model)?.fits).toBe(true);
});

test('another model comes with its way of calling tools', () => {
  expect(on([card(24)], 'Qwen/Qwen3-32B', { context: 16_384 })?.remedy).toEqual({
    model: 'Intel/GLM-4.7-Flash-int4-AutoRound',
    settings: [
      { name: 'model', value: 'Intel/GLM-4.7-Flash-int4-AutoRound' },
      { name: 'tool-parser', value: 'glm47' },
    ],
  });
});

test('no other model is taken where its own settings will do', () => {
  const split = { name: 'vllm-arguments', value: '--tensor-parallel-size 2' };
  expect(on([card(24), card(24)], 'Qwen/Qwen3-14B')).toMatchObject({
    fits: false,
    remedy: { settings: [split] },
  });
  const share = { name: 'gpu-share', value: '0.80' };
  const found = on([card(24, 20)], 'Qwen/Qwen3-8B');
  expect(found).toMatchObject({ fits: false, remedy: { settings: [share] } });
  expect(on([card(24, 20)], 'Qwen/Qwen3-8B', { share: 0.8 })?.fits).toBe(true);
});

test('what another model wants of a card that is half in use comes with it', () => {
  expect(on([card(24, 12)], 'Qwen/Qwen3-14B')?.remedy?.settings).toEqual([
    { name: 'model', value: expect.any(String) },
    { name: 'tool-parser', value: expect.any(String) },
    { name: 'gpu-share', value: '0.47' },
  ]);
});

test.each<[what: string, cards: GpuCard[], model: string | undefined]>([
  ['no card', [], 'Qwen/Qwen3-8B'],
  ['a model that is not of the list', [card(24)], undefined],
])('nothing is said with %s', (_, cards, model) => {
  expect(on(cards, model)).toBeUndefined();
});

test('with a card that is too small for any, none is named', () => {
  expect(on([card(1)], 'Qwen/Qwen3-8B')).toEqual({
    model: 'Qwen/Qwen3-8B',
    fits: false,
    sentence: expect.any(String),
  });
});
