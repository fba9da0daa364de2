import type { Engine } from '../docker/port.ts';
import { Failure, failure, hasCode } from '../errors.ts';
import { containerBody, laterNetworks } from './convert.ts';
import { imageOf, volumeNameOf, type Desired, type NamedService } from './desired.ts';
import type { Carry, StepReport } from './execute.ts';
import { injectedFiles, type ContainerFile } from './files.ts';
import { findGpuForm } from './find-gpu.ts';
import { gpuRequestOf, withCdi, type GpuForm } from './gpu.ts';
import { runHooks } from './hooks.ts';
import { Idle } from './idle.ts';
import type { Job } from './job.ts';
import { LABEL, COMPOSE_VERSION } from './labels.ts';
import { containerFacts, imageFacts } from './observe.ts';
import type { ObservedContainer } from './observed.ts';
import { resolveReferences } from './plan-recreate.ts';
import type { ContainerRef, Plan, Step } from './plan-types.ts';
import { namePortHolder } from './port-holder.ts';
import { pullWithProgress, type PullBoard } from './pull-board.ts';
import { Surprise } from './surprise.ts';
import { tarOf } from './tar.ts';
import { waitFor } from './wait.ts';
import type { ContainerWatch } from './watch.ts';

export interface CarrierEdges {
  readonly engine: Engine;
  readonly desired: Desired;
  readonly containers: readonly ObservedContainer[];
  readonly watch: ContainerWatch;
  /** bytes of a config or a secret; a secret's are fetched from the store, never kept by us */
  readonly contentOf: (origin: ContainerFile['origin']) => Uint8Array;
  /** files of the tool's own for a container of this image (see the profile's `x-letta-stack`) */
  readonly extraFiles: (service: string, imageId: string) => { file: ContainerFile; content: Uint8Array }[];
  readonly generateSecrets: (names: readonly string[]) => Promise<void>;
  readonly removal: RemovalEdges;
  readonly mirror?: string;
  readonly pulls: PullBoard;
  /** takes secrets out of log lines that a failure carries */
  readonly redact: (text: string) => string;
  /** what the profile says of a service that runs to its end */
  readonly jobOf: (service: string) => Job | undefined;
  /** a service's container is as it was waited for, and nothing but waiting is done */
  readonly onReady: (service: string, container: string) => void;
  readonly build: (service: string, onOutput: (line: string) => void, signal: AbortSignal) => Promise<void>;
}

/** What is removed that no engine has. */
export interface RemovalEdges {
  readonly secret: (name: string) => Promise<void>;
  readonly stack: () => Promise<void>;
}

const KEEPS_USED: ReadonlySet<Plan['operation']> = new Set(['down', 'remove']);

type Of<K extends Step['kind']> = Extract<Step, { kind: K }>;

/** Carries the steps of one plan out on the engine. Looks at each object again before it changes it. */
export function makeCarrier(plan: Plan, edges: CarrierEdges): Carry {
  const { engine, desired } = edges;
  /** ids of containers by the step that created them */
  const created = new Map<string, string>();
  /** by service: how the engine gives it its GPU */
  const gpuForms = new Map<string, GpuForm>();
  const idOf = (c: ContainerRef): string => {
    const id = c.id ?? created.get(c.createdBy ?? '');
    if (id === undefined) throw new Surprise(`container ${c.name} was not created`);
    return id;
  };

  const carriers: {
    [K in Step['kind']]: (step: Of<K>, report: StepReport, signal: AbortSignal) => Promise<void>;
  } = {
    pullImage: (step, report, signal) =>
      pullWithProgress(engine, step, edges.pulls, edges.mirror, report, signal),
    buildImage: (step, report, signal) => edges.build(step.service, (line) => report.detail(line), signal),
    probeGpu: async (step) => {
      const service = desired.services[step.service]!;
      const request = gpuRequestOf(service);
      if (request)
        gpuForms.set(step.service, await findGpuForm(engine, imageOf(desired.project, service), request));
    },
    generateSecrets: (step) => edges.generateSecrets(step.names),
    createNetwork: (step) => createNetwork(engine, desired, step),
    removeNetwork: (step, report) => removeNetwork(engine, step, KEEPS_USED.has(plan.operation), report),
    createVolume: (step) => createVolume(engine, desired, step),
    removeVolume: (step) => removeVolume(engine, step, plan),
    removeSecret: (step) => edges.removal.secret(step.name),
    forgetStack: () => edges.removal.stack(),
    create: async (step) => {
      created.set(step.id, await createContainer(edges, step, gpuForms, idOf));
    },
    rename: (step) => engine.containers.rename(idOf(step.container), step.to),
    start: (step, report, signal) => startContainer(edges, step, idOf(step.container), report, signal),
    stop: (step, report, signal) => stopContainer(edges, step, idOf(step.container), report, signal),
    remove: ({ container, nameless = [] }) =>
      engine.containers.remove(idOf(container), { volumes: nameless.length > 0 }),
    restart: async (step) => {
      await engine.containers.stop(idOf(step.container));
      await engine.containers.start(idOf(step.container));
    },
    wait: (step, report, signal) => waitFor(edges, plan, step, step.containers.map(idOf), report, signal),
  };
  const idle = new Idle();
  return async (step, report, signal) => {
    const done = step.kind === 'wait' ? undefined : idle.begin();
    try {
      await (carriers[step.kind] as Carry)(step, report, signal);
      if (step.kind !== 'wait' || step.condition === 'completed') return;
      const [first] = step.containers;
      if (first) idle.do(() => edges.onReady(step.service, idOf(first)));
    } catch (thrown) {
      const error = thrown instanceof Failure ? await namePortHolder(engine, thrown) : thrown;
      // gone since it was looked at, or another one is there: what is to be done now, a new plan says
      if (!hasCode(error, 'engine.not-found') && !hasCode(error, 'engine.in-use')) throw error;
      if (step.kind === 'removeNetwork' || step.kind === 'removeVolume') throw error;
      throw new Surprise(error.message, { cause: error });
    } finally {
      done?.();
    }
  };
}

