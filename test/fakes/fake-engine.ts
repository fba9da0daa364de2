import { failure } from '../../main/errors.ts';
import type { Capabilities, Endpoint, Engine, EngineInfo, LogChunk } from '../../main/docker/port.ts';
import { fakeContainers } from './fake-containers.ts';
import { fakeImages, imageInspect } from './fake-images.ts';
import type { ExecHandler } from './fake-io.ts';
import { die, setHealth, stopNow } from './fake-lifecycle.ts';
import { fakeNetworks, newNetwork } from './fake-networks.ts';
import { fakeVolumes } from './fake-volumes.ts';
import { withTag, World, type Behaviour, type FakeContainer, type FakeImage } from './world.ts';

const INFO: EngineInfo = {
  id: 'fake-engine-1',
  name: 'fake',
  version: '28.5.2',
  apiVersion: '1.51',
  os: 'linux',
  arch: 'x86_64',
  cpus: 2,
  memory: 8e9,
  rootDir: '/fake',
  storageDriver: 'overlay2',
  product: 'docker',
  kernel: '6.1.0-fake',
  isRootless: false,
  runtimes: ['runc'],
  cdiDevices: [],
};

const CAPABILITIES: Capabilities = {
  startInterval: true,
  networksAtCreate: true,
  volumeSubpath: true,
  annotations: true,
  endpointMac: true,
  gatewayPriority: true,
  interfaceName: true,
  hostPaths: true,
};

export interface FakeEngineOptions {
  /** images that are there, and can be pulled */
  readonly images?: Readonly<Record<string, FakeImage>>;
  /** images that can be pulled only */
  readonly registry?: Readonly<Record<string, FakeImage>>;
  /** how containers behave, by container name or image reference */
  readonly behaviours?: Readonly<Record<string, Behaviour>>;
  readonly info?: Partial<EngineInfo>;
  readonly capabilities?: Partial<Capabilities>;
}

/**
 * An engine in memory behind the same port as the real one; `engine-contract.test.ts` runs one suite on both. Its
 * refusals carry the real engine's words and get their code from the same function.
 *
 *     const engine = new FakeEngine({ images: { 'redis:7': {} }, behaviours: { web: { health: ['unhealthy'] } } });
 *     engine.failNth('containers.start', 2, failure('engine.disk-full', { reason: '…' }));
 *     engine.calls.map((c) => c.name);
 */
export class FakeEngine implements Engine {
  readonly world = new World();
  readonly endpoint: Endpoint = { url: 'fake://', source: 'test', local: true };
  readonly info: EngineInfo;
  readonly capabilities: Capabilities;
  readonly containers: Engine['containers'];
  readonly images: Engine['images'];
  readonly networks: Engine['networks'];
  readonly volumes: Engine['volumes'];
  /** answers every exec; set it to script probes */
  onExec: ExecHandler = () => ({ exitCode: 0, stdout: '', stderr: '' });

  constructor(options: FakeEngineOptions = {}) {
    const { world } = this;
    this.info = { ...INFO, ...options.info };
    this.capabilities = { ...CAPABILITIES, ...options.capabilities };
    for (const Name of ['bridge', 'host', 'none'])
      world.networks.set(Name, newNetwork(Name, { Name, Driver: Name === 'none' ? 'null' : Name }));
    for (const [ref, image] of Object.entries({ ...options.registry, ...options.images }))
      world.registry.set(withTag(ref), image);
    for (const [ref, image] of Object.entries(options.images ?? {}))
      world.images.set(withTag(ref), imageInspect(ref, image));
    for (const [name, behaviour] of Object.entries(options.behaviours ?? {})) this.behave(name, behaviour);
    this.containers = fakeContainers(world, () => this.onExec);
    this.images = fakeImages(world);
    this.networks = fakeNetworks(world);
    this.volumes = fakeVolumes(world);
  }

  async ping(): Promise<void> {
    await this.world.faults.enter('ping', []);
  }
  async clock(): Promise<number> {
    await this.world.faults.enter('clock', []);
    return Date.now();
  }
  async diskUsage(): ReturnType<Engine['diskUsage']> {
    await this.world.faults.enter('diskUsage', []);
    const volumes = [...this.world.volumes.values()].map((v) => ({ ...v, Size: 0 }));
    return { volumes, layersSize: 0 };
  }
  events(...[filters, signal]: Parameters<Engine['events']>): ReturnType<Engine['events']> {
    return this.world.hub.subscribe(filters, signal, !this.world.faults.connectionLost);
  }
  release(): void {
    // nothing is open
  }
  close(): void {
    // nothing is open
  }

  // What tests do to it.

  /** Every call so far, in order. */
  get calls(): readonly { readonly name: string; readonly args: readonly unknown[] }[] {
    return this.world.faults.calls;
  }
  /** Makes the `nth` call of `name` from now on fail, once, before it has any effect. */
  failNth(...args: Parameters<World['faults']['failNth']>): void {
    this.world.faults.failNth(...args);
  }
  /** How a container behaves at its next start, by its name or its image. */
  behave(nameOrImage: string, behaviour: Behaviour): void {
    this.world.behaviours.set(nameOrImage, behaviour);
  }
  /** The engine is killed: calls fail, streams say `lost`. */
  kill(): void {
    this.world.faults.lose();
    this.world.hub.lose('the connection broke');
  }
  /** It is back, everything as it was: streams say `connected`. */
  revive(): void {
    this.world.faults.restore();
    this.world.hub.reconnect();
  }
  /** A process of the machine listens there. */
  takePort(address: string, port: number): void {
    this.world.takenPorts.add(`${address}:${port}`);
  }
  /** By name or id; throws when there is none. */
  container(name: string): FakeContainer {
    const c = this.world.findContainer(name);
    if (!c) throw failure('engine.not-found', { what: name, call: 'test' });
    return c;
  }
  /** The health check's next answer. */
  health(name: string, status: 'healthy' | 'unhealthy', output = ''): void {
    setHealth(this.world, this.container(name), status, output);
  }
  /** Its process ends by itself, or for its memory. */
  crash(name: string, exitCode: number, { oom = false } = {}): void {
    const c = this.container(name);
    if (oom) {
      c.oomKilled = true;
      this.world.emitContainer(c, 'oom');
    }
    die(this.world, c, exitCode);
  }
  /** Somebody else stops it. */
  stopOutside(name: string): void {
    stopNow(this.world, this.container(name), 0);
  }
  /** It prints a line. */
  print(name: string, line: string, stream: LogChunk['stream'] = 'stdout'): void {
    const c = this.container(name);
    c.log.push({ at: Date.now(), chunk: { stream, data: Buffer.from(`${line}\n`) } });
    for (const wake of c.waiters) wake();
  }
}
