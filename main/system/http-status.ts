import { http } from './node-http.ts';

/**
 * The HTTP status with which an address answers a GET; its body is not read, a redirection not followed.
 * @throws Error of Node when it does not answer; the signal's reason
 */
export function httpStatus(
  url: string,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const { get } = url.startsWith('https:') ? process.getBuiltinModule('node:https') : http;
  return new Promise((resolve, reject) => {
    const request = get(url, { signal, agent: false, headers }, (response) => {
      resolve(response.statusCode ?? 0);
      request.destroy();
    });
    request.on('error', reject);
  });
}

/** The header that shows a password (RFC 6750, section 2.1). */
export const bearer = (secret: string): Record<string, string> => ({ authorization: `Bearer ${secret}` });
