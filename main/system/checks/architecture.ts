import { platformOf } from '../../docker/capabilities.ts';
import type { Engine } from '../../docker/port.ts';
import type { Check, DoctorContext, DoctorService } from '../doctor-types.ts';

/** Whether the images that are here are for the engine's processor; a tag that was pulled for another one stays. */
export const checkArchitecture: Check = {
  id: 'architecture',
  title: 'Images for this processor',
  category: 'engine',
  applicable: (ctx) =>
    Promise.all([ctx.engine(), ctx.stack()]).then(
      async ([engine, { services }]) => (await imagesHere(engine, services)).length > 0,
      // the engine's and the compose file's own checks tell why
      () => false,
    ),
  run: async (ctx) => {
    const engine = await ctx.engine();
    const wrong = await wrongImages(ctx);
    const here = archOf(engine);
    if (wrong.length === 0) return { status: 'ok', detail: `all images that are here are for ${here}` };
    // these bring an emulator along
    const emulates = !['docker', 'podman'].includes(engine.info.product);
    const asked = wrong.filter((w) => w.service.platform !== undefined);
    const pulled = wrong.filter((w) => w.service.platform === undefined && !w.service.isBuilt);
    return {
      status: emulates ? 'warn' : 'fail',
      detail: wrong
        .map(
          ({ service, arch }) =>
            `${service.name}: ${service.image} is for ${arch}, and the engine's processor is ${here}` +
            (emulates ? ', so it is slow' : ''),
        )
        .join('\n'),
      fix: [
        ...(asked.length > 0
          ? [`Take platform: out of the compose file (${asked.map(named).join(', ')}).`]
          : []),
        ...(pulled.length > 0
          ? ['Pull it again for this processor: letta-stack up{stack} --pull always']
          : []),
        ...(wrong.length > asked.length + pulled.length
          ? ['Build it again: letta-stack up{stack} --build']
          : []),
      ].join('\n'),
      ...(pulled.length > 0 && { remedy: { do: 'repair', label: `Pull again for ${here}` } }),
    };
  },
  repair: async (ctx) => {
    const wrong = await wrongImages(ctx);
    const images = wrong
      .filter(({ service }) => service.platform === undefined && !service.isBuilt)
      .flatMap(({ service }) => service.image ?? []);
    for (const image of new Set(images)) await ctx.pull(image);
  },
};

interface Here {
  readonly service: DoctorService;
  /** of its image */
  readonly arch: string;
}

const named = ({ service }: Here): string => service.name;
const archOf = ({ info }: Engine): string => platformOf(info).split('/')[1] ?? info.arch;

async function imagesHere(engine: Engine, services: readonly DoctorService[]): Promise<Here[]> {
  const found = await Promise.all(
    services.map(async (service) => {
      const image = service.image === undefined ? undefined : await engine.images.inspect(service.image);
      return image && { service, arch: image.Architecture };
    }),
  );
  // an image that was imported may say nothing
  return found.filter((x) => x !== undefined && x.arch !== '') as Here[];
}

async function wrongImages(ctx: DoctorContext): Promise<Here[]> {
  const [engine, { services }] = await Promise.all([ctx.engine(), ctx.stack()]);
  return (await imagesHere(engine, services)).filter(({ arch }) => arch !== archOf(engine));
}
