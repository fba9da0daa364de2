// A bundled profile that moves and changes between two ups. What runs is the copy that was applied, until the next up.
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Core } from '../../main/core-types.ts';
import type { Stack } from '../../main/stack/stack-types.ts';
import { describeEngine, theEngine } from '../setup/lab.ts';
import { choose, FIXTURES, freePort, makeCore, openBox, type CoreBox } from './helpers/core-box.ts';
import { idsOf, objectsOf } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';
import { idle } from './helpers/services.ts';

describeEngine('a profile that changes', () => {
  let box: CoreBox;
  let project: string;
  const cores: Core[] = [];
  beforeAll(async () => {
    box = await openBox();
    project = box.project('update');
    const variables = { LIGHT_PORT: String(await freePort()) };
    await choose(box.core, project, { profile: 'light-stack', variables });
    box.forget({ scope: project, name: 'LIGHT_DB_PASSWORD' });
    box.forget({ scope: project, name: 'LIGHT_TOKEN' });
  });
  afterAll(async () => {
    for (const core of cores) core.close();
    await box[Symbol.asyncDispose]();
  });

  /** The stack as a program sees it whose profiles lie in this folder. */
  async function from(profilesFolder: string): Promise<Stack> {
    const core = makeCore({ home: box.home, host: theEngine().host, profilesFolder });
    cores.push(core);
    return core.stack({ profile: 'light-stack', project, directory: box.folder });
  }
  /** A copy of the profile in a folder of its own, its compose file changed. */
  function copy(name: string, change: (text: string) => string = (text) => text): string {
    const folder = path.join(box.folder, name);
    const profile = path.join(folder, 'light-stack');
    mkdirSync(folder);
    cpSync(path.join(FIXTURES, 'light-stack'), profile, { recursive: true });
    const file = path.join(profile, 'compose.yaml');
    const text = readFileSync(file, 'utf8');
    const changed = change(text);
    if (name.startsWith('v')) expect(changed).not.toBe(text);
    writeFileSync(file, changed);
    return folder;
  }

  it('is the same stack wherever its folder is', async () => {
    const first = copy('here');
    await (await from(first)).up({}, new Recorder());
    const made = await objectsOf(box.engine, project);
    const moved = path.join(box.folder, 'somewhere else');
    renameSync(first, moved);
    const io = new Recorder();
    await (await from(moved)).up({}, io);
    expect(io.plans[0]!.steps).toEqual([]);
    expect(await objectsOf(box.engine, project)).toEqual(made);
    expect((await (await from(moved)).status()).updateAvailable).toBeUndefined();
  });

  it('is the same stack when its files move to a folder that profiles share', async () => {
    const folder = copy('shared', (text) => text.replaceAll('file: ./', 'file: ../common/'));
    mkdirSync(path.join(folder, 'common'));
    for (const file of ['init.sql', 'nginx.conf.template', 'start.sh'])
      renameSync(path.join(folder, 'light-stack', file), path.join(folder, 'common', file));
    const made = await objectsOf(box.engine, project);
    const io = new Recorder();
    expect((await (await from(folder)).up({}, io)).status).toBe('running');
    expect(io.plans[0]!.steps).toEqual([]);
    expect(await objectsOf(box.engine, project)).toEqual(made);
  });

  it('recreates just the services that take a config whose content changed', async () => {
    const before = await idsOf(box.engine, project);
    const folder = copy('content');
    writeFileSync(path.join(folder, 'light-stack', 'init.sql'), '-- another\n');
    const stack = await from(folder);
    const plan = await stack.plan({});
    expect(plan.steps.filter((s) => s.kind === 'create').map((s) => [s.container.service, s.cause])).toEqual([
      ['db', 'a config file changed'],
    ]);
    await stack.up({}, new Recorder());
    const after = await idsOf(box.engine, project);
    expect(after).toEqual({ ...before, db: after['db'] });
    expect(after['db']).not.toBe(before['db']);
  });

  it('takes line ends of Windows for ours', async () => {
    const folder = copy('crlf');
    for (const file of ['start.sh', 'nginx.conf.template']) {
      const full = path.join(folder, 'light-stack', file);
      writeFileSync(full, readFileSync(full, 'utf8').replaceAll('\n', '\r\n'));
    }
    writeFileSync(path.join(folder, 'light-stack', 'init.sql'), '-- another\r\n');
    expect((await (await from(folder)).plan({})).steps).toEqual([]);
  });

  it('is told as an update, and what runs stays as it was applied until the next up', async () => {
    // version 2 has no redis any more, and calls nginx web; its init.sql is the one applied above
    const newer = copy('v2', (text) =>
      text
        .replace(/\n {2}redis:\n[\s\S]*?\n\n(?= {2}nginx:)/, '\n')
        .replace('\n  nginx:\n', '\n  web:\n')
        .replace('      redis: { condition: service_started }\n', '')
        .replace('service: nginx', 'service: web')
        .replace(/^ {4}- \{ name: redis-image.*\n/m, '')
        .replace(/^ {4}- \{ id: redis,.*\n/m, '')
        .replace('version: "1"', 'version: "2"'),
    );
    writeFileSync(path.join(newer, 'light-stack', 'init.sql'), '-- another\n');
    const stack = await from(newer);
    const made = await objectsOf(box.engine, project);

    const state = await stack.status();
    expect(state).toMatchObject({ status: 'running', profileVersion: '1', updateAvailable: '2' });
    expect(state.services.map((s) => s.name)).toEqual(['db', 'redis', 'nginx']);

    const plan = await stack.plan({});
    const [nginx, redis, web] = ['nginx', 'redis', 'web'].map((s) => `${project}-${s}-1`) as [
      string,
      string,
      string,
    ];
    expect(plan.orphans.toSorted()).toEqual([nginx, redis]);
    expect(plan.steps.filter((s) => s.kind === 'create').map((s) => s.container.name)).toEqual([web]);
    expect(await objectsOf(box.engine, project)).toEqual(made);

    const stopped = await stack.stop([], new Recorder());
    expect(stopped.services.map((s) => [s.name, s.status])).toEqual([
      ['db', 'stopped'],
      ['redis', 'stopped'],
      ['nginx', 'stopped'],
    ]);
    const restarted = await stack.start([], new Recorder());
    expect(restarted).toMatchObject({ status: 'running', updateAvailable: '2' });
    expect((await stack.restart(['redis'], new Recorder())).status).toBe('running');
    expect(Object.keys((await objectsOf(box.engine, project)).containers)).toEqual(
      Object.keys(made.containers),
    );

    const io = new Recorder();
    const updated = await stack.up({ removeOrphans: true }, io);
    expect(updated).toMatchObject({ status: 'running', profileVersion: '2' });
    expect(updated.updateAvailable).toBeUndefined();
    expect(updated.services.map((s) => s.name)).toEqual(['db', 'web']);
    const after = await objectsOf(box.engine, project);
    expect(Object.keys(after.containers)).toEqual([`${project}-db-1`, web]);
    expect(after.volumes).toEqual(made.volumes);
    expect(after.containers[`${project}-db-1`]!.id).toBe(made.containers[`${project}-db-1`]!.id);
    await stack.down({}, new Recorder());
    expect((await objectsOf(box.engine, project)).containers).toEqual({});
  });

  it('is kept in versions with their differences', async () => {
    const history = cores[0]!.edges.state.appliedHistory(project);
    expect(history.length).toBeGreaterThanOrEqual(3);
    expect(history[0]!.diff).toContain('-  nginx:');
    expect(history[0]!.diff).toContain('+  web:');
  });
});

describeEngine('files of a user, once they are applied', () => {
  it('are not needed any more, but the variables they took are, by name', async () => {
    await using box = await openBox({ env: { NEEDED: 'a word' } });
    const project = box.project('own');
    const folder = path.join(box.folder, 'own');
    mkdirSync(folder);
    const file = path.join(folder, 'compose.yaml');
    const app = { ...idle, environment: { WORD: '${NEEDED:?a word}' }, depends_on: ['base'] };
    writeFileSync(file, JSON.stringify({ services: { app, base: idle } }));
    await (await box.stackFor({ files: [file], project })).up({}, new Recorder());
    const made = await idsOf(box.engine, project);
    rmSync(folder, { recursive: true });

    const here = await box.stackFor({ project });
    expect(await here.restart(['app'], new Recorder())).toMatchObject({ status: 'running' });

    const core = makeCore({ home: box.home, host: theEngine().host, env: { NEEDED: undefined } });
    try {
      const elsewhere = await core.stack({ project, directory: box.folder });
      expect(await elsewhere.status()).toMatchObject({ status: 'running' });
      expect(await elsewhere.stop([], new Recorder())).toMatchObject({ status: 'stopped' });
      await expect(elsewhere.start([], new Recorder())).rejects.toMatchObject({
        errors: [{ code: 'model.required-variable', data: { variable: 'NEEDED' } }],
      });
      expect(await here.start([], new Recorder())).toMatchObject({ status: 'running' });
      expect(await idsOf(box.engine, project)).toEqual(made);
      await elsewhere.down({}, new Recorder());
      expect(await idsOf(box.engine, project)).toEqual({});
    } finally {
      core.close();
    }
  });
});
