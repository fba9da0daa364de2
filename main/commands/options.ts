import { failure } from '../errors.ts';
import { parseDuration } from '../model/durations.ts';

/**
 * Milliseconds of a span such as `90s` or `2m`; a number alone is seconds, as docker compose has it.
 * @throws Failure `cli.bad-value`
 */
export function millisecondsOf(what: string, text: string): number {
  const nanoseconds = /^\d+$/.test(text) ? BigInt(text) * 1_000_000_000n : parseDuration(text);
  if (nanoseconds === undefined || nanoseconds <= 0n) {
    throw failure('cli.bad-value', {
      what,
      value: text,
      problem: 'it is not a span of time such as 90s or 2m',
    });
  }
  return Number(nanoseconds) / 1e6;
}

/**
 * How many lines; undefined for all.
 * @throws Failure `cli.bad-value`
 */
export function linesOf(what: string, text: string): number | undefined {
  if (text === 'all') return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw failure('cli.bad-value', { what, value: text, problem: 'it is neither a number of lines nor all' });
}

/**
 * A time in ISO 8601, or a span before now, as the core takes it.
 * @throws Failure `cli.bad-value`
 */
export function sinceOf(what: string, text: string): string {
  const isTime = /^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(Date.parse(text));
  if (isTime || parseDuration(text) !== undefined) return text;
  const problem = 'it is neither a time such as 2026-01-31T12:00:00Z nor a span such as 10m';
  throw failure('cli.bad-value', { what, value: text, problem });
}

/**
 * How many tokens.
 * @throws Failure `cli.bad-value`
 */
export function contextOf(what: string, text: string): number {
  if (/^[1-9]\d{0,7}$/.test(text)) return Number(text);
  throw failure('cli.bad-value', {
    what,
    value: text,
    problem: 'it is not a number of tokens such as 32768',
  });
}

/** @throws Failure `cli.bad-value` */
export function regexOf(what: string, text: string): RegExp {
  try {
    return new RegExp(text, 'gu');
  } catch (e) {
    const problem = e instanceof Error ? e.message : String(e);
    throw failure('cli.bad-value', { what, value: text, problem }, e);
  }
}
