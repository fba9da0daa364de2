import { z } from 'zod';
import { failure } from '../errors.ts';
import { httpJson } from '../system/http-json.ts';
import { redactor } from '../system/redact.ts';

/** A model may think long before it answers, in milliseconds. */
export const WITHIN_MS = 120_000;
/** More of an error's text nobody reads, in characters. */
const LONGEST_REASON = 400;

/** A running server of Letta as its clients reach it. */
export interface ServerApi {
  /** without a path: `http://127.0.0.1:8283` */
  readonly url: string;
  /** sent as `Authorization: Bearer` (RFC 6750, section 2.1) */
  readonly secret: string;
}

/**
 * One request, and what is understood of its answer.
 * @param what does not come about without it, as a sentence without its end
 * @throws Failure `app.api-refused`, `app.api-silent`
 */
export async function ask<T>(
  api: ServerApi,
  what: string,
  schema: z.ZodType<T>,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const url = `${api.url}${path}`;
  const signal = AbortSignal.timeout(WITHIN_MS);
  const answer = await httpJson(method, url, { bearer: api.secret, signal, body }).catch((error: unknown) => {
    throw silent(what, url, error);
  });
  const { status } = answer;
  const read = schema.safeParse(jsonOf(answer.body));
  if (status < 200 || status > 299 || !read.success)
    throw failure('app.api-refused', { what, url, status, text: told(api, reasonIn(answer.body)) });
  return read.data;
}

/** Why nothing was answered, as an error. */
export const silent = (what: string, url: string, error: unknown): Error =>
  failure(
    'app.api-silent',
    { what, url, reason: error instanceof Error ? error.message : String(error) },
    error,
  );

/** What a server said of an error, short and without its secret. */
export function told({ secret }: ServerApi, text: string): string {
  const said = redactor([secret]).text(text);
  return said.length > LONGEST_REASON ? `${said.slice(0, LONGEST_REASON)}…` : said;
}

/** What a text is as JSON; `undefined` where it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Why something went wrong, out of an error's text: FastAPI says it as `detail`, OpenAI's API as `error.message`, and the
 * App Server puts the one of its agent as JSON into the latter.
 */
function reasonIn(said: unknown): string {
  const inner = typeof said === 'string' ? jsonOf(said) : said;
  if (typeof inner !== 'object' || inner === null)
    return typeof said === 'string' ? said : JSON.stringify(said ?? '');
  const { data = {} } = Reasons.safeParse(inner);
  const reason = data.detail ?? data.error ?? data.message;
  return reason === undefined || reason === null ? JSON.stringify(inner) : reasonIn(reason);
}

const Reasons = z.looseObject({ detail: z.unknown(), error: z.unknown(), message: z.unknown() }).partial();
