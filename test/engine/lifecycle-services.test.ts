// What single services can be told, on files of a user's own: jobs, scale, anonymous volumes, orphans, restarts.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Failure } from '../../main/errors.ts';
import type { Stack } from '../../main/stack/stack-types.ts';
import { describeEngine } from '../setup/lab.ts';
import { openBox, type CoreBox } from './helpers/core-box.ts';
import { anonymousVolumes, idsOf, inspectAll, objectsOf } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';
import { idle, job, type ServiceOfFile } from './helpers/services.ts';

describeEngine('services of a file', () => {
  let box: CoreBox;
  beforeAll(async () => {
    box = await openBox();
  });
  afterAll(() => box[Symbol.asyncDispose]());

  /** The stack of a file that has these services now (JSON is YAML). */
  async function stackOf(
    name: string,
    services: Readonly<Record<string, ServiceOfFile>>,
    { composeProfiles, ...more }: { volumes?: object; composeProfiles?: readonly string[] } = {},
  ): Promise<Stack> {
    const file = path.join(box.folder, name, 'compose.yaml');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ services, ...more }));
    return box.stackFor({
      files: [file],
      project: box.project(name),
      ...(composeProfiles && { composeProfiles }),
    });
  }
  const up = async (stack: Stack, request = {}): Promise<Recorder> => {
    const io = new Recorder();
    await stack.up(request, io);
    return io;
  };
  const ids = (name: string): Promise<Record<string, string>> => idsOf(box.engine, box.project(name));

  it('that keep ending are so in each turn, until somebody starts them anew', async () => {
    const stack = await stackOf('loop', { app: { ...job('sleep 0.7; exit 7'), restart: 'always' } });
    await up(stack).catch(() => {});
    const end = new AbortController();
    const seen: string[] = [];
    for await (const { status, services } of stack.watch(end.signal)) {
      const [app] = services;
      const turn = `${status} ${app?.status} ${app?.cause?.exitCode}`;
      if ((app?.restarts ?? 0) >= 3 && seen.push(turn) >= 8) end.abort();
    }
    expect(new Set(seen)).toEqual(new Set(['failed restarting 7']));
    // who only asks sees the same in each turn
    const turns = new Set<string | undefined>();
    const said = new Set<string>();
    while (!turns.has('running') || !turns.has('restarting')) {
      const [c] = await inspectAll(box.engine, box.project('loop'));
      turns.add(c?.State.Status);
      const { status, sentence } = await stack.status();
      said.add(`${status}: ${sentence.replace(/\d+/, 'N')}`);
      await pause(100);
    }
    expect([...said]).toEqual(['failed: app keeps ending and was restarted N times.']);
    await box.engine.containers.stop(`${box.project('loop')}-app-1`);
    await box.engine.containers.start(`${box.project('loop')}-app-1`);
    expect(await stack.status()).toMatchObject({ services: [{ status: 'running', restarts: 0 }] });
    await stack.down({}, new Recorder());
  });

  it('runs a job to its end before what waits for it, and again with the next up', async () => {
    const app = { ...idle, depends_on: { job: { condition: 'service_completed_successfully' } } };
    const stack = await stackOf('jobs', { app, job: job('sleep 0.5; echo done') });
    const state = await stack.up({}, new Recorder());
    expect(state).toMatchObject({
      status: 'running',
      services: [
        { name: 'app', status: 'running' },
        { name: 'job', status: 'completed' },
      ],
    });
    const [first, ended] = await inspectAll(box.engine, box.project('jobs'));
    expect(first!.State.StartedAt > ended!.State.FinishedAt).toBe(true);

    const before = await objectsOf(box.engine, box.project('jobs'));
    await stack.up({}, new Recorder());
    const after = await objectsOf(box.engine, box.project('jobs'));
    const [appName, jobName] = [`${box.project('jobs')}-app-1`, `${box.project('jobs')}-job-1`];
    expect(after.containers[appName]).toEqual(before.containers[appName]);
    expect(after.containers[jobName]!.id).toBe(before.containers[jobName]!.id);
    expect(after.containers[jobName]!.startedAt > before.containers[jobName]!.startedAt).toBe(true);
  });

  it('says why a job failed, and who waits for it', async () => {
    const app = { ...idle, depends_on: { job: { condition: 'service_completed_successfully' } } };
    const stack = await stackOf('failing', { app, job: job('echo no such luck >&2; exit 3') });
    const failed = await stack.up({}, new Recorder()).catch((e: unknown) => e as Failure);
    expect((failed as Failure).errors).toMatchObject([
      {
        code: 'stack.not-healthy',
        data: {
          service: 'job',
          sentence: 'job ended with exit code 3',
          waiting: ['app'],
          log: ['no such luck'],
        },
      },
    ]);
    const { status, sentence, services } = await stack.status();
    expect({ status, sentence }).toEqual({ status: 'failed', sentence: 'job ended with exit code 3.' });
    expect(services[0]).toMatchObject({ status: 'created', cause: { sentence: 'app waits for job' } });

    const mended = await stackOf('failing', { app, job: job('true') });
    expect(await mended.up({}, new Recorder())).toMatchObject({ status: 'running' });
  });

  it('goes on without an optional dependency that fails, and fails at its end', async () => {
    const depends_on = { job: { condition: 'service_completed_successfully', required: false } };
    const stack = await stackOf('optional', { app: { ...idle, depends_on }, job: job('exit 1') });
    await expect(stack.up({}, new Recorder())).rejects.toThrow('job ended with exit code 1');
    const { services } = await stack.status();
    expect(services.map((s) => [s.name, s.status])).toEqual([
      ['app', 'running'],
      ['job', 'failed'],
    ]);
  });

  it('scales up and down, and keeps the low numbers', async () => {
    const scaled = (scale: number): Promise<Stack> => stackOf('scale', { app: { ...idle, scale } });
    await up(await scaled(2));
    const two = await ids('scale');
    expect(Object.keys(two)).toEqual(['app', 'app-2']);
    await up(await scaled(3));
    const three = await ids('scale');
    expect(three).toMatchObject(two);
    await up(await scaled(1));
    expect(await ids('scale')).toEqual({ app: two['app'] });
    await up(await scaled(0));
    expect(await ids('scale')).toEqual({});
  });

  it('keeps anonymous volumes over a recreate', async () => {
    const app = { ...idle, volumes: ['/kept', 'named:/named'] };
    const withVolume = { volumes: { named: {} } };
    const stack = await stackOf('anonymous', { app }, withVolume);
    await up(stack);
    const { id } = await stack.containerOf('app');
    await box.engine.containers.exec(id, { cmd: ['sh', '-c', 'echo a > /kept/f; echo b > /named/f'] });

    const changed = await stackOf('anonymous', { app: { ...app, environment: { NEW: '1' } } }, withVolume);
    await up(changed);
    const now = await changed.containerOf('app');
    expect(now.id).not.toBe(id);
    const read = await box.engine.containers.exec(now.id, { cmd: ['cat', '/kept/f', '/named/f'] });
    expect(read.stdout).toBe('a\nb\n');

    // one that went on to another container is that container's by name, and stays
    const [volume = ''] = await anonymousVolumes(box.engine, box.project('anonymous'));
    await changed.down({}, new Recorder());
    await box.engine.volumes.remove(volume);
  });

  it('names orphans, and removes them only when it is told to', async () => {
    await up(await stackOf('orphans', { app: idle, old: idle }));
    const before = await ids('orphans');
    const less = await stackOf('orphans', { app: idle });
    const kept = await up(less);
    const orphan = `${box.project('orphans')}-old-1`;
    expect(kept.warnings).toMatchObject([{ code: 'stack.orphans', data: { containers: [orphan] } }]);
    expect(kept.steps).toEqual([]);
    expect(await ids('orphans')).toEqual(before);

    const removed = await up(less, { removeOrphans: true });
    expect(removed.warnings).toEqual([]);
    expect(removed.steps).toEqual([`remove:${orphan}`, `stop:${orphan}`]);
    expect(await ids('orphans')).toEqual({ app: before['app'] });
  });

  it('restarts what asks for it when its dependency is made anew', async () => {
    const file = (value: string) => ({
      db: { ...idle, environment: { VALUE: value } },
      asks: { ...idle, depends_on: { db: { condition: 'service_started', restart: true } } },
      stays: { ...idle, depends_on: ['db'] },
    });
    const project = box.project('restart');
    await up(await stackOf('restart', file('1')));
    const before = await objectsOf(box.engine, project);
    await up(await stackOf('restart', file('2')));
    const after = await objectsOf(box.engine, project);
    const [asks, db, stays] = ['asks', 'db', 'stays'].map((s) => `${project}-${s}-1`) as [
      string,
      string,
      string,
    ];
    expect(after.containers[stays]).toEqual(before.containers[stays]);
    expect(after.containers[db]!.id).not.toBe(before.containers[db]!.id);
    expect(after.containers[asks]!.id).toBe(before.containers[asks]!.id);
    expect(after.containers[asks]!.startedAt > after.containers[db]!.startedAt).toBe(true);
  });

  it('starts named services with what they need, and no others', async () => {
    const stack = await stackOf('named', { a: idle, b: { ...idle, depends_on: ['a'] }, c: idle });
    await up(stack, { services: ['b'] });
    expect(Object.keys(await ids('named'))).toEqual(['a', 'b']);
    expect(await stack.status()).toMatchObject({ status: 'degraded', sentence: 'c is not running.' });
  });

  it('takes down the containers of a Compose profile that is not active any more', async () => {
    const services = { app: idle, extra: { ...idle, profiles: ['more'] } };
    await up(await stackOf('profiles', services, { composeProfiles: ['more'] }));
    expect(Object.keys(await ids('profiles'))).toEqual(['app', 'extra']);
    const without = await stackOf('profiles', services);
    const io = await up(without);
    expect(io.warnings).toEqual([]);
    await without.down({}, new Recorder());
    expect(await objectsOf(box.engine, box.project('profiles'))).toEqual({
      containers: {},
      networks: {},
      volumes: {},
    });
  });
});
