import { scaleOf } from './desired.ts';
import { dependenciesOf, dependentsByService, inDependencyOrder } from './plan-order.ts';
import { refOf } from './plan-steps.ts';
import type { Condition, ContainerRef } from './plan-types.ts';
import type { ServicePlan, UpContext } from './plan-context.ts';
import { conditionFor, hasHealthcheck, healthBudgetMs, recoveryBudgetMs } from './plan-wait.ts';

/**
 * `restart: true` (compose-spec, depends_on): running dependents of a service that is made anew are stopped before it;
 * they are started again after it. A dependent that is made anew too is stopped first, so that it ends with its
 * dependency alive. Returns the services that are stopped only to be started again.
 */
export function planDependentStops(context: UpContext): Set<string> {
  const { desired, steps, byService, plans } = context;
  const restarted = new Set<string>();
  const dependents = dependentsByService(desired.services);
  for (const [name, plan] of plans) {
    const old = byService.get(name) ?? [];
    if (!plan.changed || old.length === 0) continue;
    for (const dependent of dependents.get(name) ?? []) {
      const anew = plans.get(dependent)?.changed ?? false;
      if (!anew && !desired.services[dependent]?.depends_on?.[name]?.restart) continue;
      for (const c of (byService.get(dependent) ?? []).filter((x) => x.state === 'running')) {
        if (!anew) {
          steps.add(`stop:${c.name}`, `restarts with ${name}`, { kind: 'stop', container: refOf(c) });
          restarted.add(dependent);
        }
        for (const o of old) steps.order(`stop:${o.name}`, `stop:${c.name}`);
      }
    }
  }
  return restarted;
}

/**
 * Starts what does not run, after what it depends on is as its condition says, and waits for what was started.
 * Returns the services that have a step here.
 */
export function planStarts(context: UpContext, restarted: ReadonlySet<string>): Set<string> {
  const { desired, steps, byService } = context;
  // a dependent that restarts although it was not selected is started again like the selected ones
  const plans = new Map(context.plans);
  for (const name of restarted) {
    const containers = (byService.get(name) ?? []).map(refOf);
    if (!plans.has(name)) plans.set(name, { service: desired.services[name]!, containers, changed: false });
  }
  const touched = new Set<string>();
  for (const name of inDependencyOrder(desired.services, plans.keys())) {
    const plan = plans.get(name);
    if (!plan) continue;
    const waits = planDependencyWaits(context, plans, plan);
    let started = false;
    for (const container of plan.containers) {
      started = planStart(context, container, waits, restarted.has(name)) || started;
    }
    const healthchecked = hasHealthcheck(desired, context.observed, plan.service);
    // what ran on while its dependency was away is looked at again: its health may have suffered
    const shaken = dependenciesOf(plan.service).filter((d) => touched.has(d));
    if (!started && !(healthchecked && shaken.length > 0 && plan.containers.length > 0)) continue;
    touched.add(name);
    if (steps.has(`wait:${name}:completed`)) continue;
    const id = planWait(context, plan, healthchecked ? 'healthy' : 'running', false);
    for (const dependency of started ? [] : shaken) steps.order(id, `wait:${dependency}`);
  }
  return touched;
}

/** Starts one container if it does not run; true when something must be waited for. */
function planStart(
  context: UpContext,
  container: ContainerRef,
  waits: readonly string[],
  restarted: boolean,
): boolean {
  const now = context.byService.get(container.service)?.find((c) => c.id === container.id);
  if (now?.state === 'running' && !restarted) return now.health !== undefined && now.health !== 'healthy';
  const id = `start:${container.name}`;
  const before = [container.createdBy, `rename:${container.name}`, `stop:${container.name}`, ...waits];
  if (now?.state === 'paused') {
    context.steps.add(id, 'it is paused', { kind: 'restart', container }, before);
    return true;
  }
  const cause = restarted ? 'stopped for a dependency' : now ? `it is ${now.state}` : 'it is new';
  context.steps.add(id, cause, { kind: 'start', container, inject: now?.neverStarted ?? true }, before);
  return true;
}

function planWait(context: UpContext, plan: ServicePlan, condition: Condition, optional: boolean): string {
  const service = plan.service.name;
  const completed = condition === 'completed';
  const starts = plan.containers.map((c) => `start:${c.name}`);
  const patient = !starts.some((id) => context.steps.has(id));
  const ownBudget = patient ? recoveryBudgetMs(plan.service) : healthBudgetMs(plan.service);
  return context.steps.add(
    `wait:${service}${completed ? ':completed' : ''}`,
    completed ? 'dependents wait for its end' : patient ? 'it must be well (again)' : 'it was started',
    {
      kind: 'wait',
      service,
      containers: plan.containers,
      condition,
      optional,
      patient,
      budgetMs: context.options.waitTimeoutMs ?? ownBudget,
    },
    starts,
  );
}

/** Ids of the steps after which the service may start (compose-spec, `depends_on` conditions). */
function planDependencyWaits(
  context: UpContext,
  plans: ReadonlyMap<string, ServicePlan>,
  plan: ServicePlan,
): string[] {
  const { desired, observed, steps, byService } = context;
  const ids: string[] = [];
  for (const [name, wanted] of Object.entries(plan.service.depends_on ?? {})) {
    const dependency = plans.get(name);
    if (!dependency || scaleOf(dependency.service) === 0) continue;
    const starts = dependency.containers.map((c) => `start:${c.name}`).filter((id) => steps.has(id));
    const healthchecked = hasHealthcheck(desired, observed, dependency.service);
    const condition = conditionFor(wanted.condition, healthchecked);
    const now = byService.get(name) ?? [];
    const ready =
      starts.length === 0 &&
      (condition === 'running' || (condition === 'healthy' && now.every((c) => c.health === 'healthy')));
    if (condition === undefined) ids.push(...starts);
    else if (!ready) ids.push(planWait(context, dependency, condition, !wanted.required));
  }
  return ids;
}
