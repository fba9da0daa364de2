import type { Operation, ProbeResult, StackState } from '../contract.ts';
import type { Engine } from '../docker/port.ts';
import { exitCodeOf, Failure, failure, say } from '../errors.ts';
import { composeCall } from './compose-call.ts';
import { requireContents } from './contents.ts';
import { containerStatus } from './derive.ts';
import type { OthersLock } from './lock-types.ts';
import { runningOperation } from './lock.ts';
import { observeContainers } from './observe.ts';
import type { Observed } from './observed.ts';
import { newOperation } from './operation.ts';
import { operate, underLock } from './operate.ts';
import { planDown, planStop } from './plan-down.ts';
import { planRestart, planStart } from './plan-start.ts';
import type { Plan } from './plan-types.ts';
import type { UpOptions } from './plan-context.ts';
import { planUp } from './plan-up.ts';
import type { ProfileBlock } from './profile.ts';
import { appliedOf, bareDesired, makeReady, volumesByKey, type Ready, type ReadyEdges } from './ready.ts';
import { knownSecretValues } from './redaction.ts';
import { observeFor, type RunInput } from './run-plan.ts';
import { chosenOf, servicesOf } from './running.ts';
import { SecretKeeper } from './secret-keeper.ts';
import { appliedSource, loadSource, type StackSource } from './source.ts';
import { readLogs } from './stack-logs.ts';
import { listSecrets, setSecret, unsetSecret, type SecretEdges } from './stack-secrets.ts';
import { factsFromLabels, factsOf, redactState, runProbes, stackState } from './stack-status.ts';
import type { OperationIo, Stack, UpRequest } from './stack-types.ts';
import { checkDeletion } from './volume-deletion.ts';
import { watchStack } from './watch-stack.ts';

/** A status is there within 5 s, or says why not; what an engine has to answer for that, in milliseconds. */
const STATUS_PING_MS = 4_000;
/** And how long it waits for a keychain to take secrets out of what containers said, in milliseconds. */
const STATUS_REDACTION_MS = 800;

export interface StackEdges extends ReadyEdges {
  readonly engine: () => Promise<Engine>;
  readonly runtimeFolder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly mirror?: string;
  /** called when an `up` begins: the settings remember the stack */
  readonly remember: (project: string, source: StackSource) => Promise<void>;
}

