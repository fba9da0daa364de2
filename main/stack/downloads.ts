import type { Engine, ImagePart } from '../docker/port.ts';
import { Failure } from '../errors.ts';
import type { Downloads } from '../preview-shape.ts';
import { downloadWords } from './download-words.ts';
import type { Plan } from './plan-types.ts';

/** Who looks at a preview does not wait longer for sizes; a registry answers in a fraction of it. Milliseconds. */
const WITHIN_MS = 8000;

/**
 * How much the images of a plan are to download at most, and how long that takes: the engine may have layers of them
 * already. The registries are asked for it; one that does not answer leaves its images without a size.
 * @param speed of the last download of this engine, bytes per second
 */
export async function downloadsOf(
  engine: Engine,
  { steps }: Plan,
  {
    mirror,
    speed,
    signal,
  }: {
    readonly mirror?: string | undefined;
    readonly speed?: number | undefined;
    readonly signal: AbortSignal;
  },
): Promise<Downloads> {
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]);
  const pulls = steps.flatMap((s) => (s.kind === 'pullImage' ? [s] : []));
  const found = await Promise.all(
    pulls.map(async ({ id, ref, platform }) => {
      const options = {
        signal: inTime,
        ...(platform !== undefined && { platform }),
        ...(mirror !== undefined && { mirror }),
      };
      const parts = await engine.images.parts(ref, options).catch((e: unknown) => {
        if (e instanceof Failure) return undefined;
        throw e;
      });
      return { step: id, ...(parts && { parts }) };
    }),
  );
  const sizes = {
    images: found.map(({ step, parts }) => ({ step, ...(parts && { bytes: sizeOf(parts) }) })),
    bytes: sizeOf(found.flatMap(({ parts }) => parts ?? [])),
  };
  return { ...sizes, ...downloadWords(sizes, speed) };
}

/** Pure: bytes of the parts, each counted once. */
const sizeOf = (parts: readonly ImagePart[]): number =>
  [...new Map(parts.map((p) => [p.digest, p.size])).values()].reduce((sum, size) => sum + size, 0);
