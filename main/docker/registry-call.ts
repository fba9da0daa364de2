import type { Agent } from 'node:http';
import { http } from '../system/node-http.ts';

/** What a registry answered, as far as it matters. */
export interface RegistryAnswer {
  readonly status: number;
  /** `WWW-Authenticate`; empty where there is none */
  readonly challenge: string;
  readonly body: string;
}

/** A manifest may have 4 MiB (OCI distribution spec, "Pushing manifests"); more is no manifest. */
const MOST_BYTES = 4 * 1024 * 1024;

interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  /** sent as a form, by POST */
  readonly form?: URLSearchParams;
}

/**
 * A call at a registry over TLS, through the proxy that the environment names; a registry on this machine may also be
 * without TLS, as for the engine. A redirection is not followed: it would carry the login elsewhere.
 * Throws Node's error when it does not answer.
 */
export async function registryCall(
  registry: string,
  path: string,
  { env, signal }: { readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
  { headers = {}, form }: Asked = {},
): Promise<RegistryAnswer> {
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
  const https = process.getBuiltinModule('node:https');
  const agent = new https.Agent({ proxyEnv: env });
  try {
    return await send(https.request, new URL(`https://${host}${path}`), { agent, headers, signal }, form);
  } catch (e) {
    if (signal.aborted || !isOnThisMachine(host)) throw e;
    return await send(http.request, new URL(`http://${host}${path}`), { headers, signal }, form);
  } finally {
    agent.destroy();
  }
}

const isOnThisMachine = (host: string): boolean =>
  /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host.replace(/:\d+$/, ''));

interface SendOptions {
  readonly agent?: Agent;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

function send(
  call: typeof http.request,
  url: URL,
  { headers, ...options }: SendOptions,
  form: URLSearchParams | undefined,
): Promise<RegistryAnswer> {
  const posted = form && {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
  };
  return new Promise((resolve, reject) => {
    const request = call(url, { ...options, headers, ...posted }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > MOST_BYTES) request.destroy(new Error(`${url.host} answers with more than a manifest`));
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          challenge: response.headers['www-authenticate'] ?? '',
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    request.on('error', reject);
    request.end(form?.toString());
  });
}
