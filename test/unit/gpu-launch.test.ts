import path from 'node:path';
import { expect, test } from 'vitest';
import { nodeFiles } from '../../main/system/file-source.ts';
import { settingOf, settingProblem } from '../../main/stack/profile-settings.ts';
import { blockOf } from '../../main/stack/source.ts';
import { argumentsFor, DEFAULT_LAUNCH, launchOf } from '../../main/gpu/launch.ts';
import { toldBy, type Told } from '../../main/gpu/told.ts';

const BLOCK = blockOf(nodeFiles, path.join(import.meta.dirname, '../../compose/vllm/compose.yaml'))!;

test('without settings it is what the profile has', () => {
  expect(launchOf((name) => settingOf(BLOCK, name).default)).toEqual(DEFAULT_LAUNCH);
  expect(launchOf(() => undefined)).toEqual(DEFAULT_LAUNCH);
});

const SHARE = 'it is not a share such as 0.90';
const MODEL = 'it is not OWNER/NAME as at Hugging Face';
const QUOTES =
  'it is not words as in a shell, every quote closed, and without --api-key (settings are plain text, and Letta would not have the key)';
const GPUS = 'it is not all, nor indices or UUIDs such as 0,1';
test.each<[setting: string, text: string, problem: string | undefined]>([
  ['gpu-share', '0.5', undefined],
  ['gpu-share', '.95', undefined],
  ['gpu-share', '1', undefined],
  ['gpu-share', 'banana', SHARE],
  ['gpu-share', '0', SHARE],
  ['gpu-share', '0.0', SHARE],
  ['gpu-share', '1.5', SHARE],
  ['gpu-share', '90', SHARE],
  ['gpu-share', '0.9 --enforce-eager', SHARE],
  ['model', 'Intel/GLM-4.7-Flash-int4-AutoRound', undefined],
  ['model', '../../x', MODEL],
  ['model', 'no slash here', MODEL],
  ['model', 'a/b/c', MODEL],
  ['model', 'a/..', MODEL],
  ['vllm-arguments', '--a "b c" --d=\'{"e": 1}\' f\\"g', undefined],
  ['vllm-arguments', '"unclosed --foo', QUOTES],
  ['vllm-arguments', "--a 'b", QUOTES],
  ['vllm-arguments', '--a \\', QUOTES],
  ['vllm-arguments', '--enforce-eager --api-key sk-1', QUOTES],
  ['vllm-arguments', '--api_key=sk-1', QUOTES],
  // vLLM takes a name that is cut short
  ['vllm-arguments', '--api-ke sk-1', QUOTES],
  ['vllm-arguments', '--api-server-count 2', undefined],
  ['gpus', 'all', undefined],
  ['gpus', '0,1', undefined],
  ['gpus', 'GPU-18a3e86f-4c0e-cd9f-59c3-55488c4b0c24', undefined],
  ['gpus', '0:1', undefined],
  ['gpus', 'nvidia.com/gpu=0', undefined],
  ['gpus', 'a;b', GPUS],
  ['gpus', '0, 1', GPUS],
])('%s may be "%s"', (name, text, problem) => {
  expect(settingProblem(settingOf(BLOCK, name), text)).toBe(problem);
});

test('settings are taken, and what is no number is not', () => {
  const settings: Record<string, string> = {
    'max-length': '8192',
    'gpu-share': '0.5',
    gpus: '1',
    'vllm-arguments': '-tp 2',
  };
  expect(launchOf((name) => settings[name])).toEqual({
    context: 8192,
    share: 0.5,
    gpus: '1',
    arguments: '-tp 2',
  });
  expect(launchOf(() => 'banana')).toMatchObject({ context: 16_384, share: 0.9 });
});

test('the arguments behind the settings count', () => {
  const settings: Record<string, string> = {
    'max-length': '8192',
    'gpu-share': '0.5',
    'vllm-arguments': '--max-model-len 32k --gpu-memory-utilization=.8',
  };
  expect(launchOf((name) => settings[name])).toMatchObject({ context: 32_000, share: 0.8 });
});

const GIB = 1024 ** 3;
const NOTHING: Told = { cards: 1, bytes: 2, offloaded: 0, isEager: false, isFp8: false, others: [] };

