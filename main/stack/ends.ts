import type { EngineEvent } from '../docker/port.ts';
import type { ObservedContainer } from './observed.ts';

/** SIGINT, SIGQUIT, SIGKILL, SIGTERM: what images are stopped with. A SIGHUP makes a program read its settings again. */
const ENDING = new Set(['2', '3', '9', '15']);

/**
 * Who ended a container: an exit that follows a `kill` or `stop` was asked for, by whoever did it (Docker sends `kill`
 * for the signal of a stop too). Nothing is known of one that ended while nobody listened.
 */
export class Ends {
  readonly #asked = new Set<string>();
  readonly #itself = new Set<string>();

  heard({ Action: action, Actor: { ID: id, Attributes: attributes } }: EngineEvent): void {
    const isAsked = action === 'stop' || (action === 'kill' && ENDING.has(attributes['signal'] ?? ''));
    if (isAsked) this.#asked.add(id);
    else if (action === 'start' || action === 'destroy') {
      this.#asked.delete(id);
      this.#itself.delete(id);
    } else if (action === 'die' && !this.#asked.has(id)) this.#itself.add(id);
  }

  of(container: ObservedContainer): ObservedContainer {
    if (this.#itself.has(container.id)) return { ...container, ended: 'itself' };
    return this.#asked.has(container.id) ? { ...container, ended: 'asked' } : container;
  }
}
