import { imageOf, type Desired, type NamedService } from './desired.ts';
import type { Observed, ObservedContainer } from './observed.ts';
import type { StepList } from './plan-steps.ts';
import type { ContainerRef } from './plan-types.ts';

export interface UpOptions {
  /** only these and what they depend on; all when empty */
  readonly services?: readonly string[];
  readonly forceRecreate?: boolean;
  readonly removeOrphans?: boolean;
  /** `missing` (default) follows each service's pull_policy; `always` pulls every image; `never` pulls none */
  readonly pull?: 'missing' | 'always' | 'never';
  /** builds again even where an image is there */
  readonly build?: boolean;
  /** milliseconds for every wait instead of the service's own health check budget */
  readonly waitTimeoutMs?: number;
  /** images were pulled or built just now: plan no more of it */
  readonly imagesDone?: boolean;
  /** what the engine can carry out; the plan refuses or warns of what it cannot */
  readonly hostPaths: boolean;
  readonly startInterval: boolean;
}

/** What is planned for one service's containers. */
export interface ServicePlan {
  readonly service: NamedService;
  readonly containers: readonly ContainerRef[];
  /** some container is made anew or for the first time */
  readonly changed: boolean;
}

/** Everything the parts of an `up` plan look at. */
export interface UpContext {
  readonly desired: Desired;
  readonly observed: Observed;
  readonly options: UpOptions;
  readonly steps: StepList;
  readonly byService: ReadonlyMap<string, readonly ObservedContainer[]>;
  /** filled service by service, in dependency order */
  readonly plans: Map<string, ServicePlan>;
}

/** Reference of the image a service runs, for messages and steps. */
export const imageStepId = (context: UpContext, service: NamedService): string =>
  `image:${imageOf(context.desired.project, service)}`;
