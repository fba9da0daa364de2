// Every fault on the light stack, on an engine of its own that may be broken. test/faults/ has the table and the
// harness; `npm run test:faults` tries the same on production.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bring, provoke } from '../faults/fault.ts';
import {
  FRESH_POINTS,
  killEngineAtEach,
  killUsAfterEachStep,
  RECREATING_POINTS,
} from '../faults/kill-points.ts';
import { LIGHT } from '../faults/subject.ts';
import { FAULTS, faultsOf } from '../faults/table.ts';
import { World } from '../faults/world.ts';
import { describeLab } from '../setup/lab.ts';
import { makeCore } from './helpers/core-box.ts';
import { codesOf } from './real-engine.ts';

describeLab('faults of the light stack', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open(LIGHT, 'faults');
  });
  afterAll(() => world[Symbol.asyncDispose]());

  describe.each(Object.entries(FAULTS))('%s', (_, faults) => {
    it.each(faultsOf(faults, LIGHT.profile))('$name', (fault) => provoke(world, fault));
  });

  describe('the engine is killed', () => {
    it('at eight points of an up from nothing', async () => {
      await world.reset();
      await killEngineAtEach(world, FRESH_POINTS);
    });

    it('and found again by a core that began without it', async () => {
      await world.lab.kill();
      await world.expectNoEngine();
      const core = makeCore({ home: world.box.home, host: world.lab.host });
      expect(await codesOf(core.engine())).toEqual(['engine.not-running']);
      await world.lab.restart();
      expect((await core.engine()).info.id).toBe(world.engine.info.id);
      core.close();
    });

    it.each([...RECREATING_POINTS.entries()])(
      'at points of an up that makes every service anew (%i)',
      async (row, points) => {
        await bring(world, 'up');
        await world.choose(LIGHT.recreating[row % 2]!);
        await killEngineAtEach(world, points);
      },
    );
  });

  describe('we are killed by kill -9', () => {
    it('after each step of an up from nothing', async () => {
      await world.reset();
      const killedAfter = await killUsAfterEachStep(world);
      expect(killedAfter.map((k) => k.split(' ')[0])).toEqual(
        expect.arrayContaining([
          'secret',
          'networks.create',
          'volumes.create',
          'create',
          'putArchive',
          'start',
          'wait',
        ]),
      );
    });

    it('after each step of an up that makes every service anew', async () => {
      await bring(world, 'up');
      await world.choose(LIGHT.recreating[RECREATING_POINTS.length % 2]!);
      const killedAfter = await killUsAfterEachStep(world);
      expect(killedAfter.map((k) => k.split(' ')[0])).toEqual(
        expect.arrayContaining(['create', 'stop', 'remove', 'rename', 'putArchive', 'start']),
      );
    });
  });
});
