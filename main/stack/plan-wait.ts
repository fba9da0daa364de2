import { durationToNanoseconds } from '../model/durations.ts';
import { imageOf, type Desired, type NamedService } from './desired.ts';
import type { Observed } from './observed.ts';
import type { Condition } from './plan-types.ts';

/** Docker's defaults of a health check (Dockerfile reference, HEALTHCHECK), in milliseconds. */
const DEFAULT = { interval: 30_000, timeout: 30_000, retries: 3, startPeriod: 0 };
/** What the engine itself may take to start a container and to report, in milliseconds. */
const ENGINE_SLACK_MS = 10_000;

const ms = (duration: string | undefined, otherwise: number): number =>
  duration === undefined ? otherwise : Number(durationToNanoseconds(duration)) / 1e6;

/** How long a service that ran already may take to be healthy again: its failed checks and one more, in milliseconds. */
export function recoveryBudgetMs(service: NamedService): number {
  const check = service.healthcheck;
  const round = ms(check?.interval, DEFAULT.interval) + ms(check?.timeout, DEFAULT.timeout);
  const retries = (check?.retries ?? DEFAULT.retries) || DEFAULT.retries;
  return (retries + 1) * round + ENGINE_SLACK_MS;
}

/**
 * How long a service may take until it is healthy before it counts as failed, in milliseconds: Docker calls it
 * unhealthy at the latest after its start period and `retries` failed checks; one more check is for the last answer.
 */
export function healthBudgetMs(service: NamedService): number {
  return ms(service.healthcheck?.start_period, DEFAULT.startPeriod) + recoveryBudgetMs(service);
}

/** Whether Docker checks this service's health: its own check, else its image's. */
export function hasHealthcheck(desired: Desired, observed: Observed, service: NamedService): boolean {
  const check = service.healthcheck;
  if (check?.disable === true || check?.test?.[0] === 'NONE') return false;
  if (check?.test?.length) return true;
  return observed.images.get(imageOf(desired.project, service))?.hasHealthcheck ?? false;
}

/** What a dependent waits for (compose-spec, `depends_on.condition`). */
export function conditionFor(condition: string, healthchecked: boolean): Condition | undefined {
  if (condition === 'service_healthy') return 'healthy';
  if (condition === 'service_completed_successfully') return 'completed';
  if (condition === 'running_or_healthy') return healthchecked ? 'healthy' : 'running';
  return undefined; // service_started: the order of the start steps is enough
}
