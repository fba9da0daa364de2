import * as nodePath from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Core, CoreEdges, ProfileInfo } from './core-types.ts';
import { connectEngine } from './docker/connect.ts';
import { endpointIo } from './docker/endpoint-probe.ts';
import { resolveEndpoint } from './docker/endpoint.ts';
import type { Engine } from './docker/port.ts';
import { say } from './errors.ts';
import { publishedPortsOf } from './stack/desired.ts';
import { Ends } from './stack/ends.ts';
import { findStack, type FindEdges } from './stack/find-stack.ts';
import { openStack } from './stack/open-stack.ts';
import type { StackEdges } from './stack/stack-context.ts';
import { blockOf, type StackSource } from './stack/source.ts';
import type { Stack } from './stack/stack-types.ts';
import { nodeFiles } from './system/file-source.ts';
import { profileIds } from './system/profiles.ts';
import { keychain } from './system/secrets.ts';
import { secretsFile } from './system/secrets-file.ts';
import { requireSound, withWarningsTold } from './system/settings-watch.ts';
import type { DoctorStack, ReadSettings, SecretStore, Settings } from './system/types.ts';

/** Puts the core together from its edges: the only place that does, for terminal and app alike. */
export function createCore(given: CoreEdges): Core {
  const settings = withWarningsTold(given.settings, given.onWarning);
  const edges: CoreEdges = { ...given, settings };
  const { state, folders } = edges;
  const open = new Set<Engine>();
  const ends = new Map<string, Ends>();
  const env = Object.fromEntries(
    Object.entries(edges.env).filter((e): e is [string, string] => e[1] !== undefined),
  );

  const connect = async (): Promise<Engine> => {
    const { engine: setting } = (await settings.read()).settings;
    const request = {
      ...(edges.host !== undefined && { host: edges.host }),
      ...(edges.context !== undefined && { context: edges.context }),
      ...(setting !== undefined && { setting }),
      env: edges.env,
      home: edges.home,
      platform: edges.platform,
      uid: process.getuid?.() ?? 0,
    };
    const endpoint = await resolveEndpoint(request, endpointIo);
    const engine = await connectEngine(endpoint, { env: edges.env, home: edges.home });
    open.add(engine);
    return engine;
  };

  const openStore = async (): Promise<SecretStore> => {
    const { secretStore } = (await settings.read()).settings;
    if (secretStore !== 'file') return keychain();
    return secretsFile(folders, { file: edges.env['LETTA_STACK_PASSPHRASE_FILE'], ask: edges.askPassphrase });
  };

  const stackEdges = ({ settings: { mirror }, warning }: ReadSettings): StackEdges => {
    return {
      path: nodePath,
      home: edges.home,
      engine: () => core.engine(),
      secretStore: () => core.secretStore(),
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
      requireSettings: () => requireSound(settings, warning),
      remember: async (project, source, went) => {
        const { settings: now } = await settings.read();
        const change = (s: Settings): Settings => remembered(s, project, source, went === 'well');
        if (!isDeepStrictEqual(now, change(now))) await settings.update(change);
      },
    };
  };

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
    engine: kept(async () => (await settings.read()).settings.engine, connect),
    secretStore: kept(async () => (await settings.read()).settings.secretStore, openStore),
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
    doctor: async ({ ref, only, category }) => {
      const { checks, doctorContext, runDoctor } = await import('./system/doctor.ts');
      const chosen = checks.filter(
        (c) => (!only || only.includes(c.id)) && (category === undefined || c.category === category),
      );
      const context = doctorContext({
        engine: () => core.engine(),
        stack: async () => doctorStack(await core.stack(ref ?? { directory: process.cwd() })),
        secrets: await core.secretStore(),
        home: edges.home,
      });
      return runDoctor(context, chosen);
    },
    close: () => open.forEach((engine) => engine.close()),
  };
  return core;
}

/** What the doctor's checks look at of a stack. */
async function doctorStack(stack: Stack): Promise<DoctorStack> {
  const { project, warnings } = await stack.load();
  return {
    project: project.name,
    directory: project.workingDir,
    services: Object.entries(project.services).map(([name, service]) => ({
      name,
      ...(service.image !== undefined && { image: service.image }),
      environment: Object.keys(service.environment ?? {}),
      ports: publishedPortsOf(service),
    })),
    warnings: warnings.map((e) => say(e)),
    ...(stack.block?.needs.disk !== undefined && { diskNeeded: stack.block.needs.disk }),
  };
}

/**
 * Makes a thing once and keeps it for as long as its setting is the same. What could not be made is tried again at the
 * next call: an engine that starts after us is found.
 */
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

/** The settings with this stack in them; as the current one when it is up, or when there is none yet. */
function remembered(settings: Settings, project: string, source: StackSource, isUp: boolean): Settings {
  const from = source.profile === undefined ? { files: source.files } : { profile: source.profile };
  const stack = { ...from, variables: settings.stacks[project]?.variables ?? {} };
  const current = isUp ? project : (settings.current ?? project);
  return { ...settings, current, stacks: { ...settings.stacks, [project]: stack } };
}
