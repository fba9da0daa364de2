// The life of one stack, in the order in which a user would lead it: each test goes on from the one before.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StackState } from '../../main/contract.ts';
import type { Stack } from '../../main/stack/stack-types.ts';
import { describeEngine } from '../setup/lab.ts';
import { freePort, openBox, type CoreBox } from './helpers/core-box.ts';
import { psql } from './helpers/database.ts';
import { idsOf, inspectAll, objectsOf } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';
import { codesOf } from './real-engine.ts';

describeEngine('a stack from up to down', () => {
  let box: CoreBox;
  let project: string;
  let port: number;
  let stack: Stack;

  beforeAll(async () => {
    box = await openBox();
    project = box.project('light');
    port = await freePort();
    stack = await box.light(project, { LIGHT_PORT: String(port) });
  });
  afterAll(() => box[Symbol.asyncDispose]());

  const get = async (path: string, token?: string): Promise<string> => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return (await (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).text()).trim();
  };
  const statuses = (state: StackState): Record<string, string> =>
    Object.fromEntries(state.services.map((s) => [s.name, s.status]));
  const WELL = { db: 'healthy', redis: 'healthy', nginx: 'healthy' };
  const query = (sql: string): Promise<string> => psql(stack, { user: 'postgres', database: 'light', sql });

  it('comes up from nothing, healthy in order', async () => {
    const io = new Recorder();
    const state = await stack.up({}, io);
    expect(state).toMatchObject({ status: 'running', sentence: 'All services are well.' });
    expect(statuses(state)).toEqual(WELL);
    expect(state.urls).toEqual([{ label: 'Page', url: `http://127.0.0.1:${port}/` }]);
    expect(io.asked).toEqual([]);
    expect(io.warnings).toEqual([]);

    const order = io.plans[0]!.steps.find((s) => s.id === `start:${project}-nginx-1`)!.after;
    expect(order).toContain('wait:db');
    const byService = new Map(state.services.map((s) => [s.name, s]));
    const started = (name: string): string => byService.get(name)!.startedAt!;
    expect(started('nginx') > started('db')).toBe(true);
  });

  it('put configs, secrets and the page in place', async () => {
    expect(await get('/')).toBe('hello');
    const store = await box.core.secretStore();
    const token = await store.get({ scope: project, name: 'LIGHT_TOKEN' });
    expect(await get('/private', token)).toBe('yes');
    expect(await get('/private', 'another')).toBe('no');
    expect(await query("select extname from pg_extension where extname = 'vector'")).toBe('vector');
    await query("insert into kept values ('before')");
  });

  it('changes nothing when it is up', async () => {
    const before = await objectsOf(box.engine, project);
    const io = new Recorder();
    const state = await stack.up({}, io);
    expect(io.plans[0]!.steps).toEqual([]);
    expect(io.plans[0]!.unchanged.toSorted()).toEqual(['db', 'nginx', 'redis']);
    expect(state.status).toBe('running');
    expect(await objectsOf(box.engine, project)).toEqual(before);
  });

  it('says in a plan what it would do, and does nothing', async () => {
    const before = await objectsOf(box.engine, project);
    const plan = await (await box.light(project, { LIGHT_GREETING: 'planned' })).plan({});
    expect(plan.steps.map((s) => [s.kind, s.cause])).toContainEqual(['create', 'configuration changed']);
    expect(await objectsOf(box.engine, project)).toEqual(before);
  });

  it('recreates just what a setting changes, under the same name', async () => {
    const before = await idsOf(box.engine, project);
    stack = await box.light(project, { LIGHT_GREETING: 'changed' });
    const io = new Recorder();
    await stack.up({}, io);
    const after = await idsOf(box.engine, project);
    expect(after).toEqual({ ...before, nginx: expect.not.stringMatching(before['nginx']!) });
    expect(io.steps).toContain(`rename:${project}-nginx-1`);
    expect((await inspectAll(box.engine, project)).map((c) => c.Name)).toEqual([
      `/${project}-db-1`,
      `/${project}-nginx-1`,
      `/${project}-redis-1`,
    ]);
    expect(await get('/')).toBe('changed');
  });

  it('stops, starts and restarts one service', async () => {
    const before = await objectsOf(box.engine, project);
    const stopped = await stack.stop(['redis'], new Recorder());
    expect(stopped).toMatchObject({ status: 'degraded', sentence: 'redis is not running.' });
    expect(statuses(stopped)).toEqual({ ...WELL, redis: 'stopped' });

    expect(statuses(await stack.start(['redis'], new Recorder()))).toEqual(WELL);
    expect(statuses(await stack.restart(['redis'], new Recorder()))).toEqual(WELL);
    const after = await objectsOf(box.engine, project);
    const redis = `${project}-redis-1`;
    expect(after.containers[redis]!.id).toBe(before.containers[redis]!.id);
    expect(after.containers[redis]!.startedAt).not.toBe(before.containers[redis]!.startedAt);
    expect({ ...after.containers, [redis]: before.containers[redis] }).toEqual(before.containers);
    expect(await codesOf(stack.start(['redsi'], new Recorder()))).toEqual(['stack.no-such-service']);
  });

  it('stops and starts as a whole, with the same containers', async () => {
    const before = await idsOf(box.engine, project);
    const stopped = await stack.stop([], new Recorder());
    expect(stopped).toMatchObject({ status: 'stopped', sentence: 'Nothing of it is running.' });
    const started = await stack.start([], new Recorder());
    expect(statuses(started)).toEqual(WELL);
    expect(await idsOf(box.engine, project)).toEqual(before);
    expect(await get('/')).toBe('changed');
  });

  it('restarts as a whole, with the same containers', async () => {
    const before = await objectsOf(box.engine, project);
    expect(statuses(await stack.restart([], new Recorder()))).toEqual(WELL);
    const after = await objectsOf(box.engine, project);
    for (const [name, c] of Object.entries(after.containers)) {
      expect(c.id).toBe(before.containers[name]!.id);
      expect(c.startedAt > before.containers[name]!.startedAt).toBe(true);
    }
  });

  it('answers a deep status with what each probe said', async () => {
    const { probes } = await stack.status({ deep: true });
    expect(probes.map((p) => [p.id, p.ok])).toEqual([
      ['published', true],
      ['database', true],
      ['redis', true],
    ]);
    expect(probes[1]!.answer).toBe('vector');
  });

  it('goes down: containers and networks are gone, volumes stay', async () => {
    const before = await objectsOf(box.engine, project);
    await stack.down({}, new Recorder());
    expect(await objectsOf(box.engine, project)).toEqual({
      containers: {},
      networks: {},
      volumes: before.volumes,
    });
    expect(await stack.status()).toMatchObject({ status: 'stopped' });
    await stack.down({}, new Recorder());
  });

  it('comes up again with the data and the secrets that it had', async () => {
    const store = await box.core.secretStore();
    const entry = { scope: project, name: 'LIGHT_DB_PASSWORD' };
    const before = [await objectsOf(box.engine, project), await store.get(entry)] as const;
    const io = new Recorder();
    expect(statuses(await stack.up({}, io))).toEqual(WELL);
    expect(io.asked).toEqual([]);
    expect(io.steps.filter((id) => /^(secrets|volume):/.test(id))).toEqual([]);
    expect(await query('select word from kept')).toBe('before');
    expect((await objectsOf(box.engine, project)).volumes).toEqual(before[0].volumes);
    expect(await store.get(entry)).toBe(before[1]);
  });

  it('deletes a volume only when it is named and confirmed', async () => {
    const volume = `${project}_pgdata`;
    const refused = new Recorder({ answer: false });
    expect(await codesOf(stack.down({ deleteVolumes: [volume] }, refused))).toEqual([
      'stack.confirmation-needed',
    ]);
    expect(refused.asked).toMatchObject([{ kind: 'delete-volume', subject: volume }]);
    expect(statuses(await stack.status())).toEqual(WELL);
    expect(await codesOf(stack.down({ deleteVolumes: ['another'] }, new Recorder({ answer: true })))).toEqual(
      ['stack.no-such-volume'],
    );
    await stack.down({ deleteVolumes: [volume] }, new Recorder({ answer: true }));
    expect(await objectsOf(box.engine, project)).toEqual({ containers: {}, networks: {}, volumes: {} });
  });
});
