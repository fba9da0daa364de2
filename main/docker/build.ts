import { stripVTControlCharacters } from 'node:util';
import { failure, Failure } from '../errors.ts';
import { readContext, type BuildContext } from './build-context.ts';
import { buildKitLines } from './buildkit-needed.ts';
import { buildWithBuildx, findBuildx } from './buildx.ts';
import { readDockerfile } from './dockerfile.ts';
import { jsonLines } from './lines.ts';
import type { BuildOptions, ImageInspect } from './port.ts';
import { inspectImage } from './pull.ts';
import { parseReference } from './reference.ts';
import { authHeader, credentialKey, registryAuth } from './registry-auth.ts';
import { callName, type ApiRequest, type Transport } from './transport.ts';

/** One object of the engine's build stream. */
interface BuildEvent {
  readonly stream?: string;
  readonly status?: string;
  readonly id?: string;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
  readonly aux?: { readonly ID?: string };
}

/**
 * Builds an image: with the engine's own builder, or, where the Dockerfile needs BuildKit, with `docker buildx` if
 * that is installed. Throws `engine.buildkit-needed` (the line), `engine.build-failed` (the step),
 * `engine.build-context`, `engine.build-file`.
 */
export async function buildImage(
  api: Transport,
  options: BuildOptions,
  configDir: string,
): Promise<ImageInspect> {
  const context = await readContext(options);
  const [needs] = buildKitLines(context.text);
  if (!needs) return buildClassic(api, options, context, configDir);
  const found = await findBuildx(options.signal);
  if (options.signal?.aborted) throw failure('engine.cancelled', { call: 'docker buildx version' });
  if (!found) throw failure('engine.buildkit-needed', { file: context.file, ...needs });
  const id = await buildWithBuildx(api.endpoint, options, context);
  return builtImage(api, options, id);
}

async function buildClassic(
  api: Transport,
  options: BuildOptions,
  context: BuildContext,
  configDir: string,
): Promise<ImageInspect> {
  const headers = await registryConfig(context.text, configDir);
  const request: ApiRequest = {
    method: 'POST',
    path: '/build',
    query: { ...buildQuery(options), dockerfile: context.name },
    // begins to be read at once: an error of it needs somebody who listens
    tar: context.tar(),
    headers,
    signal: options.signal,
    subject: imageName(options),
  };
  let id: string | undefined;
  let step = 'its start';
  let last = '';
  for await (const event of jsonLines<BuildEvent>(api.stream(request, true))) {
    const error = event.errorDetail?.message ?? event.error;
    if (error !== undefined) throw stepFailure(api, request, { step, error, last });
    id = event.aux?.ID ?? id;
    for (const line of (event.stream ?? '').split('\n')) {
      const text = stripVTControlCharacters(line).trimEnd(); // the builder paints stderr red
      if (text === '') continue;
      if (/^Step \d+\/\d+ : /.test(text)) step = text;
      else if (!/^ ---> |^Removing intermediate container /.test(text)) last = text;
      options.onOutput?.(text);
    }
    // The pull of a base image: its progress lines would drown the build's own.
    if (event.status !== undefined && event.id === undefined) options.onOutput?.(event.status);
  }
  if (id === undefined)
    throw failure('engine.build-failed', {
      image: imageName(options),
      step,
      reason: 'the engine ended the stream without an image',
    });
  return builtImage(api, options, id);
}

/** An error of a step; a full disk or a base image that cannot be had keep their own cause. */
function stepFailure(
  api: Transport,
  request: ApiRequest,
  { step, error, last }: { step: string; error: string; last: string },
): Failure {
  const image = request.subject ?? '';
  const base = /^Step \d+\/\d+ : FROM (?:--\S+ )*(?<base>\S+)/i.exec(step)?.groups?.['base'];
  const call = base === undefined ? callName(request) : 'POST /images/create';
  const known = api.fault(call, error, { subject: base ?? image });
  if (known.errors.every((e) => !['engine.api', 'engine.pull-failed'].includes(e.code))) return known;
  const reason = /returned a non-zero code/.test(error) && last !== '' ? `${error} (${last})` : error;
  return failure('engine.build-failed', { image, step, reason });
}

/** The query of `POST /build` (Docker Engine API, "Build an image"), `version` 1 is the classic builder. */
export function buildQuery(options: BuildOptions): Record<string, unknown> {
  // A null takes its value from nothing: the Dockerfile's own default counts.
  const args = Object.fromEntries(Object.entries(options.args ?? {}).filter(([, v]) => v !== null));
  return {
    version: '1',
    t: options.tags,
    target: options.target,
    buildargs: args,
    labels: options.labels ?? {},
    platform: options.platform,
    nocache: options.noCache,
    pull: options.pull,
    networkmode: options.network,
    extrahosts: options.extraHosts,
    cachefrom: options.cacheFrom === undefined ? undefined : JSON.stringify(options.cacheFrom),
    shmsize: options.shmSize,
    rm: true,
    forcerm: true,
  };
}

/** Credentials for the registries of the file's base images, as `X-Registry-Config`. */
async function registryConfig(dockerfile: string, configDir: string): Promise<Record<string, string>> {
  const bases = readDockerfile(dockerfile).instructions.flatMap((x) => {
    if (x.name !== 'FROM') return [];
    const base = x.rest.split(/\s+/).find((word) => !word.startsWith('--')) ?? '';
    return parseReference(base)?.registry ?? [];
  });
  const found = await Promise.all(
    [...new Set(bases)].map(async (registry) => {
      const { auth } = await registryAuth(registry, configDir);
      return auth ? [[credentialKey(registry), auth] as const] : [];
    }),
  );
  const entries = found.flat();
  return entries.length === 0 ? {} : { 'X-Registry-Config': authHeader(Object.fromEntries(entries)) };
}

async function builtImage(api: Transport, options: BuildOptions, id: string): Promise<ImageInspect> {
  const image = await inspectImage(api, options.tags[0] ?? id);
  if (image) return image;
  throw failure('engine.build-failed', {
    image: imageName(options),
    step: 'its end',
    reason: 'the engine reports success and does not have the image',
  });
}

const imageName = (options: BuildOptions): string => options.tags[0] ?? options.context;
