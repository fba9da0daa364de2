/** The faults, for every stack: what is done, what the user is told, what the status says, what ends it. */
import { execFile } from 'node:child_process';
import { once as event } from 'node:events';
import { rmSync, statfsSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RegistrySettings } from '../setup/lab.ts';
import { TEST_IMAGE } from '../engine/real-engine.ts';
import { once, type Fault } from './fault.ts';
import { inspected } from './hooked-engine.ts';
import type { World } from './world.ts';

type Refusal = NonNullable<RegistrySettings['fail']>[number];

/** Lets the registry refuse blobs or manifests of the image that is pulled, which the engine does not have. */
async function refuse(
  world: World,
  kind: 'blobs' | 'manifests',
  refusal: Omit<Refusal, 'match'>,
): Promise<void> {
  const { image, path: repository } = world.subject.pulled;
  if (await world.engine.images.inspect(image)) await world.engine.images.remove(image);
  await world.lab.registry.set({ fail: [{ match: `/v2/${repository}/${kind}/`, ...refusal }] });
}
const forgive = (world: World): Promise<void> => world.lab.registry.reset();

/** Nothing was made: images come first. */
const nothing = { status: 'stopped', sentence: 'Nothing of it is running.' };

const REGISTRY: readonly Fault[] = [
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

const removed = (w: World, service: string): Promise<void> =>
  w.engine.containers.remove(w.containerName(service), { force: true });

/** Takes the containers off a network and removes it. */
async function removeNetwork(w: World, key: string): Promise<void> {
  const name = `${w.project}_${key}`;
  const found = await w.engine.networks.inspect(name);
  for (const id of Object.keys(found?.Containers ?? {})) await w.engine.networks.disconnect(name, id, true);
  await w.engine.networks.remove(name);
}

const OUTSIDE: readonly Fault[] = [
  {
    name: 'container removed outside, between two operations',
    from: 'up',
    arrange: (w) => removed(w, 'redis'),
    seen: () => ({
      status: 'degraded',
      sentence: 'redis is not running.',
      cause: { kind: 'missing', sentence: 'redis is not running' },
    }),
  },
  {
    name: 'container removed outside while it is waited for',
    from: 'down',
    during: (w) =>
      once(
        (call) => call.service === 'db' && inspected(call)?.Health?.Status === 'starting',
        () => removed(w, 'db'),
      ),
  },
  {
    name: 'container removed outside before its start',
    from: 'down',
    during: (w) =>
      once(
        (call) => call.name === 'containers.start' && call.service === 'nginx' && call.phase === 'before',
        () => removed(w, 'nginx'),
      ),
  },
  {
    name: 'network removed outside, between two operations',
    from: 'up',
    arrange: (w) => removeNetwork(w, 'data'),
  },
  {
    name: 'network removed outside while containers are made',
    from: 'down',
    during: (w) =>
      once(
        (call) => call.name === 'containers.create' && call.service === 'nginx' && call.phase === 'before',
        () => w.engine.networks.remove(`${w.project}_front`),
      ),
  },
  {
    name: 'network removed outside before a start',
    from: 'down',
    during: (w) =>
      once(
        (call) => call.name === 'containers.start' && call.service === 'nginx' && call.phase === 'before',
        () => removeNetwork(w, 'front'),
      ),
  },
  {
    name: 'volume removed outside, between two operations',
    from: 'down',
    arrange: (w) => w.engine.volumes.remove(`${w.project}_pgdata`),
    seen: () => nothing,
    loses: true,
  },
  {
    name: 'volume removed outside before its container is made',
    from: 'nothing',
    during: (w) =>
      once(
        (call) => call.name === 'volumes.create' && call.phase === 'after',
        () => w.engine.volumes.remove(`${w.project}_pgdata`),
      ),
    loses: true,
  },
];

/** A program that listens on the stack's port. */
const listeners = new WeakMap<World, net.Server>();
async function listen(world: World): Promise<void> {
  const server = net.createServer().listen(world.port, '127.0.0.1');
  await event(server, 'listening');
  listeners.set(world, server);
}
async function unlisten(world: World): Promise<void> {
  const server = listeners.get(world);
  if (!server) return;
  server.close();
  await event(server, 'close');
}

const thief = (w: World): string => `${w.box.prefix}-thief`;
async function publish(w: World): Promise<void> {
  const { Id } = await w.engine.containers.create(thief(w), {
    Image: TEST_IMAGE,
    Labels: {},
    HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: String(w.port) }] } },
    ExposedPorts: { '80/tcp': {} },
    NetworkingConfig: { EndpointsConfig: {} },
  });
  await w.engine.containers.start(Id);
}

const portTaken = (by: string) => (w: World) =>
  ({
    code: 'engine.port-taken',
    says: new RegExp(`^127\\.0\\.0\\.1:${w.port} is already taken by another ${by}`),
    next: new RegExp(`Stop what listens on port ${w.port}, or set another port`),
  }) as const;
const nginxNotStarted = (): object => ({
  status: 'failed',
  cause: { kind: 'start', sentence: 'nginx could not be started', detail: expectText(/port|address/) },
});

/** A part of a text, in an expectation of a status. */
function expectText(pattern: RegExp): unknown {
  return { asymmetricMatch: (text: unknown) => typeof text === 'string' && pattern.test(text) };
}

