import type { Capabilities } from '../docker/port.ts';
import type { Desired, NamedService } from './desired.ts';
import type { Observed, ObservedContainer } from './observed.ts';
import type { StepList } from './plan-steps.ts';
import type { ContainerRef } from './plan-types.ts';
import type { UpRequest } from './stack-types.ts';

/** What was asked for, and what the planning must know besides. */
export interface UpOptions extends UpRequest {
  /** images were pulled or built just now: plan no more of it */
  readonly imagesDone?: boolean;
  /** what the engine can carry out; the plan refuses or warns of what it cannot */
  readonly engine: Capabilities;
}

/** What is planned for one service's containers. */
export interface ServicePlan {
  readonly service: NamedService;
  /** those that will be there, under the names that they will have */
  readonly containers: readonly ContainerRef[];
  /** those whose place another one takes */
  readonly replaced: readonly ObservedContainer[];
  /** some container is made anew or for the first time */
  readonly changed: boolean;
  /** steps after which its containers may start */
  readonly first: readonly string[];
}

/** What the planning of starts looks at, in an `up` as in a `start`. */
export interface StartContext {
  readonly desired: Desired;
  readonly observed: Observed;
  readonly options: UpOptions;
  readonly steps: StepList;
  readonly byService: ReadonlyMap<string, readonly ObservedContainer[]>;
  /** filled service by service, in dependency order */
  readonly plans: Map<string, ServicePlan>;
}

/** Everything the parts of an `up` plan look at. */
export interface UpContext extends StartContext {
  /** containers of the project that no service of the file has */
  readonly orphans: readonly ObservedContainer[];
  /** steps that take orphans away: their names and ports are free only afterwards */
  readonly cleared: readonly string[];
  /** containers whose network is made anew, and why */
  readonly detached: Map<ObservedContainer, string>;
}
