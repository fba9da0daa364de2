/** Faults of the engine's machine: ports, disk, memory; and of the database's password. */
import { execFile } from 'node:child_process';
import { once as event } from 'node:events';
import { rmSync, statfsSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { TEST_IMAGE } from '../engine/real-engine.ts';
import type { Fault } from './fault.ts';
import { forgive, nothing, refuse } from './registry-faults.ts';
import type { World } from './world.ts';

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

const portTaken = (by: RegExp, next: RegExp) => (w: World) =>
  ({
    code: 'engine.port-taken',
    says: new RegExp(`^127\\.0\\.0\\.1:${w.port} is already taken by ${by.source}`),
    next,
  }) as const;
/** It is found out before anything is made. */
const nothingMade = (): object => ({
  status: 'stopped',
  services: {
    asymmetricMatch: (all: readonly { status: string }[]) => all.every((s) => s.status === 'absent'),
  },
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

export const ENGINE: readonly Fault[] = [
  {
    name: 'port taken by a program',
    from: 'down',
    arrange: listen,
    fails: portTaken(/another program/, /Stop what listens on port \d+, or set another port/),
    afterwards: nothingMade,
    found: {
      check: 'ports',
      status: 'fail',
      detail: /^127\.0\.0\.1:\d+ of nginx is taken by .+ \(pid \d+\)$/m,
    },
    heal: unlisten,
  },
  {
    name: 'port taken by another container',
    from: 'down',
    arrange: publish,
    fails: portTaken(/the container \S+-thief/, /Stop the container \S+-thief, or set another port/),
    afterwards: nothingMade,
    found: {
      check: 'ports',
      status: 'fail',
      detail: /^127\.0\.0\.1:\d+ of nginx is taken by the container \S+-thief$/m,
    },
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
    found: { check: 'disk', status: 'fail', detail: /^0\.0 GB free at \S+; to be pulled: / },
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
    found: { check: 'disk', status: 'fail', detail: /^0\.0 GB free at \S+; all images are here$/ },
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

export const DATABASE: readonly Fault[] = [
  {
    name: 'password of the database changed outside',
    from: 'up',
    arrange: async (w) => {
      await w.changePassword('another');
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
    heal: async (w) => w.changePassword(await w.storedPassword()),
  },
];
