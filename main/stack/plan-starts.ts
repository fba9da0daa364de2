import { scaleOf } from './desired.ts';
import { dependenciesOf, dependentsByService, inDependencyOrder } from './plan-order.ts';
import type { ServicePlan, StartContext, UpContext } from './plan-context.ts';
import { isAlive, refOf } from './plan-steps.ts';
import type { Condition, ContainerRef } from './plan-types.ts';
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
  for (const [name, { replaced }] of plans) {
    if (replaced.length === 0) continue;
    for (const dependent of dependents.get(name) ?? []) {
      const anew = new Set(plans.get(dependent)?.replaced);
      const restarts = desired.services[dependent]?.depends_on?.[name]?.restart === true;
      for (const c of (byService.get(dependent) ?? []).filter(isAlive)) {
        if (!anew.has(c)) {
          if (!restarts) continue;
          steps.add(`stop:${c.name}`, `restarts with ${name}`, { kind: 'stop', container: refOf(c) });
          restarted.add(dependent);
        }
        for (const old of replaced) steps.order(`stop:${old.name}`, `stop:${c.name}`);
      }
    }
  }
  return restarted;
}

/** How a service is waited for, by what its dependents want of it. */
interface Awaited {
  /** some dependent waits for its end: it does not stay up, whatever its image's health check says */
  readonly completes: ReadonlySet<string>;
  /** every dependent that waits for it goes on without it, too (`required: false`) */
  readonly optional: ReadonlySet<string>;
}

/** Starts what does not run, after what it depends on is as its condition says, and waits for what was started. */
export function planStarts(context: StartContext, restarted: ReadonlySet<string>): void {
  const { desired, steps, byService } = context;
  // a dependent that restarts although it was not selected is started again like the selected ones
  const plans = new Map(context.plans);
  for (const name of restarted) {
    if (plans.has(name)) continue;
    const containers = (byService.get(name) ?? []).map(refOf);
    const service = desired.services[name]!;
    plans.set(name, { service, containers, replaced: [], changed: false, first: [] });
  }
  const awaited = awaitedOf(context, plans);
  const touched = new Set<string>();
  for (const name of inDependencyOrder(desired.services, plans.keys())) {
    const plan = plans.get(name);
    if (!plan || plan.containers.length === 0) continue;
    const before = [...plan.first, ...planDependencyWaits(context, plans, plan, awaited)];
    const started = plan.containers.filter((c) => planStart(context, c, before, restarted.has(name)));
    const healthchecked = hasHealthcheck(desired, context.observed, plan.service);
    // what ran on while its dependency was away is looked at again: its health may have suffered
    const shaken = dependenciesOf(plan.service).filter((d) => touched.has(d) && !awaited.completes.has(d));
    if (started.length === 0 && !(healthchecked && shaken.length > 0)) continue;
    touched.add(name);
    const up = healthchecked ? 'healthy' : 'running';
    const id = planWait(context, plan, awaited.completes.has(name) ? 'completed' : up, awaited);
    if (started.length > 0) continue;
    for (const d of shaken) steps.order(id, `wait:${d}`);
  }
}

function awaitedOf(context: StartContext, plans: ReadonlyMap<string, ServicePlan>): Awaited {
  const completes = new Set<string>();
  const wanted = new Map<string, boolean>();
  for (const service of Object.values(context.desired.services)) {
    for (const [name, { condition, required }] of Object.entries(service.depends_on ?? {})) {
      if (condition === 'service_completed_successfully') completes.add(name);
      if (condition !== 'service_started' && plans.has(service.name)) {
        wanted.set(name, required || (wanted.get(name) ?? false));
      }
    }
  }
  return { completes, optional: new Set([...wanted].filter(([, required]) => !required).map(([n]) => n)) };
}

/** Starts one container if it does not run; true when something must be waited for. */
function planStart(
  context: StartContext,
  container: ContainerRef,
  first: readonly string[],
  restarted: boolean,
): boolean {
  const now = context.byService.get(container.service)?.find((c) => c.id === container.id);
  if (now?.state === 'running' && !restarted) return now.health !== undefined && now.health !== 'healthy';
  const id = `start:${container.name}`;
  const stop = `stop:${now?.name ?? container.name}`;
  const before = [container.createdBy, `rename:${container.name}`, stop, ...first];
  if (now?.state === 'paused' && !restarted) {
    context.steps.add(id, 'it is paused', { kind: 'restart', container }, before);
    return true;
  }
  const cause = restarted ? 'stopped for a dependency' : now ? `it is ${now.state}` : 'it is new';
  context.steps.add(id, cause, { kind: 'start', container, inject: now?.neverStarted ?? true }, before);
  return true;
}

function planWait(context: StartContext, plan: ServicePlan, condition: Condition, awaited: Awaited): string {
  const { steps, options } = context;
  const service = plan.service.name;
  const starts = plan.containers.map((c) => `start:${c.name}`);
  const isStarted = starts.some((id) => steps.has(id));
  const ids = new Set(plan.containers.map((c) => c.id));
  const health = (context.byService.get(service) ?? []).flatMap((c) => (ids.has(c.id) ? [c.health] : []));
  // what still comes up is waited for as by who started it: Docker says when its start period is over
  const isFirst = isStarted || health.includes('starting');
  const patient = !isStarted && (!isFirst || health.includes('unhealthy'));
  const completed = condition === 'completed';
  const budgetMs = options.waitTimeoutMs ?? ownBudgetMs(context, plan, condition, isFirst);
  return steps.add(
    `wait:${service}${completed ? ':completed' : ''}`,
    completed ? 'dependents wait for its end' : isFirst ? 'it was started' : 'it must be well (again)',
    {
      kind: 'wait',
      service,
      containers: plan.containers,
      condition,
      optional: awaited.optional.has(service),
      patient,
      ...(budgetMs !== undefined && { budgetMs }),
    },
    starts,
  );
}

/** Milliseconds; undefined for a job, which may take as long as it takes. `isFirst`: its start period counts. */
function ownBudgetMs(
  { desired, observed }: StartContext,
  { service }: ServicePlan,
  condition: Condition,
  isFirst: boolean,
): number | undefined {
  if (condition === 'completed') return undefined;
  const budget = isFirst ? healthBudgetMs : recoveryBudgetMs;
  return budget(desired, observed, service);
}

/** Ids of the steps after which the service may start (compose-spec, `depends_on` conditions). */
function planDependencyWaits(
  context: StartContext,
  plans: ReadonlyMap<string, ServicePlan>,
  plan: ServicePlan,
  awaited: Awaited,
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
    if (condition === undefined) for (const id of starts) ids.push(id);
    else if (!ready) ids.push(planWait(context, dependency, condition, awaited));
  }
  return ids;
}
