import * as nodePath from 'node:path';
import type { EngineState } from './contract.ts';
import type { Core, CoreEdges, ProfileInfo } from './core-types.ts';
import { connectEngine } from './docker/connect.ts';
import { watchContext } from './docker/context-watch.ts';
import { endpointIo } from './docker/endpoint-probe.ts';
import { dockerContexts, resolveEndpoint, type EndpointRequest } from './docker/endpoint.ts';
import type { Endpoint, Engine } from './docker/port.ts';
import { engineState } from './engine-state.ts';
import { errorsOf, failure, hasCode, say } from './errors.ts';
import type { Launch } from './gpu/launch.ts';
import type { OfferInput } from './gpu/offer.ts';
import { KeptEngine } from './kept-engine.ts';
import { Ends } from './stack/ends.ts';
import { findStack, type FindEdges } from './stack/find-stack.ts';
import { askForGpu } from './stack/find-gpu.ts';
import { openStack } from './stack/open-stack.ts';
import type { StackEdges } from './stack/stack-context.ts';
import { blockOf } from './stack/source.ts';
import type { Stack, StackRef } from './stack/stack-types.ts';
import { stackMemory } from './stack-memory.ts';
import { freeBytes } from './system/disk.ts';
import type { DoctorContext, EngineChoice } from './system/doctor-types.ts';
import { nodeFiles } from './system/file-source.ts';
import { reachOfHost } from './system/host-reach.ts';
import { readIfThere } from './system/files.ts';
import { profileIds } from './system/profiles.ts';
import { keychain } from './system/secrets.ts';
import { secretsFile } from './system/secrets-file.ts';
import { withValuesTold } from './system/seen-secrets.ts';
import { soundGate, withLastSound, withWarningsTold } from './system/settings-watch.ts';
import type { ReadSettings, SecretStore } from './system/types.ts';

