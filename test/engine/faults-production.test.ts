// Faults of the production profile: five in a normal run, over as few starts of the server as possible. The whole table
// and every point of a kill are tried by `npm run test:faults` (TEST_FAULTS=production).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bring, provoke, type Fault } from '../faults/fault.ts';
import {
  cancelOverTheLock,
  cancelPull,
  cancelWaitAndCreate,
  interruptTerminal,
} from '../faults/interruptions.ts';
import {
  FRESH_POINTS,
  isStarting,
  killEngineAt,
  killEngineAtEach,
  killUs,
  killUsAfterEachStep,
  RECREATING_POINTS,
} from '../faults/kill-points.ts';
import { PRODUCTION } from '../faults/subject.ts';
import { faultNamed, FAULTS, faultsOf } from '../faults/table.ts';
import { World } from '../faults/world.ts';
import { describeLab } from '../setup/lab.ts';

const WHOLE = process.env['TEST_FAULTS'] === 'production';

describeLab('faults of production', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open(PRODUCTION, 'faults-production');
  });
  afterAll(() => world[Symbol.asyncDispose]());

  /** Without the `up` that makes everything well: the next test goes on from here. */
  const unhealed = (fault: Fault): Promise<void> => provoke(world, fault, { andConverges: false });

  if (WHOLE) {
    describe('the whole matrix', { timeout: 900_000 }, () => {
      describe.each(Object.entries(FAULTS))('%s', (_, faults) => {
        it.each(faultsOf(faults, PRODUCTION.profile))('$name', (fault) => provoke(world, fault));
      });

      it('the engine is killed at eight points of an up from nothing', async () => {
        await world.reset();
        await killEngineAtEach(world, FRESH_POINTS);
      });
      it.each([...RECREATING_POINTS.entries()])(
        'the engine is killed at points of an up that makes services anew (%i)',
        async (row, points) => {
          await bring(world, 'up');
          await world.choose(PRODUCTION.recreating[row % 2]!);
          await killEngineAtEach(world, points);
        },
      );
      it('we are killed after each step of an up from nothing', async () => {
        await world.reset();
        const killedAfter = await killUsAfterEachStep(world);
        expect(killedAfter).toContain('start server');
        // nginx may be well a moment before the server's own check: then the next up has nothing to wait for
        expect(killedAfter.filter((k) => k === 'wait server' || k === 'wait nginx')).not.toEqual([]);
      });
      it('we are killed after each step of an up that makes services anew', async () => {
        await bring(world, 'up');
        await world.choose(PRODUCTION.recreating[RECREATING_POINTS.length % 2]!);
        expect(await killUsAfterEachStep(world)).toContain('rename server');
      });

      it('a pull is cancelled', () => cancelPull(world));
      it('a create and a wait are cancelled', () => cancelWaitAndCreate(world));
      it('a second operation cancels over the lock', () => cancelOverTheLock(world));
      it('Ctrl-C ends the terminal with 130', async () => {
        await world.reset();
        await interruptTerminal(world, {
          args: ['--project', world.project],
          env: {},
          project: world.project,
        });
      });
    });
    return;
  }

  describe('on the way to the first start', () => {
    it('the registry drops the connection in the middle of a layer of the server', () =>
      unhealed({
        ...faultNamed('registry drops the connection in the middle of a layer, always'),
        from: 'nothing',
      }));

    it('we are killed by kill -9 when the database is started', async () => {
      expect(await killUs(world, { only: 'start db' })).toBe('start db');
      await world.expectStatus();
    });

    it('the engine is killed while the server is waited for', async () => {
      await killEngineAt(world, { name: 'while the server is waited for', at: isStarting('server') });
      await world.expectConverges(await world.volumes());
    });
  });

  describe('once it is up', () => {
    const names = [
      'container removed outside, between two operations',
      'password of the database changed outside',
    ];
    it.each(names)('%s', (name) => provoke(world, faultNamed(name)));
  });
});
