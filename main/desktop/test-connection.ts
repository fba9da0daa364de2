import { SECRET_WORD, type ConnectApi, type ProbeResult } from '../contract.ts';
import { bearer, httpStatus } from '../system/http-status.ts';

/** A client that waited longer would have been given up, in milliseconds. */
const WITHIN_MS = 15_000;

/**
 * Makes the call that a client makes: to the published address, with the stack's secret. What came of it, and what it
 * means where it is not well; of the answer nothing but its status is told.
 * @param url that answers 2xx to whoever has the secret
 * @param api decides what the secret is called
 */
export async function testConnection(url: string, secret: string, api: ConnectApi): Promise<ProbeResult> {
  const begun = performance.now();
  const { ok, answer } = await httpStatus(url, AbortSignal.timeout(WITHIN_MS), bearer(secret)).then(
    (status) => meaning(status, SECRET_WORD[api]),
    (error: unknown) => ({
      ok: false,
      answer: `${url} does not answer: ${error instanceof Error ? error.message : String(error)}`,
    }),
  );
  const tookMs = Math.round(performance.now() - begun);
  return { id: 'connection', label: 'Connection', ok, answer, tookMs, at: new Date().toISOString() };
}

/** What a status says; `word` is what the secret is called. Pure. */
export function meaning(status: number, word: string): Pick<ProbeResult, 'ok' | 'answer'> {
  if (status >= 200 && status < 300) return { ok: true, answer: `HTTP ${status}: the ${word} is right` };
  const refused = `the server refuses the ${word}; it may run with an older one: apply the settings anew`;
  const why: Readonly<Record<number, string>> = {
    401: refused,
    403: refused,
    404: 'the server does not know this path; it may be of another version',
    502: 'nginx does not reach the server; it may still be starting',
    503: 'the server is not ready yet',
    504: 'the server does not answer nginx in time',
  };
  return {
    ok: false,
    answer: why[status] === undefined ? `HTTP ${status}` : `HTTP ${status}: ${why[status]}`,
  };
}
