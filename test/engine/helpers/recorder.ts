import { say, type AppError, type SaidError } from '../../../main/errors.ts';
import type { Confirmation, Plan } from '../../../main/stack/plan-types.ts';
import type { OperationIo } from '../../../main/stack/stack-types.ts';

/** The side of an operation that asks and listens: keeps what it was told, and answers every question with `answer`. */
export class Recorder implements OperationIo {
  readonly signal: AbortSignal;
  readonly plans: Plan[] = [];
  readonly warnings: SaidError[] = [];
  readonly asked: Confirmation[] = [];
  readonly #answer: boolean;

  constructor(options: { answer?: boolean; signal?: AbortSignal } = {}) {
    this.#answer = options.answer ?? false;
    this.signal = options.signal ?? new AbortController().signal;
  }

  readonly onPlan = (plan: Plan): void => void this.plans.push(plan);
  readonly onWarning = (warning: AppError): void => void this.warnings.push(say(warning));
  readonly confirm = async (confirmations: readonly Confirmation[]): Promise<boolean> => {
    this.asked.push(...confirmations);
    return this.#answer;
  };

  /** Ids of the steps of the last plan. */
  get steps(): readonly string[] {
    return stepIds(this.plans.at(-1));
  }
}

/** Ids of a plan's steps, sorted: which order they run in is the graph's affair. */
export const stepIds = (plan: Plan | undefined): readonly string[] =>
  (plan?.steps ?? []).map((s) => s.id).toSorted();
