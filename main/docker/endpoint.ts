import path from 'node:path';
import { failure } from '../errors.ts';
import { DockerContexts, readTls, type ContextFiles } from './docker-context.ts';
import type { Endpoint } from './port.ts';
import { dockerConfigDir } from './registry-auth.ts';
import { defaultUrl, wellKnownProducts, type Product, type Surroundings } from './well-known.ts';

/** Where an engine may be named, and the system we are on. */
export interface EndpointRequest extends Surroundings {
  /** `--host` */
  readonly host?: string;
  /** `--context` */
  readonly context?: string;
  /** the setting `engine`: an address (it has `://`) or a context's name */
  readonly setting?: string;
}

/** What is found at a socket or pipe: someone listens, nobody does, we may not, there is nothing. */
export type SocketState = 'listens' | 'refused' | 'denied' | 'absent';

/** The facts that the choice needs, read from the system by `endpoint-probe.ts` and from tables in tests. */
export interface EndpointIo extends ContextFiles {
  probe(url: string): Promise<SocketState>;
  exists(file: string): Promise<boolean>;
}

/**
 * Chooses the engine: `--host` or `--context`, DOCKER_HOST, DOCKER_CONTEXT, the setting, the current Docker context,
 * then the first well-known socket or pipe at which something listens.
 *
 * Throws `engine.host-and-context`, `engine.bad-host`, `engine.context-unknown`, `engine.bad-context`; and where
 * nothing was named and nothing listens, `engine.permission-denied`, `engine.not-running` or `engine.not-installed`.
 */
export async function resolveEndpoint(request: EndpointRequest, io: EndpointIo): Promise<Endpoint> {
  const { host, context, env, setting, platform } = request;
  const configDir = dockerConfigDir(env, request.home, pathsOf(request));
  const contexts = dockerContexts(request, io);
  const fromContext = async (name: string, source: string): Promise<Endpoint> => {
    if (name === 'default') return fromDefault(request, io, configDir, source);
    const { host: url, tls } = await contexts.read(name);
    return { ...endpoint(url, source, platform), context: name, ...(tls && { tls }) };
  };

  if (host !== undefined && context !== undefined) throw failure('engine.host-and-context', {});
  if (host !== undefined) return withEnvTls(endpoint(host, '--host', platform), request, io, configDir);
  if (context !== undefined) return fromContext(context, `--context ${context}`);
  if (env['DOCKER_HOST'])
    return withEnvTls(endpoint(env['DOCKER_HOST'], 'DOCKER_HOST', platform), request, io, configDir);
  if (env['DOCKER_CONTEXT']) return fromContext(env['DOCKER_CONTEXT'], 'DOCKER_CONTEXT');
  if (setting) {
    const source = 'the setting "engine"';
    if (!setting.includes('://')) return fromContext(setting, source);
    return withEnvTls(endpoint(setting, source, platform), request, io, configDir);
  }
  const current = await contexts.current();
  if (current !== undefined && current !== 'default') return fromContext(current, `context ${current}`);
  return wellKnown(request, io);
}

/** The Docker CLI's contexts of this user. */
export function dockerContexts(around: Surroundings, io: ContextFiles): DockerContexts {
  const paths = pathsOf(around);
  return new DockerContexts(dockerConfigDir(around.env, around.home, paths), io, paths);
}

const pathsOf = ({ platform }: Surroundings): path.PlatformPath =>
  platform === 'win32' ? path.win32 : path.posix;

/** The context `default` is DOCKER_HOST, or the usual place. */
function fromDefault(
  request: EndpointRequest,
  io: EndpointIo,
  configDir: string,
  source: string,
): Promise<Endpoint> {
  const url = request.env['DOCKER_HOST'] || defaultUrl(request.platform);
  return withEnvTls(endpoint(url, source, request.platform), request, io, configDir);
}

/**
 * DOCKER_TLS_VERIFY and DOCKER_TLS (any text turns them on) with the files of DOCKER_CERT_PATH, or of the Docker
 * config, for an address that was named by hand, as the Docker CLI does.
 */
async function withEnvTls(
  chosen: Endpoint,
  request: EndpointRequest,
  io: EndpointIo,
  configDir: string,
): Promise<Endpoint> {
  const { env } = request;
  const verify = Boolean(env['DOCKER_TLS_VERIFY']);
  if (!chosen.url.startsWith('tcp:') || (!verify && !env['DOCKER_TLS'])) return chosen;
  const folder = env['DOCKER_CERT_PATH'] || configDir;
  const tls = await readTls(folder, io, pathsOf(request)).catch((e: unknown) => {
    throw failure('engine.tls', { endpoint: chosen.url, reason: (e as Error).message }, e);
  });
  return { ...chosen, tls: { ...tls, ...(!verify && { skipVerify: true }) } };
}

/** An address as an endpoint; throws `engine.bad-host`. */
function endpoint(host: string, source: string, platform: NodeJS.Platform): Endpoint {
  const bad = (reason: string): never => {
    throw failure('engine.bad-host', { host: withoutPassword(host), source, reason });
  };
  const scheme = /^(?<scheme>[a-z]+):\/\//.exec(host)?.groups?.['scheme'] ?? 'none';
  switch (scheme) {
    case 'unix':
      if (!host.startsWith('unix:///')) bad('the path must begin with a slash');
      // On macOS every engine runs in a virtual machine.
      return { url: host, source, local: platform === 'linux' };
    case 'npipe':
      if (platform !== 'win32') bad('named pipes are Windows’ own');
      return { url: host, source, local: false };
    case 'tcp':
    case 'ssh': {
      if (!URL.canParse(host)) bad('it cannot be read as a URL');
      const url = new URL(host);
      if (url.hostname === '') bad('it names no machine');
      // A password in an address would be seen in errors and in `ps`.
      if (url.password !== '') bad('it must not hold a password');
      if (scheme === 'tcp' && url.pathname !== '' && url.pathname !== '/') bad('a path is not supported');
      return { url: host, source, local: false };
    }
    default:
      return bad(scheme === 'none' ? 'it has no scheme' : `${scheme}:// is not supported`);
  }
}

const withoutPassword = (host: string): string => host.replace(/(^|:\/\/)([^:@/]*):[^@]*@/, '$1$2:…@');

async function wellKnown(request: EndpointRequest, io: EndpointIo): Promise<Endpoint> {
  const { platform } = request;
  const products = wellKnownProducts(request);
  const silent: { product: Product; url: string; state: 'refused' | 'denied' }[] = [];
  for (const product of products)
    for (const url of product.urls) {
      const state = await io.probe(url);
      if (state === 'listens') return endpoint(url, `well-known socket (${product.name})`, platform);
      if (state !== 'absent') silent.push({ product, url, state });
    }

  const denied = silent.find((s) => s.state === 'denied');
  if (denied) throw failure('engine.permission-denied', { endpoint: denied.url });
  const refused = silent[0];
  if (refused) {
    const { product, url } = refused;
    const reason = `nothing listens at the socket of ${product.name}`;
    throw failure('engine.not-running', { endpoint: url, reason, start: product.start });
  }
  for (const product of products) {
    const present = await Promise.all(product.installed.map((file) => io.exists(file)));
    if (!present.includes(true)) continue;
    const reason = `${product.name} is installed and has no socket`;
    const url = product.urls[0] ?? defaultUrl(platform);
    throw failure('engine.not-running', { endpoint: url, reason, start: product.start });
  }
  throw failure('engine.not-installed', { tried: products.map((p) => p.name), platform });
}
