import { createHash } from 'node:crypto';
import { networkHash, serviceHash } from '../model/hash.ts';
import type { Loaded } from '../model/types.ts';
import type { EngineOfStack } from '../system/types.ts';
import type { Desired, NamedService } from './desired.ts';
import { injectedFiles } from './files.ts';
import type { ProfileBlock } from './profile.ts';
import { generatedSecrets, secretsOf } from './profile-secrets.ts';
import { sharedKeys, withoutAgreed } from './shared-keys.ts';
import type { StackSource } from './source.ts';

export interface AssembleInput {
  readonly loaded: Loaded;
  readonly source: StackSource;
  /** by name of the `configs:` entry */
  readonly configs: ReadonlyMap<string, Uint8Array>;
  /** random id of a secret that is set */
  readonly secretId: (name: string) => string | undefined;
  /** when it was set, ISO 8601 */
  readonly secretSetAt?: (name: string) => string | undefined;
  /** keys that the same files of the user's were given before, as `agreements` has them */
  readonly agreedKeys?: () => readonly string[];
  /** the engine that holds the stack's volumes, by what is noted now */
  readonly knownEngine?: () => EngineOfStack | undefined;
}

/** Makes what should be there out of a model, its files and the ids of its secrets. */
export function assemble(input: AssembleInput): Desired {
  const { loaded, source } = input;
  const { project } = loaded;
  const services = Object.fromEntries(
    Object.entries(project.services).map(([name, service]): [string, NamedService] => [
      name,
      { ...service, name },
    ]),
  );
  const digests = new Map<string, string>();
  for (const service of Object.values(services)) {
    const digest = contentDigest(input, service);
    if (digest !== undefined) digests.set(service.name, digest);
  }
  const { block, profile } = source;
  return {
    project,
    services,
    hashOf: cachedHash((service) => serviceHash(project, service.name, service)),
    networkHashOf: (key) => networkHash(project, key),
    contentOf: (service) => digests.get(service),
    secretIdsOf: (service) => block && secretIds(block, service, input.secretId),
    secretsSetAt: (service) =>
      block &&
      secretsOf(block)
        .flatMap((s) => (s.services.includes(service) ? (input.secretSetAt?.(s.name) ?? []) : []))
        .toSorted()
        .at(-1),
    ...(profile !== undefined && block && { profile: { id: profile, version: block.version } }),
    workingDir: source.directory,
    configFiles: source.files,
    environmentFiles: source.envFiles,
    // asked when it is planned: by then the store may have given up what was set elsewhere
    get generate() {
      return block ? missingGenerated(block, input.secretId) : [];
    },
    // likewise: a key that was set since is another one to be asked for
    get keysToGive() {
      if (!block || profile !== undefined) return [];
      const keys = sharedKeys(block, project, (name) => input.secretId(name) !== undefined);
      return withoutAgreed(keys, input.agreedKeys?.() ?? []);
    },
    // likewise: an operation that begins notes where it runs, and may have to plan anew
    get knownEngine() {
      return input.knownEngine?.();
    },
  };
}

/** A service is hashed once for each of its forms: planning looks at the hash several times. */
function cachedHash(hash: (service: NamedService) => string): (service: NamedService) => string {
  const cache = new WeakMap<NamedService, string>();
  return (service) => {
    const known = cache.get(service) ?? hash(service);
    cache.set(service, known);
    return known;
  };
}

/** Digest over target, mode, owner and content of every config file of a service. */
function contentDigest(input: AssembleInput, service: NamedService): string | undefined {
  const files = injectedFiles(input.loaded.project, service).filter((f) => f.origin.kind === 'configs');
  if (files.length === 0) return undefined;
  const hash = createHash('sha256');
  for (const f of files.toSorted((a, b) => (a.target < b.target ? -1 : 1))) {
    const content = input.configs.get(f.origin.name);
    hash.update(`${f.target}\0${f.mode}\0${f.uid}\0${f.gid}\0${content?.length ?? 'unset'}\0`);
    if (content) hash.update(content);
  }
  return hash.digest('hex');
}

function secretIds(
  block: ProfileBlock,
  service: string,
  secretId: (name: string) => string | undefined,
): string | undefined {
  const ids = secretsOf(block)
    .filter((s) => s.services.includes(service))
    .flatMap(({ name }) => {
      const id = secretId(name);
      return id === undefined ? [] : [`${name}=${id}`];
    });
  return ids.length > 0 ? ids.toSorted().join(',') : undefined;
}

function missingGenerated(
  block: ProfileBlock,
  secretId: (name: string) => string | undefined,
): { volume: string; names: string[] }[] {
  return generatedSecrets(block).map(({ volume, names }) => ({
    volume,
    names: names.filter((n) => secretId(n) === undefined),
  }));
}
