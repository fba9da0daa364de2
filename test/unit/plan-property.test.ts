import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LABEL } from '../../main/stack/labels.ts';
import type { Plan } from '../../main/stack/plan-types.ts';
import type { FakeEngine } from '../fakes/fake-engine.ts';
import { desiredOf } from './helpers/desired.ts';
import { randomProject, type RandomProject } from './helpers/random-project.ts';
import { killedAfter, known, makeEngine, planOn, up, watchForTwins } from './helpers/rig.ts';

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

function engineFor(projects: readonly RandomProject[]): FakeEngine {
  const jobs = new Set(projects.flatMap((p) => p.jobs));
  const engine = makeEngine();
  for (const job of jobs) {
    for (let n = 1; n < 20; n += 1) engine.behave(`p-${job}-${n}`, { exitsAfterMs: 1 });
  }
  return engine;
}

/** What somebody does to the engine behind our back. */
const mischief = fc.array(
  fc.record({
    what: fc.constantFrom('stop', 'remove', 'remove network', 'disconnect'),
    which: fc.nat(20),
  }),
  { maxLength: 4 },
);

async function meddle(engine: FakeEngine, { what, which }: { what: string; which: number }): Promise<void> {
  const containers = [...engine.world.containers.values()];
  const c = containers[which % Math.max(1, containers.length)];
  const networks = [...engine.world.networks.values()].filter((n) => n.Name.startsWith('p_'));
  const n = networks[which % Math.max(1, networks.length)];
  if (c && what === 'stop') engine.stopOutside(c.name);
  else if (c && what === 'remove') await engine.containers.remove(c.id, { force: true });
  else if (c && n && what === 'disconnect')
    await engine.networks.disconnect(n.Name, c.id).catch(() => undefined);
  else if (n && what === 'remove network') {
    for (const id of n.members) engine.stopOutside(id);
    await engine.networks.remove(n.Id);
  }
}

function expectSound({ steps }: Plan): void {
  const seen = new Set<string>();
  const ids = new Set(steps.map((s) => s.id));
  expect(ids.size).toBe(steps.length);
  for (const step of steps) for (const before of step.after) expect(ids).toContain(before);
  for (let left = [...steps]; left.length > 0;) {
    const ready = left.filter((s) => s.after.every((a) => seen.has(a)));
    expect(
      ready.map((s) => s.id),
      `a cycle among ${left.map((s) => s.id).join(', ')}`,
    ).not.toEqual([]);
    for (const s of ready) seen.add(s.id);
    left = left.filter((s) => !seen.has(s.id));
  }
  expect(steps.filter((s) => s.kind === 'removeVolume')).toEqual([]);
}

/**
 * What is still to be done. Jobs that ended run again with each up, as with the CLI; what depends on one is then looked
 * at again, which changes nothing.
 */
function restOf({ steps }: Plan, { jobs }: RandomProject): string[] {
  const isOfJob = (id: string): boolean => jobs.some((j) => id.includes(`-${j}-`));
  const isLook = (kind: string): boolean => kind === 'wait' && jobs.length > 0;
  return steps.filter((s) => !isOfJob(s.id) && !isLook(s.kind)).map((s) => s.id);
}

describe('planning and carrying out', { timeout: 120_000 }, () => {
  it('ends where the next plan has nothing to do, whatever was there and whenever it was killed', async () => {
    const runs = fc.asyncProperty(
      randomProject,
      randomProject,
      mischief,
      fc.integer({ min: 0, max: 60 }),
      async (first, second, tricks, killAt) => {
        const engine = engineFor([first, second]);
        await up(engine, known(desiredOf(first.yaml)));
        const twins = watchForTwins(engine);
        for (const trick of tricks) await meddle(engine, trick);
        const wanted = known(desiredOf(second.yaml));
        const volumes = [...engine.world.volumes.values()];
        expectSound(await planOn(engine, wanted, { removeOrphans: true }));
        await up(killedAfter(engine, killAt), wanted, { options: { removeOrphans: true } }).catch(
          () => undefined,
        );
        await pause();
        expectSound(await planOn(engine, wanted, { removeOrphans: true }));
        await up(engine, wanted, { options: { removeOrphans: true } });

        const again = await planOn(engine, wanted);
        expectSound(again);
        expect(restOf(again, second)).toEqual([]);
        expect(twins).toEqual([]);
        for (const v of volumes) expect(engine.world.volumes.get(v.Name)).toBe(v);
        const names = [...engine.world.containers.values()].map((c) => c.name);
        expect(names.filter((n) => !/^p-s\d-\d+$/.test(n))).toEqual([]);
        for (const [name, { deploy }] of Object.entries(wanted.services)) {
          const own = [...engine.world.containers.values()].filter(
            (c) => c.body.Labels[LABEL.service] === name,
          );
          expect(own.length).toBe(deploy?.replicas ?? 1);
        }
      },
    );
    await fc.assert(runs, { numRuns: 120 });
  });

  it('gives the same plan for the same input', async () => {
    await fc.assert(
      fc.asyncProperty(randomProject, randomProject, async (first, second) => {
        const engine = engineFor([first, second]);
        await up(engine, known(desiredOf(first.yaml)));
        const plan = await planOn(engine, known(desiredOf(second.yaml)));
        expect(await planOn(engine, known(desiredOf(second.yaml)))).toEqual(plan);
      }),
      { numRuns: 20 },
    );
  });
});
