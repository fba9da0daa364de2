import { createHash } from 'node:crypto';
import type {
  ContainerCreate,
  EndpointSettings,
  HealthLogEntry,
  ImageInspect,
  LogChunk,
  MountPoint,
  NetworkInspect,
  VolumeInspect,
} from '../../main/docker/port.ts';
import { EventHub } from './event-hub.ts';
import { Faults } from './faults.ts';

/** How a container behaves once started; what is not said is: it runs, and turns healthy if it has a health check. */
export interface Behaviour {
  /** health states after the first `starting`, one after the other; default `['healthy']` */
  readonly health?: readonly ('healthy' | 'unhealthy')[];
  /** milliseconds before each of them; default 2 */
  readonly healthAfterMs?: number;
  /** what the health check prints */
  readonly healthOutput?: string;
  /** it ends by itself after so many milliseconds … */
  readonly exitsAfterMs?: number;
  /** … with this code (default 0) */
  readonly exitCode?: number;
  /** … killed for its memory: an `oom` event, exit code 137 */
  readonly oom?: boolean;
  /** exit code after `stop` (default 0) */
  readonly stopCode?: number;
  /** the engine cannot start it: the text of its answer */
  readonly startError?: string;
  /** what it prints at once */
  readonly prints?: readonly string[];
}

export interface FakeContainer {
  readonly id: string;
  name: string;
  readonly body: ContainerCreate;
  readonly imageId: string;
  /** ISO 8601 */
  readonly created: string;
  readonly mounts: readonly MountPoint[];
  readonly networks: Map<string, EndpointSettings>;
  /** ids by name of the networks it was on when it last ran: it asks for those again */
  readonly networkIds: Map<string, string>;
  /** by absolute path: what `putArchive` brought */
  readonly files: Map<string, { readonly mode: number; readonly data: Buffer }>;
  readonly log: { readonly at: number; readonly chunk: LogChunk }[];
  status: 'created' | 'running' | 'exited' | 'removing';
  exitCode: number;
  oomKilled: boolean;
  error: string;
  startedAt: string;
  finishedAt: string;
  restarts: number;
  health?: { status: string; streak: number; log: HealthLogEntry[] };
  /** raised by each start and stop: what an earlier run planned then no longer happens */
  run: number;
  stoppedByUs: boolean;
  /** called whenever something changed (log, state) */
  readonly waiters: Set<() => void>;
}

export interface FakeNetwork extends NetworkInspect {
  readonly members: Set<string>;
}

/** What a registry has under a name. */
export interface FakeImage {
  /** default: made from the name */
  readonly id?: string;
  /** compressed size of each layer in bytes; default one of 1 MB */
  readonly layers?: readonly number[];
  readonly config?: ImageInspect['Config'];
  /** the pull waits so long before each of its ten progress events of a layer, milliseconds; default 0 */
  readonly pauseMs?: number;
}

/** Everything a fake engine holds. */
export class World {
  readonly hub = new EventHub();
  readonly faults = new Faults();
  readonly containers = new Map<string, FakeContainer>();
  readonly networks = new Map<string, FakeNetwork>();
  readonly volumes = new Map<string, VolumeInspect>();
  /** present images by reference as it was pulled or tagged */
  readonly images = new Map<string, ImageInspect>();
  /** what can be pulled */
  readonly registry = new Map<string, FakeImage>();
  /** by container name or image reference */
  readonly behaviours = new Map<string, Behaviour>();
  /** `address:port` held by a process of the machine */
  readonly takenPorts = new Set<string>();
  private count = 0;

  /** 64 hex digits, another one each time, the same in each run. */
  newId(): string {
    return hex(`object ${++this.count}`);
  }

  /** By id, unique beginning of an id, or name. */
  findContainer(id: string): FakeContainer | undefined {
    const all = [...this.containers.values()];
    const name = id.replace(/^\//, '');
    return (
      this.containers.get(id) ??
      all.find((c) => c.name === name) ??
      (id.length >= 4 ? all.find((c) => c.id.startsWith(id)) : undefined)
    );
  }

  findNetwork(nameOrId: string): FakeNetwork | undefined {
    const all = [...this.networks.values()];
    return this.networks.get(nameOrId) ?? all.find((n) => n.Name === nameOrId);
  }

  findImage(ref: string): ImageInspect | undefined {
    const named = this.images.get(ref) ?? this.images.get(withTag(ref));
    const bare = ref.replace(/^sha256:/, '');
    return named ?? [...this.images.values()].find((i) => i.Id === ref || i.Id.slice(7).startsWith(bare));
  }

  behaviourOf(c: FakeContainer): Behaviour {
    return this.behaviours.get(c.name) ?? this.behaviours.get(c.body.Image) ?? {};
  }

  emitContainer(c: FakeContainer, action: string, more: Record<string, string> = {}): void {
    const attributes = { ...c.body.Labels, name: c.name, image: c.body.Image, ...more };
    this.hub.emit('container', action, c.id, attributes);
    for (const wake of c.waiters) wake();
  }
}

export const hex = (text: string): string => createHash('sha256').update(text).digest('hex');

/** `latest` where a reference has neither tag nor digest. */
export const withTag = (ref: string): string =>
  ref.includes('@') || /:[\w.-]+$/.test(ref) ? ref : `${ref}:latest`;
