import { type AppError, exitCodeOf, say, type SaidError } from '../errors.ts';
import type { Screen } from './screen.ts';
import type { Terminal } from './terminal.ts';

export interface Teller {
  readonly terminal: Terminal;
  readonly screen: Screen;
  readonly json: boolean;
  readonly debug?: boolean;
  /** how the command line names the stack; undefined when it does not */
  readonly stack?: string | undefined;
}

/** Says why a command ended, on stderr, and gives its exit code. */
export function tellErrors(teller: Teller, errors: readonly AppError[], thrown?: unknown): number {
  const { terminal, screen, json, debug, stack } = teller;
  const said = errors.map((e) => say(e, stack));
  const trace = debug && thrown instanceof Error ? traceOf(thrown) : undefined;
  if (json) {
    terminal.stderr.write(
      `${JSON.stringify({ errors: said, ...(trace !== undefined && { debug: trace }) })}\n`,
    );
  } else {
    for (const error of said) screen.note(errorText(error, 'error', screen));
    if (trace !== undefined) screen.note(trace);
  }
  return exitCodeOf(errors);
}

/** Says what does not end the command. */
export function tellWarnings({ terminal, screen, json }: Teller, warnings: readonly SaidError[]): void {
  if (warnings.length === 0) return;
  if (json) terminal.stderr.write(`${JSON.stringify({ warnings })}\n`);
  else for (const warning of warnings) screen.note(errorText(warning, 'warning', screen));
}

/** `error: what happened`, and below it what to do next. */
export function errorText(
  { message, next }: Pick<SaidError, 'message' | 'next'>,
  kind: 'error' | 'warning',
  { errorStyle }: Pick<Screen, 'errorStyle'>,
): string {
  const format = kind === 'error' ? (['bold', 'red'] as const) : (['bold', 'yellow'] as const);
  const margin = ' '.repeat(kind.length + 2);
  const [first, ...more] = message.split('\n');
  return [
    `${errorStyle.paint([...format], `${kind}:`)} ${first}`,
    ...more.map((line) => margin + line),
    ...(next === '' ? [] : next.split('\n').map((line) => margin + line)),
  ].join('\n');
}

/** The stack, and those of the causes. */
function traceOf(thrown: Error): string {
  const cause = thrown.cause instanceof Error ? `\ncaused by: ${traceOf(thrown.cause)}` : '';
  return `${thrown.stack ?? thrown.message}${cause}`;
}
