import { appError, Failure } from '../errors.ts';
import type { NamedService } from './desired.ts';
import type { ObservedContainer } from './observed.ts';

/** What can be chosen by name: the services of the model, and those of which only containers are left. */
export function serviceNames(
  services: Readonly<Record<string, NamedService>>,
  containers: readonly ObservedContainer[],
): string[] {
  return [...new Set([...Object.keys(services), ...containers.map((c) => c.service)])];
}

/**
 * A name that was typed wrong must not pass for a service with nothing to do.
 * @throws Failure `stack.no-such-service` for each chosen one that is none of the `known`
 */
export function refuseUnknown(known: readonly string[], chosen: readonly string[]): void {
  const unknown = chosen.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new Failure(unknown.map((service) => appError('stack.no-such-service', { service, known })));
}
