/** Whether the engine gives a GPU to a container: asked by a container that does nothing else. */
import { Failure, type AppError } from '../errors.ts';
import type { Engine, GpuReservation } from './port.ts';
import { withThrowaway } from './throwaway.ts';

/** The engine gave the devices, and the image has no such program: it need not have one. */
const NO_PROGRAM = /executable file not found|no such file or directory|is a directory|permission denied/;

/**
 * Starts a throw-away container of an image that is there, with its program replaced by `true`: only a start tells
 * whether a GPU can be had (what `/info` says of runtimes and drivers is not enough).
 * @throws Failure `engine.no-gpu` with the reason; others where the engine cannot do even this
 */
export async function probeGpu(engine: Engine, image: string, request: GpuReservation): Promise<void> {
  const body = {
    Image: image,
    Entrypoint: ['true'],
    Cmd: [],
    HostConfig: {
      DeviceRequests: request.requests,
      ...(request.runtime !== undefined && { Runtime: request.runtime }),
    },
  };
  try {
    await withThrowaway(engine, 'gpu-probe', body, (id) => engine.containers.start(id));
  } catch (error) {
    if (!isWithoutProgram(error)) throw error;
  }
}

const isWithoutProgram = (error: unknown): boolean =>
  error instanceof Failure &&
  error.errors.some((e) => /exec: "true"/.test(textOf(e)) && NO_PROGRAM.test(textOf(e)));

const textOf = ({ data }: AppError): string => (typeof data['text'] === 'string' ? data['text'] : '');
