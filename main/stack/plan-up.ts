import { Failure } from '../errors.ts';
import type { Desired } from './desired.ts';
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
  }
  planStarts(context, planDependentStops(context));
  const all = secretsFirst(steps.toArray());
  const touched = new Set(all.map(serviceOf));
  return {
    project: desired.project.name,
    operation: 'up',
    steps: all,
    warnings: [...checked.warnings, ...networks.warnings, ...volumes.warnings],
    confirmations: confirmationsFor(desired, observed, volumes.used),
    orphans: options.removeOrphans ? [] : orphans.map((c) => c.name),
    unchanged: names.filter((n) => !touched.has(n)),
  };
}

function isKnown(desired: Desired, c: ObservedContainer): boolean {
  return (
    Object.hasOwn(desired.services, c.service) || Object.hasOwn(desired.project.disabledServices, c.service)
  );
}

/**
 * Secrets are made before anything else: a store that refuses leaves nothing behind, and the containers that take them
 * (whether they use the volume or not) are labelled with their ids.
 */
function secretsFirst(steps: readonly Step[]): readonly Step[] {
  const secrets = steps.filter((s) => s.kind === 'generateSecrets').map((s) => s.id);
  if (secrets.length === 0) return steps;
  const waits = (s: Step): boolean => s.after.length === 0 && s.kind !== 'generateSecrets';
  return steps.map((s) => (waits(s) ? { ...s, after: secrets } : s));
}
