import { appError, type AppError } from '../errors.ts';
import type { Desired, NamedService } from './desired.ts';
import { LABEL } from './labels.ts';
import type { Observed, ObservedContainer } from './observed.ts';
import { refuseUnknown, serviceNames } from './plan-chosen.ts';
import { dependentsByService, inDependencyOrder } from './plan-order.ts';
import { isAlive, planRemoval, refOf, StepList } from './plan-steps.ts';
import type { Confirmation, Plan, Step } from './plan-types.ts';

type Services = Readonly<Record<string, NamedService>>;

export interface DownOptions {
  /** only these; all when empty */
  readonly services?: readonly string[];
  readonly removeOrphans?: boolean;
  /** names of volumes to delete; each is a confirmation */
  readonly deleteVolumes?: readonly string[];
  /** the engine that the stack ran on last, undefined when that is not known */
  readonly ranOn?: Desired['knownEngine'] | undefined;
}

const isService = (services: Services, c: ObservedContainer): boolean => Object.hasOwn(services, c.service);

/**
 * Stops and removes a project's containers, dependents first, then its networks. Volumes stay, unless they are named.
 * Disabled profiles' containers count as the project's own, so nothing is left behind (`services` has all of them).
 * @throws Failure `stack.no-such-service` for a chosen one that neither the file nor a container has
 */
export function planDown(
  project: string,
  services: Services,
  observed: Observed,
  options: DownOptions,
): Plan {
  const steps = new StepList();
  const chosen = options.services ?? [];
  refuseUnknown(serviceNames(services, observed.containers), chosen);
  const all = observed.containers.filter((c) => chosen.length === 0 || chosen.includes(c.service));
  const orphans = all.filter((c) => !isService(services, c) || c.oneoff);
  const going = options.removeOrphans ? all : all.filter((c) => isService(services, c) && !c.oneoff);

  const gone = going.map((c) => ({ container: c, step: planRemoval(steps, c, 'the stack is taken down') }));
  orderStops(steps, going, services);

  const staying = observed.containers.length > going.length;
  if (!staying) planNetworksDown(steps, project, observed, gone);
  const removals = gone.map((g) => g.step);
  const confirmations = planVolumesDown(steps, observed, options, removals);
  return {
    project,
    operation: 'down',
    steps: steps.toArray(),
    warnings: namelessLeft(going),
    confirmations,
    orphans: options.removeOrphans ? [] : orphans.map((c) => c.name),
    unchanged: [],
  };
}

/** Their data stays, and the next container gets new ones: nobody would find it again without a word. */
const namelessLeft = (going: readonly ObservedContainer[]): AppError[] =>
  going.flatMap((c) => {
    const volumes = namelessOf(c);
    return volumes.length === 0 ? [] : [appError('stack.nameless-left', { service: c.service, volumes })];
  });

/** Names that the engine gave to volumes of a container that have none of their own. */
export const namelessOf = ({ mounts }: Pick<ObservedContainer, 'mounts'>): string[] =>
  mounts.flatMap((m) => (m.Type === 'volume' && m.Name && /^[0-9a-f]{64}$/.test(m.Name) ? [m.Name] : []));

/** A dependency is stopped only after everything that depends on it, also through what does not run. */
function orderStops(steps: StepList, containers: readonly ObservedContainer[], services: Services): void {
  const stopsOf = Map.groupBy(
    containers.map((c) => ({ service: c.service, id: `stop:${c.name}` })).filter((s) => steps.has(s.id)),
    (s) => s.service,
  );
  const dependents = dependentsByService(services);
  /** by service: the stops of its nearest running dependents */
  const before = new Map<string, ReadonlySet<string>>();
  for (const service of inDependencyOrder(services, Object.keys(services)).toReversed()) {
    const nearest = (dependents.get(service) ?? []).flatMap(
      (d) => stopsOf.get(d)?.map((s) => s.id) ?? [...(before.get(d) ?? [])],
    );
    before.set(service, new Set(nearest));
    for (const { id } of stopsOf.get(service) ?? []) for (const earlier of nearest) steps.order(id, earlier);
  }
}

/** Each network goes as soon as the containers on it are gone: removing one takes the engine as long as a stop. */
function planNetworksDown(
  steps: StepList,
  project: string,
  observed: Observed,
  gone: readonly { readonly container: ObservedContainer; readonly step: string }[],
): void {
  for (const networks of observed.networks.values()) {
    for (const [i, network] of networks.filter((n) => n.labels[LABEL.project] === project).entries()) {
      const id = `remove-network:${network.name}${i === 0 ? '' : `:${network.id.slice(0, 12)}`}`;
      const action = { kind: 'removeNetwork', name: network.name, networkId: network.id } as const;
      const users = gone.filter((g) => g.container.networks.some((n) => n.name === network.name));
      const after = users.map((g) => g.step);
      steps.add(id, 'the stack is taken down', action, after);
    }
  }
}

function planVolumesDown(
  steps: StepList,
  observed: Observed,
  { deleteVolumes = [], ranOn }: DownOptions,
  after: readonly string[],
): Confirmation[] {
  const where =
    ranOn === undefined || ranOn.id === observed.engineId
      ? ''
      : ` on the engine ${observed.engineName} (the stack ran on ${ranOn.name})`;
  return deleteVolumes.flatMap((name) => {
    const volume = observed.volumes.get(name);
    if (!volume) return [];
    steps.add(`remove-volume:${name}`, 'its deletion was asked for', { kind: 'removeVolume', name }, after);
    const created = volume.createdAt ? `, created ${volume.createdAt}` : '';
    const text = `Volume ${name}${where}${created} and all data in it are deleted. This cannot be undone.`;
    return [{ kind: 'delete-volume' as const, subject: name, text }];
  });
}

/** Stops running containers, dependents first; removes nothing. @throws Failure `stack.no-such-service` */
export function planStop(
  project: string,
  services: Services,
  observed: Observed,
  chosen: readonly string[],
): Plan {
  refuseUnknown(serviceNames(services, observed.containers), chosen);
  const steps = new StepList();
  const going = observed.containers.filter(
    (c) => isAlive(c) && !c.oneoff && (chosen.length === 0 || chosen.includes(c.service)),
  );
  for (const c of going) {
    steps.add(`stop:${c.name}`, 'asked for', { kind: 'stop', container: refOf(c) });
  }
  orderStops(steps, going, services);
  return emptyPlan(project, 'stop', steps.toArray());
}

export function emptyPlan(project: string, operation: Plan['operation'], steps: readonly Step[]): Plan {
  return { project, operation, steps, warnings: [], confirmations: [], orphans: [], unchanged: [] };
}
