// Secrets over the life of a stack: made with its volume, never beside one; changed, lost, and cut off by a kill.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Stack } from '../../main/stack/stack-types.ts';
import { describeEngine, describeLab, theEngine } from '../setup/lab.ts';
import { lettaStack } from './helpers/commands.ts';
import { freePort, LIGHT_FILE, makeCore, openBox, type CoreBox } from './helpers/core-box.ts';
import { psql } from './helpers/database.ts';
import { openProxy } from './helpers/engine-proxy.ts';
import { idsOf, objectsOf } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';
import { codesOf } from './real-engine.ts';

const NAMES = ['LIGHT_DB_PASSWORD', 'LIGHT_TOKEN'];

/** What the page answers to a token: whether the container has that very one. */
const opens = async (port: number, token: string): Promise<boolean> => {
  const answer = await fetch(`http://127.0.0.1:${port}/private`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return answer.status === 200;
};
/** Whether the role of the stack gets in over TCP with this password. */
const enters = async (stack: Stack, password: string): Promise<boolean> => {
  try {
    return (await psql(stack, { user: 'light', database: 'light', sql: 'select 1', password })) === '1';
  } catch (e) {
    expect((e as Error).message).toContain('password authentication failed');
    return false;
  }
};

describeEngine('the secrets of a stack', () => {
  let box: CoreBox;
  let port: number;
  let project: string;
  let stack: Stack;
  beforeAll(async () => {
    box = await openBox();
    [project, port] = [box.project('light'), await freePort()];
    stack = await box.light(project, { LIGHT_PORT: String(port) });
  });
  afterAll(() => box[Symbol.asyncDispose]());

  const stored = async (name: string): Promise<string | undefined> =>
    (await box.core.secretStore()).get({ scope: project, name });
  const set = async (): Promise<readonly string[]> =>
    (await stack.secrets()).filter((s) => s.set && s.scope === 'stack').map((s) => s.name);

  it('are made by the up that makes their volume, and before it', async () => {
    expect(await set()).toEqual([]);
    const plan = await stack.plan({});
    const made = plan.steps.find((s) => s.kind === 'generateSecrets')!;
    expect(made).toMatchObject({ names: NAMES, volume: `${project}_pgdata`, after: [] });
    expect(plan.steps.filter((s) => s.id !== made.id && s.after.length === 0)).toEqual([]);
    expect([await stored(NAMES[0]!), await stored(NAMES[1]!)]).toEqual([undefined, undefined]);

    await stack.up({}, new Recorder());
    expect(await set()).toEqual(NAMES);
    const [password, token] = [await stored(NAMES[0]!), await stored(NAMES[1]!)];
    expect(password).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(token).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(password).not.toBe(token);
    expect(await opens(port, token!)).toBe(true);
    expect(await enters(stack, password!)).toBe(true);
  });

  it('recreate just the services that take them when they change', async () => {
    const before = await idsOf(box.engine, project);
    const old = (await stored('LIGHT_TOKEN'))!;
    await stack.setSecret('LIGHT_TOKEN', 'AnotherToken');
    const plan = await stack.plan({});
    expect(plan.steps.filter((s) => s.kind === 'create').map((s) => [s.container.service, s.cause])).toEqual([
      ['nginx', 'a secret changed'],
    ]);
    await stack.up({}, new Recorder());
    const after = await idsOf(box.engine, project);
    expect(after).toEqual({ ...before, nginx: after['nginx'] });
    expect(after['nginx']).not.toBe(before['nginx']);
    expect([await opens(port, 'AnotherToken'), await opens(port, old)]).toEqual([true, false]);
  });

  it('of a database are changed in the database', async () => {
    const before = await idsOf(box.engine, project);
    const old = (await stored('LIGHT_DB_PASSWORD'))!;
    await stack.setSecret('LIGHT_DB_PASSWORD', 'ANewPassword1');
    expect([await enters(stack, 'ANewPassword1'), await enters(stack, old)]).toEqual([true, false]);
    const io = new Recorder();
    expect((await stack.up({}, io)).status).toBe('running');
    const after = await idsOf(box.engine, project);
    expect(after).toEqual({ ...before, db: after['db'] });
    expect(after['db']).not.toBe(before['db']);
    expect(await enters(stack, 'ANewPassword1')).toBe(true);
  });

  it('stay as they are where a new value cannot be taken', async () => {
    const cannot = await codesOf(stack.setSecret('LIGHT_DB_PASSWORD', "has ' a quote"));
    expect(cannot).toEqual(['secrets.bad-value']);
    await stack.stop(['db'], new Recorder());
    expect(await codesOf(stack.setSecret('LIGHT_DB_PASSWORD', 'NobodyHears1'))).toEqual([
      'secrets.database-not-running',
    ]);
    expect(await stored('LIGHT_DB_PASSWORD')).toBe('ANewPassword1');
    await stack.start(['db'], new Recorder());
    expect(await enters(stack, 'ANewPassword1')).toBe(true);
  });

  it('are removed only by their name while there is data', async () => {
    expect(await codesOf(stack.unsetSecret('LIGHT_TOKEN'))).toEqual(['secrets.confirm-unreadable']);
    expect(await codesOf(stack.unsetSecret('LIGHT_TOKEN', 'light_token'))).toEqual([
      'secrets.confirm-unreadable',
    ]);
    expect(await stored('LIGHT_TOKEN')).toBe('AnotherToken');
  });

  it('that are gone while the volume is kept stop an up before anything is touched', async () => {
    const store = await box.core.secretStore();
    const password = (await stored('LIGHT_DB_PASSWORD'))!;
    await store.delete({ scope: project, name: 'LIGHT_DB_PASSWORD' });
    // nothing is created, so nobody needs it
    expect((await stack.up({}, new Recorder())).status).toBe('running');
    const running = await objectsOf(box.engine, project);
    expect(await codesOf(stack.up({ forceRecreate: true }, new Recorder()))).toEqual([
      'stack.secret-missing',
    ]);
    expect(await objectsOf(box.engine, project)).toEqual(running);

    await stack.down({}, new Recorder());
    const kept = await objectsOf(box.engine, project);
    expect(kept).toMatchObject({ containers: {}, networks: {} });
    expect(await codesOf(stack.up({}, new Recorder()))).toEqual(['stack.secret-missing']);
    expect(await objectsOf(box.engine, project)).toEqual(kept);
    expect(await stored('LIGHT_DB_PASSWORD')).toBeUndefined();

    await stack.setSecret('LIGHT_DB_PASSWORD', password);
    expect((await stack.up({}, new Recorder())).status).toBe('running');
    expect(await enters(stack, password)).toBe(true);
  });

  it('are missed by an installation that never saw them, named with their volume', async () => {
    const entries = NAMES.map((name) => ({ scope: project, name }));
    const store = await box.core.secretStore();
    const values = await Promise.all(entries.map((e) => store.get(e)));
    const other = makeCore({ home: path.join(box.folder, 'other'), host: theEngine().host });
    try {
      // the keychain has them: they are found, and nothing is asked but the volume
      const theirs = await other.stack({ profile: 'light-stack', project, directory: box.folder });
      await theirs.plan({});
      expect((await theirs.secrets()).filter((s) => s.set).map((s) => s.name)).toEqual(NAMES);
    } finally {
      other.close();
    }
    await Promise.all(entries.map((e) => store.delete(e)));
    const third = makeCore({ home: path.join(box.folder, 'third'), host: theEngine().host });
    const before = await objectsOf(box.engine, project);
    try {
      const theirs = await third.stack({ profile: 'light-stack', project, directory: box.folder });
      await expect(theirs.up({}, new Recorder({ answer: true }))).rejects.toMatchObject({
        errors: NAMES.map((name) => ({
          code: 'stack.secret-missing',
          data: { name, volume: `${project}_pgdata` },
        })),
      });
    } finally {
      third.close();
    }
    expect(await objectsOf(box.engine, project)).toEqual(before);
    await Promise.all(entries.map((e, i) => store.set(e, values[i]!)));
  });
});

describeLab('an up that is killed', () => {
  let box: CoreBox;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    box = await openBox({ env: { LIGHT_PORT: String(port) } });
  });
  afterAll(() => box[Symbol.asyncDispose]());

  const objects = (project: string) => objectsOf(box.engine, project);
  /** An `up` of the terminal that is killed before its first request of this kind gets to the engine. */
  async function killedAt(project: string, request: RegExp): Promise<void> {
    await using proxy = await openProxy(theEngine().host);
    let pid = 0;
    proxy.before = async ({ method, url }) => {
      if (!request.test(`${method} ${url}`)) return;
      process.kill(pid, 'SIGKILL');
      throw new Error('cut off');
    };
    const ended = await lettaStack(['up', '--file', LIGHT_FILE, '--project', project, '--host', proxy.url], {
      home: box.home,
      env: { LIGHT_PORT: String(port) },
      onPid: (id) => (pid = id),
    });
    expect(ended.code).toBe(null);
  }

  it.each([
    ['between the store and the volume', 'store', /^POST .*\/volumes\/create/, { volumes: 0, containers: 0 }],
    [
      'between the volume and the containers',
      'volume',
      /^POST .*\/containers\/create/,
      { volumes: 1, containers: 0 },
    ],
    ['before the first start', 'start', /^POST .*\/containers\/[^/]+\/start/, { volumes: 1, containers: 3 }],
    ['while the files are put in', 'files', /^PUT .*\/archive/, { volumes: 1, containers: 3 }],
  ])('%s converges with the next one, with the same secrets', async (_, name, request, left) => {
    const project = box.project(name);
    const stack = await box.stackFor({ files: [LIGHT_FILE], project });
    await killedAt(project, request);

    const there = await objects(project);
    expect(Object.keys(there.volumes).length).toBe(left.volumes);
    expect(Object.keys(there.containers).length).toBeLessThanOrEqual(left.containers);
    const store = await box.core.secretStore();
    const values = await Promise.all(NAMES.map((n) => store.get({ scope: project, name: n })));
    for (const value of values) expect(value).toMatch(/^[A-Za-z0-9]{32}$/);

    const io = new Recorder();
    expect((await stack.up({}, io)).status).toBe('running');
    expect(io.asked).toEqual([]);
    expect(await Promise.all(NAMES.map((n) => store.get({ scope: project, name: n })))).toEqual(values);
    expect((await objects(project)).volumes).toMatchObject(there.volumes);
    expect(await enters(stack, values[0]!)).toBe(true);
    expect(await opens(port, values[1]!)).toBe(true);
    await stack.down({}, new Recorder());
  });
});