/** Puts the core together from its edges: the only place that does, for terminal and app alike. */
export function createCore(given: CoreEdges): Core {
  const settings = withWarningsTold(withLastSound(given.settings), given.onWarning);
  const edges: CoreEdges = { ...given, settings };
  const { state, folders } = edges;
  const ends = new Map<string, Ends>();
  const env = Object.fromEntries(
    Object.entries(edges.env).filter((e): e is [string, string] => e[1] !== undefined),
  );

  const surroundings = {
    env: edges.env,
    home: edges.home,
    platform: edges.platform,
    uid: process.getuid?.() ?? 0,
  };
  const connect = (endpoint: Endpoint): Promise<Engine> =>
    connectEngine(endpoint, { env: edges.env, home: edges.home });
  const engineSetting = async (): Promise<string | undefined> => (await settings.read()).settings.engine;
  const meant = async (): Promise<Endpoint> => {
    const setting = await engineSetting();
    const request: EndpointRequest = {
      ...(edges.host !== undefined && { host: edges.host }),
      ...(edges.context !== undefined && { context: edges.context }),
      ...(setting !== undefined && { setting }),
      ...surroundings,
    };
    return resolveEndpoint(request, endpointIo);
  };
  const engine = new KeptEngine({ setting: engineSetting, meant, connect });

  const tryEngine = async (setting: string | undefined): Promise<EngineState> => {
    const { DOCKER_HOST: _host, DOCKER_CONTEXT: _context, ...rest } = edges.env;
    const request = setting === undefined ? surroundings : { ...surroundings, env: rest, setting };
    const tried = await connect(await resolveEndpoint(request, endpointIo));
    try {
      return engineState(tried);
    } finally {
      tried.close();
    }
  };

  const openStore = async (): Promise<SecretStore> => {
    const { secretStore } = (await settings.read()).settings;
    const passphrase = { file: edges.env['LETTA_STACK_PASSPHRASE_FILE'], ask: edges.askPassphrase };
    const store = secretStore === 'file' ? secretsFile(folders, passphrase) : keychain();
    return edges.onSecret ? withValuesTold(store, edges.onSecret) : store;
  };

  const stackEdges = ({ settings: { mirror }, warning }: ReadSettings): StackEdges => {
    return {
      path: nodePath,
      home: edges.home,
      engine: () => core.engine(),
      secretStore: () => core.secretStore(),
      hostReach: () => core.hostReach(),
      state,
      runtimeFolder: folders.runtime,
      disk: nodeFiles,
      env,
      endsOf: (engineId, project) => {
        const key = `${engineId} ${project}`;
        const known = ends.get(key) ?? new Ends();
        ends.set(key, known);
        return known;
      },
      ...(mirror !== undefined && { mirror }),
      requireSettings: soundGate(settings, warning),
      ...stackMemory(edges),
    };
  };

  /** What the doctor looks at: of the stack that is meant, with this machine's edges. */
  const diagnosis = async (ref?: StackRef, stops?: string): Promise<DoctorContext> => {
    const [{ doctorContext }, { doctorStack }] = await Promise.all([
      import('./system/doctor.ts'),
      import('./system/doctor-stack.ts'),
    ]);
    const stack = (): Promise<Stack> => core.stack(ref ?? { directory: process.cwd() });
    return doctorContext({
      stops,
      engine: () => core.engine(),
      probeGpu: () => core.probeGpu(),
      hostReach: () => core.hostReach(),
      engines: async () => engineChoice(await stack().catch(() => undefined)),
      stack: async () => doctorStack(await stack(), (await settings.read()).settings),
      state: async () => (await stack()).status(),
      changes: async () =>
        (await (await stack()).plan({})).steps.flatMap((s) =>
          s.kind === 'create' ? [{ service: s.container.service, cause: s.cause }] : [],
        ),
      secrets: await core.secretStore(),
      secretValue: async (name) =>
        (await import('./secret-value.ts')).secretValue(core, await stack(), name).catch(undefinedIfUnset),
      home: edges.home,
      folders: { settings: folders.config, state: folders.state, logs: folders.logs },
    });
  };

  /** What else could be the engine; `stack` is undefined where there is none. */
  const engineChoice = async (stack: Stack | undefined): Promise<EngineChoice> => {
    const { engine: setting } = (await settings.read()).settings;
    const docker = await resolveEndpoint(surroundings, endpointIo).catch(() => undefined);
    const ranOn = stack && state.engineOf(stack.project);
    return {
      named: ['DOCKER_HOST', 'DOCKER_CONTEXT'].flatMap((variable) =>
        edges.env[variable] ? [{ variable, value: edges.env[variable] }] : [],
      ),
      ...(setting !== undefined && { setting }),
      ...(docker && { dockerUrl: docker.url }),
      ...(ranOn && { ranOn }),
    };
  };

  // the setup asks for each stack that wants a card
  const gpuSources = shared(async () => (await import('./system/gpu.ts')).readGpuSources(edges));

  const profileFile = (id: string): string => nodePath.join(edges.profilesFolder, id, 'compose.yaml');

  const finding: FindEdges = {
    path: nodePath,
    home: edges.home,
    profileIds: () => profileIds(edges.profilesFolder),
    profileFile,
    state,
    disk: nodeFiles,
    env,
  };

  const core: Core = {
    edges,
    tryEngine,
    engineChoices: async () => {
      const wins = ['DOCKER_HOST', 'DOCKER_CONTEXT'].find((name) => edges.env[name]);
      const contexts = await dockerContexts(surroundings, endpointIo).list();
      return { contexts, ...(wins !== undefined && { wins }) };
    },
    engineGuide: async () => {
      try {
        await core.engine();
        return undefined;
      } catch (error) {
        const [first] = errorsOf(error);
        const osRelease = edges.platform === 'linux' ? readIfThere('/etc/os-release') : undefined;
        const [{ engineGuide }, { distributionOf }] = await Promise.all([
          import('./docker/engine-guide.ts'),
          import('./gpu/host.ts'),
        ]);
        return first && engineGuide(first, surroundings, distributionOf(osRelease ?? ''));
      }
    },
    startEngine: async () => {
      const product = (await core.engineGuide())?.product;
      if (!product) return;
      const { startEngine } = await import('./docker/start-engine.ts');
      await startEngine(product);
    },
    engine: () => engine.get(),
    engineMeant: meant,
    engineAnew: () => engine.anew(),
    letEngineGo: () => engine.letGo(),
    watchContext: (changed) => watchContext(surroundings, endpointIo, changed),
    secretStore: kept(async () => (await settings.read()).settings.secretStore, openStore),
    probeGpu: async () => askForGpu(await core.engine()),
    hostReach: async () => reachOfHost(await core.engine().catch(() => undefined), edges.platform),
    modelServers: async () =>
      (await import('./system/model-servers.ts')).findModelServers(await core.hostReach()),
    profiles: async () =>
      profileIds(edges.profilesFolder).flatMap((id): ProfileInfo[] => {
        const block = blockOf(nodeFiles, profileFile(id));
        return block ? [{ id, file: profileFile(id), block }] : [];
      }),
    stack: async (ref): Promise<Stack> => {
      const now = await settings.read();
      const { project, files } = findStack(finding, now.settings, ref);
      return openStack(stackEdges(now), project, files);
    },
    doctor: async ({ ref, only, stops }) => {
      const { checks, runDoctor } = await import('./system/doctor.ts');
      return runDoctor(
        await diagnosis(ref, stops),
        checks.filter((c) => !only || only.includes(c.id)),
      );
    },
    repair: async ({ ref, id, io }) => {
      const { repair } = await import('./system/doctor.ts');
      const stack = await core.stack(ref);
      await repair(await diagnosis(ref), id, {
        recreate: async (services) => void (await stack.up({ services, forceRecreate: true }, io)),
        restart: async (service) => void (await stack.restart([service], io)),
        restoreRole: (secret) => stack.restoreRole(secret),
        pull: async (image) => {
          const { mirror } = (await settings.read()).settings;
          const pulled = { signal: io.signal, ...(mirror !== undefined && { mirror }) };
          await (await core.engine()).images.pull(image, pulled);
        },
      });
    },
    gpu: async ({ config, probe = false, launch, ...request } = {}) => {
      const text = config === undefined ? undefined : modelConfig(config);
      if (config !== undefined && text === undefined) throw failure('gpu.no-model', { model: config });
      // what few commands need does not hold up the start of all
      const [{ gpuReport }, { hostFacts }] = await Promise.all([
        import('./gpu/report.ts'),
        import('./gpu/host.ts'),
      ]);
      const [sources, offered, asSet] = await Promise.all([
        gpuSources(),
        offerEngine(core),
        launch ?? launchOfProfile(core),
      ]);
      const probed = probe && offered.engine ? await offerProbe(core) : undefined;
      return gpuReport(
        { facts: hostFacts(sources), ...offered, probe: probed },
        request,
        config === undefined ? undefined : { file: config, text: text ?? '' },
        asSet,
      );
    },
    close: () => engine.close(),
  };
  return core;
}

