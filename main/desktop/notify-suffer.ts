import type { AppSnapshot } from '../channels.ts';
import type { ServiceState, ServiceStatus } from '../contract.ts';

/**
 * How a service stands, and since when: milliseconds since 1970, -Infinity where nobody saw it become so. Whatever the
 * reason was: what needs it suffers from one that was restarted as from one that failed.
 */
interface Standing {
  readonly is: 'well' | 'off' | 'ill';
  readonly since: number;
}

/** By the service's name. */
export type Standings = ReadonlyMap<string, Standing>;

export const WELL: ReadonlySet<ServiceStatus> = new Set(['healthy', 'running', 'completed']);

/** Somebody wanted it so: it excuses nobody for as long as that lasts. */
export const OFF: ReadonlySet<ServiceStatus> = new Set(['stopped', 'absent', 'paused']);

/** So long after it is well again, or was stopped, what depends on it may still suffer: its health check has yet to see that. */
const GRACE_MS = 60_000;

/** What is known of it now; a silent engine tells nothing new. */
export function standingsOf(last: Standings, { engine, stacks }: AppSnapshot, now: number): Standings {
  if (!engine.reachable) return last;
  return new Map(
    (stacks[0]?.services ?? []).map(({ name, status }) => {
      const before = last.get(name);
      const is = WELL.has(status) ? 'well' : OFF.has(status) ? 'off' : 'ill';
      return [name, before?.is === is ? before : { is, since: before ? now : -Infinity }];
    }),
  );
}

/**
 * Until when what is wrong with a service is taken for another's fault: something that it depends on, near or far, is not
 * well, or became so just now, or was stopped just now. 0: it is its own; Infinity: nobody knows the end.
 */
export function suffersUntil(
  service: ServiceState,
  services: readonly ServiceState[],
  standings: Standings,
): number {
  const seen = new Set([service.name]);
  const next = [...(service.dependsOn ?? [])];
  let until = 0;
  for (let name = next.pop(); name !== undefined; name = next.pop()) {
    const other = services.find((s) => s.name === name);
    if (seen.has(name) || !other) continue;
    seen.add(name);
    const standing = standings.get(name);
    if (standing?.is === 'ill') return Infinity;
    until = Math.max(until, (standing?.since ?? -Infinity) + GRACE_MS);
    next.push(...(other.dependsOn ?? []));
  }
  return until;
}