describeEngine('the encrypted file as the store', () => {
  it('holds what the keychain would, and is opened by the passphrase file', async () => {
    const port = await freePort();
    await using box = await openBox();
    const passphrase = path.join(box.folder, 'passphrase');
    writeFileSync(passphrase, 'correct horse battery\n', { mode: 0o600 });
    const env = { LETTA_STACK_PASSPHRASE_FILE: passphrase };
    const project = box.project('file');
    const options = { home: box.home, host: theEngine().host };
    const core = makeCore({ ...options, env });
    const variables = { LIGHT_PORT: String(port) };
    await core.edges.settings.update((s) => ({
      ...s,
      secretStore: 'file',
      stacks: { [project]: { profile: 'light-stack', variables } },
    }));
    const ref = { profile: 'light-stack', project, directory: box.folder };
    const file = path.join(box.home, 'config', 'secrets.age');
    try {
      const stack = await core.stack(ref);
      expect((await stack.up({}, new Recorder())).status).toBe('running');
      const store = await core.secretStore();
      const token = (await store.get({ scope: project, name: 'LIGHT_TOKEN' }))!;
      expect(await opens(port, token)).toBe(true);
      const sealed = readFileSync(file);
      expect(sealed.toString('latin1')).toMatch(/^age-encryption\.org\/v1\n-> scrypt /);
      expect(sealed.includes(token)).toBe(false);
    } finally {
      core.close();
    }

    const without = makeCore({ ...options, env: { LETTA_STACK_PASSPHRASE_FILE: undefined } });
    try {
      const stack = await without.stack(ref);
      expect((await stack.up({}, new Recorder())).status).toBe('running');
      expect((await stack.restart(['nginx'], new Recorder())).status).toBe('running');
      const before = await objectsOf(box.engine, project);
      expect(await codesOf(stack.up({ forceRecreate: true }, new Recorder()))).toEqual([
        'secrets.no-passphrase',
      ]);
      expect(await objectsOf(box.engine, project)).toEqual(before);
    } finally {
      without.close();
    }

    writeFileSync(passphrase, 'another\n');
    const wrong = makeCore({ ...options, env });
    try {
      const stack = await wrong.stack(ref);
      expect(await codesOf(stack.up({ forceRecreate: true }, new Recorder()))).toEqual([
        'secrets.wrong-passphrase',
      ]);
    } finally {
      wrong.close();
    }
  });
});
