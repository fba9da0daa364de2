// Every fault on the light stack, on an engine of its own that may be broken. test/faults/ has the table and the
// harness; `npm run test:faults` tries the same on production.
import { afterAll, beforeAll, describe, it } from 'vitest';
import { provoke } from '../faults/fault.ts';
import { LIGHT } from '../faults/subject.ts';
import { FAULTS, faultsOf } from '../faults/table.ts';
import { World } from '../faults/world.ts';
import { describeLab } from '../setup/lab.ts';

describeLab('faults of the light stack', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open(LIGHT, 'faults');
  });
  afterAll(() => world[Symbol.asyncDispose]());

  describe.each(Object.entries(FAULTS))('%s', (_, faults) => {
    it.each(faultsOf(faults, LIGHT.profile))('$name', (fault) => provoke(world, fault));
  });
});
