import type { Project } from '../model/types.ts';
import { imageOf, networkNameOf, volumeNameOf, type Desired, type NamedService } from './desired.ts';
import { isKilledInALoop } from './derive.ts';
import { LABEL } from './labels.ts';
import { movedCause } from './left-folders.ts';
import type { Observed, ObservedContainer } from './observed.ts';

/**
 * Why a container must be made anew, undefined when it is as wanted. The rules and their order are the CLI's
 * (docker/compose, `mustRecreate`): configuration, image, networks, volumes; ours are the content of config files and
 * the ids of secrets, which the CLI's hash does not see. Our labels count only where we wrote them; a container that
 * the CLI made is kept, unless a secret was set since: it cannot have that one.
 */
export function recreateCause(
  desired: Desired,
  service: NamedService,
  container: ObservedContainer,
  observed: Observed,
): string | undefined {
  if (container.state === 'dead' || container.state === 'removing') return `container is ${container.state}`;
  if (isKilledInALoop(container)) return 'it is killed each time it is started';
  if (container.labels[LABEL.hash] !== desired.hashOf(service))
    return movedCause(desired, service, container, observed) ?? 'configuration changed';
  const image = observed.images.get(imageOf(desired.project, service));
  if (image && container.labels[LABEL.image] !== image.id) return 'image changed';
  if (differs(container.labels[LABEL.content], desired.contentOf(service.name)))
    return 'a config file changed';
  if (differs(container.labels[LABEL.secrets], desired.secretIdsOf(service.name))) return 'a secret changed';
  const setAt = desired.secretsSetAt(service.name);
  const isOurs = container.labels[LABEL.secrets] !== undefined;
  if (!isOurs && setAt !== undefined && Date.parse(setAt) > Date.parse(container.createdAt))
    return 'a secret was set since it was made';
  return (
    missingNetwork(desired.project, service, container, observed) ??
    missingVolume(desired.project, service, container)
  );
}

function differs(actual: string | undefined, expected: string | undefined): boolean {
  return actual !== undefined && actual !== (expected ?? '');
}

/**
 * A container that was started remembers its networks' ids. The CLI looks at running ones only; but one that is
 * stopped starts without a network that it was taken off, and not at all when its network was made anew in the
 * meantime (measured: "network <old id> not found"). One that was never started knows names only.
 */
function missingNetwork(
  project: Project,
  service: NamedService,
  container: ObservedContainer,
  observed: Observed,
): string | undefined {
  for (const key of Object.keys(service.networks ?? {})) {
    const name = networkNameOf(project, key);
    const ids = (observed.networks.get(name) ?? []).map((n) => n.id);
    const attached = container.networks.some((n) => ids.includes(n.id) || (n.name === name && n.id === ''));
    if (!attached) return `not connected to network ${name}`;
  }
  return undefined;
}

function missingVolume(
  project: Project,
  service: NamedService,
  container: ObservedContainer,
): string | undefined {
  for (const mount of service.volumes ?? []) {
    if (mount.type !== 'volume' || !mount.source) continue;
    const name = volumeNameOf(project, mount.source);
    if (!container.mounts.some((m) => m.Type === 'volume' && m.Name === name))
      return `volume ${name} is not mounted`;
  }
  return undefined;
}

/**
 * The service with `service:` references to namespaces and volumes replaced by container ids, as the CLI does before
 * it hashes (docker/compose, `resolveServiceReferences`). `idOf` gives a service's container id.
 */
export function resolveReferences(
  service: NamedService,
  idOf: (service: string) => string | undefined,
): NamedService {
  if (sharedWith(service).length === 0 && !service.volumes_from) return service;
  const namespace = (value: string | undefined): string | undefined => {
    if (!value?.startsWith('service:')) return value;
    const id = idOf(value.slice('service:'.length));
    return id === undefined ? value : `container:${id}`;
  };
  const from = service.volumes_from?.map((spec) => {
    const [name = '', rest] = spec.split(':');
    return name === 'container' ? (rest ?? spec) : (idOf(name) ?? spec);
  });
  const [network_mode, ipc, pid] = [service.network_mode, service.ipc, service.pid].map(namespace);
  return {
    ...service,
    ...(network_mode !== undefined && { network_mode }),
    ...(ipc !== undefined && { ipc }),
    ...(pid !== undefined && { pid }),
    ...(from && { volumes_from: from }),
  };
}

/** Services that its containers are made with: it shares with them, or links to them. */
export function peersOf(service: NamedService): string[] {
  const linked = (service.links ?? []).map((link) => link.split(':')[0] ?? '');
  return [...new Set([...sharedWith(service), ...linked])];
}

/** Services whose namespaces or volumes this one shares. */
export function sharedWith(service: NamedService): string[] {
  const modes = [service.network_mode, service.ipc, service.pid].flatMap((m) =>
    m?.startsWith('service:') ? [m.slice('service:'.length)] : [],
  );
  const volumes = (service.volumes_from ?? []).flatMap((v) => {
    const name = v.split(':')[0] ?? '';
    return name === 'container' ? [] : [name];
  });
  return [...modes, ...volumes];
}
