import { describe, expect, it } from 'vitest';
import { failure, type AppError } from '../../main/errors.ts';
import type { Confirmation, Plan } from '../../main/stack/plan-types.ts';
import { planStart } from '../../main/stack/plan-start.ts';
import { observeFor } from '../../main/stack/run-plan.ts';
import type { FakeEngine } from '../fakes/fake-engine.ts';
import { desiredOf } from './helpers/desired.ts';
import { ABLE, down, known, makeEngine, recorder, up } from './helpers/rig.ts';

const YAML = `
name: p
services:
  db: { image: "data:1", volumes: ["data:/data"] }
  web: { image: "app:1", depends_on: [db] }
volumes: { data: {} }
`;
const wanted = known(desiredOf(YAML));
const callsOf = (engine: FakeEngine, name: string): number =>
  engine.calls.filter((c) => c.name === name).length;

describe('an up', () => {
  it('shows its plan once, before anything is changed, and agrees before it begins', async () => {
    const engine = makeEngine();
    const order: string[] = [];
    await up(engine, wanted, {
      onPlan: (plan: Plan) =>
        void order.push(`plan of ${plan.steps.length}, ${callsOf(engine, 'networks.create')}`),
      input: {
        agreed: () => Promise.resolve(void order.push(`agreed, ${callsOf(engine, 'networks.create')}`)),
      },
    });
    expect(order).toEqual(['plan of 8, 0', 'agreed, 0']);
  });

  it('says which container has its port', async () => {
    const engine = makeEngine();
    const file = (name: string): string =>
      `name: ${name}\nservices: { web: { image: "app:1", ports: ["127.0.0.1:8283:80"] } }\n`;
    await up(engine, desiredOf(file('other')));
    await expect(up(engine, known(desiredOf(file('p'))))).rejects.toMatchObject({
      errors: [
        {
          code: 'engine.port-taken',
          data: { port: 8283, by: 'container', container: 'other-web-1', project: 'other' },
        },
      ],
    });
  });

  it('pulls first, and plans the rest by what was pulled', async () => {
    const engine = makeEngine({ images: {}, registry: { 'data:1': {}, 'app:1': {} } });
    await up(engine, wanted);
    const names = engine.calls.map((c) => c.name);
    expect(names.lastIndexOf('images.pull')).toBeLessThan(names.indexOf('networks.create'));
    // a newer image under the same tag is pulled and recreates its container
    engine.world.registry.set('app:1', { id: `sha256:${'9'.repeat(64)}` });
    const before = engine.container('p-db-1').id;
    await up(engine, wanted, { options: { pull: 'always' } });
    expect(engine.container('p-web-1').imageId).toBe(`sha256:${'9'.repeat(64)}`);
    expect(engine.container('p-db-1').id).toBe(before);
  });

  it('that waits for the health of an image without a check is refused once it is pulled, each time', async () => {
    const engine = makeEngine({ images: {}, registry: { 'data:1': {}, 'app:1': {} } });
    const healthy = known(
      desiredOf(YAML.replace('depends_on: [db]', 'depends_on: { db: { condition: service_healthy } }')),
    );
    const refused = {
      errors: [{ code: 'stack.no-health-check', data: { service: 'db', dependent: 'web' } }],
    };
    await expect(up(engine, healthy)).rejects.toMatchObject(refused);
    await expect(up(engine, healthy)).rejects.toMatchObject(refused);
    expect(callsOf(engine, 'images.pull')).toBe(2);
    expect(callsOf(engine, 'networks.create')).toBe(0);

    // a start has nothing to check it by but the container: it waits for what was asked for
    await up(engine, wanted);
    engine.stopOutside('p-db-1');
    engine.stopOutside('p-web-1');
    const { steps } = planStart(healthy, await observeFor(engine, healthy), [], ABLE);
    expect(steps.find((s) => s.id === 'wait:db')).toMatchObject({ condition: 'healthy' });
  });

  it('tells one operation whose progress only rises to the whole', async () => {
    const engine = makeEngine({ images: {}, registry: { 'data:1': {}, 'app:1': {} } });
    const { seen, onOperation } = recorder();
    await up(engine, wanted, { onOperation });
    expect(new Set(seen.map((o) => o.id)).size).toBe(1);
    const fractions = seen.map((o) => o.fraction ?? 0);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
    expect(seen.at(-1)?.tasks.every((t) => t.status === 'done')).toBe(true);
  });

  it('that is not agreed to changes nothing', async () => {
    const engine = makeEngine();
    await engine.volumes.create({ Name: 'p_data' });
    const run = up(engine, wanted, { confirm: () => Promise.resolve(false) });
    await expect(run).rejects.toMatchObject({ errors: [{ code: 'stack.confirmation-needed' }] });
    expect(callsOf(engine, 'networks.create') + callsOf(engine, 'containers.create')).toBe(0);
  });

  it('says each warning once', async () => {
    const engine = makeEngine();
    await engine.networks.create({ Name: 'p_default' });
    const said: AppError[] = [];
    engine.failNth('containers.start', 1, failure('engine.not-found', { what: 'x', call: 'y' }));
    await up(engine, wanted, { onWarning: (w) => void said.push(w) });
    expect(said.map((w) => w.code)).toEqual(['stack.network-foreign']);
  });
});

