import { setTimeout as sleep } from 'node:timers/promises';
import { failure, Failure, hasCode, say } from '../errors.ts';
import { jsonLines } from './lines.ts';
import type { ImageInspect, PullOptions } from './port.ts';
import { PullMeter, type PullEvent } from './pull-progress.ts';
import { atMirror, familiar, familiarName, parseReference, type Reference } from './reference.ts';
import { authHeader, registryAuth, withHelper } from './registry-auth.ts';
import { callName, segment, type ApiRequest, type Transport } from './transport.ts';

/** Pauses before the second, third and fourth attempt. The engine itself tries each layer several times. */
const PAUSES_MS = [1000, 2000, 4000];

/**
 * Pulls an image and gives what the engine then has under its name. Errors that stand inside the stream are errors.
 * A broken connection (engine to registry, or ours to a living engine) is tried again, and so is damaged data; an
 * answer of the registry (missing, denied, rate limit) is not.
 */
export async function pullImage(
  api: Transport,
  ref: string,
  options: PullOptions,
  configDir: string,
): Promise<ImageInspect> {
  const wanted = parseReference(ref);
  if (!wanted) throw failure('engine.image-not-found', { image: ref, reason: 'this is no image reference' });
  const source = options.mirror === undefined ? wanted : atMirror(wanted, options.mirror);
  const meter = new PullMeter();
  for (let attempt = 1; ; attempt++) {
    try {
      await pullOnce(api, source, meter, options, configDir);
      break;
    } catch (e) {
      const pause = PAUSES_MS[attempt - 1];
      if (pause === undefined || options.signal?.aborted || !(await mayTryAgain(api, e, attempt))) throw e;
      options.onRetry?.(attempt, reasonOf(e), pause);
      await sleep(pause, undefined, { signal: options.signal }).catch(() => undefined);
    }
  }
  // a mirror may be the image's own registry: taking the mirror's name away would take the image away
  if (familiar(source) !== familiar(wanted)) await nameAs(api, source, wanted);
  const image = await inspectImage(api, ref);
  if (!image)
    throw failure('engine.pull-failed', {
      image: ref,
      reason: 'the engine reports success and does not have it',
    });
  meter.finish();
  options.onProgress?.(meter.progress);
  return image;
}

/** `GET /images/{ref}/json`; undefined when the engine does not have it. */
export function inspectImage(api: Transport, ref: string): Promise<ImageInspect | undefined> {
  return api.find<ImageInspect>({ method: 'GET', path: `/images/${segment(ref)}/json`, subject: ref });
}

async function pullOnce(
  api: Transport,
  source: Reference,
  meter: PullMeter,
  options: PullOptions,
  configDir: string,
): Promise<void> {
  const image = familiar(source);
  const { auth, problem } = await registryAuth(source.registry, configDir);
  const request: ApiRequest = {
    method: 'POST',
    path: '/images/create',
    query: {
      fromImage: familiarName(source),
      tag: source.digest ?? source.tag,
      platform: options.platform,
    },
    headers: auth ? { 'X-Registry-Auth': authHeader(auth) } : {},
    signal: options.signal,
    subject: image,
  };
  try {
    options.onProgress?.(meter.progress);
    for await (const event of jsonLines<PullEvent>(api.stream(request, true))) {
      const error = event.errorDetail?.message ?? event.error;
      if (error !== undefined) throw api.fault(callName(request), error, { subject: image });
      if (meter.add(event)) options.onProgress?.(meter.progress);
    }
  } catch (e) {
    throw withHelper(e, problem);
  }
}

/**
 * Whether what was thrown is a broken connection on a living engine, or damaged data for the first or second time:
 * containerd's store goes on with the half layer of an earlier pull, and only a failure makes it throw that away.
 */
async function mayTryAgain(api: Transport, e: unknown, attempt: number): Promise<boolean> {
  if (hasCode(e, 'engine.registry-unreachable')) return true;
  if (hasCode(e, 'engine.corrupt-layer')) return attempt <= 2;
  if (!hasCode(e, 'engine.connection-lost')) return false;
  return api.ping().then(
    () => true,
    () => false,
  );
}

const reasonOf = (e: unknown): string =>
  e instanceof Failure ? e.errors.map((x) => say(x).message).join('; ') : String(e);

/**
 * Gives an image from a mirror the name that the file says, and takes the mirror's name away. A name with a digest
 * cannot be given: the engine only writes down a digest for the registry it pulled from.
 */
async function nameAs(api: Transport, source: Reference, wanted: Reference): Promise<void> {
  if (wanted.digest !== undefined) {
    if (await inspectImage(api, familiar(wanted))) return;
    const reason = 'its name has a digest, which an engine only accepts from the image’s own registry';
    throw failure('engine.pull-failed', { image: familiar(wanted), reason });
  }
  await tagImage(api, familiar(source), familiarName(wanted), wanted.tag);
  await api.call({
    method: 'DELETE',
    path: `/images/${segment(familiar(source))}`,
    query: { noprune: true },
  });
}

/** `POST /images/{source}/tag` */
export async function tagImage(
  api: Transport,
  source: string,
  repo: string,
  tag: string | undefined,
): Promise<void> {
  await api.call({
    method: 'POST',
    path: `/images/${segment(source)}/tag`,
    query: { repo, tag },
    subject: source,
  });
}