async function createNetwork(engine: Engine, desired: Desired, step: Of<'createNetwork'>): Promise<void> {
  const same = (await engine.networks.list({ name: [step.name] })).filter((n) => n.Name === step.name);
  if (same.length > 0) throw new Surprise(`network ${step.name} is there now`);
  const network = desired.project.networks[step.key]!;
  const pools = network.ipam.config?.map((c) => ({
    Subnet: c.subnet,
    IPRange: c.ip_range,
    Gateway: c.gateway,
    AuxiliaryAddresses: c.aux_addresses,
  }));
  await engine.networks.create({
    Name: step.name,
    Driver: network.driver,
    Options: network.driver_opts,
    Internal: network.internal,
    Attachable: network.attachable,
    EnableIPv4: network.enable_ipv4,
    EnableIPv6: network.enable_ipv6,
    IPAM: network.ipam.driver || pools ? { Driver: network.ipam.driver, Config: pools } : undefined,
    Labels: {
      ...network.labels,
      [LABEL.network]: step.key,
      [LABEL.project]: desired.project.name,
      [LABEL.version]: COMPOSE_VERSION,
      [LABEL.hash]: desired.networkHashOf(step.key),
    },
  });
}

/**
 * A network that others still use stays when a stack is taken down, as with the CLI; one that must be made anew cannot.
 * @throws Failure `engine.in-use`
 */
async function removeNetwork(
  engine: Engine,
  step: Of<'removeNetwork'>,
  keep: boolean,
  report: StepReport,
): Promise<void> {
  const network = await engine.networks.inspect(step.networkId);
  if (!network) return;
  const users = Object.values(network.Containers ?? {}).map((c) => c.Name);
  if (users.length === 0) return engine.networks.remove(step.networkId);
  if (keep) return report.detail(`kept: ${users.join(', ')} use it`);
  const reason = `its definition changed, and ${users.join(', ')} use it`;
  throw failure('engine.in-use', { what: `network ${step.name}`, reason });
}

/**
 * A volume that was made anew under its name since it was shown is another one: nobody agreed to its deletion. One
 * that is gone needs nothing where all is removed.
 */
async function removeVolume(engine: Engine, step: Of<'removeVolume'>, plan: Plan): Promise<void> {
  if (plan.operation === 'remove') {
    const there = await engine.volumes.inspect(step.name);
    if (!there) return;
    if (there.CreatedAt !== step.createdAt) throw new Surprise(`volume ${step.name} was made anew`);
  }
  await engine.volumes.remove(step.name);
}

/** Never with a config-hash: a wrong one makes the CLI delete the volume (compose-semantics, section 1). */
async function createVolume(engine: Engine, desired: Desired, step: Of<'createVolume'>): Promise<void> {
  if (await engine.volumes.inspect(step.name)) throw new Surprise(`volume ${step.name} is there now`);
  const volume = desired.project.volumes[step.key]!;
  await engine.volumes.create({
    Name: step.name,
    Driver: volume.driver,
    DriverOpts: volume.driver_opts,
    Labels: {
      ...volume.labels,
      [LABEL.volume]: step.key,
      [LABEL.project]: desired.project.name,
      [LABEL.version]: COMPOSE_VERSION,
    },
  });
}

