import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../errors.ts';

/** What the engine takes as `X-Registry-Auth` (Docker Engine API, "Authentication"). */
export interface RegistryAuth {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
  readonly serveraddress: string;
}

/** The parts of the Docker config.json that speak of registries. */
interface DockerConfig {
  readonly auths?: Readonly<Record<string, AuthEntry>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}
interface AuthEntry {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

/** Credentials for one registry; `problem` says why there are none although the config names a way to them. */
export interface FoundAuth {
  readonly auth?: RegistryAuth;
  readonly problem?: string;
}

/** The folder of the Docker CLI's config. */
export const dockerConfigDir = (
  env: Readonly<Record<string, string | undefined>>,
  home: string,
  paths: path.PlatformPath = path,
): string => env['DOCKER_CONFIG'] || paths.join(home, '.docker');

/** Docker Hub's credentials are kept under this address for historical reasons. */
const HUB = 'https://index.docker.io/v1/';

/** The key under which a registry's credentials are kept. */
export const credentialKey = (registry: string): string => (registry === 'docker.io' ? HUB : registry);

/**
 * Credentials of a registry by the Docker CLI's rules: `credHelpers` before `credsStore` before `auths`. Never
 * throws: without credentials the pull is tried without, and the registry decides.
 */
export async function registryAuth(registry: string, configDir: string): Promise<FoundAuth> {
  let config: DockerConfig;
  try {
    config = JSON.parse(await readFile(path.join(configDir, 'config.json'), 'utf8')) as DockerConfig;
  } catch (e) {
    const { code, message } = e as NodeJS.ErrnoException;
    return code === 'ENOENT' ? {} : { problem: `${path.join(configDir, 'config.json')}: ${message}` };
  }
  const key = credentialKey(registry);
  const helper = config.credHelpers?.[registry] ?? config.credHelpers?.[key] ?? config.credsStore;
  const fromFile = authFromFile(config, key);
  if (helper === undefined || helper === '') return fromFile ? { auth: fromFile } : {};
  const found = await askHelper(helper, key);
  return found.auth || !fromFile ? found : { auth: fromFile };
}

/** An entry of `auths`; its key may be written as a host or as a URL with a path. */
export function authFromFile(config: DockerConfig, key: string): RegistryAuth | undefined {
  const host = (s: string): string => s.replace(/^https?:\/\//, '').split('/')[0] ?? s;
  const entries = Object.entries(config.auths ?? {});
  const entry = (entries.find(([k]) => k === key) ?? entries.find(([k]) => host(k) === host(key)))?.[1];
  if (!entry) return undefined;
  const { identitytoken, registrytoken } = entry;
  if (identitytoken) return { identitytoken, serveraddress: key };
  if (registrytoken) return { registrytoken, serveraddress: key };
  const plain = entry.auth
    ? Buffer.from(entry.auth, 'base64').toString('utf8').replace(/\0+$/, '')
    : undefined;
  const colon = plain?.indexOf(':') ?? -1;
  const username = plain === undefined ? entry.username : plain.slice(0, Math.max(colon, 0));
  const password = plain === undefined ? entry.password : plain.slice(colon + 1);
  if (!username || password === undefined) return undefined; // `{}` is what a login with a store leaves here
  return { username, password, serveraddress: key };
}

/** Runs `docker-credential-NAME get`, the registry's key on its stdin (docker-credential-helpers protocol). */
function askHelper(name: string, key: string): Promise<FoundAuth> {
  const program = `docker-credential-${name}`;
  if (!/^[\w.-]+$/.test(name)) return Promise.resolve({ problem: `"${name}" is no name of a helper` });
  return new Promise((resolve) => {
    const child = spawn(program, ['get'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: 10_000,
      windowsHide: true,
    });
    const out: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stdin.on('error', () => undefined); // a helper may end without reading
    child.on('error', (e) => resolve({ problem: `${program}: ${e.message}` }));
    child.on('close', (code) =>
      resolve(helperAnswer(program, key, code, Buffer.concat(out).toString('utf8'))),
    );
    child.stdin.end(key);
  });
}

/** What a helper's exit code and output mean. The output of a failure is its message, that of a success a secret. */
export function helperAnswer(program: string, key: string, code: number | null, output: string): FoundAuth {
  if (code !== 0) {
    if (/credentials not found/i.test(output)) return {};
    return { problem: `${program} ended with ${code ?? 'a time-out'}: ${output.trim().slice(0, 200)}` };
  }
  try {
    const { Username, Secret } = JSON.parse(output) as { Username?: string; Secret?: string };
    if (!Username || Secret === undefined) return {};
    // "<token>" in the place of a name says that the secret is an identity token
    if (Username === '<token>') return { auth: { identitytoken: Secret, serveraddress: key } };
    return { auth: { username: Username, password: Secret, serveraddress: key } };
  } catch {
    return { problem: `${program} did not answer in JSON` };
  }
}

/** The value of the `X-Registry-Auth` header: base64url with its padding, which engines before 23 insist on. */
export function authHeader(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

/** Where a registry refuses and credentials could not be read, the second may be the reason of the first. */
export function withHelper(e: unknown, helper: string | undefined): unknown {
  if (helper === undefined || !(e instanceof Failure)) return e;
  const errors = e.errors.map((x) =>
    x.code === 'engine.image-denied' ? { ...x, data: { ...x.data, helper } } : x,
  );
  return new Failure(errors, { cause: e });
}
