import { text } from 'node:stream/consumers';
import { http } from './node-http.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * One request of a JSON API and its answer, whatever its status; a redirection is not followed.
 * @param bearer sent as `Authorization: Bearer` (RFC 6750, section 2.1)
 * @throws Error of Node when it does not answer; the signal's reason
 */
export async function httpJson(
  method: string,
  url: string,
  options: { readonly bearer: string; readonly signal: AbortSignal; readonly body?: unknown },
): Promise<HttpAnswer> {
  const { bearer, signal, body } = options;
  const { request } = url.startsWith('https:') ? process.getBuiltinModule('node:https') : http;
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    authorization: `Bearer ${bearer}`,
    ...(sent !== undefined && {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(sent),
    }),
  };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, signal, agent: false, headers }, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), reject);
    });
    asked.on('error', reject);
    asked.end(sent);
  });
}
