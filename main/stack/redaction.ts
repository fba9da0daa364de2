import { setTimeout as sleep } from 'node:timers/promises';
import { appError, errorsOf, Failure, type AppError } from '../errors.ts';
import { redactor } from '../system/redact.ts';
import type { SecretKeeper } from './secret-keeper.ts';

/** Nobody waits longer than this for a keychain that asks to be unlocked, in milliseconds. */
const REDACTION_WAIT_MS = 3_000;

/** What can be taken out of a text, and why that is not all: empty when the store gave everything. */
interface KnownSecrets {
  readonly values: readonly string[];
  readonly unread: readonly AppError[];
}

/**
 * Values to take out of what containers say, besides what the profile's own filter inside them takes out: as many as
 * the store gives in time. Reading a log works with the store locked.
 */
async function knownSecrets(keeper: SecretKeeper | undefined, waitMs: number): Promise<KnownSecrets> {
  if (!keeper) return { values: [], unread: [] };
  const fetched = keeper.fetchToRedact().then(() => [], errorsOf);
  const late = [appError('secrets.no-answer', { seconds: waitMs / 1000 })];
  const unread = await Promise.race([fetched, sleep(waitMs, late, { ref: false })]);
  return { values: keeper.values(), unread };
}

/** The values alone, for a text that is shown with whatever secrets could not be known. */
export const knownSecretValues = async (
  keeper: SecretKeeper | undefined,
  waitMs = REDACTION_WAIT_MS,
): Promise<readonly string[]> => (await knownSecrets(keeper, waitMs)).values;

/** The values for one reading of a log, asked anew each time; where some cannot be known, that is told once. */
export function secretsOfLogs(
  keeper: () => SecretKeeper | undefined,
  tell: (warnings: readonly AppError[]) => void = () => {},
  waitMs = REDACTION_WAIT_MS,
): () => Promise<readonly string[]> {
  let isTold = false;
  return async () => {
    const { values, unread } = await knownSecrets(keeper(), waitMs);
    if (unread.length > 0 && !isTold) tell([appError('secrets.left-in', {}), ...unread]);
    isTold ||= unread.length > 0;
    return values;
  };
}

/** The failure of a step without any secret in what it tells: log lines, the output of hooks, the engine's reasons. */
export async function redactFailure(error: unknown, keeper: SecretKeeper | undefined): Promise<unknown> {
  // a store that just refused is not asked again
  if (!(error instanceof Failure) || error.errors.some((e) => e.code.startsWith('secrets.'))) return error;
  const values = await knownSecretValues(keeper);
  if (values.length === 0) return error;
  const secretless = redactor(values);
  const text = (s: string): string => secretless.text(s);
  const errors = error.errors.map(({ code, data }) => ({
    code,
    data: redactedIn(data, text) as typeof data,
  }));
  return new Failure(errors, { cause: error.cause });
}

/** Every text inside of plain data. */
function redactedIn(data: unknown, text: (s: string) => string): unknown {
  if (typeof data === 'string') return text(data);
  if (Array.isArray(data)) return data.map((item) => redactedIn(item, text));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, redactedIn(value, text)]));
}
