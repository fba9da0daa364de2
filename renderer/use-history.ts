import type { PushValue, ServiceUse } from '../main/channels.ts';

/** So much of the past is kept and drawn. */
export const KEPT_MS = 5 * 60_000;
/** Told every two seconds; what is older than this is not what is used now. */
export const FRESH_MS = 10_000;

/** What every service used at one moment; milliseconds since 1970. */
interface Sample {
  readonly at: number;
  readonly services: ReadonlyMap<string, ServiceUse>;
}

/** Oldest first. */
export type UseHistory = readonly Sample[];

/** What one service uses, and used. */
export interface ServiceUsage {
  readonly now: ServiceUse;
  /** over the last minutes, oldest first: in cores */
  readonly cores: readonly Point[];
  /** in bytes */
  readonly memory: readonly Point[];
}

export interface Point {
  readonly at: number;
  readonly value: number;
}

/** The history with what was just told; after a clock that was set back it begins anew. */
export function withUse(history: UseHistory, { at: iso, services }: PushValue<'use'>): UseHistory {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return history;
  const isBack = at < (history.at(-1)?.at ?? at);
  const kept = isBack ? [] : history.filter((s) => s.at > at - KEPT_MS && s.at < at);
  return [...kept, { at, services: new Map(services.map((s) => [s.service, s])) }];
}

/** Undefined where it is not known now: then nothing is shown, rather than zeros. */
export function usageOf(history: UseHistory, service: string, now: number): ServiceUsage | undefined {
  const last = history.at(-1);
  const use = last?.services.get(service);
  if (!last || !use || now - last.at > FRESH_MS) return undefined;
  const pointsOf = (what: 'cores' | 'memory'): Point[] =>
    history.flatMap(({ at, services }) => {
      const then = services.get(service);
      return then ? [{ at, value: then[what] }] : [];
    });
  return { now: use, cores: pointsOf('cores'), memory: pointsOf('memory') };
}
