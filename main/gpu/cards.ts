import type { FitSetting, GpuCard, WeightFormat } from '../gpu-shape.ts';
import { argumentsFor, type Launch } from './launch.ts';
import type { ModelShape } from './model-shape.ts';
import { toldBy } from './told.ts';

const GIB = 1024 ** 3;

/** Driver, libraries and code on the card, in bytes. With CUDA's graphs and the activation it is 1.2 to 3 GiB, as logs of vLLM have it. */
export const CONTEXT_OVERHEAD = 0.6 * GIB;
/** What cards need to speak with each other, in bytes. */
export const BETWEEN_CARDS = 0.5 * GIB;

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

/** NVIDIA's cards whose memory is known, and in place of those that MIG divides their parts; of those that `gpus` names. */
export function usableCards(cards: readonly GpuCard[], gpus = 'all'): readonly UsableCard[] {
  const named = gpus.split(',');
  const isNamed = (...names: (string | undefined)[]): boolean =>
    gpus === 'all' || names.some((name) => name !== undefined && named.includes(name));
  return cards
    .filter((card) => card.vendor === 'nvidia')
    .flatMap(({ name, index, uuid, memory, computeCapability, mig }) => {
      const whole = { computeCapability, isPart: mig !== undefined };
      const isWhole = isNamed(index === undefined ? undefined : String(index), uuid);
      if (!mig) return memory && isWhole ? [{ ...whole, name, ...room(memory) }] : [];
      return mig.flatMap((part, i) =>
        part.memory && (isWhole || isNamed(part.uuid, `${index}:${i}`))
          ? [{ ...whole, name: `${name} MIG ${part.profile}`, ...room(part.memory) }]
          : [],
      );
    });
}

const room = ({ total, free = total }: { total: number; free?: number | undefined }) => ({ total, free });

/** Cards of one kind over which a model is split. */
export interface Split {
  readonly card: UsableCard;
  readonly count: number;
  /** what vLLM may take of each card: bytes */
  readonly usable: number;
  /** settings without which vLLM does not start so */
  readonly changes: readonly FitSetting[];
}

/**
 * As the settings have it, then over one card, two, four … of one kind: the kind with the most memory together; heads
 * must divide evenly.
 */
export function splits(
  cards: readonly UsableCard[],
  { heads, format }: Pick<ModelShape, 'heads' | 'format'>,
  launch: Launch,
): readonly Split[] {
  const kinds = Map.groupBy(cards, (c) => `${c.name} ${c.total}`);
  const size = (kind: readonly UsableCard[]): number =>
    kind.reduce((sum, c) => (c.isPart ? Math.max(sum, c.free) : sum + c.free), 0);
  const kind = [...kinds.values()].toSorted((a, b) => size(b) - size(a))[0] ?? [];
  const freest = kind.toSorted((a, b) => b.free - a.free);
  const told = toldBy(launch.arguments);
  return [...new Set([told.cards, 1, 2, 4, 8, 16])]
    .filter((n) => n <= kind.length && (n === 1 || (heads % n === 0 && !kind[0]?.isPart)))
    .flatMap((count) => {
      // the fullest of those that are taken decides
      const card = freest[count - 1];
      return card ? [splitOver(card, { count, format }, launch)] : [];
    });
}

/**
 * vLLM refuses to start where less is free than its share of the whole card, and looks when CUDA, and what cards need to
 * speak with each other, is there already (vllm/v1/worker/gpu_worker.py `init_device`, utils.py `request_memory`).
 */
function splitOver(
  card: UsableCard,
  { count, format }: { count: number; format: WeightFormat },
  launch: Launch,
): Split {
  const free = card.free - CONTEXT_OVERHEAD - (count > 1 ? BETWEEN_CARDS : 0);
  const share = Math.max(Math.min(launch.share, Math.floor((free / card.total) * 100) / 100), 0);
  const isShareSet = share < launch.share;
  const wanted = argumentsFor(launch, { count, format, isShareSet });
  const changes = [
    ...(isShareSet ? [{ name: 'gpu-share', value: share.toFixed(2) }] : []),
    ...(wanted === launch.arguments ? [] : [{ name: 'vllm-arguments', value: wanted }]),
  ];
  return { card, count, usable: card.total * share, changes };
}
