/**
 * The hashes by which CLI 2.40 sees that a definition changed: SHA-256 over the JSON of a definition
 * (docker/compose, `pkg/compose/hash.go`). Other versions of the CLI have other hashes.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { toJson } from './json.ts';
import type { Kind } from './kinds.ts';
import * as spec from './spec.ts';
import type { Project, Service } from './types.ts';

/**
 * The `config-hash` label of a service's containers, as `up` writes it.
 * @param resolved the service as its containers are made: with a container's id where `network_mode`, `ipc`,
 *   `pid` and `volumes_from` name another service. Other keys than a service's are passed over.
 */
export function serviceHash(project: Project, name: string, resolved?: Service): string {
  const labelFiles = project.unresolved[name]?.label_file;
  const service = resolved ?? definition(project.services, name);
  return hashService(labelFiles ? { ...service, label_file: [...labelFiles] } : service);
}

/** What `docker compose config --hash` prints for a service: env files are named, not read. */
export function configHash(project: Project, name: string): string {
  const { environment: _resolved, ...service } = definition(project.services, name);
  const { environment, env_file } = project.unresolved[name] ?? {};
  return hashService({ ...service, ...(environment && { environment }), ...(env_file && { env_file }) });
}

/** Hashes what makes a container what it is, and not how many there are or when they start. */
function hashService(service: Service): string {
  const {
    build: _build,
    pull_policy: _policy,
    scale: _scale,
    depends_on: _after,
    profiles: _profiles,
    ...rest
  } = service;
  if (!rest.deploy) return digest(rest, spec.service);
  const { replicas: _replicas, ...deploy } = rest.deploy;
  return digest({ ...rest, deploy }, spec.service);
}

/** The `config-hash` label of a network. */
export const networkHash = (project: Project, key: string): string =>
  digest(definition(project.networks, key), spec.network);

/** The `config-hash` label that the CLI writes on a volume; to be read and never to be written. */
export function volumeHash(project: Project, key: string): string {
  const volume = definition(project.volumes, key);
  return digest({ ...volume, driver: volume.driver ?? 'local' }, spec.volume);
}

function definition<T>(section: Readonly<Record<string, T>>, key: string): T {
  const found = Object.hasOwn(section, key) ? section[key] : undefined;
  if (!found) throw new RangeError(`not in this project: ${key}`);
  return found;
}

const digest = (value: unknown, kind: Kind): string => bytesToHex(sha256(utf8ToBytes(toJson(value, kind))));
