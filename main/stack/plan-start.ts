import { Failure, appError } from '../errors.ts';
import { scaleOf, type Desired } from './desired.ts';
import type { Observed } from './observed.ts';
import { refuseUnknown } from './plan-chosen.ts';
import { emptyPlan, planStop } from './plan-down.ts';
import { dependentsByService, withDependencies } from './plan-order.ts';
import { planStarts } from './plan-starts.ts';
import { refOf, StepList } from './plan-steps.ts';
import type { Plan } from './plan-types.ts';
import type { ServicePlan, UpOptions } from './plan-context.ts';

/**
 * Starts containers that are there, in dependency order with the waits of `depends_on`; makes and changes nothing.
 * @throws Failure `stack.nothing-to-start` when the project has no containers, `stack.no-container` when one is missing,
 * `stack.no-such-service`.
 */
export function planStart(
  desired: Desired,
  observed: Observed,
  chosen: readonly string[],
  options: UpOptions,
): Plan {
  refuseUnknown(Object.keys(desired.services), chosen);
  const names = withDependencies(desired.services, chosen);
  return emptyPlan(
    desired.project.name,
    'start',
    startSteps(desired, observed, { names, chosen }, options, new StepList()),
  );
}

/** Stops, then starts again: the chosen services and those that declare `restart: true` on one of them. */
export function planRestart(
  desired: Desired,
  observed: Observed,
  chosen: readonly string[],
  options: UpOptions,
): Plan {
  refuseUnknown(Object.keys(desired.services), chosen);
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
  const all = startSteps(desired, { ...observed, containers: stopped }, { names, chosen }, options, steps);
  return emptyPlan(desired.project.name, 'restart', all);
}

function startSteps(
  desired: Desired,
  observed: Observed,
  { names, chosen }: { readonly names: readonly string[]; readonly chosen: readonly string[] },
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
  refuseMissing(desired, plans, chosen);
  planStarts({ desired, observed, options, steps, byService, plans }, new Set());
  return steps.toArray();
}

/** What was chosen, and what those that start cannot do without, must be there: only an `up` makes containers. */
function refuseMissing(
  desired: Desired,
  plans: ReadonlyMap<string, ServicePlan>,
  chosen: readonly string[],
): void {
  const missing = new Map<string, string | undefined>();
  for (const name of chosen) if (!plans.has(name)) missing.set(name, undefined);
  for (const { service } of plans.values()) {
    for (const [name, { required }] of Object.entries(service.depends_on ?? {})) {
      const dependency = desired.services[name];
      if (!required || !dependency || scaleOf(dependency) === 0 || plans.has(name)) continue;
      if (!missing.has(name)) missing.set(name, service.name);
    }
  }
  if (missing.size === 0) return;
  throw new Failure(
    [...missing].map(([service, dependent]) =>
      appError('stack.no-container', { service, ...(dependent !== undefined && { dependent }) }),
    ),
  );
}
