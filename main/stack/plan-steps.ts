import type { ObservedContainer } from './observed.ts';
import type { ContainerRef, Step } from './plan-types.ts';

type WithoutBase<T> = T extends Step ? Omit<T, 'id' | 'after' | 'cause'> : never;
/** What a step does, before it has a place in the plan. */
export type Action = WithoutBase<Step>;

/**
 * Collects the steps of a plan. The same action is taken once: later orderings are added to it, and of two waits for a
 * service the one that asks for more counts.
 */
export class StepList {
  readonly #steps = new Map<string, { step: Step; after: Set<string> }>();

  /** Adds a step after the given ones (undefined entries are left out); returns its id. */
  add(id: string, cause: string, action: Action, after: Iterable<string | undefined> = []): string {
    const wanted = [...after].filter((a) => a !== undefined);
    const there = this.#steps.get(id);
    if (there) {
      wanted.forEach((a) => there.after.add(a));
      there.step = stricter(there.step, action);
    } else this.#steps.set(id, { step: { id, after: [], cause, ...action }, after: new Set(wanted) });
    return id;
  }

  /** Orders `id` after `earlier`, when both are in the plan. */
  order(id: string, earlier: string): void {
    if (id !== earlier && this.has(earlier)) this.#steps.get(id)?.after.add(earlier);
  }

  has(id: string): boolean {
    return this.#steps.has(id);
  }

  /** All steps in the order they were added; orderings on steps that are not in the plan are dropped. */
  toArray(): Step[] {
    return [...this.#steps.values()].map(({ step, after }) => ({
      ...step,
      after: [...after].filter((a) => this.#steps.has(a)),
    }));
  }
}

/** A service may be waited for because it was started, and because a dependent wants its health. */
function stricter(there: Step, also: Action): Step {
  if (there.kind !== 'wait' || also.kind !== 'wait') return there;
  const isStricter = there.condition === 'running' && also.condition === 'healthy';
  return isStricter ? { ...there, condition: 'healthy' } : there;
}

/** A container that is there, as a plan names it. */
export function refOf(c: ObservedContainer): ContainerRef {
  return { service: c.service, number: c.number, name: c.name, id: c.id };
}

/** The service whose containers a step is about. */
export function serviceOf(step: Step): string | undefined {
  if (step.kind === 'wait') return step.service;
  return 'container' in step ? step.container.service : undefined;
}

/** Whether the engine has processes of it that must end first. */
export function isAlive(c: ObservedContainer): boolean {
  return c.state === 'running' || c.state === 'restarting' || c.state === 'paused';
}

/** Stops (if it lives) and removes one container, after the given steps; returns the id of the last step. */
export function planRemoval(
  steps: StepList,
  c: ObservedContainer,
  cause: string,
  beforeRemove: readonly string[] = [],
  beforeStop: readonly string[] = beforeRemove,
): string {
  const container = refOf(c);
  const stop = isAlive(c)
    ? steps.add(`stop:${c.name}`, cause, { kind: 'stop', container }, beforeStop)
    : undefined;
  return steps.add(`remove:${c.name}`, cause, { kind: 'remove', container }, [stop, ...beforeRemove]);
}
