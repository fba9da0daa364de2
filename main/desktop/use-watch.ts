import type { PushValue, ServiceUse } from '../channels.ts';
import type { Core } from '../core-types.ts';
import type { ContainerUsage } from '../docker/port.ts';
import { pause } from '../stack/pause.ts';
import type { Live } from './live.ts';

/** How often it is read while somebody looks, in milliseconds. */
const EVERY_MS = 2_000;

/** Reads what the services use for as long as the window shows it, and not at all otherwise. */
export class UseWatch {
  readonly #core: Core;
  readonly #live: Live;
  readonly #push: (value: PushValue<'use'>) => void;
  #end: AbortController | undefined;

  constructor(core: Core, live: Live, push: (value: PushValue<'use'>) => void) {
    this.#core = core;
    this.#live = live;
    this.#push = push;
  }

  set(on: boolean): void {
    if (on === (this.#end !== undefined)) return;
    this.#end?.abort();
    this.#end = on ? new AbortController() : undefined;
    if (this.#end) void this.#run(this.#end.signal);
  }

  async #run(signal: AbortSignal): Promise<void> {
    let before = new Map<string, ContainerUsage>();
    while (!signal.aborted) {
      const now = await this.#read(signal);
      const services = this.#useOf(before, now);
      if (services.length > 0 && !signal.aborted) this.#push({ at: new Date().toISOString(), services });
      before = now;
      await pause(EVERY_MS, signal);
    }
  }

  /** By container id. What cannot be read now is read next time: the state says why. */
  async #read(signal: AbortSignal): Promise<Map<string, ContainerUsage>> {
    try {
      const engine = await this.#core.engine();
      const ids = this.#services().map((s) => s.containerId);
      const all = await Promise.all(
        ids.map(async (id) => [id, await engine.containers.usage(id, signal)] as const),
      );
      return new Map(all.flatMap(([id, usage]) => (usage ? [[id, usage] as const] : [])));
    } catch {
      return new Map();
    }
  }

  #services(): { name: string; containerId: string }[] {
    const [stack] = this.#live.snapshot.stacks;
    return (stack?.services ?? []).flatMap(({ name, containerId, status }) =>
      containerId !== undefined && status !== 'stopped' ? [{ name, containerId }] : [],
    );
  }

  #useOf(before: Map<string, ContainerUsage>, now: Map<string, ContainerUsage>): ServiceUse[] {
    return this.#services().flatMap(({ name, containerId }) => {
      const use = coresOf(before.get(containerId), now.get(containerId));
      return use ? [{ service: name, ...use }] : [];
    });
  }
}

/** Between two readings of one run of a container; undefined where there is only one, or it was started anew between. */
export function coresOf(
  before: ContainerUsage | undefined,
  now: ContainerUsage | undefined,
): Omit<ServiceUse, 'service'> | undefined {
  if (!before || !now || now.at <= before.at || now.cpuNs < before.cpuNs) return undefined;
  return { cores: (now.cpuNs - before.cpuNs) / 1e6 / (now.at - before.at), memory: now.memory };
}
