import { describe, expect, test } from 'vitest';
import type { GpuCard, WeightFormat } from '../../main/contract.ts';
import { usableCards, type UsableCard } from '../../main/gpu/cards.ts';
import { fitOf, kvBytes } from '../../main/gpu/fit.ts';
import { DEFAULT_LAUNCH, type Launch } from '../../main/gpu/launch.ts';
import { shapeOf } from '../../main/gpu/model-config.ts';
import { weightBytes, type ModelShape } from '../../main/gpu/model-shape.ts';
import { MODELS } from '../../main/gpu/models.ts';

const GIB = 1024 ** 3;

function listed(id: string) {
  const model = MODELS.find((m) => m.id === id);
  if (!model) throw new Error(`${id} is not listed`);
  return { id, shape: read(model.config), others: model.others };
}

function read(config: unknown): ModelShape {
  const { shape, problem } = shapeOf(config);
  if (!shape) throw new Error(problem);
  return shape;
}

const llama3 = (hidden: number, layers: number, heads: number, width: number): unknown => ({
  model_type: 'llama',
  hidden_size: hidden,
  num_hidden_layers: layers,
  num_attention_heads: heads,
  num_key_value_heads: 8,
  intermediate_size: width,
  vocab_size: 128_256,
  max_position_embeddings: 131_072,
});

/** google/gemma-3-…-it, as their files are: what is not in `text` they leave out */
const gemma3 = (text: object): unknown => ({
  model_type: 'gemma3',
  text_config: { model_type: 'gemma3_text', sliding_window: 1024, ...text },
  vision_config: {
    model_type: 'siglip_vision_model',
    hidden_size: 1152,
    intermediate_size: 4304,
    num_hidden_layers: 27,
  },
});
const GEMMA_3_4B = gemma3({ hidden_size: 2560, intermediate_size: 10_240, num_hidden_layers: 34 });
const GEMMA_3_12B = gemma3({
  hidden_size: 3840,
  intermediate_size: 15_360,
  num_attention_heads: 16,
  num_hidden_layers: 48,
  num_key_value_heads: 8,
});
const GEMMA_3_27B = gemma3({
  head_dim: 128,
  hidden_size: 5376,
  intermediate_size: 21_504,
  num_attention_heads: 32,
  num_hidden_layers: 62,
  num_key_value_heads: 16,
});

/** Qwen/Qwen3-235B-A22B */
const QWEN_235B: unknown = {
  model_type: 'qwen3_moe',
  hidden_size: 4096,
  num_hidden_layers: 94,
  num_attention_heads: 64,
  num_key_value_heads: 4,
  head_dim: 128,
  num_experts: 128,
  num_experts_per_tok: 8,
  moe_intermediate_size: 1536,
  vocab_size: 151_936,
  tie_word_embeddings: false,
};

/** Qwen/Qwen2.5-7B-Instruct-AWQ */
const QWEN_7B_AWQ: unknown = {
  model_type: 'qwen2',
  hidden_size: 3584,
  num_hidden_layers: 28,
  num_attention_heads: 28,
  num_key_value_heads: 4,
  intermediate_size: 18_944,
  vocab_size: 152_064,
  max_position_embeddings: 32_768,
  tie_word_embeddings: false,
  quantization_config: { quant_method: 'awq', bits: 4, group_size: 128 },
};

