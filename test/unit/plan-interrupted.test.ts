import { describe, expect, it } from 'vitest';
import type { FakeEngine } from '../fakes/fake-engine.ts';
import { desiredOf } from './helpers/desired.ts';
import { down, Killed, killedAfter, known, makeEngine, planOn, up, watchForTwins } from './helpers/rig.ts';

/** db with named and anonymous volumes, web that waits for it, a sidecar in web's namespace, a one-shot job. */
const file = (version: string): string => `
name: p
services:
  db:
    image: data:1
    environment: { VERSION: "${version}" }
    volumes: [named:/var/named]
    healthcheck: { test: [CMD, "true"] }
  job:
    image: app:1
    depends_on: { db: { condition: service_healthy } }
  web:
    image: app:1
    environment: { VERSION: "${version}" }
    depends_on:
      db: { condition: service_healthy, restart: true }
      job: { condition: service_completed_successfully }
    deploy: { replicas: 2 }
    configs: [{ source: page, target: /page }]
  side:
    image: app:1
    network_mode: service:web
volumes: { named: {} }
configs: { page: { content: hello } }
`;

const engineFor = (): FakeEngine => makeEngine({ behaviours: { 'p-job-1': { exitsAfterMs: 1 } } });

/** Where each database's data lies: volumes by their mount point. */
const dataOf = (engine: FakeEngine): Record<string, string | undefined> =>
  Object.fromEntries(engine.container('p-db-1').mounts.map((m) => [m.Destination, m.Name]));

/** Names as they should be in the end. */
const NAMES = ['p-db-1', 'p-job-1', 'p-side-1', 'p-web-1', 'p-web-2'];
const namesOf = (engine: FakeEngine): string[] =>
  [...engine.world.containers.values()].map((c) => c.name).toSorted();

/** How many changes an undisturbed run makes. */
async function changesOf(begin: FakeEngine, wanted: string, services?: readonly string[]): Promise<number> {
  const counted = killedAfter(begin, Infinity);
  await up(counted, known(desiredOf(wanted)), { ...(services && { options: { services } }) });
  return counted.changes();
}

async function runKilled(engine: FakeEngine, yaml: string, at: number, force = false): Promise<void> {
  const run = up(killedAfter(engine, at), known(desiredOf(yaml)), { options: { forceRecreate: force } });
  await expect(run).rejects.toSatisfy((e: Error) => e instanceof Killed || e.cause instanceof Killed);
  // what the engine was asked for just before the end goes on without us
  await new Promise((resolve) => setTimeout(resolve, 5));
}

async function expectSettled(engine: FakeEngine, yaml: string): Promise<void> {
  await up(engine, known(desiredOf(yaml)));
  expect(namesOf(engine)).toEqual(NAMES);
  const again = await planOn(engine, known(desiredOf(yaml)));
  // a job that has ended runs again with each up, as with the CLI
  expect(again.steps.filter((s) => !s.id.includes('job')).map((s) => s.id)).toEqual([]);
}

describe('an up that is killed', { timeout: 60_000 }, () => {
  it('after any change of a fresh up: the next one ends it', async () => {
    const all = await changesOf(engineFor(), file('1'));
    expect(all).toBeGreaterThan(12);
    for (let at = 1; at <= all; at += 1) {
      const engine = engineFor();
      const twins = watchForTwins(engine);
      await runKilled(engine, file('1'), at);
      const volumes = [...engine.world.volumes.values()];
      await expectSettled(engine, file('1'));
      for (const v of volumes) expect(engine.world.volumes.get(v.Name)).toBe(v);
      expect(twins).toEqual([]);
    }
  });

  it.each([
    ['ended by the next one', '2'],
    ['taken back by the file as it was', '1'],
    ['overtaken by a file that changed again', '3'],
  ])('after any change of a replacement: %s', async (_, then) => {
    const settled = engineFor();
    await up(settled, known(desiredOf(file('1'))));
    const all = await changesOf(settled, file('2'));
    expect(all).toBeGreaterThan(15);
    for (let at = 1; at <= all; at += 1) {
      const engine = engineFor();
      await up(engine, known(desiredOf(file('1'))));
      const data = dataOf(engine);
      const twins = watchForTwins(engine);
      await runKilled(engine, file('2'), at);
      await expectSettled(engine, file(then));
      expect(dataOf(engine), `killed after change ${at}`).toEqual(data);
      expect(twins, `killed after change ${at}`).toEqual([]);
    }
  });

  it('again and again, after one change each time', async () => {
    const engine = engineFor();
    await up(engine, known(desiredOf(file('1'))));
    const data = dataOf(engine);
    const twins = watchForTwins(engine);
    for (let run = 0; run < 60; run += 1) {
      await up(killedAfter(engine, 1), known(desiredOf(file('2')))).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await expectSettled(engine, file('2'));
    expect(dataOf(engine)).toEqual(data);
    expect(twins).toEqual([]);
  });

  it('after any change of a forced replacement', async () => {
    for (let at = 1; at <= 20; at += 1) {
      const engine = engineFor();
      await up(engine, known(desiredOf(file('1'))));
      const data = dataOf(engine);
      await runKilled(engine, file('1'), at, true);
      await expectSettled(engine, file('1'));
      expect(dataOf(engine)).toEqual(data);
    }
  });

  it('leaves nothing that a down does not take', async () => {
    for (let at = 1; at <= 20; at += 1) {
      const engine = engineFor();
      await up(engine, known(desiredOf(file('1'))));
      await runKilled(engine, file('2'), at);
      await down(engine, known(desiredOf(file('2'))));
      expect(namesOf(engine)).toEqual([]);
      expect([...engine.world.networks.values()].map((n) => n.Name)).toEqual(['bridge', 'host', 'none']);
      expect([...engine.world.volumes.keys()]).toContain('p_named');
    }
  });
});
