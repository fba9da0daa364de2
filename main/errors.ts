import type { Row } from './wording/row.ts';
import { cliWording } from './wording/terminal.ts';
import { desktopWording } from './wording/desktop.ts';
import { engineWording } from './wording/engine.ts';
import { modelWording } from './wording/model.ts';
import { stackWording } from './wording/stack.ts';
import { systemWording } from './wording/system.ts';

/** The one table: every error a user can meet, what is said and what to do next. */
const wording = {
  ...modelWording,
  ...engineWording,
  ...stackWording,
  ...systemWording,
  ...cliWording,
  ...desktopWording,
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

/** What was thrown, as error values; something that nobody foresaw is `stack.unknown`. */
export function errorsOf(thrown: unknown): readonly AppError[] {
  if (thrown instanceof Failure) return thrown.errors;
  return [appError('stack.unknown', { reason: thrown instanceof Error ? thrown.message : String(thrown) })];
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
  const row = Object.hasOwn(wording, error.code)
    ? (wording[error.code as ErrorCode] as Row<Record<string, unknown>>)
    : undefined;
  if (!row) return { ...error, message: `unknown error ${error.code}`, next: '' };
  return { ...error, message: row.say(error.data), next: nameStack(row.next(error.data), stack) };
}

/** Everything that was thrown, with its wording, as it goes into a snapshot or an answer to the window. */
export const saidOf = (errors: readonly AppError[]): (SaidError & { data: Record<string, unknown> })[] =>
  errors.map((e) => ({ ...say(e), data: { ...e.data } }));

/** A text whose command lines name the stack: `{stack}` becomes how it is named, or nothing. */
export const nameStack = (text: string, stack: string | undefined): string =>
  text.replaceAll('{stack}', () => (stack === undefined ? '' : ` ${stack}`));

/** The exit code of a failure: the highest of its errors' (2 bad input and 3 no engine win over 1). */
export function exitCodeOf(errors: readonly AppError[]): number {
  const codes = errors.map((e) => (Object.hasOwn(wording, e.code) ? wording[e.code as ErrorCode].exit : 1));
  return codes.includes(130) ? 130 : Math.max(1, ...codes);
}
