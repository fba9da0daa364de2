import type { Operation, ProbeResult, StackState } from '../contract.ts';
import type { Engine } from '../docker/port.ts';
import { failure, hasCode } from '../errors.ts';
import { containerStatus } from './derive.ts';
import { elsewhereOf } from './elsewhere.ts';
import { followLogs } from './follow-logs.ts';
import type { OthersLock } from './lock-types.ts';
import { runningOperation } from './lock.ts';
import { observeContainers } from './observe.ts';
import type { Observed, ObservedContainer } from './observed.ts';
import { refuseUnknown, serviceNames } from './plan-chosen.ts';
import type { Ready } from './ready.ts';
import { knownSecretValues, secretsOfLogs } from './redaction.ts';
import { ProbeRun } from './probe-run.ts';
import { chosenOf, servicesOf } from './running.ts';
import type { SecretKeeper } from './secret-keeper.ts';
import type { StackContext } from './stack-context.ts';
import { readLogPage } from './log-page.ts';
import { readLogs } from './stack-logs.ts';
import { factsFromLabels, factsOf, redactState, stackState } from './stack-status.ts';
import type { LogRequest, Stack } from './stack-types.ts';
import { watchOperation } from './watch-operation.ts';
import { watchStack } from './watch-stack.ts';

/** A status is there within 5 s, or says why not; what an engine has to answer for that, in milliseconds. */
const STATUS_PING_MS = 3_500;
/** How long it waits for each answer of a process that works on the stack, which may be suspended, in milliseconds. */
const STATUS_LOCK_MS = 1_000;
/** And how long it waits for a keychain to take secrets out of what containers said, in milliseconds. */
const STATUS_REDACTION_MS = 800;

interface StatusOptions {
  readonly deep?: boolean;
  readonly signal?: AbortSignal;
  /** the model that an operation has just made so, and its run of the probes */
  readonly made?: { readonly known: Ready; readonly probes: ProbeRun | undefined };
}

export interface Looks extends Pick<Stack, 'watch' | 'cancel' | 'logs' | 'logPage' | 'containerOf'> {
  readonly status: (options?: StatusOptions) => Promise<StackState>;
}

/** A run of the probes of a model; undefined when it has none. */
export function probeRun(engine: Engine, all: Ready, signal?: AbortSignal): ProbeRun | undefined {
  const { block } = all.source;
  const secrets = (): Promise<readonly string[]> => knownSecretValues(all.keeper);
  return block && new ProbeRun({ engine, block, chosen: chosenOf(all.source), secrets, signal });
}

/** What only looks at a stack, and the cancel of what another process does with it. */
export function stackLooks(context: StackContext): Looks {
  const { edges, project } = context;
  const { profile } = context.files;

  /** Of the model that runs; of the files as they are now where that cannot be read. */
  const keeperToRedact = (known: Ready | undefined): SecretKeeper | undefined =>
    known?.keeper ?? ifKnown(() => context.keeper());

  async function state(
    containers: Observed['containers'],
    probes: readonly ProbeResult[],
    known: Ready | undefined,
    operation?: Operation,
  ): Promise<StackState> {
    const applied = edges.state.applied(project);
    const there = elsewhereOf((await edges.engine()).endpoint.url);
    const bundled = profile === undefined ? undefined : ifKnown(() => context.block())?.version;
    const found = stackState({
      project,
      ...(profile !== undefined && { profile }),
      ...(known?.source.block && { block: known.source.block }),
      chosen: known ? chosenOf(known.source) : {},
      facts: known ? factsOf(known.loaded.project, known.desired.services) : factsFromLabels(containers),
      containers,
      probes,
      now: Date.now(),
      ...(there && { there }),
      ...(operation && { operation }),
      ...(applied?.version !== undefined && { appliedVersion: applied.version }),
      ...(bundled !== undefined && { bundledVersion: bundled }),
    });
    return redactState(found, () => knownSecretValues(keeperToRedact(known), STATUS_REDACTION_MS));
  }

  /** @throws Failure `stack.no-such-service` */
  const refuse = (containers: Observed['containers'], chosen: readonly string[]): void =>
    refuseUnknown(serviceNames(servicesOf(context.tryRunning(), containers), containers), chosen);

  /** What another process does with this stack right now. */
  async function others(milliseconds?: number): Promise<OthersLock | undefined> {
    const { info } = await edges.engine();
    return runningOperation(edges.runtimeFolder, { engineId: info.id, project }, milliseconds);
  }
  /** Undefined too where the other process does not say what it does: a state is there all the same. */
  async function othersOperation(): Promise<Operation | undefined> {
    const lock = await others(STATUS_LOCK_MS).catch((error: unknown) => {
      if (hasCode(error, 'lock.silent') || hasCode(error, 'lock.other-version')) return undefined;
      throw error;
    });
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
  async function status(options: StatusOptions = {}): Promise<StackState> {
    const engine = await edges.engine();
    // asked beside it: an engine that takes connections and is silent is found out in time
    const [containers] = await Promise.all([observeContainers(engine, project), engine.ping(STATUS_PING_MS)]);
    const { deep, signal, made } = options;
    const known = made?.known ?? context.tryRunning();
    const run = deep && known ? (made?.probes ?? probeRun(engine, known, signal)) : undefined;
    const probes = (await run?.results(containers)) ?? [];
    return state(containers, probes, known, await othersOperation());
  }

  async function containersOf(
    services: readonly string[],
  ): Promise<{ engine: Engine; containers: ObservedContainer[] }> {
    const engine = await edges.engine();
    const all = await observeContainers(engine, project);
    refuse(all, services);
    return { engine, containers: all.filter((c) => services.length === 0 || services.includes(c.service)) };
  }

  /** What is taken out of logs. */
  const secretsFor = ({
    onUnredacted,
  }: Pick<LogRequest, 'onUnredacted'>): (() => Promise<readonly string[]>) =>
    secretsOfLogs(() => keeperToRedact(context.tryRunning()), onUnredacted);

  return {
    status,
    cancel,
    watch: async function* (signal) {
      const engine = await edges.engine();
      yield* watchStack({
        engine,
        project,
        stateOf: (containers) => state(containers, [], context.tryRunning()),
        ends: edges.endsOf(engine.info.id, project),
        operations: (seen) =>
          watchOperation(edges.runtimeFolder, { engineId: engine.info.id, project }, seen),
        signal,
      });
    },
    logs: async function* (request) {
      const wanted = request.services ?? [];
      const { engine, containers } = await containersOf(wanted);
      const [missing] = wanted;
      if (missing !== undefined && containers.length === 0 && !request.follow)
        throw failure('stack.not-running', { service: missing, status: 'not there' });
      const secrets = secretsFor(request);
      if (request.follow) yield* followLogs({ engine, project, request, secrets });
      else yield* readLogs(engine, containers, request, await secrets());
    },
    logPage: async (request) => {
      const { engine, containers } = await containersOf(request.services ?? []);
      return readLogPage(engine, containers, request, await secretsFor(request)());
    },
    containerOf: async (service) => {
      const engine = await edges.engine();
      const all = await observeContainers(engine, project);
      const containers = all.filter((c) => c.service === service);
      const alive = containers.find((c) => c.state === 'running');
      if (alive) return { engine, id: alive.id };
      refuse(all, [service]);
      const first = containers[0];
      throw failure('stack.not-running', { service, status: first ? containerStatus(first) : 'not there' });
    },
  };
}

/** What a block says, where there is one that can be understood: a look is no place to say what is wrong with it. */
function ifKnown<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
