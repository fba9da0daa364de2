import type { Operation, StackState } from '../contract.ts';
import type { Engine } from '../docker/port.ts';
import { exitCodeOf, Failure, failure, say } from '../errors.ts';
import { tryStore } from '../system/secrets.ts';
import { requireContents, servicesToFill } from './contents.ts';
import type { Desired } from './desired.ts';
import { observe, observeContainers } from './observe.ts';
import type { Observed } from './observed.ts';
import { operate } from './operate.ts';
import type { UpOptions } from './plan-context.ts';
import { refuseUnknown, serviceNames } from './plan-chosen.ts';
import { planDown, planStop, type DownOptions } from './plan-down.ts';
import { planRestart, planStart } from './plan-start.ts';
import type { Plan } from './plan-types.ts';
import { planUp } from './plan-up.ts';
import { unfreePorts } from './port-check.ts';
import { appliedOf, bareDesired, type Ready } from './ready.ts';
import { fetchSecrets, observeFor, type RunInput } from './run-plan.ts';
import { chosenOf, servicesOf, valuesOf } from './running.ts';
import { askKeys } from './shared-keys.ts';
import { servicesFromLabels } from './stack-status.ts';
import type { StackContext } from './stack-context.ts';
import { probeRun, type Looks } from './stack-looks.ts';
import { stackRemoval } from './stack-removal.ts';
import type { OperationIo, Stack, UpRequest } from './stack-types.ts';
import { sharedVolumes } from './volume-check.ts';
import { checkDeletion } from './volume-deletion.ts';

type Operations = Pick<
  Stack,
  'plan' | 'planRestart' | 'rehearse' | 'up' | 'down' | 'start' | 'stop' | 'restart' | 'removal' | 'remove'
>;

