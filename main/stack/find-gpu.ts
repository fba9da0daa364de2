/** Finds out whether an engine gives a GPU, and in which form. */
import { probeGpu } from '../docker/gpu-probe.ts';
import type { Engine, GpuReservation } from '../docker/port.ts';
import { hasCode, type AppError } from '../errors.ts';
import { ALL_OF_NVIDIA, cdiRequest, type GpuForm } from './gpu.ts';

/** What the engine lacks that CDI does without: NVIDIA's driver for it, or the runtime. */
const WITHOUT: ReadonlySet<unknown> = new Set(['toolkit', 'runtime']);

/**
 * Asks with a container of an image that is there: in the request's own form, and where the engine has not what that
 * takes, by the names of the Container Device Interface.
 * @throws Failure `engine.no-gpu` with the reason of the request's own form; what `probeGpu` throws
 */
export async function findGpuForm(engine: Engine, image: string, request: GpuReservation): Promise<GpuForm> {
  try {
    await probeGpu(engine, image, request);
    return 'as-written';
  } catch (error) {
    const cdi = cdiRequest(request);
    const isLacking = hasCode(error, 'engine.no-gpu') && error.errors.some((e) => WITHOUT.has(e.data['why']));
    if (!isLacking || !cdi) throw error;
    try {
      await probeGpu(engine, image, cdi);
      return 'cdi';
    } catch (other) {
      if (hasCode(other, 'engine.no-gpu')) throw error;
      throw other;
    }
  }
}

/** What an engine says when it is asked for a GPU. */
export type GpuAnswer =
  | { readonly state: 'works'; readonly form: GpuForm }
  | { readonly state: 'fails'; readonly error: AppError }
  /** there is no image to ask with */
  | { readonly state: 'unknown' };

/**
 * Asks for every GPU of NVIDIA's, with the smallest image that is there.
 * @throws Failure where the engine cannot even make a container
 */
export async function askForGpu(engine: Engine): Promise<GpuAnswer> {
  const images = (await engine.images.list()).filter((i) => i.RepoTags?.[0]);
  const [smallest] = images.toSorted((a, b) => a.Size - b.Size);
  if (!smallest) return { state: 'unknown' };
  try {
    return { state: 'works', form: await findGpuForm(engine, smallest.Id, { requests: [ALL_OF_NVIDIA] }) };
  } catch (error) {
    const said = hasCode(error, 'engine.no-gpu') ? error.errors[0] : undefined;
    if (!said) throw error;
    return { state: 'fails', error: said };
  }
}