/** Text of a config.json; undefined where there is none. @throws Failure `gpu.bad-config` */
function modelConfig(file: string): string | undefined {
  try {
    return readIfThere(file, LARGEST_CONFIG);
  } catch (e) {
    const problem = e instanceof Error ? e.message : String(e);
    throw failure('gpu.bad-config', { file, problem }, e);
  }
}

/** Bytes; those of the largest models have some 100 KB. */
const LARGEST_CONFIG = 10_000_000;

/** How the profile vllm starts vLLM with the settings of its stack. */
async function launchOfProfile(core: Core): Promise<Launch> {
  const [{ launchOf }, { settingsOf }, stack, { settings }] = await Promise.all([
    import('./gpu/launch.ts'),
    import('./known-stacks.ts'),
    core.stack({ profile: 'vllm', directory: core.edges.home }),
    core.edges.settings.read(),
  ]);
  return launchOf(settingsOf(stack, settings));
}

/** What the engine says when it is asked for a card; undefined where it has no image to ask with. */
async function offerProbe(core: Core): Promise<OfferInput['probe']> {
  const answer = await core.probeGpu();
  if (answer.state === 'unknown') return undefined;
  return answer.state === 'works' ? { ok: true } : { ok: false, ...say(answer.error) };
}

/** A secret that is not set has no value; a store that cannot be opened is told by its own check. */
function undefinedIfUnset(error: unknown): undefined {
  if (!hasCode(error, 'cli.secret-not-set')) throw error;
}

/** What of the engine decides whether vLLM will run on it, or why none answers. */
async function offerEngine(core: Core): Promise<Pick<OfferInput, 'engine' | 'noEngine' | 'disk'>> {
  try {
    const { info, endpoint, capabilities } = await core.engine();
    const needed = (await core.profiles()).find((p) => p.id === 'vllm')?.block.needs.disk;
    return {
      engine: { ...info, isHere: capabilities.hostPaths },
      // of an engine on another machine, or in a virtual one, the disk cannot be seen
      ...(endpoint.local &&
        needed !== undefined && { disk: { free: await freeBytes(info.rootDir), needed } }),
    };
  } catch (thrown) {
    return {
      noEngine: errorsOf(thrown)
        .map((e) => say(e).message)
        .join(' '),
    };
  }
}

/** Does a thing once for all who ask while it goes on; whoever asks later has it done anew. */
function shared<T>(make: () => Promise<T>): () => Promise<T> {
  let going: Promise<T> | undefined;
  return () =>
    (going ??= make().finally(() => {
      going = undefined;
    }));
}

/** Makes a thing once and keeps it for as long as its setting is the same. What could not be made is tried again. */
function kept<T>(setting: () => Promise<string | undefined>, make: () => Promise<T>): () => Promise<T> {
  let known: { key: string | undefined; made: Promise<T> } | undefined;
  return async () => {
    const key = await setting();
    if (known?.key !== key || !known) {
      const made = make();
      known = { key, made };
      made.catch(() => {
        if (known?.made === made) known = undefined;
      });
    }
    return known.made;
  };
}
