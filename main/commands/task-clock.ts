import type { Operation, Task } from '../contract.ts';

/** When a task was first seen running, and when it was first seen ended; milliseconds since 1970. */
export interface Times {
  readonly from: number;
  readonly to?: number;
}

const ended = (task: Task): boolean =>
  task.status === 'done' || task.status === 'failed' || task.status === 'cancelled';

/** Remembers when each task of an operation began and ended: the operation itself does not say. */
export class TaskClock {
  readonly #times = new Map<string, Times>();
  #last: number | undefined;

  see(operation: Operation, now: number): void {
    // what ran between two reports began after the first of them, at the latest now
    const since = this.#last ?? now;
    this.#last = now;
    for (const task of operation.tasks) {
      const times = this.#times.get(task.id);
      if (task.status === 'running' && !times) this.#times.set(task.id, { from: now });
      if (!ended(task) || times?.to !== undefined) continue;
      this.#times.set(task.id, { from: times?.from ?? since, to: now });
    }
  }

  of(task: Task): Times | undefined {
    return this.#times.get(task.id);
  }
}
