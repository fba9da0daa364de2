// Operations that are cancelled, that meet another one, that wait for what never comes: each ends in time, by its cause.
import { afterAll, beforeAll, it } from 'vitest';
import {
  cancelLastLook,
  cancelOverTheLock,
  cancelPull,
  cancelWaitAndCreate,
  interruptTerminal,
  neverHealthy,
  silentEngine,
} from '../faults/interruptions.ts';
import { LIGHT } from '../faults/subject.ts';
import { World } from '../faults/world.ts';
import { describeLab } from '../setup/lab.ts';
import { freePort, LIGHT_FILE } from './helpers/core-box.ts';

describeLab('interrupted operations', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open(LIGHT, 'interrupted');
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('cancels a pull, and its transfers, within a second', () => cancelPull(world));
  it('cancels a create and a wait within a second', () => cancelWaitAndCreate(world));
  it('says what became of it where its last look is cancelled', () => cancelLastLook(world));
  it('is busy for a second one, which may cancel it over the lock', () => cancelOverTheLock(world));
  it('ends the terminal with 130 on Ctrl-C, and says who is busy', async () => {
    const project = world.box.project('terminal');
    const env = { LIGHT_PORT: String(await freePort()) };
    await interruptTerminal(world, { args: ['-f', LIGHT_FILE, '--project', project], env, project });
  });
  it('gives up with --wait-timeout, by the cause', () => neverHealthy(world, 2_000, 5_000));
  it('gives up within the budget of a health check, by the cause', () =>
    neverHealthy(world, undefined, 40_000));
  it('finds an engine that falls silent', () => silentEngine(world));
});