describe('published figures', () => {
  /** billions, as the model's card or its own page has it */
  test.each([
    ['meta-llama/Llama-3.1-8B-Instruct', 8.03],
    ['meta-llama/Llama-3.3-70B-Instruct', 70.6],
    ['Qwen/Qwen3-4B-Instruct-2507', 4.0],
    ['Qwen/Qwen3-8B', 8.2],
    ['Qwen/Qwen3-14B', 14.8],
    ['Qwen/Qwen3-32B', 32.8],
    ['Qwen/Qwen3-30B-A3B-Instruct-2507', 30.5],
    ['openai/gpt-oss-20b', 20.9], // 21B on the card; 20.9 in "gpt-oss model card", table 1
    ['openai/gpt-oss-120b', 116.8],
    ['mistralai/Mistral-Small-3.2-24B-Instruct-2506', 24.0],
    ['zai-org/GLM-4.7-Flash', 29.9], // ollama.com/library/glm-4.7-flash
    ['google/gemma-4-31B-it', 31],
    ['google/gemma-4-26B-A4B-it', 26],
    ['Qwen/Qwen3.8-27B', 27.8],
    ['Qwen/Qwen3.6-35B-A3B', 35],
  ])('%s has %s billion parameters', (id, billions) => {
    const { parameters, isEstimate } = listed(id).shape;
    expect(Math.abs(parameters / 1e9 / billions - 1)).toBeLessThan(0.02);
    expect(isEstimate).toBe(false);
  });

  /** "Gemma 3 Technical Report" (arXiv 2503.19786), table 1: billions of the three columns together; 5 windows to 1 */
  test.each<[string, unknown, number, ModelShape['attention']]>([
    ['4B', GEMMA_3_4B, 4.3, gemmaLayers(34, 5, 4, 256)],
    ['12B', GEMMA_3_12B, 12.19, gemmaLayers(48, 8, 8, 256)],
    ['27B', GEMMA_3_27B, 27.43, gemmaLayers(62, 10, 16, 128)],
  ])('Gemma 3 %s', (_, config, billions, attention) => {
    const { parameters, ...shape } = read(config);
    expect(Math.abs(parameters / 1e9 / billions - 1)).toBeLessThan(0.005);
    expect(shape).toMatchObject({ attention, longestContext: 131_072, isEstimate: false });
  });

  /** GiB that weights took when vLLM loaded them ("Model loading took …"), on each of so many cards */
  test.each<[string, ModelShape, WeightFormat, number, number, number]>([
    // vllm-project/vllm#10511, Meta-Llama-3-8B on H100, alone and over two
    ['Llama 3 8B', read(llama3(4096, 32, 32, 14_336)), 'bf16', 1, 14.96, 0.01],
    ['Llama 3 8B over 2', read(llama3(4096, 32, 32, 14_336)), 'bf16', 2, 7.48, 0.01],
    // vllm-project/vllm#15676: gemma-3-27b over four
    ['Gemma 3 27B over 4', read(GEMMA_3_27B), 'bf16', 4, 13.17, 0.04],
    // myoceane.fr, "vLLM … A100", vLLM 0.19
    ['gpt-oss 20B', listed('openai/gpt-oss-20b').shape, 'mxfp4', 1, 13.72, 0.01],
    ['Gemma 4 26B-A4B', listed('google/gemma-4-26B-A4B-it').shape, 'bf16', 1, 48.5, 0.02],
    // vllm-project/recipes#810: two RTX 5090
    ['Qwen3.8 27B FP8 over 2', listed('Qwen/Qwen3.8-27B').shape, 'fp8', 2, 14.28, 0.02],
    // vllm-project/vllm-metal#609: 55.6 GB on the disk
    ['Qwen3.8 27B', listed('Qwen/Qwen3.8-27B').shape, 'bf16', 1, 55.6e9 / GIB, 0.02],
    // OpenAI, gpt-oss model card: checkpoints of 12.8 and 60.8 GiB; vLLM pads what the card does not
    ['gpt-oss 120B', listed('openai/gpt-oss-120b').shape, 'mxfp4', 1, 60.8, 0.09],
    // a server's log, Qwen2.5-7B-Instruct-AWQ on a MIG part: about 5.6 GB
    ['Qwen2.5 7B AWQ', read(QWEN_7B_AWQ), 'int4', 1, 5.6e9 / GIB, 0.02],
  ])('weights of %s', (_, shape, format, cards, gib, within) => {
    expect(Math.abs(weightBytes(shape, format) / cards / GIB / gib - 1)).toBeLessThan(within);
  });

  /** GiB of the cache for so many tokens, as documents and vLLM's errors have it */
  test.each<[string, ModelShape, number, number, number]>([
    // huggingface.co/blog/llama31, "Inference Memory Requirements"
    ['Llama 3.1 8B', read(llama3(4096, 32, 32, 14_336)), 1024, 1, 0.125],
    ['Llama 3.1 8B', read(llama3(4096, 32, 32, 14_336)), 16_000, 1, 1.95],
    ['Llama 3.1 8B', read(llama3(4096, 32, 32, 14_336)), 128_000, 1, 15.62],
    ['Llama 3.1 70B', read(llama3(8192, 80, 64, 28_672)), 1024, 1, 0.313],
    ['Llama 3.1 70B', read(llama3(8192, 80, 64, 28_672)), 16_000, 1, 4.88],
    ['Llama 3.1 70B', read(llama3(8192, 80, 64, 28_672)), 128_000, 1, 39.06],
    // huggingface/blog#2345: 8 key heads, not the 16 that the table was made with
    ['Llama 3.1 405B', read(llama3(16_384, 126, 128, 53_248)), 128_000, 1, 61.52],
    // pypi.org/project/kvplan: one request of Llama 3.1 8B, as vLLM's error says it
    ['Llama 3.1 8B', read(llama3(4096, 32, 32, 14_336)), 131_072, 1, 16.0],
    // vllm-project/vllm#21348: 178,880 tokens in 8.11 GiB on each of four H100
    ['Qwen3 235B-A22B over 4', read(QWEN_235B), 178_880, 4, 8.11],
    // QwenLM/Qwen3-VL#55: grouped-query attention with 4 key heads
    ['Qwen2.5 7B', read(QWEN_7B_AWQ), 32_768, 1, 1.75],
  ])('cache of %s: %s tokens', (_, shape, context, cards, gib) => {
    expect(Math.abs(kvBytes(shape, context, { count: cards }) / GIB / gib - 1)).toBeLessThan(0.012);
  });

  test('cache of Qwen3 4B in 8 bits', () => {
    // docs.vllm.ai, "Quantized KV Cache": 166,992 tokens in 11.47 GiB
    const { shape } = listed('Qwen/Qwen3-4B-Instruct-2507');
    expect(kvBytes(shape, 166_992, { bytes: 1 }) / GIB).toBeCloseTo(11.47, 2);
  });

  /** GiB that were left for the cache ("Available KV cache memory"): what we leave is never more, and 2.1 less at most */
  test.each<[string, string, UsableCard, number, number]>([
    // vllm-project/vllm#10511
    ['Llama 3 8B', 'meta-llama/Llama-3.1-8B-Instruct', card('NVIDIA H100', 79.22), 0.9, 53.29],
    // myoceane.fr, as above
    ['gpt-oss 20B', 'openai/gpt-oss-20b', card('NVIDIA A100 80GB PCIe', 79.25), 0.65, 36.56],
    ['Gemma 4 26B-A4B', 'google/gemma-4-26B-A4B-it', card('NVIDIA A100 80GB PCIe', 79.25), 0.9, 21.5],
  ])('room for the cache of %s', (_, id, on, share, left) => {
    const { cards, parts } = fitOf({
      model: listed(id),
      cards: [on],
      launch: asSet({ context: 8192, share }),
    });
    const taken = parts.filter((p) => p.id !== 'kv-cache').reduce((sum, p) => sum + p.bytes, 0);
    const ours = ((cards?.usable ?? 0) - taken) / GIB;
    expect(ours).toBeLessThan(left + 0.1);
    expect(ours).toBeGreaterThan(left - 2.1);
  });
});

