import { failure } from '../errors.ts';
import { buildImage } from './build.ts';
import type { Engine } from './port.ts';
import { inspectImage, pullImage, tagImage } from './pull.ts';
import { familiarName, parseReference } from './reference.ts';
import { authHeader, registryAuth } from './registry-auth.ts';
import { segment, type Transport } from './transport.ts';

/** The images of an engine; credentials of registries come from the Docker config in `configDir`. */
export function imagesOf(api: Transport, configDir: string): Engine['images'] {
  return {
    inspect: (ref) => inspectImage(api, ref),
    async list() {
      type Listed = Awaited<ReturnType<Engine['images']['list']>>;
      return (await api.call({ method: 'GET', path: '/images/json' })).body as Listed;
    },
    pull: (ref, options = {}) => pullImage(api, ref, options, configDir),
    async tag(source, target) {
      const to = parseReference(target);
      if (!to || to.digest !== undefined)
        throw failure('engine.image-not-found', {
          image: target,
          reason: 'this is no name that an image can get',
        });
      await tagImage(api, source, familiarName(to), to.tag);
    },
    build: (options) => buildImage(api, options, configDir),
    async remove(ref) {
      await api.call({ method: 'DELETE', path: `/images/${segment(ref)}`, subject: ref });
    },
    async distribution(ref) {
      const parsed = parseReference(ref);
      if (!parsed) return undefined;
      const { auth } = await registryAuth(parsed.registry, configDir);
      const answer = await api.call(
        {
          method: 'GET',
          path: `/distribution/${segment(ref)}/json`,
          headers: auth ? { 'X-Registry-Auth': authHeader(auth) } : {},
          subject: ref,
        },
        [400, 401, 403, 404, 500, 502, 503],
      );
      if (answer.status !== 200) return undefined;
      const { Descriptor, Platforms } = answer.body as {
        Descriptor: { digest: string };
        Platforms: { os: string; architecture: string; variant?: string }[] | null;
      };
      const platforms = (Platforms ?? []).map((p) =>
        [p.os, p.architecture, p.variant].filter(Boolean).join('/'),
      );
      return { digest: Descriptor.digest, platforms };
    },
  };
}
