import { randomUUID } from 'node:crypto';
import type { Operation, ProbeResult, StackState } from '../contract.ts';
import type { Engine } from '../docker/port.ts';
import { failure } from '../errors.ts';
import type { FileSource, Loaded } from '../model/types.ts';
import { redactor } from '../system/redact.ts';
import type { AppliedProfile, SecretStore, State } from '../system/types.ts';
import { assemble } from './assemble.ts';
import { containerStatus } from './derive.ts';
import type { Desired } from './desired.ts';
import { acquireLock } from './lock.ts';
import { observeContainers } from './observe.ts';
import type { Observed } from './observed.ts';
import { planDown, planStop } from './plan-down.ts';
import { planRestart, planStart } from './plan-start.ts';
import type { Plan } from './plan-types.ts';
import { planUp, type UpOptions } from './plan-up.ts';
import type { ProfileBlock } from './profile.ts';
import { observeFor, runPlan, type RunInput } from './run-plan.ts';
import { SecretKeeper } from './secret-keeper.ts';
import { appliedSource, configContents, loadSource, type ReadingEdges, type StackSource } from './source.ts';
import { readLogs } from './stack-logs.ts';
import { listSecrets, setSecret, unsetSecret, type SecretEdges } from './stack-secrets.ts';
import { factsFromLabels, factsOf, runProbes, servicesFromLabels, stackState } from './stack-status.ts';
import type { OperationIo, Stack, UpRequest } from './stack-types.ts';
import { watchStack } from './watch-stack.ts';

export interface StackEdges extends ReadingEdges {
  readonly engine: () => Promise<Engine>;
  readonly secretStore: () => Promise<SecretStore>;
  readonly state: State;
  readonly runtimeFolder: string;
  readonly disk: FileSource;
  readonly env: Readonly<Record<string, string>>;
  readonly mirror?: string;
  /** called when an `up` begins: the settings remember the stack */
  readonly remember: (project: string, source: StackSource) => Promise<void>;
}

/** A model with everything that an operation needs of it. */
interface Ready {
  readonly source: StackSource;
  readonly loaded: Loaded;
  readonly configs: ReadonlyMap<string, Uint8Array>;
  readonly desired: Desired;
  readonly keeper?: SecretKeeper;
}

