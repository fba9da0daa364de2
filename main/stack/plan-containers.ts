import { containerNameOf, scaleOf, type NamedService } from './desired.ts';
import type { ObservedContainer } from './observed.ts';
import type { ServicePlan, UpContext } from './plan-context.ts';
import { peersOf, recreateCause, resolveReferences, sharedWith } from './plan-recreate.ts';
import { isAlive, planRemoval, refOf } from './plan-steps.ts';
import type { ContainerRef } from './plan-types.ts';

/** The containers of one number. Two are what an interrupted replacement left. */
interface Slot {
  readonly best: ObservedContainer;
  /** why the best one must be made anew; undefined: it is as wanted */
  readonly cause: string | undefined;
  readonly rest: readonly ObservedContainer[];
}

/** Creates, recreates and removes one service's containers until there are as many as wanted. */
export function planContainers(
  context: UpContext,
  service: NamedService,
  needs: readonly (string | undefined)[],
): ServicePlan {
  const { desired, steps } = context;
  const existing = context.byService.get(service.name) ?? [];
  const scale = scaleOf(service);
  const slots = slotsOf(context, service, existing);
  const kept = slots.slice(0, scale);
  for (const { best, rest } of slots.slice(scale)) {
    for (const c of [best, ...rest]) planRemoval(steps, c, `more containers than the ${scale} wanted`);
  }

  const peers = peersInPlan(context, service);
  const made = Object.values(peers).flatMap((list) => list.map((c) => c.createdBy));
  const after = [...needs, ...made, ...context.cleared];
  const first = [...context.cleared];
  const containers: ContainerRef[] = kept.map((slot) => {
    const cleared = slot.rest.map((c) => planRemoval(steps, c, INTERRUPTED));
    for (const id of cleared) first.push(id);
    if (slot.cause === undefined) return planKept(context, service, slot.best, cleared);
    return planReplacement(context, service, slot.best, slot.cause, peers, [...after, ...cleared]);
  });
  const highest = Math.max(0, ...existing.map((c) => c.number));
  for (let number = highest + 1; containers.length < scale; number += 1) {
    const name = containerNameOf(desired.project, service, number);
    const container = { service: service.name, number, name, createdBy: `create:${name}` };
    steps.add(`create:${name}`, 'not there', { kind: 'create', container, inherit: [], peers }, after);
    containers.push(container);
  }
  const replaced = kept.flatMap((s) => (s.cause === undefined ? s.rest.filter(isAlive) : [s.best]));
  const isNew = containers.some((c) => c.createdBy !== undefined);
  return { service, containers, replaced, changed: isNew || replaced.length > 0, first };
}

const INTERRUPTED = 'its replacement was interrupted';

/**
 * A service's containers by number, those that should stay first. Of one number, the one as wanted goes before the
 * outdated, the running before the stopped, the rightly named before the temporarily named: so an interrupted swap is
 * ended, or taken back when the file was. Of different numbers, up-to-date ones and low numbers stay (docker/compose,
 * `ensureService`).
 */
function slotsOf(
  context: UpContext,
  service: NamedService,
  existing: readonly ObservedContainer[],
): readonly Slot[] {
  const causes = new Map(existing.map((c) => [c, causeToRecreate(context, service, c)]));
  const outdated = (c: ObservedContainer): number => Number(causes.get(c) !== undefined);
  const misnamed = (c: ObservedContainer): number =>
    Number(c.name !== containerNameOf(context.desired.project, service, c.number));
  const rank = (c: ObservedContainer): number[] => [outdated(c), Number(!isAlive(c)), misnamed(c)];
  const slots = [...Map.groupBy(existing, (c) => c.number).values()].map((slot): Slot => {
    const [best, ...rest] = slot.toSorted((a, b) => compare(rank(a), rank(b)));
    return { best: best!, rest, cause: causes.get(best!) };
  });
  const order = ({ best }: Slot): number[] => [outdated(best), best.number];
  return slots.toSorted((a, b) => compare(order(a), order(b)));
}

/** Orders lists of numbers, the first difference decides. */
function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((n, i) => n !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

function causeToRecreate(
  context: UpContext,
  service: NamedService,
  c: ObservedContainer,
): string | undefined {
  const { desired, observed, options, plans } = context;
  const chosen = options.services ?? [];
  if (options.forceRecreate && (chosen.length === 0 || chosen.includes(service.name))) return 'asked for';
  const parent = sharedWith(service).find((name) => plans.get(name)?.changed);
  if (parent) return `shares a namespace or volumes with ${parent}, which is made anew`;
  const resolved = resolveReferences(service, (name) => byName(plans.get(name)?.containers)[0]?.id);
  return recreateCause(desired, resolved, c, observed) ?? context.detached.get(c);
}

/** Containers of the services that this one is made with, by service, sorted by name as the CLI does. */
function peersInPlan(context: UpContext, service: NamedService): Record<string, readonly ContainerRef[]> {
  return Object.fromEntries(
    peersOf(service).map((name) => [name, byName(context.plans.get(name)?.containers)]),
  );
}

const byName = (containers: readonly ContainerRef[] = []): ContainerRef[] =>
  containers.toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** One that is as wanted; gets its name where an interrupted replacement did not come to that. */
function planKept(
  context: UpContext,
  service: NamedService,
  c: ObservedContainer,
  cleared: readonly string[],
): ContainerRef {
  const name = containerNameOf(context.desired.project, service, c.number);
  if (!/^[0-9a-f]{12}_/.test(c.name) || c.name.slice(13) !== name) return refOf(c);
  const action = { kind: 'rename', container: refOf(c), to: name } as const;
  context.steps.add(`rename:${name}`, INTERRUPTED, action, cleared);
  return { ...refOf(c), name };
}

/**
 * New one under a temporary name, old one stopped and removed, then renamed: as the CLI recreates. The old one runs
 * until the new one is there, unless it had to stop for a network.
 */
function planReplacement(
  context: UpContext,
  service: NamedService,
  old: ObservedContainer,
  cause: string,
  peers: Readonly<Record<string, readonly ContainerRef[]>>,
  after: readonly (string | undefined)[],
): ContainerRef {
  const { steps, desired } = context;
  const name = containerNameOf(desired.project, service, old.number);
  const id = `create:${name}`;
  const container = { service: service.name, number: old.number, name, createdBy: id };
  const temporary = { ...container, name: `${old.id.slice(0, 12)}_${name}` };
  const action = {
    kind: 'create',
    container: temporary,
    replaces: refOf(old),
    inherit: old.mounts,
    peers,
  } as const;
  steps.add(id, cause, action, after);
  // every stop may come before the creations when a network is made anew: those wait for the network
  const removed = planRemoval(steps, old, cause, [id], context.detached.size === 0 ? [id] : []);
  steps.add(`rename:${name}`, cause, { kind: 'rename', container: temporary, to: name }, [removed]);
  return container;
}
