import type { Fit, FitPart, GpuCard, WeightFormat } from '../gpu-shape.ts';
import { fitSentence, formatName, gib, tokens } from './fit-words.ts';
import { weightBytes, type Attention, type ModelShape } from './model-shape.ts';

const GIB = 1024 ** 3;

/** What vLLM may take of a card: the profile's `--gpu-memory-utilization`. */
export const UTILISATION = 0.9;
/** With less there is no room for an agent's instructions, memory and tools beside what is said. Tokens. */
export const SHORTEST_CONTEXT = 8192;
/** What the profile vllm serves unless its settings say otherwise. Tokens. */
export const DEFAULT_CONTEXT = 16_384;
/** Tokens of one block of the cache (vLLM `CacheConfig.DEFAULT_BLOCK_SIZE`). */
const BLOCK = 16;
/** Keys, values and what passes between layers are kept in 16 bits. */
const BYTES = 2;
/** Driver, libraries and code on the card, and its CUDA graphs: 1.2 to 3 GiB with the activation, as logs of vLLM have it. */
const CONTEXT_OVERHEAD = 0.6 * GIB;
const GRAPHS = 0.5 * GIB;
/** What cards need to speak with each other. */
const BETWEEN_CARDS = 0.5 * GIB;
/** A vision tower is tried with the largest picture. */
const PICTURE = 0.5 * GIB;

/** A card, or a part of one, that one process of vLLM can use. */
export interface UsableCard {
  readonly name: string;
  /** bytes */
  readonly total: number;
  readonly free: number;
  readonly computeCapability?: string | undefined;
  /** a part of a card: a model is never split over several */
  readonly isPart: boolean;
}

/** NVIDIA's cards whose memory is known, and in place of those that MIG divides their parts. */
export const usableCards = (cards: readonly GpuCard[]): readonly UsableCard[] =>
  cards
    .filter((card) => card.vendor === 'nvidia')
    .flatMap(({ name, memory, computeCapability, mig }) => {
      const whole = { computeCapability, isPart: mig !== undefined };
      if (!mig) return memory ? [{ ...whole, name, ...room(memory) }] : [];
      return mig.flatMap((part) =>
        part.memory ? [{ ...whole, name: `${name} MIG ${part.profile}`, ...room(part.memory) }] : [],
      );
    });

const room = ({ total, free = total }: { total: number; free?: number | undefined }) => ({ total, free });

export interface FitRequest {
  readonly model: {
    readonly id: string;
    readonly shape: ModelShape;
    readonly others: readonly { readonly id: string; readonly format: WeightFormat }[];
  };
  /** tokens */
  readonly context: number;
  readonly cards: readonly UsableCard[];
  readonly utilisation?: number;
}

/**
 * Whether a model fits: its weights, the cache of one request with the whole context, what a step of it needs, and what
 * CUDA takes, against what vLLM may use of each card. Pure; the constants are those of vLLM's defaults.
 */
export function fitOf({ model, context, cards, utilisation = UTILISATION }: FitRequest): Fit {
  const { id, shape, others } = model;
  const asked = Math.min(context, shape.longestContext);
  const tries = splits(cards, shape, utilisation).map((split) => tried(shape, shape.format, asked, split));
  const found =
    tries.find((t) => t.needed <= t.split.usable) ?? tries.at(-1) ?? tried(shape, shape.format, asked);
  const longest = found.split && longestIn(shape, shape.format, found.split);
  const smaller = others.flatMap((other) => {
    const fitting = splits(cards, shape, utilisation)
      .filter((split) => runsOn(other.format, split.card.computeCapability))
      .map((split) => longestIn(shape, other.format, split) ?? 0)
      .find((n) => n >= Math.min(asked, SHORTEST_CONTEXT));
    return fitting === undefined
      ? []
      : [{ model: other.id, format: other.format, context: Math.min(asked, fitting) }];
  });
  const fit = {
    model: id,
    format: shape.format,
    context: asked,
    isEstimate: shape.isEstimate,
    verdict: verdictOf(found, longest, asked, smaller.length > 0, shape),
    ...(found.split && { cards: cardsOf(found.split) }),
    parts: found.parts,
    needed: found.needed,
    ...(longest !== undefined && { longest }),
    others: smaller,
    assumptions: assumptionsOf(shape, context, found, utilisation),
  };
  return { ...fit, sentence: fitSentence(fit) };
}

/** Cards of one kind over which the model is split. */
interface Split {
  readonly card: UsableCard;
  readonly count: number;
  /** bytes of each card */
  readonly usable: number;
}

/** One card, two, four … of one kind: the kind with the most memory together; heads must divide evenly. */
function splits(cards: readonly UsableCard[], shape: ModelShape, utilisation: number): readonly Split[] {
  const kinds = Map.groupBy(cards, (c) => `${c.name} ${c.total}`);
  const size = (kind: readonly UsableCard[]): number =>
    kind.reduce((sum, c) => (c.isPart ? Math.max(sum, c.free) : sum + c.free), 0);
  const kind = [...kinds.values()].toSorted((a, b) => size(b) - size(a))[0] ?? [];
  const freest = kind.toSorted((a, b) => b.free - a.free);
  return [1, 2, 4, 8, 16]
    .filter((n) => n <= kind.length && (n === 1 || (shape.heads % n === 0 && !kind[0]?.isPart)))
    .flatMap((count) => {
      // the fullest of those that are taken decides
      const card = freest[count - 1];
      return card ? [{ card, count, usable: Math.min(card.total * utilisation, card.free) }] : [];
    });
}

