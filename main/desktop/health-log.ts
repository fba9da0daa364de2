import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { AppSnapshot, HealthHistory } from '../channels.ts';
import { JsonLines } from '../system/jsonl.ts';
import { healthHistory, healthOf, turnedIll, type HealthRecord, type Incident } from './health-history.ts';

/** While nothing changes this often a line says that the app still watches, in milliseconds. */
export const BEAT_MS = 5 * 60_000;
/** So much is kept, in milliseconds: a day, and what was going on when it began. */
const KEPT_MS = 26 * 60 * 60_000;

const Line = z.object({
  at: z.number(),
  project: z.string(),
  services: z.record(
    z.string(),
    z.object({ health: z.enum(['well', 'ill', 'stopped']), sentence: z.string().optional() }),
  ),
});

/**
 * How the services were, as JSON lines in the state folder: written by the app alone, a line a change and one every
 * five minutes. Where lines are missing the app did not run, and nothing is claimed.
 */
export class HealthLog {
  readonly #lines: JsonLines;
  #last: HealthRecord | undefined;

  constructor(stateFolder: string) {
    this.#lines = new JsonLines(join(stateFolder, 'health.jsonl'));
  }

  /** Drops what is too old. Once, when the app starts. */
  tidy(now: number): void {
    const kept = this.#records().filter((r) => r.at >= now - KEPT_MS);
    if (kept.length < this.#records().length) this.#lines.replace(kept);
  }

  /**
   * Notes a snapshot where it says something new, or when it is time for a sign of life. Gives the services that turned
   * ill while we watched, with why.
   */
  seen(snapshot: AppSnapshot, now: number): Incident[] {
    const services = healthOf(snapshot);
    const project = snapshot.current;
    if (!services || project === undefined) return [];
    const last = this.#last?.project === project ? this.#last : undefined;
    if (last && now - last.at < BEAT_MS && isDeepStrictEqual(last.services, services)) return [];
    const record = { at: now, project, services };
    this.#lines.append(record);
    this.#last = record;
    return last ? turnedIll(last.services, services) : [];
  }

  read(project: string, now: number): HealthHistory {
    return healthHistory(this.#records(), project, now, BEAT_MS);
  }

  #records(): HealthRecord[] {
    return this.#lines.read().values.flatMap((value) => {
      const parsed = Line.safeParse(value);
      return parsed.success ? [parsed.data] : [];
    });
  }
}
