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

/** By the settings of the profile; what is no number counts as not set. */
export function launchOf(valueOf: (setting: string) => string | undefined): Launch {
  const { context, share, gpus, arguments: none } = DEFAULT_LAUNCH;
  return {
    context: Number(valueOf('max-length')) || context,
    share: Number(valueOf('gpu-share')) || share,
    gpus: valueOf('gpus') ?? gpus,
    arguments: valueOf('vllm-arguments') ?? none,
  };
}

const SPLIT = /(?<=^|\s)(?:--tensor-parallel-size|-tp)(?:=|\s+)(\d+)(?=\s|$)/g;

/** Over how many cards vLLM splits the model: over one, unless it is told (vllm/config/parallel.py). */
export const cardsToldOf = (launch: Launch): number =>
  Number([...launch.arguments.matchAll(SPLIT)].at(-1)?.[1] ?? 1);

/** The arguments with which it is split over so many cards. */
export function argumentsFor(launch: Launch, count: number): string {
  const others = launch.arguments.replaceAll(SPLIT, '').replaceAll(/\s+/g, ' ').trim();
  return [others, count > 1 ? `--tensor-parallel-size ${count}` : ''].filter((a) => a !== '').join(' ');
}
