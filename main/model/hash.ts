/**
 * The hashes by which CLI 2.40 sees that a definition changed: SHA-256 over the JSON of a definition
 * (docker/compose, `pkg/compose/hash.go`). Other versions of the CLI have other hashes.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { toJson } from './json.ts';
import type { Kind } from './kinds.ts';
import * as spec from './spec.ts';
import type { Network, Project, Service, Volume } from './types.ts';

/** Where `service:name` stands: before a container is made, the CLI puts a container's id there. */
export type References = Pick<Service, 'network_mode' | 'ipc' | 'pid' | 'volumes_from'>;

/**
 * The `config-hash` label of a service's containers, as `up` writes it.
 * @param references what `network_mode`, `ipc`, `pid` and `volumes_from` became where they name services
 */
export function serviceHash(project: Project, name: string, references: References = {}): string {
  const labelFiles = project.unresolved[name]?.label_file;
  const resolved = { ...serviceOf(project, name), ...references };
  return hashService(labelFiles ? { ...resolved, label_file: [...labelFiles] } : resolved);
}

/** What `docker compose config --hash` prints for a service: env files are named, not read. */
export function configHash(project: Project, name: string): string {
  const { environment: _resolved, ...service } = serviceOf(project, name);
  const { environment, env_file } = project.unresolved[name] ?? {};
  return hashService({ ...service, ...(environment && { environment }), ...(env_file && { env_file }) });
}

function serviceOf(project: Project, name: string): Service {
  const service = Object.hasOwn(project.services, name) ? project.services[name] : undefined;
  if (!service) throw new RangeError(`no such service: ${name}`);
  return service;
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
export const networkHash = (network: Network): string => digest(network, spec.network);

/** The `config-hash` label that the CLI writes on a volume; to be read and never to be written. */
export const volumeHash = (volume: Volume): string =>
  digest({ ...volume, driver: volume.driver ?? 'local' }, spec.volume);

const digest = (value: unknown, kind: Kind): string => bytesToHex(sha256(utf8ToBytes(toJson(value, kind))));
