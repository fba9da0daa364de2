// Secrets over the life of a stack: made with its volume, never beside one; changed and lost.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Stack } from '../../main/stack/stack-types.ts';
import { describeEngine, theEngine } from '../setup/lab.ts';
import { freePort, makeCore, openBox, type CoreBox } from './helpers/core-box.ts';
import { enters, NAMES, opens } from './helpers/light-secrets.ts';
import { idsOf, objectsOf } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';
import { idle } from './helpers/services.ts';
import { codesOf } from './real-engine.ts';

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
    expect([await stored(NAMES[0]), await stored(NAMES[1])]).toEqual([undefined, undefined]);

    await stack.up({}, new Recorder());
    expect(await set()).toEqual(NAMES);
    const [password, token] = [await stored(NAMES[0]), await stored(NAMES[1])];
    expect(password).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(token).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(password).not.toBe(token);
    expect(await opens(port, token!)).toBe(true);
    expect(await enters(stack, password!)).toBe(true);
  });

  it('recreate just the services that take them when they change', async () => {
    const before = await idsOf(box.engine, project);
    const old = (await stored('LIGHT_TOKEN'))!;
    await stack.setSecret('LIGHT_TOKEN', 'AnotherTokenOfLight');
    const plan = await stack.plan({});
    expect(plan.steps.filter((s) => s.kind === 'create').map((s) => [s.container.service, s.cause])).toEqual([
      ['nginx', 'a secret changed'],
    ]);
    await stack.up({}, new Recorder());
    const after = await idsOf(box.engine, project);
    expect(after).toEqual({ ...before, nginx: after['nginx'] });
    expect(after['nginx']).not.toBe(before['nginx']);
    expect([await opens(port, 'AnotherTokenOfLight'), await opens(port, old)]).toEqual([true, false]);
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
    expect(await stored('LIGHT_TOKEN')).toBe('AnotherTokenOfLight');
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

    const codes = (await stack.setSecret('LIGHT_DB_PASSWORD', password)).map((e) => e.code);
    expect(codes).toEqual(['secrets.password-untold']);
    expect((await stack.up({}, new Recorder())).status).toBe('running');
    expect(await enters(stack, password)).toBe(true);
  });

  it('that are lost for good get a new value while the database runs', async () => {
    const lost = (await stored('LIGHT_DB_PASSWORD'))!;
    await (await box.core.secretStore()).delete({ scope: project, name: 'LIGHT_DB_PASSWORD' });
    expect(await stack.setSecret('LIGHT_DB_PASSWORD', 'InsteadOfTheLost1')).toEqual([]);
    expect([await enters(stack, 'InsteadOfTheLost1'), await enters(stack, lost)]).toEqual([true, false]);
    expect((await stack.up({}, new Recorder())).status).toBe('running');
    expect(await enters(stack, 'InsteadOfTheLost1')).toBe(true);
  });

  it('are missed by an installation that never saw them, named with their volume', async () => {
    const entries = NAMES.map((name) => ({ scope: project, name }));
    const store = await box.core.secretStore();
    const values = await Promise.all(entries.map((e) => store.get(e)));
    const other = makeCore({ home: path.join(box.folder, 'other'), host: theEngine().host });
    try {
      // the keychain has them: they are found, and nothing is asked but the volume
      const theirs = await other.stack({ profile: 'light-stack', project, directory: box.folder });
      const known = async (): Promise<string[]> =>
        (await theirs.secrets()).filter((s) => s.set).map((s) => s.name);
      expect((await theirs.plan({})).steps.some((s) => s.kind === 'generateSecrets')).toBe(false);
      expect(await known()).toEqual([]); // a plan notes nothing
      await theirs.composeCall();
      expect(await known()).toEqual(NAMES);
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

describeEngine('a service that takes a secret of a volume which it does not use', () => {
  const BLOCK = {
    title: 'Two',
    summary: 'One has the data, the other the password.',
    version: '1',
    support: { status: 'current', reason: 'Part of the tests.' },
    secrets: [
      { name: 'WORD', label: 'Word', scope: 'stack', required: true, generated: true, volume: 'data' },
    ],
    bundles: [{ variable: 'WORD_BUNDLE', service: 'reader', value: 'WORD' }],
  };
  const services = {
    keeper: { ...idle, volumes: ['data:/kept'] },
    reader: { ...idle, secrets: ['word'] },
  };

  it('gets it only once the volume is made', async () => {
    await using box = await openBox();
    const file = path.join(box.folder, 'compose.yaml');
    const secrets = { word: { environment: 'WORD_BUNDLE' } };
    writeFileSync(file, JSON.stringify({ services, secrets, volumes: { data: {} }, 'x-letta-stack': BLOCK }));
    const project = box.project('two');
    const stack = await box.stackFor({ files: [file], project });
    await expect(stack.up({ services: ['reader'] }, new Recorder())).rejects.toMatchObject({
      errors: [{ code: 'stack.secret-missing', data: { name: 'WORD', services: ['reader'] } }],
    });
    expect(await objectsOf(box.engine, project)).toEqual({ containers: {}, networks: {}, volumes: {} });

    expect((await stack.up({}, new Recorder())).status).toBe('running');
    const { engine, id } = await stack.containerOf('reader');
    const { stdout } = await engine.containers.exec(id, { cmd: ['cat', '/run/secrets/word'] });
    const store = await box.core.secretStore();
    expect(stdout).toBe(await store.get({ scope: project, name: 'WORD' }));
    const again = new Recorder();
    await stack.up({}, again);
    expect(again.plans[0]!.steps).toEqual([]);
  });
});
