import { Failure } from '../errors.ts';
import { containerNameOf, scaleOf, type Desired, type NamedService } from './desired.ts';
import type { Observed, ObservedContainer } from './observed.ts';
import { checkDesired } from './plan-check.ts';
import type { ServicePlan, UpContext, UpOptions } from './plan-context.ts';
import { confirmationsFor } from './plan-confirm.ts';
import { withDependencies } from './plan-order.ts';
import { recreateCause, resolveReferences, sharedWith } from './plan-recreate.ts';
import { planImages, planNetworks, planVolumes } from './plan-resources.ts';
import { planStarts, planDependentStops } from './plan-starts.ts';
import { planRemoval, refOf, StepList } from './plan-steps.ts';
import type { ContainerRef, Plan } from './plan-types.ts';

/**
 * Steps that make the engine's objects those of the file. Pure; the same input gives the same plan.
 * @throws Failure with every problem at once: keys that cannot be carried out, ports taken twice, missing externals.
 */
export function planUp(desired: Desired, observed: Observed, options: UpOptions): Plan {
  const names = withDependencies(desired.services, options.services ?? []);
  const checked = checkDesired(desired, observed, names, options);
  if (checked.errors.length > 0) throw new Failure(checked.errors);

  const regular = observed.containers.filter((c) => !c.oneoff);
  const steps = new StepList();
  const context: UpContext = {
    desired,
    observed,
    options,
    steps,
    byService: Map.groupBy(regular, (c) => c.service),
    plans: new Map(),
  };
  const orphans = observed.containers.filter((c) => !isKnown(desired, c));
  if (options.removeOrphans) for (const c of orphans) planRemoval(steps, c, 'no service of the file has it');

  const images = planImages(context, names);
  const networks = planNetworks(context, names);
  const volumes = planVolumes(context, names);
  for (const name of names) {
    const service = desired.services[name]!;
    const needs = [images.get(name), ...networks.stepsOf(service), ...volumes.stepsOf(service)];
    context.plans.set(name, planContainers(context, service, needs));
  }
  const touched = planStarts(context, planDependentStops(context));
  return {
    project: desired.project.name,
    operation: 'up',
    steps: steps.toArray(),
    warnings: [...checked.warnings, ...networks.warnings, ...volumes.warnings],
    confirmations: confirmationsFor(desired, observed, volumes.used),
    orphans: options.removeOrphans ? [] : orphans.map((c) => c.name),
    unchanged: names.filter((n) => !touched.has(n) && !context.plans.get(n)?.changed),
  };
}

function isKnown(desired: Desired, c: ObservedContainer): boolean {
  return (
    Object.hasOwn(desired.services, c.service) || Object.hasOwn(desired.project.disabledServices, c.service)
  );
}

/** Creates, recreates and removes one service's containers until there are as many as wanted. */
function planContainers(
  context: UpContext,
  service: NamedService,
  needs: readonly (string | undefined)[],
): ServicePlan {
  const { desired, steps, plans } = context;
  const existing = context.byService.get(service.name) ?? [];
  const after = [
    ...needs,
    ...sharedWith(service).flatMap((name) => plans.get(name)?.containers.map((c) => c.createdBy) ?? []),
  ];
  const causes = new Map(existing.map((c) => [c, causeToRecreate(context, service, c)]));
  // up-to-date ones with low numbers stay when there are too many
  const sorted = existing.toSorted(
    (a, b) =>
      Number(causes.get(a) !== undefined) - Number(causes.get(b) !== undefined) || a.number - b.number,
  );
  const scale = scaleOf(service);
  for (const c of sorted.slice(scale)) planRemoval(steps, c, `more containers than the ${scale} wanted`);

  let changed = false;
  const containers = sorted.slice(0, scale).map((c) => {
    const cause = causes.get(c);
    if (cause === undefined) return refOf(c);
    changed = true;
    return planReplacement(context, service, c, cause, after);
  });
  for (
    let number = Math.max(0, ...existing.map((c) => c.number)) + 1;
    containers.length < scale;
    number += 1
  ) {
    const name = containerNameOf(desired.project, service, number);
    const container = { service: service.name, number, name, createdBy: `create:${name}` };
    steps.add(`create:${name}`, 'not there', { kind: 'create', container, inherit: [] }, after);
    containers.push(container);
    changed = true;
  }
  return { service, containers, changed };
}

function causeToRecreate(
  context: UpContext,
  service: NamedService,
  c: ObservedContainer,
): string | undefined {
  const { desired, observed, options, plans } = context;
  if (options.forceRecreate) return 'asked for';
  const parent = sharedWith(service).find((name) => plans.get(name)?.changed);
  if (parent) return `shares a namespace or volumes with ${parent}, which is made anew`;
  const resolved = resolveReferences(service, (name) => plans.get(name)?.containers[0]?.id);
  return recreateCause(desired, resolved, c, observed);
}

/** New one under a temporary name, old one stopped and removed, then renamed: as the CLI recreates. */
function planReplacement(
  context: UpContext,
  service: NamedService,
  old: ObservedContainer,
  cause: string,
  after: readonly (string | undefined)[],
): ContainerRef {
  const { steps, desired } = context;
  const name = containerNameOf(desired.project, service, old.number);
  const id = `create:${name}`;
  const container = { service: service.name, number: old.number, name, createdBy: id };
  const temporary = { ...container, name: `${old.id.slice(0, 12)}_${name}` };
  steps.add(
    id,
    cause,
    { kind: 'create', container: temporary, replaces: refOf(old), inherit: old.mounts },
    after,
  );
  const removed = planRemoval(steps, old, cause, [id]);
  steps.add(`rename:${name}`, cause, { kind: 'rename', container: temporary, to: name }, [removed]);
  return container;
}