async function createContainer(
  edges: CarrierEdges,
  step: Of<'create'>,
  gpuForms: ReadonlyMap<string, GpuForm>,
  idOf: (c: ContainerRef) => string,
): Promise<string> {
  const { engine, desired } = edges;
  const service = desired.services[step.container.service]!;
  const ref = imageOf(desired.project, service);
  const image = await engine.images.inspect(ref);
  if (!image) throw failure('engine.image-not-found', { image: ref, reason: 'it is not on the engine' });
  const resolved = resolveReferences(service, (name) => {
    const first = step.peers[name]?.[0];
    return first && idOf(first);
  });
  const input = {
    number: step.container.number,
    imageId: image.Id,
    imageVolumes: imageFacts(image).volumes,
    inherit: step.inherit,
    capabilities: engine.capabilities,
    ...(step.replaces && {
      replaces: service.container_name ?? `${service.name}-${step.container.number}`,
    }),
    linked: new Map(Object.entries(step.peers).map(([name, list]) => [name, list.map((c) => c.name)])),
  };
  const asWritten = containerBody(desired, resolved, input);
  const body = gpuForms.get(service.name) === 'cdi' ? withCdi(asWritten) : asWritten;
  const platform = service.platform === undefined ? {} : { platform: service.platform };
  await volumesAreThere(engine, desired, service);
  const { Id } = await named(edges, step, () =>
    engine.containers.create(step.container.name, body, platform),
  );
  for (const network of laterNetworks(desired, resolved, input)) {
    await engine.networks.connect(network.name, Id, network.settings);
  }
  return Id;
}

/**
 * The engine makes a missing volume in silence, without the project's label: the next `up` would take it for somebody
 * else's. @throws Surprise when one was removed since the plan was made
 */
async function volumesAreThere(engine: Engine, desired: Desired, service: NamedService): Promise<void> {
  for (const mount of service.volumes ?? []) {
    if (mount.type !== 'volume' || !mount.source) continue;
    const name = volumeNameOf(desired.project, mount.source);
    if (!(await engine.volumes.inspect(name))) throw new Surprise(`volume ${name} is gone`);
  }
}

/** A container of ours that took the name since the plan was made is a surprise; any other is an error. */
async function named<T>(edges: CarrierEdges, step: Of<'create'>, create: () => Promise<T>): Promise<T> {
  try {
    return await create();
  } catch (error) {
    if (!hasCode(error, 'engine.name-conflict')) throw error;
    const other = await edges.engine.containers.inspect(step.container.name);
    const isOurs = other?.Config.Labels?.[LABEL.project] === edges.desired.project.name;
    const isKnown = edges.containers.some((c) => c.id === other?.Id);
    if (other && (!isOurs || isKnown)) throw error;
    throw new Surprise(`container ${step.container.name} is there now`, { cause: error });
  }
}

/** Puts the files in when it never ran, starts it, runs its post_start hooks. */
async function startContainer(
  edges: CarrierEdges,
  step: Of<'start'>,
  id: string,
  report: StepReport,
  signal: AbortSignal,
): Promise<void> {
  const { engine, desired } = edges;
  const found = await engine.containers.inspect(id);
  if (!found) throw new Surprise(`container ${step.container.name} is gone`);
  const now = containerFacts(found);
  if (now.state === 'running') return;
  const service = desired.services[step.container.service];
  if (now.neverStarted && service) {
    const files = injectedFiles(desired.project, service);
    const entries = [
      ...files.map((file) => ({ file, content: edges.contentOf(file.origin) })),
      ...edges.extraFiles(service.name, now.imageId),
    ];
    if (entries.length > 0) await engine.containers.putArchive(id, '/', await tarOf(entries));
  }
  await engine.containers.start(id);
  if (service) await runHooks(engine, id, service, 'post_start', report, signal);
}

/** Runs its pre_stop hooks while it runs, then stops it. */
async function stopContainer(
  edges: CarrierEdges,
  step: Of<'stop'>,
  id: string,
  report: StepReport,
  signal: AbortSignal,
): Promise<void> {
  const { engine, desired } = edges;
  const service = modelOf(desired, step.container.service);
  if (service?.pre_stop && (await engine.containers.inspect(id))?.State.Status === 'running') {
    await runHooks(engine, id, service, 'pre_stop', report, signal);
  }
  await engine.containers.stop(id, { signal });
}

/** A service of the file, also one of a Compose profile that is not active now: its container was made by one that was. */
function modelOf({ services, project }: Desired, name: string): NamedService | undefined {
  const disabled = project.disabledServices[name];
  return services[name] ?? (disabled && { ...disabled, name });
}
