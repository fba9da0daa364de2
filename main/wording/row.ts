/**
 * One row of the wording table: the exit code, what happened, and the next action. `{stack}` in the next action stands
 * where a command line names the stack.
 */
export interface Row<D> {
  readonly exit: 1 | 2 | 3 | 130;
  readonly say: (data: D) => string;
  readonly next: (data: D) => string;
}

/** Declares a row: `row<{file: string}>(2, d => …, d => …)`. `next` may be a constant text. */
export function row<D>(exit: Row<D>['exit'], say: Row<D>['say'], next: Row<D>['next'] | string): Row<D> {
  return { exit, say, next: typeof next === 'string' ? () => next : next };
}
