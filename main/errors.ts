import type { Row } from './wording/row.ts';
import { cliWording } from './wording/terminal.ts';
import { desktopWording } from './wording/desktop.ts';
import { engineWording } from './wording/engine.ts';
import { gpuWording } from './wording/gpu.ts';
import { modelWording } from './wording/model.ts';
import { modelServerWording } from './wording/model-servers.ts';
import { stackWording } from './wording/stack.ts';
import { systemWording } from './wording/system.ts';

/** The one table: every error a user can meet, what is said and what to do next. */
const wording = {
  ...modelWording,
  ...modelServerWording,
  ...engineWording,
  ...stackWording,
  ...systemWording,
  ...cliWording,
  ...desktopWording,
  ...gpuWording,
};

export type ErrorCode = keyof typeof wording;
/** The facts that the wording of `code` needs; never a secret's value. */
export type ErrorData<C extends ErrorCode> = Parameters<(typeof wording)[C]['say']>[0];

/** An error as a value: a code of the table and the facts its wording needs. */
export interface AppError {
  readonly code: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** One problem, as the terminal and the window say it. */
export interface SaidError extends AppError {
  readonly message: string;
  readonly next: string;
}

/** Carries one or more `AppError`s through `throw`; several when a file has several problems. */
export class Failure extends Error {
  readonly errors: readonly AppError[];
  constructor(errors: readonly AppError[], options?: ErrorOptions) {
    super(errors.map((e) => say(e).message).join('\n'), options);
    this.name = 'Failure';
    this.errors = errors;
  }
}

/** Makes an error value. */
export function appError<C extends ErrorCode>(code: C, data: ErrorData<C>): AppError {
  return { code, data: data as Readonly<Record<string, unknown>> };
}

/** Makes a throwable failure with a single error; `cause` keeps what was caught. */
export function failure<C extends ErrorCode>(code: C, data: ErrorData<C>, cause?: unknown): Failure {
  return new Failure([appError(code, data)], { cause });
}

/** What was thrown, as error values; a full disk is met anywhere; what nobody foresaw is `stack.unknown`. */
export function errorsOf(thrown: unknown): readonly AppError[] {
  if (thrown instanceof Failure) return thrown.errors;
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return [
    appError(code === 'ENOSPC' || code === 'EDQUOT' ? 'system.disk-full' : 'stack.unknown', { reason }),
  ];
}

/** Whether `e` is a failure that carries an error of this code. */
export function hasCode(e: unknown, code: ErrorCode): e is Failure {
  return e instanceof Failure && e.errors.some((x) => x.code === code);
}

/**
 * Adds the wording and the next action to an error value. `stack` is how a command line names the stack (`production`,
 * `--file compose.yaml`), left out where the current one is meant.
 */
export function say(error: AppError, stack?: string): SaidError {
  const message = rowOf(error)?.say(error.data) ?? `unknown error ${error.code}`;
  return { ...error, message, next: nameStack(nextOf(error), stack) };
}

/** The next action with `{stack}` still in it, for whoever tells it further. */
export const nextOf = (error: AppError): string => rowOf(error)?.next(error.data) ?? '';

const rowOf = ({ code }: AppError): Row<Record<string, unknown>> | undefined =>
  Object.hasOwn(wording, code) ? (wording[code as ErrorCode] as Row<Record<string, unknown>>) : undefined;

/**
 * Everything that was thrown, with its wording, as it goes into a snapshot or an answer to the window.
 * @param project of the stack that it was about: a command line without one means the current stack
 */
export const saidOf = (
  errors: readonly AppError[],
  project?: string,
): (SaidError & { data: Record<string, unknown> })[] => {
  const stack = project === undefined ? undefined : `--project ${project}`;
  return errors.map((e) => ({ ...say(e, stack), data: { ...e.data } }));
};

/** A text whose command lines name the stack: `{stack}` becomes how it is named, or nothing. */
export const nameStack = (text: string, stack: string | undefined): string =>
  text.replaceAll('{stack}', () => (stack === undefined ? '' : ` ${stack}`));

/** The exit code of a failure: the highest of its errors' (2 bad input and 3 no engine win over 1). */
export function exitCodeOf(errors: readonly AppError[]): number {
  const codes = errors.map((e) => (Object.hasOwn(wording, e.code) ? wording[e.code as ErrorCode].exit : 1));
  return codes.includes(130) ? 130 : Math.max(1, ...codes);
}