/** Opens one stack: `source` are its files as they are now, `project` the name that they give. */
export function openStack(edges: StackEdges, project: string, source: StackSource): Stack {
  const { block } = source;
  const keeperFor = (b: ProfileBlock): SecretKeeper =>
    new SecretKeeper(b, project, edges.secretStore, edges.state);

  /** What was applied; the files as they are now where nothing was. */
  const running = (): Ready => {
    const applied = edges.state.applied(project);
    return makeReady(edges, project, applied ? appliedSource(applied, edges.disk, edges.env) : source);
  };

  /** Secrets are settled against the volumes that are there before anything is planned; a plan notes nothing. */
  const settled = async (
    engine: Engine,
    all: Ready,
    options: { readOnly?: boolean } = {},
  ): Promise<Observed> => {
    const observed = await observeFor(engine, all.desired);
    await all.keeper?.settle(volumesByKey(all.desired, observed), options);
    return observed;
  };

  const upOptions = (engine: Engine, request: UpRequest): UpOptions => ({
    ...request,
    pull: request.pull ?? 'missing',
    hostPaths: engine.capabilities.hostPaths,
    startInterval: engine.capabilities.startInterval,
  });

  /** The plan of an `up`, with what was noticed while reading the files. */
  const planOf = (all: Ready, observed: Observed, options: UpOptions): Plan => {
    const plan = planUp(all.desired, observed, options);
    return { ...plan, warnings: [...all.loaded.warnings, ...plan.warnings] };
  };

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

  /** Runs an operation under the stack's lock; what it failed with is noted as an incident. */
  async function operated(input: Parameters<typeof operate>[1]): Promise<void> {
    try {
      await operate(edges.runtimeFolder, input);
    } catch (error) {
      const failed = error instanceof Failure && exitCodeOf(error.errors) === 1 ? error.errors : [];
      for (const { message } of failed.map(say)) {
        await edges.state.addIncident(project, {
          sentence: `${input.kind}: ${message.split('\n')[0] ?? ''}`,
        });
      }
      throw error;
    }
  }

  async function up(request: UpRequest, io: OperationIo): Promise<StackState> {
    const all = makeReady(edges, project, source);
    const engine = await edges.engine();
    const options = upOptions(engine, request);
    let starts = false;
    await operated({
      kind: 'up',
      engine,
      io,
      ...inputOf(all),
      plan: (observed, imagesDone) => {
        const plan = planOf(all, observed, { ...options, imagesDone });
        starts ||= plan.steps.some((s) => s.kind === 'start' || s.kind === 'restart');
        return plan;
      },
      observed: () => settled(engine, all),
      agreed: async () => {
        await edges.state.setEngineOf(project, { id: engine.info.id, name: engine.info.name });
        await edges.state.saveApplied(project, appliedOf(all));
        await edges.remember(project, source);
      },
    });
    return status({ deep: starts, signal: io.signal });
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
    await operated({
      kind,
      engine,
      io,
      ...inputOf(all),
      plan: (observed) => planner(all.desired, observed, services, options),
      observed: () => observeFor(engine, all.desired),
    });
    return status({ deep: true, signal: io.signal });
  }

  /** stop and down need no model: what the containers' labels say is enough, whatever became of the files. */
  async function endLike(
    kind: 'stop' | 'down',
    io: OperationIo,
    planner: (observed: Observed) => Plan,
    deleteVolumes: readonly string[] = [],
  ): Promise<void> {
    const engine = await edges.engine();
    const known = tryRunning();
    const desired = known?.desired ?? bareDesired(project);
    await operated({
      kind,
      engine,
      io,
      desired,
      configs: new Map(),
      plan: planner,
      observed: async () => {
        const observed = await observeFor(engine, desired);
        await checkDeletion(engine, project, observed, deleteVolumes);
        return observed;
      },
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
    const operation = await othersOperation();
    const bundled = source.profile === undefined ? undefined : block?.version;
    const found = stackState({
      project,
      ...(source.profile !== undefined && { profile: source.profile }),
      ...(known?.source.block && { block: known.source.block }),
      chosen: known ? chosenOf(known.source) : {},
      facts: known ? factsOf(known.loaded.project, known.desired.services) : factsFromLabels(containers),
      containers,
      probes,
      ...(operation && { operation }),
      ...(applied?.version !== undefined && { appliedVersion: applied.version }),
      ...(bundled !== undefined && { bundledVersion: bundled }),
    });
    return redactState(found, () => knownSecretValues(keeperToRedact(known), STATUS_REDACTION_MS));
  }

  /** Of the model that runs; of the files as they are now where that cannot be read. */
  const keeperToRedact = (known = tryRunning()): SecretKeeper | undefined =>
    known?.keeper ?? (block && keeperFor(block));

  /** What another process does with this stack right now. */
  async function others(): Promise<OthersLock | undefined> {
    const { info } = await edges.engine();
    return runningOperation(edges.runtimeFolder, { engineId: info.id, project });
  }
  async function othersOperation(): Promise<Operation | undefined> {
    const lock = await others();
    const operation = lock?.operation();
    lock?.close();
    return operation;
  }
  async function cancel(): Promise<Operation | undefined> {
    const lock = await others();
    if (!lock) return undefined;
    lock.cancel();
    await lock.ended;
    return lock.operation();
  }
  async function status(options: { deep?: boolean; signal?: AbortSignal } = {}): Promise<StackState> {
    const engine = await edges.engine();
    // asked beside it: an engine that takes connections and is silent is found out in time
    const [containers] = await Promise.all([observeContainers(engine, project), engine.ping(STATUS_PING_MS)]);
    const known = options.deep ? tryRunning() : undefined;
    const probes =
      known?.source.block === undefined
        ? []
        : await runProbes(
            engine,
            known.source.block,
            chosenOf(known.source),
            containers,
            knownSecretValues(known.keeper),
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
        const { desired } = makeReady(edges, project, source);
        return volumesByKey(desired, await observeFor(await edges.engine(), desired));
      },
    };
  };

  /**
   * Secrets change under the stack's lock, which is named after the engine. Without an engine there is none, and
   * nothing that could run at the same time and put them into containers.
   */
  const alone = async <T>(work: () => Promise<T>): Promise<T> => {
    const engine = await edges.engine().catch(() => undefined);
    if (!engine) return work();
    const operation = { ...newOperation('secrets', project), cancellable: false };
    return underLock(edges.runtimeFolder, engine.info.id, operation, work);
  };

  return {
    project,
    ...(source.profile !== undefined && { profile: source.profile }),
    ...(block && { block }),
    load: async () => loadSource(source, edges),
    plan: async (request) => {
      const all = makeReady(edges, project, source);
      const engine = await edges.engine();
      const observed = await settled(engine, all, { readOnly: true });
      const plan = planOf(all, observed, upOptions(engine, request));
      requireContents(plan, inputOf(all));
      return plan;
    },
    up,
    down: (request, io) =>
      endLike(
        'down',
        io,
        (observed) => planDown(project, servicesOf(tryRunning(), observed.containers), observed, request),
        request.deleteVolumes,
      ),
    stop: async (services, io) => {
      await endLike('stop', io, (observed) =>
        planStop(project, servicesOf(tryRunning(), observed.containers), observed, services),
      );
      return status();
    },
    start: (services, io) => startLike('start', services, io, planStart),
    restart: (services, io) => startLike('restart', services, io, planRestart),
    status,
    cancel,
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
        await knownSecretValues(keeperToRedact()),
      );
    },
    containerOf: async (service) => {
      const engine = await edges.engine();
      const all = await observeContainers(engine, project);
      const containers = all.filter((c) => c.service === service);
      const alive = containers.find((c) => c.state === 'running');
      if (alive) return { engine, id: alive.id };
      const first = containers[0];
      const known = Object.keys(servicesOf(tryRunning(), all));
      if (!first && !known.includes(service)) throw failure('stack.no-such-service', { service, known });
      throw failure('stack.not-running', { service, status: first ? containerStatus(first) : 'not there' });
    },
    composeCall: async () => {
      const all = makeReady(edges, project, source);
      const engine = await edges.engine();
      if (all.keeper) await settled(engine, all);
      return composeCall(engine, all);
    },
    secrets: async () => (block ? listSecrets(block, keeperFor(block)) : []),
    setSecret: (name, value, confirmed) => alone(() => setSecret(secretEdges(), name, value, confirmed)),
    unsetSecret: (name, confirmed) => alone(() => unsetSecret(secretEdges(), name, confirmed)),
  };
}
