import { isDeepStrictEqual } from 'node:util';
import type { Endpoint, Engine } from './docker/port.ts';

export interface EngineEdges {
  /** the setting `engine` */
  readonly setting: () => Promise<string | undefined>;
  /** which engine is meant now */
  readonly meant: () => Promise<Endpoint>;
  readonly connect: (endpoint: Endpoint) => Promise<Engine>;
}

interface Kept {
  readonly setting: string | undefined;
  readonly meant: Promise<Endpoint>;
  readonly engine: Promise<Engine>;
}

/**
 * The engine, connected once and kept for as long as its setting is the same. What else decides which one it is
 * (Docker's current context, where something listens) is looked at when it is asked for anew: a command asks for its
 * engine many times, and means one. What could not be connected is tried again at the next call: an engine that starts
 * after us is found.
 */
export class KeptEngine {
  readonly #edges: EngineEdges;
  #kept: Kept | undefined;

  constructor(edges: EngineEdges) {
    this.#edges = edges;
  }

  /** @throws Failure `engine.*` that says why there is none */
  async get(): Promise<Engine> {
    const setting = await this.#edges.setting();
    if (!this.#kept || this.#kept.setting !== setting) {
      this.#release(this.#kept);
      const meant = this.#edges.meant();
      const engine = meant.then((endpoint) => this.#edges.connect(endpoint));
      const kept = { setting, meant, engine };
      this.#kept = kept;
      engine.catch(() => {
        if (this.#kept === kept) this.#kept = undefined;
      });
    }
    return this.#kept.engine;
  }

  /** As `get`, and another one where another is meant by now. @throws Failure `engine.*` */
  async anew(): Promise<Engine> {
    const now = await orNone(this.#edges.meant());
    const kept = this.#kept;
    if (kept && !(now && isDeepStrictEqual(now, await orNone(kept.meant)))) this.#release(kept);
    return this.get();
  }

  /** From now on it is connected anew, whatever becomes of the connections of before: the computer slept. */
  letGo(): void {
    this.#release(this.#kept);
  }

  close(): void {
    this.#kept?.engine.then(
      (engine) => engine.close(),
      () => {}, // there is none
    );
  }

  /** Whoever still uses it (an operation that goes on) does so to the end. */
  #release(kept: Kept | undefined): void {
    kept?.engine.then(
      (engine) => engine.release(),
      () => {}, // there is none
    );
    if (this.#kept === kept) this.#kept = undefined;
  }
}

/** Why there is none says who connects. */
const orNone = (endpoint: Promise<Endpoint>): Promise<Endpoint | undefined> =>
  endpoint.catch(() => undefined);
