import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../../main/errors.ts';
import type { Engine, ImageInspect, PullOptions } from '../../main/docker/port.ts';
import { PullMeter } from '../../main/docker/pull-progress.ts';
import { refuse } from './refuse.ts';
import { hex, withTag, type FakeImage, type World } from './world.ts';

/** What the engine says of an image with these facts. */
export function imageInspect(ref: string, image: FakeImage): ImageInspect {
  const id = image.id ?? `sha256:${hex(`image ${ref}`)}`;
  const repo = ref.replace(/[:@][^/]*$/, '');
  return {
    Id: id,
    RepoTags: ref.includes('@') ? [] : [withTag(ref)],
    RepoDigests: [ref.includes('@') ? ref : `${repo}@sha256:${hex(`digest ${id}`)}`],
    Size: (image.layers ?? [1e6]).reduce((a, b) => a + b, 0) * 3,
    Created: '2026-01-01T00:00:00Z',
    Os: 'linux',
    Architecture: 'amd64',
    Config: image.config ?? {},
  };
}

export function fakeImages(world: World): Engine['images'] {
  const { faults } = world;
  return {
    async inspect(ref) {
      await faults.enter('images.inspect', [ref]);
      return world.findImage(ref);
    },
    async list() {
      await faults.enter('images.list', []);
      const byId = new Map([...world.images.values()].map((i) => [i.Id, i]));
      return [...byId.values()].map(({ Id, Size }) => ({ Id, Size, RepoTags: tagsOf(world, Id) }));
    },
    async parts(ref, options) {
      await faults.enter('images.parts', [ref], options.signal);
      const found = world.registry.get(withTag(ref));
      if (!found) throw failure('engine.image-not-found', { image: ref, reason: 'HTTP 404' });
      return layersOf(ref, found).map(({ id, size }) => ({ digest: `sha256:${id}`, size }));
    },
    async pull(ref, options = {}) {
      await faults.enter('images.pull', [ref, options], options.signal);
      return pull(world, ref, options);
    },
    async tag(source, target) {
      await faults.enter('images.tag', [source, target]);
      const image = world.findImage(source);
      if (!image) throw refuse(`POST /images/${source}/tag`, 404, `No such image: ${source}`, source);
      world.images.set(withTag(target), image);
      world.hub.emit('image', 'tag', image.Id, { name: target });
    },
    async build(options) {
      await faults.enter('images.build', [options], options.signal);
      const ref = options.tags[0] ?? `build-${world.newId().slice(0, 12)}`;
      options.onOutput?.('Step 1/1 : FROM scratch');
      const labels = options.labels ?? {};
      const image = imageInspect(ref, { id: `sha256:${world.newId()}`, config: { Labels: labels } });
      for (const tag of options.tags) world.images.set(withTag(tag), image);
      return image;
    },
    async remove(ref) {
      await faults.enter('images.remove', [ref]);
      const image = world.findImage(ref);
      if (!image) throw refuse(`DELETE /images/${ref}`, 404, `No such image: ${ref}`, ref);
      for (const [name, i] of world.images)
        if (name === withTag(ref) || (ref === image.Id && i === image)) world.images.delete(name);
      world.hub.emit('image', 'untag', image.Id, { name: ref });
    },
  };
}

const layersOf = (ref: string, image: FakeImage): { id: string; size: number }[] =>
  (image.layers ?? [1e6]).map((size, i) => ({ id: hex(`${ref} ${i}`).slice(0, 12), size }));

const tagsOf = (world: World, id: string): string[] =>
  [...world.images].filter(([ref, i]) => i.Id === id && !ref.includes('@')).map(([ref]) => ref);

/** Goes through the events of a real pull, with the real meter. */
async function pull(world: World, ref: string, options: PullOptions): Promise<ImageInspect> {
  const call = 'POST /images/create';
  const found = world.registry.get(withTag(ref));
  if (!found)
    throw refuse(
      call,
      404,
      `manifest for ${withTag(ref)} not found: manifest unknown: manifest unknown`,
      ref,
    );
  const meter = new PullMeter();
  const tell = async (id: string, status: string, current?: number, total?: number): Promise<void> => {
    await sleep(found.pauseMs ?? 0, undefined, { signal: options.signal }).catch(() => undefined);
    if (options.signal?.aborted) throw failure('engine.cancelled', { call });
    if (world.faults.connectionLost)
      throw failure('engine.connection-lost', { endpoint: 'fake://', call, reason: 'aborted' });
    const progressDetail =
      current === undefined || total === undefined ? {} : { progressDetail: { current, total } };
    if (meter.add({ id, status, ...progressDetail })) options.onProgress?.(meter.progress);
  };
  const layers = layersOf(ref, found);
  for (const { id } of layers) meter.add({ id, status: 'Pulling fs layer' });
  for (const { id, size } of layers) {
    for (let part = 1; part <= 5; part++) await tell(id, 'Downloading', (size * part) / 5, size);
    await tell(id, 'Download complete');
  }
  for (const { id, size } of layers) {
    for (let part = 1; part <= 3; part++) await tell(id, 'Extracting', (size * part) / 3, size);
    await tell(id, 'Pull complete');
  }
  meter.finish();
  options.onProgress?.(meter.progress);
  const image = imageInspect(ref, found);
  world.images.set(withTag(ref), image);
  world.hub.emit('image', 'pull', ref, { name: ref });
  return image;
}
