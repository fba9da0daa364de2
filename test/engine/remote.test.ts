// An engine that is not on this machine: reached over TCP, and it cannot see the folder that the profile lies in.
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab, theEngine } from '../setup/lab.ts';
import { lettaStack, lettaStackInPrivate } from './helpers/commands.ts';
import { FIXTURES, freePort, openBox, type CoreBox } from './helpers/core-box.ts';
import { openProxy, type EngineProxy } from './helpers/engine-proxy.ts';
import { objectsOf } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';
import { idle } from './helpers/services.ts';

describeLab('an engine elsewhere', () => {
  let box: CoreBox;
  let proxy: EngineProxy;
  beforeAll(async () => {
    box = await openBox();
    proxy = await openProxy(theEngine().host);
  });
  afterAll(async () => {
    await box[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
  });

  it('runs a profile whose folder it cannot see', async () => {
    const project = box.project('light');
    const port = await freePort();
    for (const name of ['LIGHT_DB_PASSWORD', 'LIGHT_TOKEN']) box.forget({ scope: project, name });
    const folder = path.join(box.folder, 'private');
    mkdirSync(folder);
    const file = path.join(folder, 'light-stack', 'compose.yaml');
    const call = (verb: string): ReturnType<typeof lettaStackInPrivate> =>
      lettaStackInPrivate(
        { folder, holds: path.join(FIXTURES, 'light-stack') },
        [verb, '--file', file, '--project', project, '--host', proxy.url],
        { home: box.home, env: { LIGHT_PORT: String(port) } },
      );
    expect(await call('up')).toMatchObject({ code: 0 });
    expect(existsSync(file)).toBe(false);
    const store = await box.core.secretStore();
    const token = await store.get({ scope: project, name: 'LIGHT_TOKEN' });
    const answer = await fetch(`http://127.0.0.1:${port}/private`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await answer.text()).toBe('yes\n');

    const made = await objectsOf(box.engine, project);
    expect(await call('up')).toMatchObject({ code: 0 });
    expect(await objectsOf(box.engine, project)).toEqual(made);

    // stopped and taken down with the folder gone
    const stack = await box.stackFor({ project });
    expect((await stack.stop([], new Recorder())).status).toBe('stopped');
    await stack.down({}, new Recorder());
    expect(await objectsOf(box.engine, project)).toEqual({
      containers: {},
      networks: {},
      volumes: made.volumes,
    });
  });

  it.each([
    ['a bind mount', { volumes: ['./own:/own'] }, 'own'],
    [
      'a bind mount in the long form',
      { volumes: [{ type: 'bind', source: './own', target: '/own' }] },
      'own',
    ],
    ['a secret in a file', { secrets: ['word'] }, 'word.txt'],
  ])('refuses %s, and names it', async (name, more, mounted) => {
    const folder = path.join(box.folder, name.replaceAll(' ', '-'));
    mkdirSync(folder);
    const file = path.join(folder, 'compose.yaml');
    writeFileSync(path.join(folder, 'word.txt'), 'word');
    writeFileSync(
      file,
      JSON.stringify({
        services: { app: { ...idle, ...more }, other: idle },
        secrets: { word: { file: './word.txt' } },
      }),
    );
    const project = box.project('bind');
    const { code, stderr } = await lettaStack(
      ['up', '--format', 'json', '--file', file, '--project', project, '--host', proxy.url],
      { home: box.home },
    );
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({
      errors: [{ code: 'stack.bind-on-remote', data: { service: 'app', path: path.join(folder, mounted) } }],
    });
    expect(await objectsOf(box.engine, project)).toEqual({ containers: {}, networks: {}, volumes: {} });
  });

  it('gets configs of files, which are put in', async () => {
    const folder = path.join(box.folder, 'configs');
    mkdirSync(folder);
    cpSync(path.join(FIXTURES, 'light-stack', 'init.sql'), path.join(folder, 'own.conf'));
    const file = path.join(folder, 'compose.yaml');
    const app = { ...idle, configs: ['own'] };
    writeFileSync(file, JSON.stringify({ services: { app }, configs: { own: { file: './own.conf' } } }));
    const project = box.project('configs');
    const ended = await lettaStack(['up', '--file', file, '--project', project, '--host', proxy.url], {
      home: box.home,
    });
    expect(ended).toMatchObject({ code: 0 });
    const stack = await box.stackFor({ project });
    const { engine, id } = await stack.containerOf('app');
    const { stdout } = await engine.containers.exec(id, { cmd: ['cat', '/own'] });
    expect(stdout).toContain('CREATE EXTENSION IF NOT EXISTS vector;');
  });
});