/** What changes a stack. `status` says how it is afterwards. */
export function stackOperations(context: StackContext, status: Looks['status']): Operations {
  const { edges, project } = context;

  const upOptions = (engine: Engine, request: UpRequest): UpOptions => ({
    ...request,
    pull: request.pull ?? 'missing',
    engine: engine.capabilities,
  });

  /** The plan of an `up`, with what was noticed while reading the files, and around the engine. */
  const planOf = (all: Ready, observed: Observed, options: UpOptions, noticed: Plan['warnings']): Plan => {
    const plan = planUp(all.desired, observed, options);
    return { ...plan, warnings: [...all.loaded.warnings, ...plan.warnings, ...noticed] };
  };

  const requireOwnVolumes = async (
    engine: Engine,
    all: Ready,
    plan: Plan,
    leaving?: string,
  ): Promise<void> => {
    const shared = await sharedVolumes(engine, all.desired, plan, leaving);
    if (shared.length > 0) throw new Failure(shared);
  };

  // the tables of providers and models are loaded by what needs them
  const noticedBy = async (all: Ready): Promise<Plan['warnings']> => {
    const unreached = (await import('./model-server-check.ts')).unreachedModelServers(
      all.desired,
      edges.hostReach,
    );
    const valueOf = valuesOf(all.source);
    if (valueOf('tool-parser') === undefined) return unreached;
    const parser = (await import('../gpu/tool-parsers.ts')).otherParser(valueOf);
    return [...(await unreached), ...(parser ? [parser] : [])];
  };

  const inputOf = (
    all: Ready,
  ): Pick<RunInput, 'desired' | 'loaded' | 'configs' | 'keeper' | 'block' | 'chosen' | 'mirror'> => ({
    desired: all.desired,
    loaded: all.loaded,
    configs: all.configs,
    ...(all.keeper && { keeper: all.keeper }),
    ...(all.source.block && { block: all.source.block, chosen: chosenOf(all.source) }),
    ...(edges.mirror !== undefined && { mirror: edges.mirror }),
  });

  /** Runs an operation under the stack's lock; what it failed with is noted as an incident. */
  async function operated(input: Parameters<typeof operate>[1]): Promise<void> {
    try {
      await operate(edges.runtimeFolder, input);
    } catch (error) {
      await noteIncidents(input.kind, error);
      throw error;
    }
  }

  /** A note that cannot be made (the disk is full) must not stand in for what the operation failed with. */
  async function noteIncidents(kind: Operation['kind'], error: unknown): Promise<void> {
    const failed = error instanceof Failure && exitCodeOf(error.errors) === 1 ? error.errors : [];
    // what was refused because another one was at work did nothing that could have gone wrong
    const told = failed.filter((e) => e.code !== 'stack.busy');
    try {
      for (const { message } of told.map((e) => say(e)))
        await edges.state.addIncident(project, { sentence: `${kind}: ${message.split('\n')[0] ?? ''}` });
    } catch {
      // what is told is the operation's own error
    }
  }

  /** How fast a line is makes nothing fail: that it cannot be noted (the disk is full) is no matter. */
  const noteSpeed =
    ({ info }: Engine) =>
    (perSecond: number): Promise<void> =>
      edges.state.saveDownloadSpeed(info.id, perSecond).catch(() => undefined);

  /** What was started: its secrets count as used once all went well. */
  function startsOf(all: Ready): { seen: (plan: Plan) => boolean; noted: () => Promise<void> } {
    const started = new Set<string>();
    return {
      seen: ({ steps }) => {
        for (const s of steps)
          if (s.kind === 'start' || s.kind === 'restart') started.add(s.container.service);
        return started.size > 0;
      },
      noted: async () => {
        if (started.size > 0) await all.keeper?.noteUsed(started);
      },
    };
  }

  /** How the stack is now that an operation did all of its steps: who ends the wait for that is told what became of it. */
  async function statusAfter(
    look: Parameters<typeof status>[0] & { readonly signal: AbortSignal },
  ): Promise<StackState> {
    const state = await status(look);
    // probes that were ended say nothing of the stack
    if (look.signal.aborted) throw failure('stack.cancelled', { project });
    return state;
  }

  async function up(request: UpRequest, io: OperationIo): Promise<StackState> {
    await edges.requireSettings();
    const all = context.ready();
    // what was typed wrong is told before who is at work: no wait would make it right
    refuseUnknown(Object.keys(all.desired.services), request.services ?? []);
    const engine = await edges.engine();
    const options = upOptions(engine, request);
    const probes = probeRun(engine, all, io.signal);
    const starts = startsOf(all);
    const noticed = await noticedBy(all);
    let isStarting = false;
    await operated({
      kind: 'up',
      engine,
      io,
      onReady: (service, container) => probes?.ready(service, container),
      onDownloaded: noteSpeed(engine),
      ...inputOf(all),
      plan: (observed, imagesDone) => {
        const plan = planOf(all, observed, { ...options, imagesDone }, noticed);
        isStarting = starts.seen(plan);
        return plan;
      },
      observed: () => context.settled(engine, all),
      agreed: async (plan, observed, isFirst) => {
        await requireOwnVolumes(engine, all, plan);
        if (!isFirst) return;
        const unfree = await unfreePorts(engine, all.desired, observed, plan);
        if (unfree.length > 0) throw new Failure(unfree);
        await edges.state.setEngineOf(project, { id: engine.info.id, name: engine.info.name });
        await edges.state.saveApplied(project, appliedOf(all));
        await edges.remember(project, all.source, 'begun');
      },
    });
    await starts.noted();
    await edges.remember(project, all.source, 'well');
    return statusAfter({ deep: isStarting, signal: io.signal, made: { known: all, probes } });
  }

  /** start and restart: the applied model, no changes. */
  async function startLike(
    kind: 'start' | 'restart',
    services: readonly string[],
    io: OperationIo,
    planner: typeof planStart,
  ): Promise<StackState> {
    await edges.requireSettings();
    const all = context.running();
    refuseUnknown(Object.keys(all.desired.services), services);
    const engine = await edges.engine();
    const options = upOptions(engine, {});
    const probes = probeRun(engine, all, io.signal);
    const starts = startsOf(all);
    const noticed = await noticedBy(all);
    await operated({
      kind,
      engine,
      io,
      onReady: (service, container) => probes?.ready(service, container),
      ...inputOf(all),
      plan: (observed) => {
        const plan = planner(all.desired, observed, services, options);
        starts.seen(plan);
        const warnings = [...plan.warnings, ...noticed];
        // only a container that never ran gets its files now
        if (servicesToFill(plan).size === 0) return { ...plan, warnings };
        return { ...plan, warnings, confirmations: askKeys(all.desired.keysToGive, all.desired.configFiles) };
      },
      observed: () => observeFor(engine, all.desired),
      agreed: (plan) => requireOwnVolumes(engine, all, plan),
    });
    await starts.noted();
    return statusAfter({ deep: true, signal: io.signal, made: { known: all, probes } });
  }

  /** stop and down need no model: what the containers' labels say is enough, whatever became of the files. */
  async function endLike(
    kind: 'stop' | 'down',
    io: OperationIo,
    planner: (services: Desired['services'], observed: Observed) => Plan,
    { services: chosen = [], deleteVolumes = [] }: Pick<DownOptions, 'services' | 'deleteVolumes'>,
  ): Promise<void> {
    // with broken settings the engine is a default: nothing is deleted there
    if (deleteVolumes.length > 0) await edges.requireSettings();
    const engine = await edges.engine();
    // reading the model takes as long as a container takes to stop: only where the labels are not enough
    const noted = edges.state.applied(project)?.services;
    let known = noted ? undefined : context.tryRunning();
    const servicesNow = (containers: Observed['containers']): Desired['services'] => {
      if (noted?.every((name) => containers.some((c) => c.service === name)))
        return servicesFromLabels(containers, noted);
      known ??= context.tryRunning();
      // without a model what was noted still tells orphans from services
      if (!known && noted) return servicesFromLabels(containers, noted);
      return servicesOf(known, containers);
    };
    if (chosen.length > 0) {
      const containers = await observeContainers(engine, project);
      refuseUnknown(serviceNames(servicesNow(containers), containers), chosen);
    }
    await operated({
      kind,
      engine,
      io,
      desired: known?.desired ?? bareDesired(project),
      configs: new Map(),
      plan: (observed) => planner(servicesNow(observed.containers), observed),
      observed: async () => {
        // its containers and networks are found by their labels; of volumes only those to be deleted matter
        const wanted = { networks: [], volumes: deleteVolumes, images: [] };
        const observed = await observe(engine, project, wanted);
        await checkDeletion(engine, project, observed, deleteVolumes);
        return observed;
      },
    });
  }

  return {
    plan: async (request) => {
      const all = context.ready();
      const engine = await edges.engine();
      const observed = await context.settled(engine, all, { readOnly: true });
      const plan = planOf(all, observed, upOptions(engine, request), await noticedBy(all));
      requireContents(plan, inputOf(all));
      const unfree = await unfreePorts(engine, all.desired, observed, plan);
      const shared = await sharedVolumes(engine, all.desired, plan);
      return { ...plan, warnings: [...plan.warnings, ...shared, ...unfree] };
    },
    rehearse: async (leaving, agreed) => {
      await edges.requireSettings();
      const all = context.ready();
      const engine = await edges.engine();
      const observed = await context.settled(engine, all, { readOnly: true });
      const plan = planOf(all, observed, upOptions(engine, {}), []);
      requireContents(plan, inputOf(all));
      if (plan.confirmations.length > 0 && !agreed(plan))
        throw failure('stack.confirmation-needed', { texts: plan.confirmations.map((c) => c.text) });
      await requireOwnVolumes(engine, all, plan, leaving);
      await fetchSecrets(plan, all.keeper);
      if (plan.steps.some((s) => s.kind === 'generateSecrets')) await tryStore(await edges.secretStore());
      const others = await observeContainers(engine, leaving);
      const theirs = others.flatMap((c) => c.ports.map((p) => `${p.published}/${p.protocol}`));
      const unfree = await unfreePorts(engine, all.desired, observed, plan, new Set(theirs));
      if (unfree.length > 0) throw new Failure(unfree);
    },
    planRestart: async (services) => {
      const all = context.running();
      const engine = await edges.engine();
      return planRestart(all.desired, await observeFor(engine, all.desired), services, upOptions(engine, {}));
    },
    ...stackRemoval(context, operated),
    up,
    down: (request, io) =>
      endLike(
        'down',
        io,
        (known, observed) =>
          planDown(project, known, observed, { ...request, ranOn: edges.state.engineOf(project) }),
        request,
      ),
    stop: async (services, io) => {
      await endLike('stop', io, (known, observed) => planStop(project, known, observed, services), {
        services,
      });
      return status();
    },
    start: (services, io) => startLike('start', services, io, planStart),
    restart: (services, io) => startLike('restart', services, io, planRestart),
  };
}