const asSet = (settings: Partial<Launch>): Launch => ({ ...DEFAULT_LAUNCH, ...settings });

function card(name: string, total: number, free = total, computeCapability = '9.0'): UsableCard {
  return { name, total: total * GIB, free: free * GIB, computeCapability, isPart: false };
}
function gemmaLayers(layers: number, whole: number, kvHeads: number, headDim: number) {
  return [
    { kind: 'full', layers: whole, kvHeads, headDim },
    { kind: 'sliding', layers: layers - whole, kvHeads, headDim, window: 1024 },
  ] satisfies ModelShape['attention'];
}
const RTX_4090 = card('NVIDIA GeForce RTX 4090', 23.99, 23.6, '8.9');

describe('how the context is kept', () => {
  const kv = (id: string, context: number): number => kvBytes(listed(id).shape, context);

  test('a sliding window stops growing', () => {
    const shape = listed('openai/gpt-oss-20b').shape;
    // 12 layers keep it all: 2 × 8 heads × 64 × 2 bytes a token
    expect(kvBytes(shape, 131_072) - kvBytes(shape, 65_536)).toBe(12 * 2 * 8 * 64 * 2 * 65_536);
  });

  test('a compressed vector is 576 numbers a token, on each card', () => {
    const { shape } = listed('zai-org/GLM-4.7-Flash');
    expect(kvBytes(shape, 1024)).toBe(47 * 576 * 2 * 1024);
    expect(kvBytes(shape, 1024, { count: 4 })).toBe(kvBytes(shape, 1024));
  });

  test('of linear attention only every fourth layer grows', () => {
    // 16 layers, 4 key heads of 256
    expect(kv('Qwen/Qwen3.8-27B', 65_536) - kv('Qwen/Qwen3.8-27B', 32_768)).toBe(
      16 * 2 * 4 * 256 * 2 * 32_768,
    );
  });

  test('heads are divided, and each card has one at least', () => {
    const shape = read(QWEN_235B);
    expect(kvBytes(shape, 1024, { count: 2 })).toBe(kvBytes(shape, 1024) / 2);
    expect(kvBytes(shape, 1024, { count: 8 })).toBe(kvBytes(shape, 1024, { count: 4 }));
  });
});

