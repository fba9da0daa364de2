import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../errors.ts';
import { redactor } from '../system/redact.ts';
import type { SecretKeeper } from './secret-keeper.ts';

/** Nobody waits longer than this for a keychain that asks to be unlocked, in milliseconds. */
const REDACTION_WAIT_MS = 3_000;

/**
 * Values to take out of what containers say, besides what the profile's own filter inside them takes out: as many as
 * the store gives in time. Reading a log works with the store locked.
 */
export async function knownSecretValues(
  keeper: SecretKeeper | undefined,
  waitMs = REDACTION_WAIT_MS,
): Promise<readonly string[]> {
  if (!keeper) return [];
  const fetched = keeper.fetchToRedact().catch(() => {}); // locked or absent: what is known by now is taken out
  await Promise.race([fetched, sleep(waitMs, undefined, { ref: false })]);
  return keeper.values();
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
