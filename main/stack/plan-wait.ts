import type { Healthcheck } from '../docker/port.ts';
import { durationToNanoseconds } from '../model/durations.ts';
import { imageOf, type Desired, type NamedService } from './desired.ts';
import type { Observed } from './observed.ts';
import type { Condition } from './plan-types.ts';

/** Docker's defaults of a health check (Dockerfile reference, HEALTHCHECK), in milliseconds. */
const DEFAULT = { interval: 30_000, timeout: 30_000, retries: 3, startPeriod: 0 };
/** What the engine itself may take to start a container and to report, in milliseconds. */
const ENGINE_SLACK_MS = 10_000;
/** The longest that a timer can wait, in milliseconds: 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

/** How long a service that ran already may take to be healthy again: its failed checks and one more, in milliseconds. */
export function recoveryBudgetMs(desired: Desired, observed: Observed, service: NamedService): number {
  const check = timesOf(desired, observed, service);
  return budget((check.retries + 1) * (check.interval + check.timeout));
}

/**
 * How long a service may take until it is healthy before it counts as failed, in milliseconds: Docker calls it
 * unhealthy at the latest after its start period and `retries` failed checks; one more check is for the last answer.
 */
export function healthBudgetMs(desired: Desired, observed: Observed, service: NamedService): number {
  const check = timesOf(desired, observed, service);
  return budget(check.startPeriod + (check.retries + 1) * (check.interval + check.timeout));
}

const budget = (ms: number): number => Math.min(LONGEST_MS, Math.ceil(ms + ENGINE_SLACK_MS));

/**
 * Times of a service's health check in milliseconds. What the file does not say is the image's own, as the engine
 * merges them (moby, `merge` of the configurations); zero means the default.
 */
function timesOf(desired: Desired, observed: Observed, service: NamedService): typeof DEFAULT {
  const check = service.healthcheck;
  const image = imageCheck(desired, observed, service);
  const ms = (text: string | undefined, ofImage: number | undefined, otherwise: number): number =>
    ((text === undefined ? 0 : durationToNanoseconds(text)) || (ofImage ?? 0)) / 1e6 || otherwise;
  return {
    interval: ms(check?.interval, image?.Interval, DEFAULT.interval),
    timeout: ms(check?.timeout, image?.Timeout, DEFAULT.timeout),
    retries: check?.retries || image?.Retries || DEFAULT.retries,
    startPeriod: ms(check?.start_period, image?.StartPeriod, DEFAULT.startPeriod),
  };
}

/** Whether the file says that there is to be no health check, whatever the image has. */
export function isSwitchedOff({ healthcheck }: NamedService): boolean {
  return healthcheck?.disable === true || healthcheck?.test?.[0] === 'NONE';
}

/** Whether Docker checks this service's health: its own check, else its image's. */
export function hasHealthcheck(desired: Desired, observed: Observed, service: NamedService): boolean {
  if (isSwitchedOff(service)) return false;
  if (service.healthcheck?.test?.length) return true;
  return imageCheck(desired, observed, service) !== undefined;
}

function imageCheck(desired: Desired, observed: Observed, service: NamedService): Healthcheck | undefined {
  return observed.images.get(imageOf(desired.project, service))?.healthcheck;
}

/** What a dependent waits for (compose-spec, `depends_on.condition`). */
export function conditionFor(condition: string, healthchecked: boolean): Condition | undefined {
  if (condition === 'service_healthy') return 'healthy';
  if (condition === 'service_completed_successfully') return 'completed';
  if (condition === 'running_or_healthy') return healthchecked ? 'healthy' : 'running';
  return undefined; // service_started: the order of the start steps is enough
}
