import type { WeightFormat } from '../gpu-shape.ts';
import { argumentsOf } from './arguments.ts';

const GIB = 1024 ** 3;

/** What the setting `vllm-arguments` tells vLLM of its memory. */
export interface Told {
  /** over which the model is split: over one, unless it is told (vllm/config/parallel.py) */
  readonly cards: number;
  /** tokens; else the setting's */
  readonly context?: number;
  /** of the memory of each card; else the setting's */
  readonly share?: number;
  /** at a time; else vLLM's default */
  readonly requests?: number;
  /** tokens of one step; else vLLM's default */
  readonly batch?: number;
  /** of a number of unquantised weights, and of what passes between layers */
  readonly bytes: number;
  /** of a number of the KV cache; else as the model's own */
  readonly cacheBytes?: number;
  /** of the weights, bytes of each card that are kept in the machine's memory */
  readonly offloaded: number;
  /** no CUDA graphs are made */
  readonly isEager: boolean;
  /** weights of 16 bits are made FP8 as they are loaded */
  readonly isFp8: boolean;
  /** the arguments that are not reckoned, by name */
  readonly others: readonly string[];
}

const NOTHING: Told = { cards: 1, bytes: 2, offloaded: 0, isEager: false, isFp8: false, others: [] };

const number = (text = ''): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined);

/** `16k` is 16,000 and `16K` 16,384 (vllm/utils/argparse_utils.py `human_readable_int`). */
function rounded(text = ''): number | undefined {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([kKmM]?)$/.exec(text) ?? [];
  const by: Readonly<Record<string, number>> = { k: 1e3, K: 1024, m: 1e6, M: 1024 ** 2 };
  return digits === undefined ? undefined : Math.floor(Number(digits) * (by[unit] ?? 1));
}

const share = (text = ''): number | undefined =>
  /^\d*\.?\d+$/.test(text) && Number(text) > 0 && Number(text) <= 1 ? Number(text) : undefined;

/** One of these values. */
const oneOf =
  <T>(values: Readonly<Record<string, T>>) =>
  (text = ''): T | undefined =>
    Object.hasOwn(values, text) ? values[text] : undefined;

const bytesOf = oneOf({ auto: 2, half: 2, float16: 2, bfloat16: 2, float: 4, float32: 4 });
const cacheBytesOf = oneOf({ float16: 2, bfloat16: 2, fp8: 1, fp8_e4m3: 1, fp8_e5m2: 1 });
const isFp8 = oneOf({ fp8: true, fp8_per_tensor: true, fp8_per_block: true });

const as = <K extends keyof Told>(key: K, value: Told[K] | undefined): Partial<Told> | undefined =>
  value === undefined ? undefined : { [key]: value };

/**
 * What each argument means for the memory; undefined where its value is one whose effect is not known here.
 * docs.vllm.ai: "Conserving Memory" (batch, graphs, splitting), "Engine Arguments" (numbers, share, `OffloadConfig`),
 * "Quantized KV Cache" (FP8 halves it), "Online Quantization" (linear layers and experts, converted as they are loaded).
 */
const READ: Readonly<Record<string, (value: string | undefined) => Partial<Told> | undefined>> = {
  '--tensor-parallel-size': (v) => as('cards', number(v)),
  '--max-model-len': (v) => as('context', rounded(v)),
  '--gpu-memory-utilization': (v) => as('share', share(v)),
  '--max-num-seqs': (v) => as('requests', number(v)),
  '--max-num-batched-tokens': (v) => as('batch', rounded(v)),
  '--dtype': (v) => as('bytes', bytesOf(v)),
  '--kv-cache-dtype': (v) => (v === 'auto' ? {} : as('cacheBytes', cacheBytesOf(v))),
  '--cpu-offload-gb': (v) => (/^\d+(\.\d+)?$/.test(v ?? '') ? { offloaded: Number(v) * GIB } : undefined),
  '--enforce-eager': (v) => (v === undefined ? { isEager: true } : undefined),
  '--quantization': (v) => as('isFp8', isFp8(v)),
};

/** What the arguments tell, and the names of those that are not reckoned: whether those take memory nobody here knows. Pure. */
export function toldBy(text: string): Told {
  return argumentsOf(text).reduce<Told>((told, { name, value }) => {
    const read = Object.hasOwn(READ, name) ? READ[name]?.(value) : undefined;
    return read ? { ...told, ...read } : { ...told, others: [...told.others, name] };
  }, NOTHING);
}

/** Weights that are 16 bits, or FP8 already. */
export const takesFp8 = (format: WeightFormat): boolean => format === 'bf16' || format === 'fp8';
