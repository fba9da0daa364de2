import os from 'node:os';
import { failure } from '../errors.ts';
import {
  capabilities,
  compareApi,
  engineInfo,
  platformOf,
  type RawInfo,
  type RawVersion,
} from './capabilities.ts';
import { containersOf } from './containers.ts';
import { eventsOf } from './events.ts';
import { imagesOf } from './images.ts';
import { networksOf } from './networks.ts';
import type { Endpoint, Engine } from './port.ts';
import { dockerConfigDir } from './registry-auth.ts';
import { MAX_API, MIN_API, Transport } from './transport.ts';
import { diskUsageOf, volumesOf } from './volumes.ts';

/**
 * Connects to an engine: pings it (5 s at most), agrees on an API version (the lower of its newest and ours) and
 * reads what it is. `env` and `home` say where the Docker config with registry credentials lies.
 *
 * Throws `engine.*` failures: not running, permission, TLS, ssh, time-out, half-open, API too old or too new.
 */
export async function connectEngine(
  endpoint: Endpoint,
  { env = process.env, home = os.homedir() }: { env?: NodeJS.ProcessEnv; home?: string } = {},
): Promise<Engine> {
  const api = new Transport(endpoint);
  try {
    const get = async (path: string): Promise<unknown> => (await api.call({ method: 'GET', path })).body;
    // all at once: the ping ends the others when it finds a silent engine. Over ssh each connection is a login, perhaps
    // with a question to the user, so there the first one serves them all.
    const oneByOne = endpoint.url.startsWith('ssh:');
    const ping = api.ping();
    if (oneByOne) await ping;
    const asked = get('/version');
    if (oneByOne) await asked;
    const answers = await Promise.all([ping, asked, get('/info')]);
    const [version, raw] = [answers[1] as RawVersion, answers[2] as RawInfo];
    const agreed = agreeOnApi(version);
    api.useVersion(agreed);
    const info = engineInfo(raw, version, agreed);
    const onThisMachine = endpoint.local && (info.product === 'docker' || info.product === 'podman');
    return {
      endpoint: { ...endpoint, local: onThisMachine },
      info,
      capabilities: capabilities(agreed, endpoint),
      ping: async (timeoutMs) => void (await api.ping(timeoutMs)),
      clock: async () => Date.parse(((await get('/info')) as RawInfo).SystemTime),
      containers: containersOf(api),
      images: imagesOf(api, { configDir: dockerConfigDir(env, home), env, platform: platformOf(info) }),
      networks: networksOf(api),
      volumes: volumesOf(api),
      diskUsage: () => diskUsageOf(api),
      events: (filters, signal) => eventsOf(api, filters, signal),
      release: () => api.release(),
      close: () => api.close(),
    };
  } catch (e) {
    api.close();
    throw e;
  }
}

/** The version that both sides speak. */
export function agreeOnApi(version: Pick<RawVersion, 'ApiVersion' | 'MinAPIVersion'>): string {
  const { ApiVersion: newest, MinAPIVersion: oldest } = version;
  if (compareApi(newest, MIN_API) < 0)
    throw failure('engine.api-too-old', { engine: newest, minimum: MIN_API });
  if (oldest !== undefined && compareApi(oldest, MAX_API) > 0)
    throw failure('engine.api-too-new', { minimum: oldest, ours: MAX_API });
  return compareApi(newest, MAX_API) < 0 ? newest : MAX_API;
}