test.each<[text: string, told: Partial<Told>]>([
  ['', {}],
  ['--tensor-parallel-size 2', { cards: 2 }],
  ['--enforce-eager --tensor-parallel-size=4 --max-num-seqs 64', { isEager: true, cards: 4, requests: 64 }],
  ['-tp 2', { cards: 2 }],
  // the last counts, by whichever name
  ['-tp 2 --tensor-parallel-size 4', { cards: 4 }],
  ['--tensor_parallel_size 2', { cards: 2 }],
  ['--tensor-parallel-size-of-mine 8', { others: ['--tensor-parallel-size-of-mine'] }],
  ['--tensor-parallel-size two', { others: ['--tensor-parallel-size'] }],
  ['--max-model-len 16K', { context: 16_384 }],
  ['--max-model-len 25.6k', { context: 25_600 }],
  // vLLM takes what fits
  ['--max-model-len auto', { others: ['--max-model-len'] }],
  ['--max-model-len -1', { others: ['--max-model-len'] }],
  ['--gpu-memory-utilization 0.85', { share: 0.85 }],
  ['--gpu-memory-utilization 85', { others: ['--gpu-memory-utilization'] }],
  ['--max-num-batched-tokens 4k', { batch: 4000 }],
  ['--dtype half', { bytes: 2 }],
  ['--dtype float32', { bytes: 4 }],
  ['--kv-cache-dtype auto', {}],
  ['--kv-cache-dtype fp8_e5m2', { cacheBytes: 1 }],
  ['--kv-cache-dtype turboquant_4bit_nc', { others: ['--kv-cache-dtype'] }],
  ['--cpu-offload-gb 4', { offloaded: 4 * GIB }],
  ['--cpu-offload-gb 0.5', { offloaded: GIB / 2 }],
  ['-q fp8', { isFp8: true }],
  ['--quantization "fp8_per_block"', { isFp8: true }],
  ['--quantization bitsandbytes', { others: ['--quantization'] }],
  [
    `--speculative-config '{"method": "ngram", "num": 3}' --enable-lora -pp 2 --swap-space 8`,
    { others: ['--speculative-config', '--enable-lora', '--pipeline-parallel-size', '--swap-space'] },
  ],
  ['--compilation-config.mode 3 stray', { others: ['--compilation-config.mode'] }],
  // a quote that is left open: Compose refuses it, too
  ['--dtype "half', {}],
])('the arguments "%s" tell of the memory', (text, told) => {
  expect(toldBy(text)).toEqual({ ...NOTHING, ...told });
});

test.each<[text: string, count: number, more: object, wanted: string]>([
  ['', 2, {}, '--tensor-parallel-size 2'],
  ['--enforce-eager', 2, {}, '--enforce-eager --tensor-parallel-size 2'],
  ['-tp 4 --enforce-eager', 2, {}, '--enforce-eager --tensor-parallel-size 2'],
  ['--enforce-eager -tp=4 --max-num-seqs 64', 1, {}, '--enforce-eager --max-num-seqs 64'],
  ['-tp 2', 1, {}, ''],
  ['-tp 2', 2, {}, '-tp 2'],
  ['--enforce-eager  --dtype half', 1, { isShareSet: true }, '--enforce-eager  --dtype half'],
  ['--gpu_memory_utilization=0.9 -tp 2', 2, { isShareSet: true }, '-tp 2'],
  // what is not of 16 bits is not made FP8
  ['-q fp8 --enforce-eager', 1, { format: 'bf16' }, '-q fp8 --enforce-eager'],
  ['-q fp8 --enforce-eager', 1, { format: 'int4' }, '--enforce-eager'],
  ['--quantization awq', 1, { format: 'int4' }, '--quantization awq'],
  ['-tp --enforce-eager -q fp8', 2, { format: 'int4' }, '--enforce-eager --tensor-parallel-size 2'],
  [`-tp "2" --dtype 'half'`, 1, {}, `--dtype 'half'`],
  [`"--tensor-parallel-size=2" -q 'fp8'`, 1, { format: 'int4' }, ''],
  [String.raw`-tp 4 --x '{"a":  "-tp 2"}'`, 1, {}, String.raw`--x '{"a":  "-tp 2"}'`],
])('"%s" for %s cards, %j', (text, count, more, wanted) => {
  const wish = { count, format: 'bf16', isShareSet: false, ...more } as const;
  expect(argumentsFor({ ...DEFAULT_LAUNCH, arguments: text }, wish)).toBe(wanted);
});
