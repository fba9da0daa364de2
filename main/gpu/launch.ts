import type { WeightFormat } from '../gpu-shape.ts';
import { withoutArgument } from './arguments.ts';
import { takesFp8, toldBy } from './told.ts';

/** What of the profile vllm's settings decides how much vLLM takes, and of which cards. */
export interface Launch {
  /** `max-length`: tokens */
  readonly context: number;
  /** `gpu-share`: of the memory of each card */
  readonly share: number;
  /** `gpus`: `all`, or indices and UUIDs with commas */
  readonly gpus: string;
  /** `vllm-arguments` */
  readonly arguments: string;
}

/** With the profile's own defaults. */
export const DEFAULT_LAUNCH: Launch = { context: 16_384, share: 0.9, gpus: 'all', arguments: '' };

/** By the settings of the profile, and the arguments behind them; what is no number counts as not set. */
export function launchOf(valueOf: (setting: string) => string | undefined): Launch {
  const { context, share, gpus, arguments: none } = DEFAULT_LAUNCH;
  const added = valueOf('vllm-arguments') ?? none;
  const told = toldBy(added);
  return {
    context: told.context ?? (Number(valueOf('max-length')) || context),
    share: told.share ?? (Number(valueOf('gpu-share')) || share),
    gpus: valueOf('gpus') ?? gpus,
    arguments: added,
  };
}

/**
 * The arguments with which a model of this form is split over so many cards, without those that would not let it: a share
 * where that is to be the setting's, and a quantisation that its weights do not have (vllm/config/model.py refuses it).
 */
export function argumentsFor(
  { arguments: text }: Launch,
  { count, format, isShareSet }: { count: number; format: WeightFormat; isShareSet: boolean },
): string {
  const told = toldBy(text);
  const wrong = [
    ...(isShareSet ? ['--gpu-memory-utilization'] : []),
    ...(takesFp8(format) || !told.isFp8 ? [] : ['--quantization']),
    ...(told.cards === count ? [] : ['--tensor-parallel-size']),
  ];
  const kept = wrong.reduce(withoutArgument, text);
  const split = told.cards === count || count === 1 ? '' : `--tensor-parallel-size ${count}`;
  return [kept, split].filter((a) => a !== '').join(' ');
}
