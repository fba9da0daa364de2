import { failure } from '../errors.ts';
import { buildImage } from './build.ts';
import type { Engine } from './port.ts';
import { inspectImage, pullImage, tagImage } from './pull.ts';
import { familiarName, parseReference } from './reference.ts';
import { segment, type Transport } from './transport.ts';

interface Surroundings {
  /** the Docker config, with the credentials of registries */
  readonly configDir: string;
  readonly env: NodeJS.ProcessEnv;
  /** of the engine: `linux/amd64` */
  readonly platform: string;
}

/** The images of an engine, and what registries say of those that it does not have. */
export function imagesOf(api: Transport, { configDir, env, platform }: Surroundings): Engine['images'] {
  return {
    inspect: (ref) => inspectImage(api, ref),
    async list() {
      type Listed = Awaited<ReturnType<Engine['images']['list']>>;
      return (await api.call({ method: 'GET', path: '/images/json' })).body as Listed;
    },
    // only a preview needs it: what starts does not wait for what checks manifests
    parts: async (ref, options) =>
      (await import('./registry.ts')).remoteParts({ ref, configDir, env, platform, ...options }),
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
  };
}
