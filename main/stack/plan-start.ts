import { Failure, appError } from '../errors.ts';
import type { Desired } from './desired.ts';
import type { Observed } from './observed.ts';
import { emptyPlan, planStop } from './plan-down.ts';
import { dependentsByService, withDependencies } from './plan-order.ts';
import { planStarts } from './plan-starts.ts';
import { refOf, StepList } from './plan-steps.ts';
import type { Plan } from './plan-types.ts';
import type { ServicePlan, UpOptions } from './plan-context.ts';

/**
 * Starts containers that are there, in dependency order with the waits of `depends_on`; makes and changes nothing.
 * @throws Failure `stack.nothing-to-start` when the project has no containers, `stack.no-such-service`.
 */
export function planStart(
  desired: Desired,
  observed: Observed,
  chosen: readonly string[],
  options: UpOptions,
): Plan {
  refuseUnknown(desired, chosen);
  const names = withDependencies(desired.services, chosen);
  return emptyPlan(
    desired.project.name,
    'start',
    startSteps(desired, observed, names, options, new StepList()),
  );
}

/** Stops, then starts again: the chosen services and those that declare `restart: true` on one of them. */
export function planRestart(
  desired: Desired,
  observed: Observed,
  chosen: readonly string[],
  options: UpOptions,
): Plan {
  refuseUnknown(desired, chosen);
  const dependents = dependentsByService(desired.services);
  const wanted = new Set(chosen.length > 0 ? chosen : Object.keys(desired.services));
  for (const name of wanted) {
    for (const d of dependents.get(name) ?? [])
      if (desired.services[d]?.depends_on?.[name]?.restart) wanted.add(d);
  }
  const stops = planStop(desired.project.name, desired.services, observed, [...wanted]);
  const steps = new StepList();
  for (const { id, after, cause, ...action } of stops.steps) steps.add(id, cause, action, after);
  const stopped = observed.containers.map((c) =>
    steps.has(`stop:${c.name}`) ? { ...c, state: 'exited', health: 'none' } : c,
  );
  const names = withDependencies(desired.services, [...wanted]);
  const all = startSteps(desired, { ...observed, containers: stopped }, names, options, steps);
  return emptyPlan(desired.project.name, 'restart', all);
}

function startSteps(
  desired: Desired,
  observed: Observed,
  names: readonly string[],
  options: UpOptions,
  steps: StepList,
): Plan['steps'] {
  const byService = Map.groupBy(
    observed.containers.filter((c) => !c.oneoff),
    (c) => c.service,
  );
  const plans = new Map<string, ServicePlan>();
  for (const name of names) {
    const containers = (byService.get(name) ?? []).map(refOf);
    if (containers.length > 0)
      plans.set(name, {
        service: desired.services[name]!,
        containers,
        replaced: [],
        changed: false,
        first: [],
      });
  }
  if (plans.size === 0)
    throw new Failure([appError('stack.nothing-to-start', { project: desired.project.name })]);
  planStarts({ desired, observed, options, steps, byService, plans }, new Set());
  return steps.toArray();
}

function refuseUnknown(desired: Desired, chosen: readonly string[]): void {
  const unknown = chosen.filter((n) => !desired.services[n]);
  if (unknown.length === 0) return;
  const known = Object.keys(desired.services);
  throw new Failure(unknown.map((service) => appError('stack.no-such-service', { service, known })));
}
