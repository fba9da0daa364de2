import type { Engine } from '../docker/port.ts';
import { LABEL } from './labels.ts';
import { containerFacts } from './observe.ts';
import type { ObservedContainer } from './observed.ts';

/** The safety net under the events: how often a container is looked at although nothing was said, in milliseconds. */
const RESYNC_MS = 5_000;
/** Events of containers that can change what a wait looks at; `exec_*` wakes nothing. */
const WAKING = /^(start|die|oom|kill|stop|restart|destroy|pause|unpause|health_status)/;

/**
 * Waits for states of a project's containers by the engine's events. Subscribes first, looks afterwards; looks again
 * after each reconnect and every 5 s.
 */
export class ContainerWatch {
  readonly #engine: Engine;
  readonly #end = new AbortController();
  readonly #wake = new Map<string, Set<() => void>>();
  #connected: Promise<void> | undefined;
  readonly #project: string;

  constructor(engine: Engine, project: string) {
    this.#engine = engine;
    this.#project = project;
  }

  /**
   * Looks at a container until `decide` gives a value; `undefined` as its argument says that it is gone.
   * @throws what `decide` throws; the signal's reason when it is aborted.
   */
  async until<T>(
    id: string,
    decide: (container: ObservedContainer | undefined) => T | undefined,
    signal: AbortSignal,
  ): Promise<T> {
    await unlessAborted(this.#subscribed(), signal);
    for (;;) {
      signal.throwIfAborted();
      const woken = this.#nextChange(id, signal);
      try {
        const found = await this.#engine.containers.inspect(id, signal);
        const decided = decide(found && containerFacts(found));
        if (decided !== undefined) return decided;
        await woken.done;
      } finally {
        woken.cancel();
      }
    }
  }

  close(): void {
    this.#end.abort();
  }

  /** Resolves once the stream is there, so that no event between two looks is lost. */
  #subscribed(): Promise<void> {
    this.#connected ??= new Promise((resolve) => void this.#listen(resolve));
    return this.#connected;
  }

  async #listen(connected: () => void): Promise<void> {
    const filters = { type: ['container'], label: [`${LABEL.project}=${this.#project}`] };
    try {
      for await (const item of this.#engine.events(filters, this.#end.signal)) {
        connected();
        if (item.kind === 'connected') for (const id of this.#wake.keys()) this.#wakeUp(id);
        else if (item.kind === 'event' && WAKING.test(item.event.Action)) this.#wakeUp(item.event.Actor.ID);
      }
    } catch {
      // the stream ends for good only with `close`; the 5 s look is what remains if it ever ends otherwise
    } finally {
      connected();
    }
  }

  #wakeUp(id: string): void {
    for (const wake of this.#wake.get(id) ?? []) wake();
  }

  #nextChange(id: string, signal: AbortSignal): { done: Promise<void>; cancel: () => void } {
    let cancel = (): void => {};
    const done = new Promise<void>((resolve) => {
      const set = this.#wake.get(id) ?? new Set();
      this.#wake.set(id, set);
      cancel = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', cancel);
        set.delete(cancel);
        resolve();
      };
      const timer = setTimeout(cancel, RESYNC_MS);
      set.add(cancel);
      signal.addEventListener('abort', cancel);
    });
    return { done, cancel: () => cancel() };
  }
}

/** Waits for work that knows no signal; throws the signal's reason when it comes first. */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', stop);
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