const filler = (w: World): string => path.join(w.engine.info.rootDir, 'filler');
/** Fills the engine's disk but for some bytes. */
async function fill(w: World, left: number): Promise<void> {
  const { bavail, bsize } = statfsSync(w.engine.info.rootDir);
  await promisify(execFile)('fallocate', ['-l', String(bavail * bsize - left), filler(w)]);
}
const empty = async (w: World): Promise<void> => rmSync(filler(w), { force: true });

async function changePassword(w: World, password: string): Promise<void> {
  await w.query(`alter role ${w.subject.database.role} password '${password}'`);
}
async function storedPassword(w: World): Promise<string> {
  const store = await w.box.core.secretStore();
  return (await store.get({ scope: w.project, name: w.subject.password })) ?? '';
}
/** Until the engine itself calls the service unhealthy. */
async function untilUnhealthy(w: World, service: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = await w.engine.containers.inspect(w.containerName(service));
    if (found?.State.Health?.Status === 'unhealthy') return;
    await sleep(100);
  }
  throw new Error(`${service} did not become unhealthy`);
}

/** The main process is made the kernel's first choice, then the container takes more memory than it may. */
async function takeMemory(w: World, service: string): Promise<void> {
  const { engine, id } = await (await w.stack()).containerOf(service);
  const cmd = ['sh', '-c', 'echo 1000 > /proc/1/oom_score_adj; tail /dev/zero'];
  await engine.containers.exec(id, { cmd, user: '0', timeoutMs: 30_000 });
  for (let tries = 0; tries < 100; tries += 1) {
    if (((await engine.containers.inspect(id))?.RestartCount ?? 0) > 0) return;
    await sleep(100);
  }
  throw new Error(`${service} was not ended for its memory`);
}

const ENGINE: readonly Fault[] = [
  {
    name: 'port taken by a program',
    from: 'down',
    arrange: listen,
    fails: portTaken('program'),
    afterwards: nginxNotStarted,
    heal: unlisten,
  },
  {
    name: 'port taken by another container',
    from: 'down',
    arrange: publish,
    fails: portTaken('container'),
    afterwards: nginxNotStarted,
    heal: (w) => w.engine.containers.remove(thief(w), { force: true }),
  },
  {
    name: 'disk full while an image is pulled',
    from: 'down',
    arrange: async (w) => {
      await refuse(w, 'manifests', { times: 0 });
      await fill(w, 300_000);
    },
    fails: () => ({
      code: 'engine.disk-full',
      says: /^The disk of the container engine is full: .*no space left on device/,
      next: /docker system df.*run the command again/,
    }),
    afterwards: () => nothing,
    heal: async (w) => {
      await empty(w);
      await forgive(w);
    },
  },
  {
    name: 'disk full while containers are made',
    from: 'down',
    arrange: (w) => fill(w, 0),
    fails: () => ({
      code: 'engine.disk-full',
      says: /^The disk of the container engine is full: .*no space left on device/,
      next: /docker system df/,
    }),
    afterwards: () => ({ status: 'stopped' }),
    heal: empty,
  },
  {
    name: 'database ended by the kernel for its memory, and restarted by the engine',
    from: 'up',
    arrange: (w) => takeMemory(w, 'db'),
  },
  {
    name: 'database that never has enough memory',
    only: 'light-stack',
    from: 'up',
    arrange: (w) => w.choose({ LIGHT_DB_MEMORY: '6m' }),
    fails: () => ({
      code: 'stack.not-healthy',
      says: /^db did not become ready: db was ended because it used more memory than its limit\n {2}its last lines:/,
      next: /letta-stack logs db/,
    }),
    afterwards: () => ({
      status: 'failed',
      cause: { kind: 'oom', sentence: 'db was ended because it used more memory than its limit' },
    }),
    heal: (w) => w.choose({ LIGHT_DB_MEMORY: '512m' }),
  },
];

const DATABASE: readonly Fault[] = [
  {
    name: 'password of the database changed outside',
    from: 'up',
    arrange: async (w) => {
      await changePassword(w, 'another');
      await w.choose(w.subject.wrongPassword.variables);
      if (w.subject.wrongPassword.service === 'db') await untilUnhealthy(w, 'db');
    },
    request: (w) => ({ waitTimeoutMs: w.subject.wrongPassword.waitMs }),
    afterwards: (w) =>
      w.subject.wrongPassword.service === 'db'
        ? {
            status: 'degraded',
            cause: {
              kind: 'health',
              sentence: 'db fails its health check',
              detail: expectText(w.subject.wrongPassword.says),
            },
          }
        : {},
    fails: (w) => ({
      code: 'stack.not-healthy',
      says: new RegExp(
        `^${w.subject.wrongPassword.service} did not become ready: [^]*${w.subject.wrongPassword.says.source}`,
      ),
      next: new RegExp(`letta-stack logs ${w.subject.wrongPassword.service}`),
    }),
    heal: async (w) => changePassword(w, await storedPassword(w)),
  },
];

/** The faults by what they are about. */
export const FAULTS = { registry: REGISTRY, outside: OUTSIDE, engine: ENGINE, database: DATABASE };

/** The faults of one area that can be made on this profile. */
export const faultsOf = (faults: readonly Fault[], profile: string): readonly Fault[] =>
  faults.filter((f) => f.only === undefined || f.only === profile);

/** One fault by its name. */
export function faultNamed(name: string): Fault {
  const found = Object.values(FAULTS)
    .flat()
    .find((f) => f.name === name);
  if (!found) throw new Error(`there is no fault "${name}"`);
  return found;
}
