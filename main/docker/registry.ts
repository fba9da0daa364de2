import { z } from 'zod';
import { failure, Failure } from '../errors.ts';
import type { ImagePart } from './port.ts';
import { atMirror, familiar, parseReference, type Reference } from './reference.ts';
import { registryAuth, withHelper, type RegistryAuth } from './registry-auth.ts';
import { registryCall, type RegistryAnswer } from './registry-call.ts';

/** What an image is described by: one platform's manifest, or an index of several (OCI image spec; Docker's v2.2). */
const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** No layer is larger: what says so is no manifest. Bytes. */
const LARGEST = 1e12;
const Digest = z.string().regex(/^[a-z0-9+._-]+:[0-9a-fA-F]{32,}$/);
const Part = z.object({ digest: Digest, size: z.number().int().nonnegative().max(LARGEST) });
const Platform = z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() });
const Index = z.object({
  manifests: z.array(z.object({ digest: Digest, platform: Platform.optional() })),
});
const Manifest = z.object({ layers: z.array(Part), config: Part.optional() });
const Described = z.union([Index, Manifest]);
const Token = z.object({ token: z.string().optional(), access_token: z.string().optional() });

export interface RemoteImage {
  readonly ref: string;
  /** asked there instead of the image's own registry, as a pull would be */
  readonly mirror?: string | undefined;
  /** `linux/arm64/v8` */
  readonly platform: string;
  /** the folder of the Docker config with the credentials of registries */
  readonly configDir: string;
  /** `HTTPS_PROXY` and `NO_PROXY` are read from it */
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/**
 * Of what an image consists and how much of it there is to download, as its registry tells (OCI distribution spec,
 * "Pulling manifests"): nothing is downloaded for it. This machine asks, not the engine, whose API tells no sizes.
 *
 * Throws `engine.image-not-found`, `engine.image-denied`, `engine.rate-limited` or `engine.registry-unreachable`.
 */
export async function remoteParts(image: RemoteImage): Promise<readonly ImagePart[]> {
  const named = parseReference(image.ref);
  if (!named) throw refused('engine.image-not-found', image.ref, 'this is no image reference');
  const source = image.mirror === undefined ? named : atMirror(named, image.mirror);
  const described = await describedBy(image, source, source.digest ?? source.tag ?? 'latest');
  if ('layers' in described) return partsOf(described);
  const digest = choose(described.manifests, image.platform);
  if (digest === undefined) {
    throw refused('engine.image-not-found', familiar(source), `it is not made for ${image.platform}`);
  }
  const one = await describedBy(image, source, digest);
  if ('layers' in one) return partsOf(one);
  throw refused('engine.registry-unreachable', familiar(source), 'its index leads to another index');
}

/** Pure: which manifest of an index is for a platform; without the variant where none has it. */
export function choose(manifests: z.infer<typeof Index>['manifests'], platform: string): string | undefined {
  const [os, architecture, variant] = platform.split('/');
  const fitting = manifests.filter(({ platform: p }) => p?.os === os && p?.architecture === architecture);
  return (fitting.find((m) => m.platform?.variant === variant) ?? fitting[0])?.digest;
}

/** Pure: the layers and the configuration; a part that stands there twice is downloaded once. */
export function partsOf({ layers, config }: z.infer<typeof Manifest>): ImagePart[] {
  const all = config ? [...layers, config] : layers;
  return [...new Map(all.map(({ digest, size }) => [digest, { digest, size }])).values()];
}

async function describedBy(
  image: RemoteImage,
  source: Reference,
  which: string,
): Promise<z.infer<typeof Described>> {
  const path = `/v2/${source.path}/manifests/${which}`;
  const get = (authorization?: string): Promise<RegistryAnswer> =>
    registryCall(source.registry, path, image, {
      headers: { accept: MANIFESTS, ...(authorization !== undefined && { authorization }) },
    });
  try {
    const first = await get();
    if (first.status !== 401) return Described.parse(bodyOf(first, source));
    const { auth, problem } = await registryAuth(source.registry, image.configDir);
    try {
      return Described.parse(bodyOf(await get(await authorizationFor(image, source, first, auth)), source));
    } catch (e) {
      throw withHelper(e, problem);
    }
  } catch (e) {
    if (e instanceof Failure) throw e;
    const reason = e instanceof z.ZodError ? 'its answer is no manifest' : String(e);
    throw refused('engine.registry-unreachable', familiar(source), reason);
  }
}

/** @throws Failure where the registry refuses; SyntaxError where it is no JSON */
function bodyOf({ status, body }: RegistryAnswer, source: Reference): unknown {
  if (status !== 200) throw ofStatus(status, familiar(source));
  return JSON.parse(body);
}

/**
 * What a challenge asks for: the login itself, or a token that the named server gives for it, or for nothing where the
 * image is public (distribution spec, "Token Authentication" and, for an identity token, "OAuth 2 Token").
 */
async function authorizationFor(
  image: RemoteImage,
  source: Reference,
  { challenge }: RegistryAnswer,
  auth: RegistryAuth | undefined,
): Promise<string | undefined> {
  if (/^basic\b/i.test(challenge)) return auth && basic(auth);
  if (auth?.registrytoken !== undefined) return `Bearer ${auth.registrytoken}`;
  const { realm, service, scope = `repository:${source.path}:pull` } = parametersOf(challenge);
  if (realm === undefined || !URL.canParse(realm)) return undefined;
  const { host, pathname, searchParams } = new URL(realm);
  const wanted = { scope, ...(service !== undefined && { service }) };
  const asked =
    auth?.identitytoken === undefined
      ? await registryCall(host, `${pathname}?${withAll(searchParams, wanted)}`, image, {
          headers: headersOf(auth && basic(auth)),
        })
      : await registryCall(host, pathname, image, {
          form: withAll(searchParams, {
            ...wanted,
            grant_type: 'refresh_token',
            client_id: 'letta-stack',
            refresh_token: auth.identitytoken,
          }),
        });
  const { token, access_token: given = token } = Token.parse(bodyOf(asked, source));
  return given === undefined ? undefined : `Bearer ${given}`;
}

const headersOf = (authorization: string | undefined): Record<string, string> =>
  authorization === undefined ? {} : { authorization };

const withAll = (given: URLSearchParams, more: Readonly<Record<string, string>>): URLSearchParams =>
  new URLSearchParams([...given, ...Object.entries(more)]);

function basic({ username, password }: RegistryAuth): string | undefined {
  if (username === undefined || password === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Pure: `Bearer realm="https://…",service="…"` as a record (RFC 9110, section 11.2). */
export function parametersOf(challenge: string): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name.toLowerCase(),
      value,
    ]),
  );
}

function ofStatus(status: number, image: string): Failure {
  const reason = `HTTP ${status}`;
  if (status === 401 || status === 403) return refused('engine.image-denied', image, reason);
  if (status === 404) return refused('engine.image-not-found', image, reason);
  if (status === 429) return refused('engine.rate-limited', image, reason);
  return refused('engine.registry-unreachable', image, reason);
}

const refused = (
  code:
    'engine.image-not-found' | 'engine.image-denied' | 'engine.rate-limited' | 'engine.registry-unreachable',
  image: string,
  reason: string,
): Failure => failure(code, { image, reason });