/** Opens one stack: `source` are its files as they are now, `project` the name that they give. */
export function openStack(edges: StackEdges, project: string, source: StackSource): Stack {
  const { block } = source;
  const keeperFor = (b: ProfileBlock): SecretKeeper =>
    new SecretKeeper(b, project, edges.secretStore, edges.state);

  function ready(from: StackSource): Ready {
    const loaded = loadSource(from, edges);
    const configs = configContents(loaded, from.source);
    const keeper = from.block && from.block.secrets.length > 0 ? keeperFor(from.block) : undefined;
    const knownEngine = edges.state.engineOf(project);
    const desired = assemble({
      loaded,
      source: from,
      configs,
      secretId: (name) => keeper?.idOf(name),
      ...(knownEngine && { knownEngine }),
    });
    return { source: from, loaded, configs, desired, ...(keeper && { keeper }) };
  }

  /** What was applied; the files as they are now where nothing was. */
  const running = (): Ready => {
    const applied = edges.state.applied(project);
    return ready(applied ? appliedSource(applied, edges.disk, edges.env) : source);
  };

  /** Secrets are settled against the volumes that are there before anything is planned. */
  const settled = async (engine: Engine, all: Ready): Promise<Observed> => {
    const observed = await observeFor(engine, all.desired);
    await all.keeper?.settle(volumesByKey(all.desired, observed));
    return observed;
  };

  /** Runs one operation under the stack's lock. */
  const operate = async (
    kind: Operation['kind'],
    engine: Engine,
    io: OperationIo,
    input: Omit<RunInput, 'kind' | 'engine' | 'io' | 'publish'>,
  ): Promise<void> => {
    const first: Operation = {
      id: randomUUID(),
      kind,
      project,
      pid: process.pid,
      startedAt: new Date().toISOString(),
      tasks: [],
      cancellable: true,
    };
    const request = { engineId: engine.info.id, project, operation: first };
    const lock = await acquireLock(edges.runtimeFolder, request);
    if (!lock.held) {
      const { kind: operation, pid } = lock.operation();
      lock.close();
      throw failure('stack.busy', { project, operation, pid });
    }
    const cancel = new AbortController();
    lock.onCancel(() => cancel.abort());
    try {
      const signal = AbortSignal.any([io.signal, cancel.signal]);
      await runPlan({ ...input, kind, engine, io: { ...io, signal }, publish: (o) => lock.publish(o) });
    } finally {
      lock.release();
    }
  };

  const upOptions = (engine: Engine, request: UpRequest): UpOptions => ({
    ...request,
    pull: request.pull ?? 'missing',
    hostPaths: engine.capabilities.hostPaths,
    startInterval: engine.capabilities.startInterval,
  });

  const inputOf = (
    all: Ready,
  ): Pick<RunInput, 'desired' | 'loaded' | 'configs' | 'keeper' | 'block' | 'mirror'> => ({
    desired: all.desired,
    loaded: all.loaded,
    configs: all.configs,
    ...(all.keeper && { keeper: all.keeper }),
    ...(all.source.block && { block: all.source.block }),
    ...(edges.mirror !== undefined && { mirror: edges.mirror }),
  });

  async function up(request: UpRequest, io: OperationIo): Promise<StackState> {
    const all = ready(source);
    const engine = await edges.engine();
    const options = upOptions(engine, request);
    await operate('up', engine, io, {
      ...inputOf(all),
      plan: (observed, imagesDone) => planUp(all.desired, observed, { ...options, imagesDone }),
      observed: () => settled(engine, all),
      agreed: async () => {
        await edges.state.setEngineOf(project, { id: engine.info.id, name: engine.info.name });
        await edges.state.saveApplied(project, appliedOf(all));
        await edges.remember(project, source);
      },
    });
    return status();
  }

  /** start and restart: the applied model, no changes. */
  async function startLike(
    kind: 'start' | 'restart',
    services: readonly string[],
    io: OperationIo,
    planner: typeof planStart,
  ): Promise<StackState> {
    const all = running();
    const engine = await edges.engine();
    const options = upOptions(engine, {});
    await operate(kind, engine, io, {
      ...inputOf(all),
      plan: (observed) => planner(all.desired, observed, services, options),
      observed: () => observeFor(engine, all.desired),
    });
    return status();
  }

  /** stop and down need no model: what the containers' labels say is enough, whatever became of the files. */
  async function endLike(
    kind: 'stop' | 'down',
    io: OperationIo,
    planner: (observed: Observed) => Plan,
  ): Promise<void> {
    const engine = await edges.engine();
    const known = tryRunning();
    const desired = known?.desired ?? bareDesired(project);
    await operate(kind, engine, io, {
      desired,
      configs: new Map(),
      plan: planner,
      observed: () => observeFor(engine, desired),
    });
  }

  /** The applied model, undefined when it cannot be read (a variable is gone, an env file was removed). */
  const tryRunning = (): Ready | undefined => {
    try {
      return running();
    } catch {
      return undefined; // the labels of the containers are enough for what asks here
    }
  };

  async function state(
    containers: Observed['containers'],
    probes: readonly ProbeResult[],
  ): Promise<StackState> {
    const known = tryRunning();
    const applied = edges.state.applied(project);
    const bundled = source.profile === undefined ? undefined : block?.version;
    return stackState({
      project,
      ...(source.profile !== undefined && { profile: source.profile }),
      ...(known?.source.block && { block: known.source.block }),
      chosen: known ? chosenOf(known.source) : {},
      facts: known ? factsOf(known.loaded.project, known.desired.services) : factsFromLabels(containers),
      containers,
      probes,
      ...(applied?.version !== undefined && { appliedVersion: applied.version }),
      ...(bundled !== undefined && { bundledVersion: bundled }),
    });
  }

  async function status(options: { deep?: boolean; signal?: AbortSignal } = {}): Promise<StackState> {
    const engine = await edges.engine();
    const containers = await observeContainers(engine, project);
    const known = options.deep ? tryRunning() : undefined;
    const probes =
      known?.source.block === undefined
        ? []
        : await runProbes(
            engine,
            known.source.block,
            chosenOf(known.source),
            containers,
            redactor([]).text,
            options.signal,
          );
    return state(containers, probes);
  }

  const secretEdges = (): SecretEdges => {
    if (!block) throw failure('secrets.no-such', { name: project, known: [] });
    return {
      project,
      block,
      keeper: keeperFor(block),
      store: edges.secretStore,
      state: edges.state,
      engine: edges.engine,
      volumes: async () => {
        const { desired } = ready(source);
        return volumesByKey(desired, await observeFor(await edges.engine(), desired));
      },
    };
  };

  return {
    project,
    ...(source.profile !== undefined && { profile: source.profile }),
    ...(block && { block }),
    load: async () => loadSource(source, edges),
    plan: async (request) => {
      const all = ready(source);
      const engine = await edges.engine();
      return planUp(all.desired, await settled(engine, all), upOptions(engine, request));
    },
    up,
    down: (request, io) =>
      endLike('down', io, (observed) =>
        planDown(project, servicesOf(tryRunning(), observed), observed, request),
      ),
    stop: async (services, io) => {
      await endLike('stop', io, (observed) =>
        planStop(project, servicesOf(tryRunning(), observed), observed, services),
      );
      return status();
    },
    start: (services, io) => startLike('start', services, io, planStart),
    restart: (services, io) => startLike('restart', services, io, planRestart),
    status,
    watch: async function* (signal) {
      const engine = await edges.engine();
      yield* watchStack(engine, project, (containers) => state(containers, []), signal);
    },
    logs: async function* (request) {
      const engine = await edges.engine();
      const all = await observeContainers(engine, project);
      const wanted = request.services ?? [];
      for (const service of wanted) {
        if (all.some((c) => c.service === service)) continue;
        const known = [...new Set(all.map((c) => c.service))];
        throw failure('stack.no-such-service', { service, known });
      }
      yield* readLogs(
        engine,
        all.filter((c) => wanted.length === 0 || wanted.includes(c.service)),
        request,
        await knownSecretValues(tryRunning()),
      );
    },
    containerOf: async (service) => {
      const engine = await edges.engine();
      const containers = (await observeContainers(engine, project)).filter((c) => c.service === service);
      const alive = containers.find((c) => c.state === 'running');
      if (alive) return { engine, id: alive.id };
      const first = containers[0];
      throw failure('stack.not-running', { service, status: first ? containerStatus(first) : 'not there' });
    },
    composeCall: async () => {
      const all = ready(source);
      if (all.keeper) await all.keeper.fetch(Object.keys(all.desired.services));
      const engine = await edges.engine();
      return {
        args: [
          ...(engine.endpoint.url ? ['--host', engine.endpoint.url] : []),
          'compose',
          '--project-name',
          project,
          ...source.files.flatMap((f) => ['--file', f]),
          ...source.envFiles.flatMap((f) => ['--env-file', f]),
          ...source.composeProfiles.flatMap((p) => ['--profile', p]),
        ],
        env: { ...source.variables, ...all.keeper?.bundles() },
        cwd: source.directory,
      };
    },
    secrets: async () => (block ? listSecrets(block, keeperFor(block)) : []),
    setSecret: (name, value, confirmed) => setSecret(secretEdges(), name, value, confirmed),
    unsetSecret: (name, confirmed) => unsetSecret(secretEdges(), name, confirmed),
  };
}

