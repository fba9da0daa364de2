/** Faults of the registry: what the lab's own does to one image that the engine does not have. */
import type { RegistrySettings } from '../setup/lab.ts';
import type { Fault } from './fault.ts';
import type { World } from './world.ts';

type Refusal = NonNullable<RegistrySettings['fail']>[number];

/** Lets the registry refuse blobs or manifests of the image that is pulled, which the engine does not have. */
export async function refuse(
  world: World,
  kind: 'blobs' | 'manifests',
  refusal: Omit<Refusal, 'match'>,
): Promise<void> {
  const { image, path: repository } = world.subject.pulled;
  if (await world.engine.images.inspect(image)) await world.engine.images.remove(image);
  await world.lab.registry.set({ fail: [{ match: `/v2/${repository}/${kind}/`, ...refusal }] });
}
export const forgive = (world: World): Promise<void> => world.lab.registry.reset();

/** The state of what is down. */
export const nothing = { status: 'stopped', sentence: 'Nothing of it is running.' };

export const REGISTRY: readonly Fault[] = [
  {
    name: 'registry drops the connection in the middle of a layer, once',
    from: 'down',
    arrange: (w) => refuse(w, 'blobs', { after: 100_000, times: 1 }),
    heal: forgive,
  },
  {
    name: 'registry drops the connection in the middle of a layer, always',
    from: 'down',
    arrange: (w) => refuse(w, 'blobs', { after: 100_000 }),
    fails: (w) => ({
      code: 'engine.registry-unreachable',
      says: new RegExp(`^The registry of ${w.subject.pulled.image} cannot be reached or is failing: .*EOF`),
      next: /network and proxy of the engine’s machine.*run the command again/,
    }),
    afterwards: () => nothing,
    heal: forgive,
  },
  {
    name: 'registry answers 500',
    from: 'down',
    arrange: (w) => refuse(w, 'manifests', { status: 500 }),
    fails: (w) => ({
      code: 'engine.registry-unreachable',
      says: new RegExp(`^The registry of ${w.subject.pulled.image} cannot be reached or is failing: .*500`),
      next: /run the command again/,
    }),
    afterwards: () => nothing,
    heal: forgive,
  },
  {
    name: 'registry answers 429',
    from: 'down',
    arrange: (w) => refuse(w, 'manifests', { status: 429 }),
    fails: (w) => ({
      code: 'engine.rate-limited',
      says: new RegExp(`^The registry of ${w.subject.pulled.image} refuses further pulls for now`),
      next: /Wait, log in with docker login/,
    }),
    afterwards: () => nothing,
    heal: forgive,
    withinMs: 10_000,
  },
  {
    name: 'registry sends a damaged layer',
    from: 'down',
    arrange: (w) => refuse(w, 'blobs', { corrupt: true }),
    fails: (w) => ({
      code: 'engine.corrupt-layer',
      says: new RegExp(`^A layer of ${w.subject.pulled.image} arrived damaged`),
      next: /Run the command again/,
    }),
    afterwards: () => nothing,
    heal: forgive,
  },
  {
    name: 'image that no registry has',
    from: 'up',
    arrange: (w) => w.choose({ [w.subject.pulled.variable]: `${w.subject.pulled.image}-none` }),
    fails: (w) => ({
      code: 'engine.image-not-found',
      says: new RegExp(`^There is no image ${w.subject.pulled.image}-none: .*not found|manifest unknown`),
      next: /Check the name and the tag/,
    }),
    // what ran goes on
    afterwards: () => ({ status: 'running' }),
    heal: (w) => w.choose({ [w.subject.pulled.variable]: w.subject.pulled.image }),
    withinMs: 10_000,
  },
];
