import type { Fit, FitPart, FitVerdict, WeightFormat } from '../gpu-shape.ts';
import { BETWEEN_CARDS, CONTEXT_OVERHEAD, splits, type Split, type UsableCard } from './cards.ts';
import { fitSentence, formatName, gib, tokens } from './fit-words.ts';
import { DEFAULT_LAUNCH, type Launch } from './launch.ts';
import { weightBytes, type Attention, type ModelShape } from './model-shape.ts';
import { takesFp8, toldBy, type Told } from './told.ts';

const GIB = 1024 ** 3;

/** With less there is no room for an agent's instructions, memory and tools beside what is said. Tokens. */
export const SHORTEST_CONTEXT = 8192;
/** Tokens of one block of the cache (vLLM `CacheConfig.DEFAULT_BLOCK_SIZE`). */
const BLOCK = 16;
/** CUDA's graphs. */
const GRAPHS = 0.5 * GIB;
/** A vision tower is tried with the largest picture. */
const PICTURE = 0.5 * GIB;

export interface FitRequest {
  readonly model: {
    readonly id: string;
    readonly shape: ModelShape;
    readonly others: readonly { readonly id: string; readonly format: WeightFormat }[];
  };
  readonly cards: readonly UsableCard[];
  /** how the profile starts vLLM; its context is the one that is asked for */
  readonly launch?: Launch;
}

/**
 * Whether a model fits: its weights, the cache of one request with the whole context, what a step of it needs, and what
 * CUDA takes, against what vLLM may use of each card with the settings as they are. Pure; the constants are those of
 * vLLM's defaults.
 */
export function fitOf({ model, cards, launch = DEFAULT_LAUNCH }: FitRequest): Fit {
  const { id, shape } = model;
  const { context } = launch;
  // vLLM starts with no more than the model knows
  const known = Math.min(context, shape.longestContext);
  const told = toldBy(launch.arguments);
  const ways = splits(cards, shape, launch).map((split) => wayOf(model, context, told, split));
  const found = BEST.map((verdict) => ways.find((w) => w.verdict === verdict)).find((w) => w) ??
    ways.at(-1) ?? { ...tried(shape, shape.format, known, told), verdict: 'unknown' as const, others: [] };
  const fit = {
    model: id,
    format: shape.format,
    context,
    isEstimate: shape.isEstimate,
    verdict: found.verdict,
    ...(found.split && { cards: cardsOf(found.split) }),
    parts: found.parts,
    needed: found.needed,
    ...(found.longest !== undefined && { longest: found.longest }),
    others: found.others,
    changes: [...(found.split?.changes ?? [])],
    assumptions: assumptionsOf(shape, launch, told, found.split),
  };
  return { ...fit, sentence: fitSentence(fit, known) };
}

/** What is preferred where cards can be used in several ways. */
const BEST: readonly FitVerdict[] = ['fits', 'settings', 'shorter', 'quantise'];

interface Way extends Tried {
  readonly verdict: FitVerdict;
  readonly longest?: number | undefined;
  readonly others: Fit['others'];
}

function wayOf({ shape, others }: FitRequest['model'], context: number, told: Told, split: Split): Way {
  const known = Math.min(context, shape.longestContext);
  const found = tried(shape, shape.format, known, told, split);
  const longest = longestIn(shape, shape.format, told, split);
  const smaller = others.flatMap(({ id, format }) => {
    const fitting =
      runsOn(format, split.card.computeCapability) && (takesFp8(format) || !told.isFp8)
        ? longestIn(shape, format, told, split)
        : undefined;
    return fitting === undefined || fitting < Math.min(known, SHORTEST_CONTEXT)
      ? []
      : [{ model: id, format, context: Math.min(known, fitting) }];
  });
  return {
    ...found,
    verdict: verdictOf(found, longest, context, smaller.length > 0, shape),
    longest,
    others: smaller,
  };
}

interface Tried {
  readonly split?: Split | undefined;
  readonly parts: FitPart[];
  readonly needed: number;
}

