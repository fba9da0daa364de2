import type { AppSnapshot } from '../channels.ts';
import type { ServiceState, ServiceStatus } from '../contract.ts';

/**
 * Since when each service is well that was not, by its name: milliseconds since 1970, Infinity while it is not. Whatever
 * the reason was: what needs it suffers from one that was restarted as from one that failed.
 */
export type WellAgain = ReadonlyMap<string, number>;

export const WELL: ReadonlySet<ServiceStatus> = new Set(['healthy', 'running', 'completed']);

/** So long after it is well again, what depends on it may still suffer: its health check has yet to see that. */
const GRACE_MS = 60_000;

/** What is known of it now; a silent engine tells nothing new. */
export function wellAgainOf(last: WellAgain, { engine, stacks }: AppSnapshot, now: number): WellAgain {
  if (!engine.reachable) return last;
  const wellAgain = new Map<string, number>();
  for (const { name, status } of stacks[0]?.services ?? []) {
    const before = last.get(name);
    const since = !WELL.has(status) ? Infinity : before === Infinity ? now : before;
    if (since !== undefined && now < since + GRACE_MS) wellAgain.set(name, since);
  }
  return wellAgain;
}

/**
 * Until when what is wrong with a service is taken for another's fault: something that it depends on, near or far, is not
 * well, or became so just now. 0: it is its own; Infinity: nobody knows the end.
 */
export function suffersUntil(
  service: ServiceState,
  services: readonly ServiceState[],
  wellAgain: WellAgain,
): number {
  const seen = new Set([service.name]);
  const next = [...(service.dependsOn ?? [])];
  let until = 0;
  for (let name = next.pop(); name !== undefined; name = next.pop()) {
    const other = services.find((s) => s.name === name);
    if (seen.has(name) || !other) continue;
    seen.add(name);
    if (!WELL.has(other.status)) return Infinity;
    until = Math.max(until, (wellAgain.get(name) ?? -Infinity) + GRACE_MS);
    next.push(...(other.dependsOn ?? []));
  }
  return until;
}
