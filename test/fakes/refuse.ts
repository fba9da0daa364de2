import type { Failure } from '../../main/errors.ts';
import { engineFailure } from '../../main/docker/engine-error.ts';

/** An answer of the engine, with the words of the real one, through the same function that finds its cause. */
export function refuse(call: string, status: number, message: string, subject?: string): Failure {
  return engineFailure({
    call,
    endpoint: 'fake://',
    status,
    message,
    ...(subject !== undefined && { subject }),
  });
}
