/** The engine killed at a point of an `up`, and we ourselves killed after each of its steps. */
import { expect } from 'vitest';
import path from 'node:path';
import { run } from '../engine/helpers/commands.ts';
import { once } from './fault.ts';
import { inspected, type EngineCall } from './hooked-engine.ts';
import type { KilledUp } from './killed-up.ts';
import { errorsOf, within, type World } from './world.ts';

/** A moment of an `up` at which the engine's process is killed. */
export interface KillPoint {
  readonly name: string;
  readonly at: (call: EngineCall) => boolean;
  /** the call is on its way when the engine dies; otherwise it finds no engine */
  readonly during?: boolean;
}

/** How long a call has been on its way when the engine is killed during it, in milliseconds. */
const ON_ITS_WAY_MS = 3;

/** The call, before it is made. */
const call =
  (name: string, service?: string) =>
  (c: EngineCall): boolean =>
    c.phase === 'before' && c.name === name && (service === undefined || c.service === service);
/** A look at a service's container that found it starting. */
export const isStarting =
  (service: string) =>
  (c: EngineCall): boolean =>
    c.service === service && inspected(c)?.Health?.Status === 'starting';

/** From nothing, in the order of the steps: each further `up` goes on where the one before was cut off. */
export const FRESH_POINTS: readonly KillPoint[] = [
  { name: 'before the first network', at: call('networks.create') },
  { name: 'while the volume is made', at: call('volumes.create'), during: true },
  { name: 'while the database is made', at: call('containers.create', 'db'), during: true },
  { name: 'before the files are put into the database', at: call('containers.putArchive', 'db') },
  { name: 'while the database is started', at: call('containers.start', 'db'), during: true },
  { name: 'while the database is waited for', at: isStarting('db') },
  { name: 'before nginx is started', at: call('containers.start', 'nginx') },
  { name: 'while nginx is waited for', at: isStarting('nginx') },
];

/** While every service is made anew; each row begins with the stack up, since a crash of the engine ends containers. */
export const RECREATING_POINTS: readonly (readonly KillPoint[])[] = [
  [
    { name: 'while the new database is made', at: call('containers.create', 'db'), during: true },
    { name: 'before the old database is removed', at: call('containers.remove', 'db') },
  ],
  [
    { name: 'while the old database is stopped', at: call('containers.stop', 'db'), during: true },
    { name: 'before the new database gets its name', at: call('containers.rename', 'db') },
    { name: 'while the new database is waited for', at: isStarting('db') },
  ],
];

/**
 * Runs an `up` in which the engine is killed at the point: it ends at once by its cause, the status says that there is
 * no engine, and says what is so as soon as there is one again.
 */
export async function killEngineAt(world: World, point: KillPoint): Promise<void> {
  let came = false;
  world.hook = once(point.at, () => {
    came = true;
    if (point.during) setTimeout(() => world.signalEngine('SIGKILL'), ON_ITS_WAY_MS);
    else world.signalEngine('SIGKILL');
  });
  const errors = await within(30_000, `the up (engine killed ${point.name})`, errorsOf(world.up()));
  world.hook = undefined;
  expect(came, `the up never came to the point: ${point.name}: ${JSON.stringify(errors)}`).toBe(true);
  expect(errors).toHaveLength(1);
  expect(errors[0]!.code).toMatch(/^engine\.(not-running|connection-lost)$/);
  expect(errors[0]!.message).toContain(world.lab.host);
  expect(errors[0]!.next).toMatch(/Start it|run the same command again/);
  await world.expectNoEngine();
  await world.lab.restart();
  await world.expectStatus();
  await world.removeUnlabelled();
}

/** The volumes of `before` and no fewer, made when they were made. */
async function keptVolumes(
  world: World,
  before: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const now = await world.volumes();
  expect(now).toMatchObject(before);
  return now;
}

/** Kills the engine at each point of a row, then lets the next `up` make everything well. */
export async function killEngineAtEach(world: World, points: readonly KillPoint[]): Promise<void> {
  let volumes = await world.volumes();
  for (const point of points) {
    await killEngineAt(world, point);
    volumes = await keptVolumes(world, volumes);
  }
  await world.expectConverges(volumes);
}

/** The process that runs an `up` and is killed. */
const CHILD = path.join(import.meta.dirname, 'killed-up.ts');

/**
 * Runs `up` in a process of its own that is killed right after the next thing that it did and that is not in `before`,
 * or after `only`. Gives what it was killed after; undefined when it came to its end.
 */
export async function killUs(
  world: World,
  options: { before?: readonly string[]; only?: string } = {},
): Promise<string | undefined> {
  const what: KilledUp = {
    home: world.box.home,
    host: world.lab.host,
    profilesFolder: world.subject.profilesFolder,
    profile: world.subject.profile,
    project: world.project,
    folder: world.box.folder,
    before: options.before ?? [],
    ...(options.only !== undefined && { only: options.only }),
  };
  const ended = await within(
    world.subject.upMs,
    'an up that is killed',
    run(process.execPath, [CHILD, JSON.stringify(what)]),
  );
  if (ended.code === 0) return undefined;
  expect(ended, ended.stderr).toMatchObject({ code: null });
  await world.expectStatus();
  return ended.stdout.trim();
}

/**
 * Kills ourselves after each step of an `up`, one process after the other, until one comes to its end. Gives what they
 * were killed after.
 */
export async function killUsAfterEachStep(world: World): Promise<readonly string[]> {
  const killedAfter: string[] = [];
  let volumes = await world.volumes();
  for (let runs = 0; runs < 60; runs += 1) {
    const step = await killUs(world, { before: killedAfter });
    volumes = await keptVolumes(world, volumes);
    if (step === undefined) {
      await world.expectConverges(volumes);
      return killedAfter;
    }
    killedAfter.push(step);
  }
  throw new Error(`it never came to an end: ${killedAfter.join(', ')}`);
}
