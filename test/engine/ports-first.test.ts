// A port that somebody has is found out before anything is made for the one that wants it.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Stack } from '../../main/stack/stack-types.ts';
import { describeEngine } from '../setup/lab.ts';
import { freePort, openBox } from './helpers/core-box.ts';
import { objectsOf } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';
import { idle } from './helpers/services.ts';

describeEngine('a first up', () => {
  it('makes nothing where another stack has one of its ports, and the plan says whose it is', async () => {
    await using box = await openBox();
    const port = await freePort();
    const stackOf = (name: string): Promise<Stack> => {
      const file = path.join(box.folder, name, 'compose.yaml');
      mkdirSync(path.dirname(file), { recursive: true });
      const db = { ...idle, volumes: ['data:/kept'] };
      const server = { ...idle, depends_on: ['db'], ports: [`127.0.0.1:${port}:80`] };
      writeFileSync(file, JSON.stringify({ services: { db, server }, volumes: { data: {} } }));
      return box.stackFor({ files: [file], project: box.project(name) });
    };
    const first = await stackOf('first');
    expect((await first.plan({})).warnings).toEqual([]);
    await first.up({}, new Recorder());
    const second = await stackOf('second');
    const taken = {
      code: 'engine.port-taken',
      data: { port, by: 'container', container: `${first.project}-server-1`, project: first.project },
    };
    expect((await second.plan({})).warnings).toMatchObject([taken]);
    await expect(second.up({}, new Recorder())).rejects.toMatchObject({ errors: [taken] });
    expect(await objectsOf(box.engine, second.project)).toEqual({
      containers: {},
      networks: {},
      volumes: {},
    });
    expect((await box.core.edges.settings.read()).settings.stacks).not.toHaveProperty(second.project);
    // what does not want it starts; its own port stays its own
    await second.up({ services: ['db'] }, new Recorder());
    expect((await first.plan({ forceRecreate: true })).warnings).toEqual([]);
    await first.down({}, new Recorder());
    expect((await second.up({}, new Recorder())).status).toBe('running');
  });
});
