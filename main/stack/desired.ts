import type { Project, Service } from '../model/types.ts';
import type { SharedKey } from './shared-keys.ts';

/** A service and its name (the model keeps names as keys). */
export type NamedService = Service & { readonly name: string };

/** What should be there: the model of the stack and what our labels say about it. Pure values. */
export interface Desired {
  readonly project: Project;
  /** the project's enabled services */
  readonly services: Readonly<Record<string, NamedService>>;
  /** config-hash as the CLI computes it, of a service whose references are resolved */
  readonly hashOf: (service: NamedService) => string;
  readonly networkHashOf: (key: string) => string;
  /** digest of the content of a service's `configs:`; undefined when it has none */
  readonly contentOf: (service: string) => string | undefined;
  /** ids of a service's secrets, joined; undefined when it takes none; newly made ones are in it at once */
  readonly secretIdsOf: (service: string) => string | undefined;
  /** when the latest of a service's secrets was set, ISO 8601 */
  readonly secretsSetAt: (service: string) => string | undefined;
  readonly profile?: { readonly id: string; readonly version: string };
  readonly workingDir: string;
  readonly configFiles: readonly string[];
  readonly environmentFiles: readonly string[];
  /** secrets to be made together with a volume (its key), when that volume is made */
  readonly generate: readonly { readonly volume: string; readonly names: readonly string[] }[];
  /** keys that all stacks share, which the user's own files would get and of which that was not agreed yet */
  readonly keysToGive: readonly SharedKey[];
  /** the engine that holds this stack's volumes, undefined when the stack never ran */
  readonly knownEngine?: { readonly id: string; readonly name: string } | undefined;
}

/** Name of the image that a service runs (compose-spec, `image`; the CLI's default for built services). */
export function imageOf(project: Project, service: NamedService): string {
  return service.image ?? `${project.name}-${service.name}`;
}

/** Container name (compose-spec, `container_name`). */
export function containerNameOf(project: Project, service: NamedService, number: number): string {
  return service.container_name ?? `${project.name}-${service.name}-${number}`;
}

/** How many containers: `scale`, `deploy.replicas`, else 1. */
export function scaleOf(service: NamedService): number {
  return service.scale ?? service.deploy?.replicas ?? 1;
}

/** A service's networks by priority, then by name (compose-spec, `networks.priority`; compose-go, `NetworksByPriority`). */
export function networksInOrder({ networks = {} }: Pick<Service, 'networks'>): string[] {
  const priority = (key: string): number => networks[key]?.priority ?? 0;
  return Object.keys(networks).toSorted((a, b) => priority(b) - priority(a) || (a < b ? -1 : a > b ? 1 : 0));
}

/** The engine's name of a network that the file knows by its key (compose-spec, `networks.name`). */
export const networkNameOf = (project: Project, key: string): string => project.networks[key]?.name ?? key;

/** The engine's name of a volume that the file knows by its key (compose-spec, `volumes.name`). */
export const volumeNameOf = (project: Project, key: string): string => project.volumes[key]?.name ?? key;

/** Fixed ports that a service publishes on the host; ranges and ports that the engine chooses are left out. */
export function publishedPortsOf(
  service: Pick<Service, 'ports'>,
): { address: string; published: number; protocol: 'tcp' | 'udp' }[] {
  return (service.ports ?? []).flatMap((p) => {
    const published = Number(p.published);
    if (!p.published || Number.isNaN(published)) return [];
    const protocol = p.protocol === 'udp' ? 'udp' : 'tcp';
    return [{ address: p.host_ip ?? '0.0.0.0', published, protocol }];
  });
}