describe('verdicts', () => {
  const fit = (id: string, context: number, cards: readonly UsableCard[], settings: Partial<Launch> = {}) =>
    fitOf({ model: listed(id), cards, launch: asSet({ context, ...settings }) });

  test.each([
    ['Qwen/Qwen3-8B', 8192, [RTX_4090], 'fits'],
    ['meta-llama/Llama-3.1-8B-Instruct', 131_072, [RTX_4090], 'shorter'],
    ['Qwen/Qwen3-14B', 16_384, [RTX_4090], 'quantise'],
    ['meta-llama/Llama-3.3-70B-Instruct', 16_384, [RTX_4090], 'too-large'],
    ['openai/gpt-oss-20b', 131_072, [RTX_4090], 'fits'],
    ['openai/gpt-oss-20b', 16_384, [card('NVIDIA GeForce RTX 4080', 15.99, 15.6, '8.9')], 'too-large'],
    ['meta-llama/Llama-3.3-70B-Instruct', 16_384, [card('NVIDIA H100', 79.2)], 'quantise'],
    ['meta-llama/Llama-3.3-70B-Instruct', 16_384, Array(4).fill(card('NVIDIA H100', 79.2)), 'settings'],
    ['Qwen/Qwen3-4B-Instruct-2507', 8192, [], 'unknown'],
  ] as const)('%s with %s tokens', (id, context, cards, verdict) => {
    expect(fit(id, context, cards).verdict).toBe(verdict);
  });

  test('what fits says how much, and the longest context', () => {
    const found = fit('Qwen/Qwen3-8B', 8192, [RTX_4090]);
    expect(found.sentence).toBe(
      'It fits: 18.0 GiB with a context of 8,192 tokens, of 21.6 GiB that can be used of NVIDIA GeForce RTX 4090; up to 33,792 tokens would fit.',
    );
    expect(found.parts.reduce((sum, p) => sum + p.bytes, 0)).toBe(found.needed);
    const longest = found.longest ?? 0;
    expect(fit('Qwen/Qwen3-8B', longest, [RTX_4090]).verdict).toBe('fits');
    expect(fit('Qwen/Qwen3-8B', longest + 1024, [RTX_4090]).verdict).toBe('shorter');
  });

  test('what has to be quantised names the form that fits', () => {
    const found = fit('Qwen/Qwen3-14B', 16_384, [RTX_4090]);
    expect(found.others.map((o) => o.model)).toEqual(['Qwen/Qwen3-14B-FP8', 'Qwen/Qwen3-14B-AWQ']);
    expect(found.sentence).toBe(
      'It does not fit as it is: it needs 31.7 GiB with a context of 16,384 tokens, and 21.6 GiB can be used of NVIDIA GeForce RTX 4090. As Qwen/Qwen3-14B-FP8 it fits with 16,384 tokens.',
    );
  });

  test('a form that the card cannot run is not named', () => {
    const old = card('Tesla V100', 31.7, 31.7, '7.0');
    expect(fit('Qwen/Qwen3-32B', 16_384, [old]).others).toEqual([]);
    expect(fit('Qwen/Qwen3-4B-Instruct-2507', 8192, [old]).verdict).toBe('too-large');
  });

  test('vLLM does not start with more than a model knows', () => {
    const found = fit('Qwen/Qwen3-8B', 131_072, [card('NVIDIA H100', 79.2)]);
    expect(found).toMatchObject({ verdict: 'shorter', context: 131_072, longest: 40_960 });
    expect(found.sentence).toContain(
      'It fits with a shorter context (max-length): 40,960 tokens instead of 131,072, in 71.3 GiB',
    );
    expect(found.assumptions.join(' ')).toContain('The model itself knows no more than 40,960 tokens');
    expect(fit('Qwen/Qwen3-8B', 40_960, [card('NVIDIA H100', 79.2)]).verdict).toBe('fits');
  });

  /** of 23.99 GiB: 0.9 wants 21.6 free when CUDA is there already */
  test.each<[free: number, share: number, verdict: string, wanted: string | undefined]>([
    [22.2, 0.9, 'fits', undefined],
    [22, 0.9, 'settings', '0.89'],
    [20, 0.9, 'settings', '0.80'],
    [20, 0.8, 'fits', undefined],
    [20, 0.6, 'quantise', undefined],
    [12, 0.9, 'quantise', '0.47'],
    [0.5, 0.9, 'too-large', '0.00'],
  ])('with %s GiB free and a share of %s it %s', (free, share, verdict, wanted) => {
    const busy = card('NVIDIA GeForce RTX 4090', 23.99, free, '8.9');
    const found = fit('Qwen/Qwen3-8B', 8192, [busy], { share });
    expect(found.verdict).toBe(verdict);
    expect(found.changes).toEqual(wanted === undefined ? [] : [{ name: 'gpu-share', value: wanted }]);
    expect(found.cards?.usable).toBeCloseTo(Number(wanted ?? share) * 23.99 * GIB, 0);
    expect(found.assumptions.at(-1)).toBe(
      wanted === undefined
        ? `vLLM takes ${share * 100} % of the card (gpu-share).`
        : `Other programs use ${(23.99 - free).toFixed(1)} GiB of the card now: end them${wanted === '0.00' ? '' : `, or set gpu-share to ${wanted} at most`}.`,
    );
  });

  test('what it wants of the settings is said', () => {
    const busy = card('NVIDIA GeForce RTX 4090', 23.99, 20, '8.9');
    expect(fit('Qwen/Qwen3-8B', 8192, [busy]).sentence).toBe(
      'It fits with other settings: 18.0 GiB with a context of 8,192 tokens, of 19.2 GiB that can be used of NVIDIA GeForce RTX 4090, if you set gpu-share to 0.80.',
    );
    expect(fit('Qwen/Qwen3-8B', 32_768, [busy]).sentence).toContain(', if you set gpu-share to 0.80.');
  });

  const TWO = [RTX_4090, RTX_4090, card('NVIDIA T400', 3.6, 3.6, '7.5')];
  test.each<[id: string, args: string, verdict: string, count: number, wanted: string | undefined]>([
    ['Qwen/Qwen3-14B', '', 'settings', 2, '--tensor-parallel-size 2'],
    ['Qwen/Qwen3-14B', '--tensor-parallel-size 2', 'fits', 2, undefined],
    ['Qwen/Qwen3-14B', '--enforce-eager -tp=2', 'fits', 2, undefined],
    ['Qwen/Qwen3-8B', '', 'fits', 1, undefined],
    // vLLM refuses to be split over more cards than there are
    ['Qwen/Qwen3-8B', '--enforce-eager -tp 4', 'settings', 1, '--enforce-eager'],
  ])('%s on two cards with the arguments "%s"', (id, args, verdict, count, wanted) => {
    const found = fit(id, 16_384, TWO, { arguments: args });
    expect(found).toMatchObject({ verdict, cards: { count, name: 'NVIDIA GeForce RTX 4090' } });
    expect(found.changes).toEqual(wanted === undefined ? [] : [{ name: 'vllm-arguments', value: wanted }]);
  });

  /** GiB that the parts take: 8.2 billion parameters, 36 layers with 8 heads of 128, 0.5 of graphs, 0.6 of the driver */
  test.each<[args: string, parts: Partial<Record<string, number>>, how: RegExp]>([
    ['', { weights: 15.26, 'kv-cache': 2.25, overhead: 1.1 }, /16 bits each/],
    ['--kv-cache-dtype fp8', { 'kv-cache': 1.125 }, /key heads of 128, 8 bits each$/],
    ['--cpu-offload-gb 4', { weights: 11.26 }, /without 4.0 GiB in the machine's memory$/],
    ['--cpu-offload-gb 40', { weights: 0 }, /without 15.3 GiB/],
    ['--enforce-eager', { overhead: 0.6 }, /^driver and libraries$/],
    ['--quantization fp8', { weights: 8.79 }, /8 bits each \(FP8\)/],
    ['--dtype bfloat16', { weights: 15.26, 'kv-cache': 2.25 }, /16 bits each/],
    ['--dtype float32', { weights: 30.51, 'kv-cache': 4.5 }, /32 bits each/],
    ['--dtype float32 --kv-cache-dtype fp8', { weights: 30.51, 'kv-cache': 1.125 }, /32 bits each/],
    ['--max-num-seqs 16', { activation: 0.22 }, /2,048 tokens in a step, 16 requests/],
    ['--max-num-batched-tokens 8192', { activation: 1.1 }, /8,192 tokens in a step, 256 requests/],
  ])('of vLLM’s arguments "%s" is reckoned', (args, parts, how) => {
    const found = fit('Qwen/Qwen3-8B', 16_384, [RTX_4090], { arguments: args });
    for (const [id, gib] of Object.entries(parts))
      expect([id, found.parts.find((p) => p.id === id)!.bytes / GIB]).toEqual([
        id,
        expect.closeTo(gib ?? 0, 2),
      ]);
    expect(found.parts.some((p) => how.test(p.how))).toBe(true);
    expect(found.assumptions.join(' ')).not.toContain('Not reckoned');
  });

  test('what of them is not reckoned is named', () => {
    const last = (id: string, args: string): string | undefined =>
      fit(id, 8192, [RTX_4090], { arguments: args }).assumptions.at(-1);
    expect(last('Qwen/Qwen3-8B', '--enable-lora --dtype half -pp 2')).toBe(
      'Not reckoned, of vllm-arguments: --enable-lora, --pipeline-parallel-size.',
    );
    expect(last('openai/gpt-oss-20b', '--dtype float32')).toBe('Not reckoned, of vllm-arguments: --dtype.');
  });

  test('weights that are quantised already are not made FP8', () => {
    const quantised = fit('openai/gpt-oss-20b', 8192, [RTX_4090], { arguments: '-q fp8 --enforce-eager' });
    expect(quantised).toMatchObject({
      verdict: 'settings',
      changes: [{ name: 'vllm-arguments', value: '--enforce-eager' }],
    });
    const others = fit('Qwen/Qwen3-32B', 16_384, [RTX_4090], { arguments: '-q fp8' }).others;
    expect(others).toEqual([]);
  });

  test('a share or a context of the arguments is said to be theirs', () => {
    const told = { arguments: '--gpu-memory-utilization 0.95 --max-model-len 8192', share: 0.95 };
    expect(fit('Qwen/Qwen3-8B', 8192, [card('A card', 24)], told).assumptions.slice(1)).toEqual([
      'vLLM takes 95 % of the card (vllm-arguments: --gpu-memory-utilization).',
      'vLLM starts with the context of vllm-arguments (--max-model-len), not with max-length.',
    ]);
    expect(fit('Qwen/Qwen3-8B', 8192, [card('A card', 24, 20)], told).changes).toEqual([
      { name: 'gpu-share', value: '0.80' },
      { name: 'vllm-arguments', value: '--max-model-len 8192' },
    ]);
  });

  test('heads are divided evenly', () => {
    // 20 heads cannot be divided by 8
    const eight = fit('zai-org/GLM-4.7-Flash', 202_752, Array(8).fill(card('NVIDIA L4', 22.5, 22.5, '8.9')));
    expect(eight.cards?.count).toBe(4);
  });

  test('parts of a divided card are not put together', () => {
    const part = { profile: '3g.20gb', memory: { total: 20_096 * 1024 ** 2, free: 20_085 * 1024 ** 2 } };
    const a100: GpuCard = {
      vendor: 'nvidia',
      name: 'NVIDIA A100',
      memory: { total: 40 * GIB, free: 39 * GIB },
      mig: [
        { uuid: 'MIG-1', ...part },
        { uuid: 'MIG-2', ...part },
      ],
    };
    const found = fit('Qwen/Qwen3-14B', 16_384, usableCards([a100]));
    expect(found.cards).toMatchObject({ count: 1, name: 'NVIDIA A100 MIG 3g.20gb' });
    expect(found.verdict).toBe('quantise');
  });

  test.each([
    ['all', ['A', 'B']],
    ['0', ['A']],
    ['GPU-b', ['B']],
    ['1,0', ['A', 'B']],
    ['2', []],
  ])('of cards those that %s names', (gpus, names) => {
    const of = (name: string, index: number): GpuCard => {
      const uuid = `GPU-${name.toLowerCase()}`;
      return { vendor: 'nvidia', name, index, uuid, memory: { total: 24 * GIB } };
    };
    expect(usableCards([of('A', 0), of('B', 1)], gpus).map((c) => c.name)).toEqual(names);
  });

  test('a card of another maker, or without a size, counts for nothing', () => {
    expect(
      usableCards([
        { vendor: 'amd', name: 'AMD graphics', memory: { total: 24 * GIB } },
        { vendor: 'nvidia', name: 'NVIDIA A10' },
      ]),
    ).toEqual([]);
  });
});

describe('a config.json', () => {
  test('of an architecture that is not known is reckoned, and said to be an estimate', () => {
    const shape = read({ ...(llama3(4096, 32, 32, 14_336) as object), model_type: 'brand_new' });
    expect(shape).toMatchObject({ isEstimate: true });
    const found = fitOf({ model: { id: 'x', shape, others: [] }, cards: [RTX_4090] });
    expect(found.isEstimate).toBe(true);
    expect(found.assumptions.join(' ')).toContain('this is an estimate');
  });

  test('without its vocabulary is an estimate', () => {
    const { vocab_size, ...rest } = QWEN_7B_AWQ as Record<string, unknown>;
    expect([read({ ...rest, vocab_size }).isEstimate, read(rest).isEstimate]).toEqual([false, true]);
  });

  test.each([
    [{}, /hidden_size/],
    [[], /object/],
    [{ hidden_size: 'large', num_hidden_layers: 2, num_attention_heads: 2 }, /hidden_size/],
    [{ architectures: ['BertModel'], n_layer: 12 }, /num_hidden_layers/],
    [
      { ...(llama3(4096, 32, 32, 14_336) as object), quantization_config: { quant_method: 'strange' } },
      /quantisation \(strange\)/,
    ],
  ])('%j says too little', (json, problem) => {
    expect(shapeOf(json).problem).toMatch(problem);
  });

  test.each<[unknown, WeightFormat]>([
    [null, 'bf16'],
    [{ quant_method: 'awq', bits: 4, group_size: 128 }, 'int4'],
    [{ quant_method: 'gptq', bits: 4 }, 'int4'],
    [{ quant_method: 'gptq', bits: 8 }, 'int8'],
    [{ quant_method: 'auto-round', bits: 4 }, 'int4'],
    [{ quant_method: 'fp8', weight_block_size: [128, 128] }, 'fp8'],
    [{ quant_method: 'mxfp4' }, 'mxfp4'],
    [
      {
        quant_method: 'compressed-tensors',
        config_groups: { group_0: { weights: { num_bits: 8, type: 'float' } } },
      },
      'fp8',
    ],
    [
      {
        quant_method: 'compressed-tensors',
        config_groups: { group_0: { weights: { num_bits: 8, type: 'int' } } },
      },
      'int8',
    ],
    [
      {
        quant_method: 'compressed-tensors',
        config_groups: { group_0: { format: 'nvfp4-pack-quantized', weights: { num_bits: 4 } } },
      },
      'nvfp4',
    ],
    [{ quant_method: 'modelopt', quant_algo: 'FP8' }, 'fp8'],
  ])('quantised as %j is %s', (quantization_config, format) => {
    expect(read({ ...(llama3(4096, 32, 32, 14_336) as object), quantization_config }).format).toBe(format);
  });

  test('a window that is not used is none', () => {
    const shape = read({
      ...(QWEN_7B_AWQ as object),
      sliding_window: 131_072,
      use_sliding_window: false,
      layer_types: Array(28).fill('sliding_attention'),
    });
    expect(shape.attention).toEqual([{ kind: 'full', layers: 28, kvHeads: 4, headDim: 128 }]);
  });
});