function tried(shape: ModelShape, stored: WeightFormat, context: number, told: Told, split?: Split): Tried {
  const count = split?.count ?? 1;
  const { tokens: batch, requests } = batchOn(split?.card, told);
  const format = told.isFp8 && stored === 'bf16' ? 'fp8' : stored;
  // of quantised weights that is not the size
  const isWide = format === 'bf16' && told.bytes === 4;
  const weights = (weightBytes(shape, format) * (isWide ? 2 : 1)) / count;
  const offloaded = Math.min(told.offloaded, weights);
  const cacheBytes = told.cacheBytes ?? told.bytes;
  const parts: FitPart[] = [
    {
      id: 'weights',
      title: 'Weights',
      bytes: weights - offloaded,
      how: `${(shape.parameters / 1e9).toFixed(1)} billion parameters, ${isWide ? '32 bits each' : formatName(format)}${over(count)}${offloaded > 0 ? `, without ${gib(offloaded)} in the machine's memory` : ''}`,
    },
    {
      id: 'kv-cache',
      title: 'KV cache',
      bytes: kvBytes(shape, context, { count, batch, bytes: cacheBytes }),
      how: `${tokens(context)} tokens of one request${kvWords(shape.attention)}${cacheBytes === 2 ? '' : `, ${cacheBytes * 8} bits each`}${count > 1 ? ', heads divided' : ''}`,
    },
    {
      id: 'activation',
      title: 'Activation',
      bytes: activationBytes(shape, { count, batch, requests, bytes: told.bytes }),
      how: `${tokens(batch)} tokens in a step, ${requests} requests${shape.hasVision ? ', a picture' : ''}`,
    },
    {
      id: 'overhead',
      title: 'CUDA',
      bytes: CONTEXT_OVERHEAD + (told.isEager ? 0 : GRAPHS) + (count > 1 ? BETWEEN_CARDS : 0),
      how: `driver and libraries${told.isEager ? '' : ', CUDA graphs'}${count > 1 ? ', talk between the cards' : ''}`,
    },
  ];
  return { split, parts, needed: parts.reduce((sum, p) => sum + p.bytes, 0) };
}

const over = (count: number): string => (count > 1 ? `, over ${count} cards` : '');

interface Batch {
  readonly tokens: number;
  readonly requests: number;
}

/** Where nothing is told, vLLM's defaults for its server: more on cards of 70 GB and more, the A100 excepted. */
function batchOn(card: UsableCard | undefined, { batch, requests }: Told): Batch {
  const isLarge = card !== undefined && card.total >= 70 * GIB && !/A100/i.test(card.name);
  const usual = isLarge ? { tokens: 8192, requests: 1024 } : { tokens: 2048, requests: 256 };
  return { tokens: batch ?? usual.tokens, requests: requests ?? usual.requests };
}

/**
 * Bytes on each card that keep the context of one request. A sliding window keeps what one step may add, too (vLLM
 * `SlidingWindowSpec.max_memory_usage_bytes`); a key head is on one card at least; a compressed vector on all.
 */
export function kvBytes(
  shape: ModelShape,
  context: number,
  { count = 1, batch = 2048, bytes = 2 }: { count?: number; batch?: number; bytes?: number } = {},
): number {
  const whole = Math.ceil(context / BLOCK) * BLOCK;
  const of = (a: Attention): number => {
    if (a.kind === 'latent') return a.width * whole * bytes;
    if (a.kind === 'state') return a.bytes / count;
    const kept = a.kind === 'full' ? whole : Math.min(whole, a.window - 1 + batch);
    return 2 * Math.ceil(a.kvHeads / count) * a.headDim * kept * bytes;
  };
  return shape.attention.reduce((sum, a) => sum + a.layers * of(a), 0);
}

function kvWords(attention: readonly Attention[]): string {
  const all = attention.reduce((sum, a) => sum + a.layers, 0);
  const whole = attention.find((a) => a.kind === 'full' || a.kind === 'latent');
  if (!whole) return '';
  const where = whole.layers === all ? `${all} layers` : `${whole.layers} of ${all} layers keep it all`;
  const what =
    whole.kind === 'latent'
      ? `a vector of ${whole.width}`
      : whole.kind === 'full'
        ? `${whole.kvHeads} key heads of ${whole.headDim}`
        : '';
  return `, ${where}, ${what}`;
}