interface Tried<S extends Split | undefined = Split | undefined> {
  readonly split: S;
  readonly parts: FitPart[];
  readonly needed: number;
}

function tried(shape: ModelShape, format: WeightFormat, context: number): Tried<undefined>;
function tried(shape: ModelShape, format: WeightFormat, context: number, split: Split): Tried<Split>;
function tried(shape: ModelShape, format: WeightFormat, context: number, split?: Split): Tried {
  const count = split?.count ?? 1;
  const { tokens: batch, requests } = batchOn(split?.card);
  const parts: FitPart[] = [
    {
      id: 'weights',
      title: 'Weights',
      bytes: weightBytes(shape, format) / count,
      how: `${(shape.parameters / 1e9).toFixed(1)} billion parameters, ${formatName(format)}${over(count)}`,
    },
    {
      id: 'kv-cache',
      title: 'KV cache',
      bytes: kvBytes(shape, context, count, batch),
      how: `${tokens(context)} tokens of one request${kvWords(shape.attention)}${count > 1 ? ', heads divided' : ''}`,
    },
    {
      id: 'activation',
      title: 'Activation',
      bytes: activationBytes(shape, count, batch, requests),
      how: `${tokens(batch)} tokens in a step, ${requests} requests${shape.hasVision ? ', a picture' : ''}`,
    },
    {
      id: 'overhead',
      title: 'CUDA',
      bytes: CONTEXT_OVERHEAD + GRAPHS + (count > 1 ? BETWEEN_CARDS : 0),
      how: `driver and libraries, CUDA graphs${count > 1 ? ', talk between the cards' : ''}`,
    },
  ];
  return { split, parts, needed: parts.reduce((sum, p) => sum + p.bytes, 0) };
}

const over = (count: number): string => (count > 1 ? `, over ${count} cards` : '');

/** vLLM's defaults for its server: more on cards of 70 GB and more, the A100 excepted. */
function batchOn(card: UsableCard | undefined): { readonly tokens: number; readonly requests: number } {
  const isLarge = card !== undefined && card.total >= 70 * GIB && !/A100/i.test(card.name);
  return isLarge ? { tokens: 8192, requests: 1024 } : { tokens: 2048, requests: 256 };
}

/**
 * Bytes on each card that keep the context of one request. A sliding window keeps what one step may add, too (vLLM
 * `SlidingWindowSpec.max_memory_usage_bytes`); a key head is on one card at least; a compressed vector on all.
 */
export function kvBytes(shape: ModelShape, context: number, count = 1, batch = 2048): number {
  const whole = Math.ceil(context / BLOCK) * BLOCK;
  const of = (a: Attention): number => {
    if (a.kind === 'latent') return a.width * whole * BYTES;
    if (a.kind === 'state') return a.bytes / count;
    const kept = a.kind === 'full' ? whole : Math.min(whole, a.window - 1 + batch);
    return 2 * Math.ceil(a.kvHeads / count) * a.headDim * kept * BYTES;
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
function activationBytes(shape: ModelShape, count: number, batch: number, requests: number): number {
  const step = batch * ((3 * shape.mlpWidth) / count + 4 * shape.hidden) * BYTES;
  // scores in 32 bits, and their probabilities
  const scores = requests * shape.vocabulary * 4 * 2;
  return step + scores + (shape.hasVision ? PICTURE : 0);
}

/** The longest context that fits, in steps of 1,024 tokens; undefined where none does. */
function longestIn(shape: ModelShape, format: WeightFormat, split: Split): number | undefined {
  const fits = (context: number): boolean => tried(shape, format, context, split).needed <= split.usable;
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
  asked: number,
  isSmaller: boolean,
  shape: ModelShape,
): Fit['verdict'] {
  if (!split) return 'unknown';
  if (!runsOn(shape.format, split.card.computeCapability)) return isSmaller ? 'quantise' : 'too-large';
  if (needed <= split.usable) return 'fits';
  if (longest !== undefined && longest >= Math.min(asked, SHORTEST_CONTEXT)) return 'shorter';
  return isSmaller ? 'quantise' : 'too-large';
}

const cardsOf = ({ card, count, usable }: Split): NonNullable<Fit['cards']> => ({
  count,
  name: card.name,
  total: card.total,
  free: card.free,
  usable,
});

function assumptionsOf(shape: ModelShape, context: number, { split }: Tried, utilisation: number): string[] {
  const found = ['One request at a time with the whole context; what is left over serves more of them.'];
  if (context > shape.longestContext)
    found.push(`The model itself knows no more than ${tokens(shape.longestContext)} tokens.`);
  if (shape.isEstimate)
    found.push(
      'Its architecture is not one that is known here, or its sizes are left out: this is an estimate from models like it.',
    );
  if (split && split.count > 1)
    found.push(
      `The model is split over ${split.count} cards of one kind (--tensor-parallel-size ${split.count}); the fullest decides.`,
    );
  if (split && split.usable < split.card.total * utilisation) {
    const used = gib(split.card.total - split.card.free);
    // rounded down, or vLLM refuses to start
    const share = Math.floor((split.usable / split.card.total) * 100) / 100;
    found.push(
      `Other programs use ${used} of the card now: end them, or set --gpu-memory-utilization to ${share} at most.`,
    );
  } else if (split) {
    found.push(`vLLM takes ${Math.round(utilisation * 100)} % of the card (--gpu-memory-utilization).`);
  }
  if (shape.attention.some((a) => a.kind === 'state'))
    found.push(
      'Its linear attention keeps a state for each request: --max-num-seqs 64 or less leaves room for them.',
    );
  return found;
}