describe('what changes under an up', () => {
  /** Something happens just before the `nth` call of this name. */
  function before(
    engine: FakeEngine,
    part: 'containers' | 'volumes' | 'networks',
    method: string,
    act: () => Promise<unknown>,
  ): void {
    const methods = engine[part] as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const real = methods[method]!;
    methods[method] = async (...args) => {
      methods[method] = real;
      await act();
      return real(...args);
    };
  }

  it('a network that comes to be is taken', async () => {
    const engine = makeEngine();
    before(engine, 'networks', 'create', () => engine.networks.create({ Name: 'p_default' }));
    await up(engine, wanted).catch(() => undefined);
    await up(engine, wanted);
    expect([...engine.world.networks.values()].filter((n) => n.Name === 'p_default')).toHaveLength(1);
  });

  it('a container that is removed before its start is made again', async () => {
    const engine = makeEngine();
    before(engine, 'containers', 'start', () => engine.containers.remove('p-db-1', { force: true }));
    await up(engine, wanted);
    expect(engine.container('p-db-1').status).toBe('running');
    expect(engine.container('p-web-1').status).toBe('running');
  });

  it('a network that is removed before a start is made again', async () => {
    const engine = makeEngine();
    before(engine, 'containers', 'start', () => engine.networks.remove('p_default'));
    await up(engine, wanted);
    expect(engine.container('p-web-1').status).toBe('running');
  });

  it('a container that somebody started before its removal is stopped again', async () => {
    const engine = makeEngine();
    await up(engine, wanted);
    engine.stopOutside('p-web-1');
    const smaller = known(desiredOf(YAML.replace('  web: { image: "app:1", depends_on: [db] }\n', '')));
    before(engine, 'containers', 'remove', () => engine.containers.start('p-web-1'));
    await up(engine, smaller, { options: { removeOrphans: true } });
    expect([...engine.world.containers.values()].map((c) => c.name)).toEqual(['p-db-1']);
  });

  it('a volume of somebody else’s that comes to be is asked for', async () => {
    const engine = makeEngine();
    const asked: Confirmation[] = [];
    // it is there when the plan says that it is not
    const inspect = engine.volumes.inspect.bind(engine.volumes);
    let looks = 0;
    engine.volumes.inspect = async (name) => {
      looks += 1;
      if (looks === 2)
        await engine.volumes.create({ Name: 'p_data', Labels: { 'com.docker.compose.project': 'q' } });
      return inspect(name);
    };
    const run = up(engine, wanted, {
      confirm: (all) => {
        asked.push(...all);
        return Promise.resolve(false);
      },
    });
    await expect(run).rejects.toMatchObject({ errors: [{ code: 'stack.confirmation-needed' }] });
    expect(asked.map((c) => `${c.kind} ${c.subject}`)).toEqual(['foreign-volume p_data']);
    expect([...engine.world.containers.values()].every((c) => c.status !== 'running')).toBe(true);
  });

  it('again and again ends with the reason', async () => {
    const engine = makeEngine();
    engine.containers.start = () =>
      Promise.reject(failure('engine.not-found', { what: 'it was here', call: 'x' }));
    await expect(up(engine, wanted)).rejects.toMatchObject({ errors: [{ code: 'stack.unsettled' }] });
  });

  it('a foreign container under our name is named at once', async () => {
    const engine = makeEngine();
    const body = { Image: 'app:1', Labels: {}, HostConfig: {}, NetworkingConfig: { EndpointsConfig: {} } };
    await engine.containers.create('p-web-1', body);
    await expect(up(engine, wanted)).rejects.toMatchObject({ errors: [{ code: 'engine.name-conflict' }] });
  });

  it('an orphan that has the name of a new container is named at once, and removed where asked for', async () => {
    const engine = makeEngine();
    const named = (service: string): string =>
      `name: p\nservices:\n  ${service}: { image: "app:1", container_name: fixed }\n`;
    await up(engine, known(desiredOf(named('old'))));
    const renamed = known(desiredOf(named('new')));
    await expect(up(engine, renamed)).rejects.toMatchObject({ errors: [{ code: 'engine.name-conflict' }] });
    await up(engine, renamed, { options: { removeOrphans: true } });
    expect(engine.container('fixed').body.Labels['com.docker.compose.service']).toBe('new');
  });

  it('an engine that goes away is named, and the next up goes on', async () => {
    const engine = makeEngine();
    before(engine, 'containers', 'start', () => Promise.resolve(engine.kill()));
    await expect(up(engine, wanted)).rejects.toMatchObject({ errors: [{ code: 'engine.not-running' }] });
    engine.revive();
    await up(engine, wanted);
    expect(engine.container('p-web-1').status).toBe('running');
  });

  it('what nobody foresaw carries the step in which it came', async () => {
    const engine = makeEngine();
    engine.containers.start = () => Promise.reject(new Error('strange'));
    await expect(up(engine, wanted)).rejects.toMatchObject({
      errors: [{ code: 'stack.unknown', data: { reason: 'strange', command: 'start:p-db-1' } }],
    });
  });
});

