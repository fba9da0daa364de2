import type { GpuReport, ModelFit } from '../gpu-shape.ts';

/**
 * Whether the model that is set fits this machine's cards, for whoever is about to download it. Pure.
 * @returns undefined where nothing can be said: no card that counts, a model that is not of the list
 */
export function modelFit({ fit, remedy }: Pick<GpuReport, 'fit' | 'remedy'>): ModelFit | undefined {
  if (!fit || fit.verdict === 'unknown') return undefined;
  return {
    model: fit.model,
    fits: fit.verdict === 'fits',
    sentence: fit.sentence,
    ...(remedy && { remedy }),
  };
}
