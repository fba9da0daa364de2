import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { HealthBar, type AppSnapshot, type HealthHistory } from '../channels.ts';
import { OperationKind } from '../contract.ts';
import { JsonLines } from './jsonl.ts';
import { HEALTH_FILE, withStateLock } from './state.ts';
import type { Folders } from './types.ts';
import {
  healthHistory,
  healthOf,
  incidentsNow,
  type HealthRecord,
  type Ill,
  type Incident,
} from './health-history.ts';

/** While nothing changes this often a line says that the app still watches, in milliseconds. */
export const BEAT_MS = 5 * 60_000;
/** So much is kept, in milliseconds: a day, and what was going on when it began. */
const KEPT_MS = 26 * 60 * 60_000;

const Line = z.object({
  at: z.number(),
  project: z.string(),
  services: z.record(
    z.string(),
    z.object({ health: HealthBar.exclude(['unwatched']), sentence: z.string().optional() }),
  ),
  doing: OperationKind.optional(),
});

/**
 * How the services were, as JSON lines in the state folder: noted by the app alone, a line a change and one every
 * five minutes, and one without services when it ends. Where lines are missing it was killed, and nothing is claimed.
 * Who removes a stack takes its lines out, so all is written under the state's lock; what waits for it (or for room on
 * the disk) is read like the rest.
 */
export class HealthLog {
  readonly #lines: JsonLines;
  readonly #folders: Pick<Folders, 'runtime'>;
  /** what is not on disk yet */
  #waiting: HealthRecord[] = [];
  /** waits for the lock: one is enough for all that is noted meanwhile */
  #writing: Promise<void> | undefined;
  #last: HealthRecord | undefined;
  #ill: Ill = new Map();
  #leaving: string | undefined;

  constructor(folders: Pick<Folders, 'state' | 'runtime'>) {
    this.#lines = new JsonLines(join(folders.state, HEALTH_FILE));
    this.#folders = folders;
  }

  /** Drops what is too old. Once, when the app starts. */
  tidy(now: number): Promise<void> {
    return withStateLock(this.#folders, () => {
      const written = this.#written();
      const kept = written.filter((r) => r.at >= now - KEPT_MS);
      if (kept.length < written.length) this.#lines.replace(kept);
    });
  }

  /**
   * Writes what was noted. Where it cannot be written it is kept for the next time.
   * @throws what writing a file throws, Failure `lock.timeout`
   */
  async write(): Promise<void> {
    if (this.#waiting.length === 0) return;
    this.#writing ??= withStateLock(this.#folders, () => {
      this.#writing = undefined;
      for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
        this.#lines.append(next);
        this.#waiting.shift();
      }
    });
    try {
      await this.#writing;
    } catch (error) {
      this.#writing = undefined;
      throw error;
    }
  }

  /**
   * Notes a snapshot, for the next `write`, where it says something new, or when it is time for a sign of life. Gives the
   * incidents that begin while we watch.
   */
  seen(snapshot: AppSnapshot, now: number): Incident[] {
    const services = healthOf(snapshot);
    const project = snapshot.current;
    if (!services || project === undefined || project !== this.#last?.project) this.end(now);
    if (!services || project === undefined) return [];
    if (project === this.#leaving) {
      if (Object.values(services).every(({ health }) => health === 'stopped')) return [];
      this.#leaving = undefined;
    }
    const last = this.#last;
    const doing = snapshot.stacks[0]?.operation?.kind;
    const isNew = !isDeepStrictEqual(last?.services, services) || last?.doing !== doing;
    if (last && now - last.at < BEAT_MS && !isNew) return [];
    this.#note({ at: now, project, services, ...(doing && { doing }) });
    const { ill, begun } = incidentsNow(this.#ill, services, now);
    this.#ill = ill;
    return last ? begun : [];
  }

  /** A sign of life: what was seen last is so still. */
  beat(now: number): void {
    if (this.#last) this.#note({ ...this.#last, at: now });
  }

  /** Nobody watches from now on: the app ends, the engine is gone, or another stack is shown. */
  end(now: number): void {
    if (!this.#last) return;
    this.#note({ at: now, project: this.#last.project, services: {} });
    this.#forget();
  }

  /** A project is removed for good: nothing of it is noted until something of it runs again. */
  leave(project: string): void {
    this.#leaving = project;
    if (this.#last?.project === project) this.#forget();
    this.#waiting = this.#waiting.filter((r) => r.project !== project);
  }

  read(project: string, now: number): HealthHistory {
    return healthHistory([...this.#written(), ...this.#waiting], project, now, BEAT_MS);
  }

  /** Stacks that were watched. */
  projects(): string[] {
    return [...new Set(this.#written().map((r) => r.project))];
  }

  #note(record: HealthRecord): void {
    this.#waiting = [...this.#waiting.filter((r) => r.at >= record.at - KEPT_MS), record];
    this.#last = record;
  }

  #forget(): void {
    this.#last = undefined;
    this.#ill = new Map();
  }

  #written(): HealthRecord[] {
    return this.#lines.read().values.flatMap((value) => {
      const parsed = Line.safeParse(value);
      return parsed.success ? [parsed.data] : [];
    });
  }
}