/** The settings of the block as the model was made with them: the user's own files may take them from elsewhere. */
function chosenOf(source: StackSource): Readonly<Record<string, string>> {
  const settings = source.block?.settings ?? [];
  return Object.fromEntries(
    settings.flatMap(({ variable }) => {
      const value = source.variables[variable];
      return value === undefined ? [] : [[variable, value]];
    }),
  );
}

/** Values to take out of logs. A store that cannot be opened now hides nothing more than the services do themselves. */
async function knownSecretValues(known: Ready | undefined): Promise<readonly string[]> {
  if (!known?.keeper) return [];
  try {
    await known.keeper.fetch(Object.keys(known.desired.services));
  } catch {
    return []; // the profile's own filter inside the containers has taken them out already
  }
  return known.keeper.values();
}

function servicesOf(known: Ready | undefined, observed: Observed): Desired['services'] {
  if (!known) return servicesFromLabels(observed.containers);
  const disabled = Object.entries(known.loaded.project.disabledServices).map(
    ([name, service]) => [name, { ...service, name }] as const,
  );
  return { ...known.desired.services, ...Object.fromEntries(disabled) };
}

/** Names of the volumes that are there, by their key in the file. */
function volumesByKey(desired: Desired, observed: Observed): Map<string, string> {
  return new Map(
    Object.entries(desired.project.volumes).flatMap(([key, v]) => {
      const name = v.name ?? key;
      return observed.volumes.has(name) ? [[key, name] as const] : [];
    }),
  );
}

/** The copy that `up` keeps: Compose files and config files, but no env file, since those hold the user's secrets. */
function appliedOf(all: Ready): AppliedProfile {
  const { source, loaded } = all;
  const compose = loaded.sourceFiles.filter((f) => /\.(ya?ml|json)$/i.test(f) || source.files.includes(f));
  const configs = Object.values(loaded.project.configs).flatMap((c) => c.file ?? []);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const contents: Record<string, string> = {};
  for (const path of new Set([...compose, ...configs])) {
    try {
      contents[path] = decoder.decode(source.source.read(path));
    } catch {
      // not text: read from its place again when it is needed
    }
  }
  return {
    ...(source.profile !== undefined && { profile: source.profile }),
    ...(source.profile !== undefined && source.block && { version: source.block.version }),
    directory: source.directory,
    files: source.files,
    contents,
    variables: source.profile === undefined ? source.chosen : source.variables,
    environment: source.profile === undefined ? loaded.variablesUsed : [],
  };
}

/** A project of which only the name is known. */
function bareDesired(name: string): Desired {
  return {
    project: {
      name,
      workingDir: '',
      composeFiles: [],
      services: {},
      disabledServices: {},
      networks: {},
      volumes: {},
      secrets: {},
      configs: {},
      models: {},
      extensions: {},
      serviceExtensions: {},
      unresolved: {},
    },
    services: {},
    hashOf: () => '',
    networkHashOf: () => '',
    contentOf: () => undefined,
    secretIdsOf: () => undefined,
    workingDir: '',
    configFiles: [],
    environmentFiles: [],
    generate: [],
  };
}