describe('cancelling an up', () => {
  it('while it pulls ends the pull and leaves what is done', async () => {
    const engine = makeEngine({
      images: {},
      registry: { 'data:1': { pauseMs: 50 }, 'app:1': { pauseMs: 50 } },
    });
    const cancel = new AbortController();
    const run = up(engine, wanted, { signal: cancel.signal });
    setTimeout(() => cancel.abort(), 30);
    await expect(run).rejects.toMatchObject({ errors: [{ code: 'stack.cancelled' }] });
    expect(callsOf(engine, 'networks.create')).toBe(0);
  });

  it('before it begins changes nothing', async () => {
    const engine = makeEngine();
    await expect(up(engine, wanted, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      errors: [{ code: 'stack.cancelled' }],
    });
    expect(engine.calls).toEqual([]);
  });
});

describe('hooks', () => {
  const hooked = `
name: p
services:
  a:
    image: "app:1"
    post_start: [{ command: [after, start], environment: { A: b } }]
    pre_stop: [{ command: [before, stop] }]
    environment: { VERSION: "1" }
`;

  it('run after the start and before the stop, and in no other container', async () => {
    const engine = makeEngine();
    const seen: string[] = [];
    engine.onExec = (c, { cmd, env }) => {
      seen.push(
        `${c.body.Labels['com.docker.compose.container-number']} ${cmd.join(' ')} ${(env ?? []).join()}`,
      );
      return { exitCode: 0, stdout: '', stderr: '' };
    };
    await up(engine, known(desiredOf(hooked)));
    await up(engine, known(desiredOf(hooked.replace('"1" }', '"2" }'))));
    expect(seen).toEqual(['1 after start A=b', '1 before stop ', '1 after start A=b']);
  });

  it('that fail after a start fail the up; before a stop they are only told', async () => {
    const engine = makeEngine();
    engine.onExec = () => ({ exitCode: 7, stdout: '', stderr: 'nope' });
    await expect(up(engine, known(desiredOf(hooked)))).rejects.toMatchObject({
      errors: [{ code: 'stack.hook-failed', data: { hook: 'post_start[0]', exitCode: 7, output: 'nope' } }],
    });
    const { seen, onOperation } = recorder();
    await expect(
      up(engine, known(desiredOf(hooked)), { options: { forceRecreate: true }, onOperation }),
    ).rejects.toThrow();
    expect(seen.flatMap((o) => o.tasks.map((t) => t.detail))).toContain('pre_stop[0] ended with exit code 7');
  });
});

describe('a down', () => {
  it('runs the pre_stop hooks of a service whose Compose profile is not active any more', async () => {
    const yaml = `
name: p
services:
  tool: { image: "app:1", profiles: [tools], pre_stop: [{ command: [bye] }] }
`;
    const engine = makeEngine();
    await up(engine, known(desiredOf(yaml, { profiles: ['tools'] })));
    const commands: unknown[] = [];
    engine.onExec = (_, { cmd }) => {
      commands.push(cmd);
      return { exitCode: 0, stdout: '', stderr: '' };
    };
    const without = desiredOf(yaml);
    const tool = { ...without.project.disabledServices['tool']!, name: 'tool' };
    await down(engine, without, { services: { tool } });
    expect(commands).toEqual([['bye']]);
    expect(engine.world.containers.size).toBe(0);
  });
});