/** What a layer's MLP has in hand for the tokens of one step, and the scores of each word for each request. */
function activationBytes(
  shape: ModelShape,
  { count, batch, requests, bytes }: Readonly<Record<'count' | 'batch' | 'requests' | 'bytes', number>>,
): number {
  const step = batch * ((3 * shape.mlpWidth) / count + 4 * shape.hidden) * bytes;
  // scores in 32 bits, and their probabilities
  const scores = requests * shape.vocabulary * 4 * 2;
  return step + scores + (shape.hasVision ? PICTURE : 0);
}

/** The longest context that fits, in steps of 1,024 tokens; undefined where none does. */
function longestIn(shape: ModelShape, format: WeightFormat, told: Told, split: Split): number | undefined {
  const fits = (context: number): boolean =>
    tried(shape, format, context, told, split).needed <= split.usable;
  if (fits(shape.longestContext)) return shape.longestContext;
  let [low, high] = [0, Math.ceil(shape.longestContext / 1024)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle * 1024)) low = middle;
    else high = middle;
  }
  return low === 0 ? undefined : low * 1024;
}

/** What a card must be able to do: docs.vllm.ai, "Quantization", "Supported Hardware". */
const NEEDS: Readonly<Record<WeightFormat, number>> = {
  bf16: 7.5,
  fp8: 7.5,
  int8: 7.5,
  int4: 7.5,
  nvfp4: 8,
  mxfp4: 8,
};

const runsOn = (format: WeightFormat, capability: string | undefined): boolean =>
  capability === undefined || Number(capability) >= NEEDS[format];

function verdictOf(
  { split, needed }: Tried,
  longest: number | undefined,
  context: number,
  isSmaller: boolean,
  shape: ModelShape,
): Fit['verdict'] {
  if (!split) return 'unknown';
  if (!runsOn(shape.format, split.card.computeCapability)) return isSmaller ? 'quantise' : 'too-large';
  if (needed <= split.usable && context <= shape.longestContext)
    return split.changes.length > 0 ? 'settings' : 'fits';
  if (longest !== undefined && longest >= Math.min(context, SHORTEST_CONTEXT)) return 'shorter';
  return isSmaller ? 'quantise' : 'too-large';
}

const cardsOf = ({ card, count, usable }: Split): NonNullable<Fit['cards']> => ({
  count,
  name: card.name,
  total: card.total,
  free: card.free,
  usable,
});

function assumptionsOf(shape: ModelShape, { context, share }: Launch, told: Told, split?: Split): string[] {
  const found = ['One request at a time with the whole context; what is left over serves more of them.'];
  if (context > shape.longestContext)
    found.push(
      `The model itself knows no more than ${tokens(shape.longestContext)} tokens, and vLLM does not start with more (max-length).`,
    );
  if (shape.isEstimate)
    found.push(
      'Its architecture is not one that is known here, or its sizes are left out: this is an estimate from models like it.',
    );
  if (split && split.count > 1)
    found.push(
      `The model is split over ${split.count} cards of one kind (vllm-arguments: --tensor-parallel-size ${split.count}); the fullest decides.`,
    );
  const smaller = split?.changes.find(({ name }) => name === 'gpu-share');
  if (split && smaller) {
    const used = gib(split.card.total - split.card.free);
    const or = Number(smaller.value) > 0 ? `, or set gpu-share to ${smaller.value} at most` : '';
    found.push(`Other programs use ${used} of the card now: end them${or}.`);
  } else if (split) {
    const by = told.share === undefined ? 'gpu-share' : 'vllm-arguments: --gpu-memory-utilization';
    found.push(`vLLM takes ${Math.round(share * 100)} % of the card (${by}).`);
  }
  if (told.context !== undefined)
    found.push('vLLM starts with the context of vllm-arguments (--max-model-len), not with max-length.');
  if (shape.attention.some((a) => a.kind === 'state') && told.requests === undefined)
    found.push(
      'Its linear attention keeps a state for each request: --max-num-seqs 64 or less leaves room for them.',
    );
  const others = unreckonedOf(shape, told);
  if (others.length > 0) found.push(`Not reckoned, of vllm-arguments: ${others.join(', ')}.`);
  return found;
}

/** Arguments without a known effect on the memory, and wider numbers for weights that are quantised. */
const unreckonedOf = ({ format }: ModelShape, { others, isFp8, bytes }: Told): string[] => [
  ...others,
  ...(bytes === 4 && (isFp8 || format !== 'bf16') ? ['--dtype'] : []),
];
