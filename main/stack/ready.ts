import { isDeepStrictEqual } from 'node:util';
import type { FileSource, Loaded } from '../model/types.ts';
import type { AppliedProfile, SecretStore, State } from '../system/types.ts';
import { assemble } from './assemble.ts';
import type { Desired } from './desired.ts';
import type { Observed } from './observed.ts';
import { SecretKeeper } from './secret-keeper.ts';
import { agreements, sharedKeys } from './shared-keys.ts';
import { configContents, loadSource, type ReadingEdges, type StackSource } from './source.ts';

export interface ReadyEdges extends ReadingEdges {
  readonly secretStore: () => Promise<SecretStore>;
  readonly state: State;
  readonly disk: FileSource;
}

/** A model with everything that an operation needs of it. */
export interface Ready {
  readonly source: StackSource;
  readonly loaded: Loaded;
  readonly configs: ReadonlyMap<string, Uint8Array>;
  readonly desired: Desired;
  readonly keeper?: SecretKeeper;
}

/** Reads a source and makes what should be there. @throws Failure with every problem of reading */
export function makeReady(edges: ReadyEdges, project: string, source: StackSource): Ready {
  // the copy that was applied does not know under which name it was started
  const loaded = loadSource({ ...source, projectName: project }, edges);
  const configs = configContents(loaded, source);
  const { block } = source;
  const takesSecrets = block !== undefined && block.secrets.length > 0;
  const keeper = takesSecrets ? new SecretKeeper(block, project, edges.secretStore, edges.state) : undefined;
  const desired = assemble({
    loaded,
    source,
    configs,
    secretId: (name) => keeper?.idOf(name),
    secretSetAt: (name) => keeper?.setAt(name),
    agreedKeys: () => {
      const applied = edges.state.applied(project);
      return applied && isDeepStrictEqual(applied.files, source.files) ? (applied.keys ?? []) : [];
    },
    knownEngine: () => edges.state.engineOf(project),
  });
  return { source, loaded, configs, desired, ...(keeper && { keeper }) };
}

/** Names of the volumes that are there, by their key in the file. */
export function volumesByKey(desired: Desired, observed: Observed): Map<string, string> {
  return new Map(
    Object.entries(desired.project.volumes).flatMap(([key, v]) => {
      const name = v.name ?? key;
      return observed.volumes.has(name) ? [[key, name] as const] : [];
    }),
  );
}

/** The copy that `up` keeps: Compose files and config files, but no env file, since those hold the user's secrets. */
export function appliedOf(all: Ready): AppliedProfile {
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
  const services = { ...loaded.project.services, ...loaded.project.disabledServices };
  const hooked = Object.values(services).some((s) => s.pre_stop !== undefined);
  const isSet = (name: string): boolean => all.keeper?.idOf(name) !== undefined;
  const own = source.profile === undefined ? source.block : undefined;
  return {
    ...(own && { keys: agreements(sharedKeys(own, loaded.project, isSet)) }),
    ...(source.profile !== undefined && { profile: source.profile }),
    ...(source.profile !== undefined && source.block && { version: source.block.version }),
    ...(!hooked && { services: Object.keys(services) }),
    directory: source.directory,
    files: source.files,
    envFiles: source.envFiles,
    composeProfiles: source.composeProfiles,
    contents,
    variables: source.profile === undefined ? source.chosen : source.variables,
    environment: source.profile === undefined ? loaded.variablesUsed : [],
  };
}

/** A project of which only the name is known. */
export function bareDesired(name: string): Desired {
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
    secretsSetAt: () => undefined,
    workingDir: '',
    configFiles: [],
    environmentFiles: [],
    generate: [],
    keysToGive: [],
  };
}
