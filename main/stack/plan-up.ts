import { Failure } from '../errors.ts';
import type { Desired, NamedService } from './desired.ts';
import { gpuRequestOf } from './gpu.ts';
import { askLeftFolders } from './left-folders.ts';
import type { Observed, ObservedContainer } from './observed.ts';
import { checkDesired, uncheckedHealth } from './plan-check.ts';
import { confirmationsFor } from './plan-confirm.ts';
import { planContainers } from './plan-containers.ts';
import type { UpContext, UpOptions } from './plan-context.ts';
import { withDependencies } from './plan-order.ts';
import { planImages, planNetworks, planVolumes } from './plan-resources.ts';
import { planDependentStops, planStarts } from './plan-starts.ts';
import { planRemoval, serviceOf, StepList } from './plan-steps.ts';
import type { Plan, Step } from './plan-types.ts';
import { askKeys } from './shared-keys.ts';

/**
 * Steps that make the engine's objects those of the file. Pure; the same input gives the same plan.
 * @throws Failure with every problem at once: keys that cannot be carried out, ports taken twice, missing externals,
 * a wait for the health of what has no health check.
 */
export function planUp(desired: Desired, observed: Observed, options: UpOptions): Plan {
  const names = withDependencies(desired.services, options.services ?? []);
  const regular = observed.containers.filter((c) => !c.oneoff);
  const steps = new StepList();
  const orphans = observed.containers.filter((c) => !isKnown(desired, c));
  const going = options.removeOrphans ? orphans : [];
  const context: UpContext = {
    desired,
    observed,
    options,
    steps,
    byService: Map.groupBy(regular, (c) => c.service),
    plans: new Map(),
    orphans,
    cleared: going.map((c) => planRemoval(steps, c, 'no service of the file has it')),
    detached: new Map(),
  };

  const images = planImages(context, names);
  const checked = checkDesired(desired, observed, names, options);
  const errors = [...checked.errors, ...uncheckedHealth(desired, observed, names, images)];
  if (errors.length > 0) throw new Failure(errors);
  const networks = planNetworks(context, names);
  const volumes = planVolumes(context, names);
  for (const name of names) {
    const service = desired.services[name]!;
    const needs = [images.get(name), ...networks.stepsOf(service), ...volumes.stepsOf(service)];
    context.plans.set(name, planContainers(context, service, needs));
    planGpu(context, service, images.get(name));
  }
  planStarts(context, planDependentStops(context));
  const all = secretsFirst(gpuFirst(steps.toArray()));
  const touched = new Set(all.map(serviceOf));
  return {
    project: desired.project.name,
    operation: 'up',
    steps: all,
    warnings: [...checked.warnings, ...networks.warnings, ...volumes.warnings],
    confirmations: [
      ...askKeys(desired.keysToGive, desired.configFiles),
      ...confirmationsFor(desired, observed, volumes.used),
      ...askLeftFolders(desired, observed, all),
    ],
    orphans: options.removeOrphans ? [] : orphans.map((c) => c.name),
    unchanged: names.filter((n) => !touched.has(n)),
  };
}

function isKnown(desired: Desired, c: ObservedContainer): boolean {
  return (
    Object.hasOwn(desired.services, c.service) || Object.hasOwn(desired.project.disabledServices, c.service)
  );
}

/** Whether the engine can give a GPU is found out for a container that is to be made, with an image that is there. */
function planGpu({ steps, plans }: UpContext, service: NamedService, image: string | undefined): void {
  const isNew = plans.get(service.name)?.containers.some((c) => c.createdBy !== undefined);
  if (!isNew || !gpuRequestOf(service)) return;
  steps.add(`gpu:${service.name}`, 'it reserves a GPU', { kind: 'probeGpu', service: service.name }, [image]);
}

/** A GPU that cannot be had leaves nothing behind, and no model is downloaded for it. */
const gpuFirst = (steps: readonly Step[]): readonly Step[] =>
  first('probeGpu', ['pullImage', 'buildImage'], steps);

/**
 * Secrets are made before anything that stays: a store that refuses leaves nothing behind, and the containers that take
 * them (whether they use the volume or not) are labelled with their ids.
 */
const secretsFirst = (steps: readonly Step[]): readonly Step[] =>
  first('generateSecrets', ['pullImage', 'buildImage', 'probeGpu'], steps);

/** Steps of a kind come before all others but those of the `earlier` kinds. */
function first(
  kind: Step['kind'],
  earlier: readonly Step['kind'][],
  steps: readonly Step[],
): readonly Step[] {
  const ids = steps.filter((s) => s.kind === kind).map((s) => s.id);
  if (ids.length === 0) return steps;
  const before = new Set(steps.filter((s) => earlier.includes(s.kind)).map((s) => s.id));
  const waits = (s: Step): boolean =>
    s.kind !== kind && !before.has(s.id) && s.after.every((id) => before.has(id));
  const [rank, rest] = [[...earlier, kind], steps.length];
  const place = (s: Step): number => (rank.includes(s.kind) ? rank.indexOf(s.kind) : rest);
  return steps
    .map((s) => (waits(s) ? { ...s, after: [...s.after, ...ids] } : s))
    .toSorted((a, b) => place(a) - place(b));
}
