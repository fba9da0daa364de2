import type { EngineEvent } from '../docker/port.ts';
import { hasComeUp } from './derive.ts';
import type { ObservedContainer } from './observed.ts';

/** SIGINT, SIGQUIT, SIGKILL, SIGTERM: what images are stopped with. A SIGHUP makes a program read its settings again. */
const ENDING = new Set(['2', '3', '9', '15']);

/**
 * So long after its signal an end counts as asked for, in nanoseconds: our profiles give a service at most 60 s. A stop
 * with more time says so by `stop` when it is done, and one whose time is up kills first.
 */
const ASKED_FOR_NS = 75e9;

/**
 * Who ended a container, and how: an exit that follows a `kill` or `stop` was asked for, by whoever did it (Docker sends
 * `kill` for the signal of a stop too), unless the container outlived it. Nothing is known of one that ended while nobody
 * listened.
 */
export class Ends {
  /** when, in nanoseconds since 1970 */
  readonly #asked = new Map<string, number>();
  readonly #itself = new Set<string>();
  /** how one ended that Docker then restarted: the engine forgets it with the next start */
  readonly #how = new Map<string, Pick<ObservedContainer, 'exitCode' | 'oomKilled'>>();
  /** how often one had been restarted when it had come up */
  readonly #held = new Map<string, number>();

  heard({ Action: action, Actor: { ID: id, Attributes: attributes }, timeNano }: EngineEvent): void {
    if (action === 'start' || action === 'destroy') {
      this.#asked.delete(id);
      this.#itself.delete(id);
      if (action === 'destroy') {
        this.#how.delete(id);
        this.#held.delete(id);
      }
    } else if (action === 'stop') {
      this.#asked.set(id, timeNano);
      this.#itself.delete(id); // it comes after `die`
    } else if (action === 'kill' && ENDING.has(attributes['signal'] ?? '')) this.#asked.set(id, timeNano);
    else if (action === 'die' && timeNano - (this.#asked.get(id) ?? -Infinity) > ASKED_FOR_NS) {
      this.#asked.delete(id);
      this.#itself.add(id);
    }
  }

  /** @param now milliseconds since 1970 */
  of(seen: ObservedContainer, now = Date.now()): ObservedContainer {
    const { id, state, restarts, exitCode, oomKilled } = seen;
    if (state === 'restarting') this.#how.set(id, { exitCode, oomKilled });
    // somebody started it since
    if (restarts === 0) this.#how.delete(id);
    if (hasComeUp(seen, now) || restarts < (this.#held.get(id) ?? 0)) this.#held.set(id, restarts);
    const restartsHeld = this.#held.get(id);
    const container = restartsHeld ? { ...seen, restartsHeld } : seen;
    if (state === 'running' && restarts > 0) return { ...container, ...this.#how.get(id) };
    if (this.#itself.has(id)) return { ...container, ended: 'itself' };
    return this.#asked.has(id) ? { ...container, ended: 'asked' } : container;
  }
}
