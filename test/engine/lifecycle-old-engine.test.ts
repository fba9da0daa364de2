// The short set on the oldest engine that we support: 20.10, API 1.41.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab, freshLab, type LabHandle } from '../setup/lab.ts';
import { freePort, openBox, type CoreBox } from './helpers/core-box.ts';
import { psql } from './helpers/database.ts';
import { inspectAll, objectsOf } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';

describeLab('a stack on engine 20.10', () => {
  let lab: LabHandle;
  let box: CoreBox;
  beforeAll(async () => {
    lab = await freshLab('old', { suite: 'bookworm', images: ['postgres', 'redis', 'nginx'] });
    box = await openBox({ host: lab.host });
  });
  afterAll(async () => {
    await box[Symbol.asyncDispose]();
    await lab[Symbol.asyncDispose]();
  });

  it('goes up, stays as it is, changes, goes down and comes back', async () => {
    const project = box.project('light');
    const port = await freePort();
    const stack = await box.light(project, { LIGHT_PORT: String(port) });
    expect(box.engine.info).toMatchObject({
      version: expect.stringMatching(/^20\.10\./),
      apiVersion: '1.41',
    });

    // each of the three services has the key that this engine does not know
    const warning = { code: 'stack.key-ignored', data: { key: 'healthcheck.start_interval' } };
    expect((await stack.plan({})).warnings).toMatchObject([warning, warning, warning]);
    const io = new Recorder();
    const state = await stack.up({}, io);
    expect(state.services.map((s) => s.status)).toEqual(['healthy', 'healthy', 'healthy']);
    expect(io.warnings.map((w) => w.data['service'])).toEqual(['db', 'redis', 'nginx']);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('hello\n');
    await psql(stack, { user: 'postgres', database: 'light', sql: "insert into kept values ('old')" });

    // nginx is on two networks, of which this engine takes one at create
    const nginx = (await inspectAll(box.engine, project)).find((c) => c.Name.endsWith('-nginx-1'))!;
    expect(Object.keys(nginx.NetworkSettings.Networks)).toEqual([`${project}_data`, `${project}_front`]);
    for (const network of Object.values(nginx.NetworkSettings.Networks)) {
      expect(network.Aliases).toEqual(expect.arrayContaining([`${project}-nginx-1`, 'nginx']));
    }

    const made = await objectsOf(box.engine, project);
    const again = new Recorder();
    await stack.up({}, again);
    expect(again.plans[0]!.steps).toEqual([]);
    expect(await objectsOf(box.engine, project)).toEqual(made);

    const changed = await box.light(project, { LIGHT_GREETING: 'changed' });
    expect((await changed.up({}, new Recorder())).status).toBe('running');
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('changed\n');
    expect((await changed.stop([], new Recorder())).status).toBe('stopped');
    expect((await changed.start([], new Recorder())).status).toBe('running');

    await changed.down({}, new Recorder());
    expect(await objectsOf(box.engine, project)).toEqual({
      containers: {},
      networks: {},
      // this engine tells the last change of a volume as its creation
      volumes: { [`${project}_pgdata`]: expect.any(String) },
    });
    expect((await changed.up({}, new Recorder())).status).toBe('running');
    expect(await psql(stack, { user: 'postgres', database: 'light', sql: 'select word from kept' })).toBe(
      'old',
    );
    await changed.down({}, new Recorder());
  });
});
