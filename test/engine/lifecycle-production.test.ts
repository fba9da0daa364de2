// The production profile as a user lives with it, in order: each test goes on from the one before. A real Letta server on
// real PostgreSQL, Redis and nginx; only the model provider is a fake, which says so in its name.
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Stack } from '../../main/stack/stack-types.ts';
import { LABEL } from '../../main/stack/labels.ts';
import { describeLab, theEngine } from '../setup/lab.ts';
import { canary, collectEvents, scan } from './helpers/canary-scan.ts';
import { composeOf, lettaStackInPrivate } from './helpers/commands.ts';
import { choose, freePort, openBox, PROFILES, type CoreBox } from './helpers/core-box.ts';
import { psql } from './helpers/database.ts';
import { openProxy } from './helpers/engine-proxy.ts';
import { startProvider } from './helpers/fake-provider.ts';
import { idsOf, labelsOf, objectsOf } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';
import { createRecord, LettaClient, verifyRecord, type Record as LettaRecord } from './production-client.ts';
import { load, peakConnections } from './production-load.ts';
import { codesOf } from './real-engine.ts';

const PIECE_MS = 150;
/** Connections that the server may have: kept and further ones. */
const POOL = { size: 4, overflow: 2 };
/** Imports of the server take most of it; more where others work on the machine too. */
const START = 400_000;

describeLab('the production profile', () => {
  let box: CoreBox;
  let project: string;
  let port: number;
  let stack: Stack;
  let client: LettaClient;
  let record: LettaRecord;
  let events: ReturnType<typeof collectEvents>;
  const secrets = {
    LETTA_SERVER_PASSWORD: canary(),
    LETTA_DB_PASSWORD: canary(),
    LETTA_ENCRYPTION_KEY: canary(),
    OPENAI_API_KEY: canary(),
  };

  beforeAll(async () => {
    box = await openBox({ profilesFolder: PROFILES });
    project = box.project('production');
    port = await freePort();
    const variables = {
      LETTA_STACK_PORT: String(port),
      LETTA_STACK_POOL_SIZE: String(POOL.size),
      LETTA_STACK_POOL_OVERFLOW: String(POOL.overflow),
      LETTA_STACK_OPENAI_URL: await startProvider(box.engine, {
        name: box.project('provider'),
        delayMs: PIECE_MS,
      }),
    };
    await choose(box.core, project, { profile: 'production', variables });
    stack = await box.stackFor({ profile: 'production', project });
    box.forget({ scope: 'global', name: 'OPENAI_API_KEY' });
    for (const [name, value] of Object.entries(secrets)) await stack.setSecret(name, value);
    client = new LettaClient(`http://127.0.0.1:${port}`, secrets.LETTA_SERVER_PASSWORD);
    events = collectEvents(box.engine);
  });
  afterAll(() => box[Symbol.asyncDispose]());

  it('comes up on an engine that cannot see our files', { timeout: START }, async () => {
    await using proxy = await openProxy(theEngine().host);
    const folder = path.join(box.folder, 'private');
    mkdirSync(folder);
    const file = path.join(folder, 'compose', 'production', 'compose.yaml');
    const args = ['--file', file, '--project', project, '--host', proxy.url, '--give', 'OPENAI_API_KEY'];
    await choose(box.core, project, { files: [file], variables: {} });
    const { code, stderr } = await lettaStackInPrivate({ folder, holds: PROFILES }, ['up', ...args], box);
    await choose(box.core, project, { profile: 'production', variables: {} });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(existsSync(file)).toBe(false);
  });

  it('is the same stack from the bundled profile, in another folder', async () => {
    const made = await objectsOf(box.engine, project);
    const io = new Recorder();
    expect((await stack.up({}, io)).status).toBe('running');
    expect(io.plans[0]!.steps).toEqual([]);
    expect(io.asked).toEqual([]);
    expect(await objectsOf(box.engine, project)).toEqual(made);
  });

  it('is deeply ready, and says so of each part', async () => {
    const { probes, support, urls } = await stack.status({ deep: true });
    expect(probes.filter((p) => !p.ok)).toEqual([]);
    expect(probes.map((p) => p.id)).toEqual(stack.block!.probes.map((p) => p.id));
    expect(support).toMatchObject({ status: 'retired' });
    expect(urls[0]).toEqual({ label: 'API', url: `http://127.0.0.1:${port}/v1/` });
  });

  it('answers, streams and remembers through nginx, with the password', async () => {
    record = await createRecord(client);
    const pieces = await client.stream(record.agent, `hello ${'word '.repeat(12)}in pieces`);
    const times = pieces.filter((p) => p.data.includes('assistant_message')).map((p) => p.ms);
    expect(times.length).toBeGreaterThan(4);
    // held back, they would come together at the end
    expect(times.at(-1)! - times[0]!).toBeGreaterThan((times.length - 2) * PIECE_MS * 0.7);
    expect(await client.get('GET', '/v1/agents/count')).toBe(1);
  });

  it('keeps to its pool under load, and to TLS', async () => {
    const { id } = await stack.containerOf('db');
    const archive = `/v1/agents/${record.agent}/archival-memory`;
    const work = load(90, 30, () => client.ask('GET', `${archive}?limit=5`));
    const { most, withoutTls } = await peakConnections(box.engine, id, work);
    expect(await work).toEqual(new Map([[200, 90]]));
    expect(most).toBeGreaterThan(POOL.size);
    expect(most).toBeLessThanOrEqual(POOL.size + POOL.overflow);
    expect(withoutTls).toBe(0);
  });

  it('shows its secrets nowhere', async () => {
    const words = { ...secrets, project, agent: record.agent };
    const texts = {
      status: JSON.stringify(await stack.status({ deep: true })),
      plan: JSON.stringify(await stack.plan({ forceRecreate: true })),
    };
    const found = await scan({ engine: box.engine, project, home: box.home, events: events(), texts }, words);
    expect(found).toMatchObject(Object.fromEntries(Object.keys(secrets).map((name) => [name, []])));
    expect(found['project']).toEqual(expect.arrayContaining(['events', 'status', 'file state/state.jsonl']));
    expect(found['agent']).toEqual(expect.arrayContaining([`log /${project}-nginx-1`]));
    expect(found['agent']!.some((place) => place.startsWith(`/volumes/${project}_pgdata/`))).toBe(true);
  });

  it('is unchanged to the docker compose CLI, which can show it', async () => {
    const made = await objectsOf(box.engine, project);
    const hashes = (await composeOf(stack, ['config', '--hash', '*'])).trim().split('\n');
    expect(await labelsOf(box.engine, project, LABEL.hash)).toEqual(
      Object.fromEntries(hashes.map((line) => line.split(' '))),
    );
    await composeOf(stack, ['up', '--detach']);
    await composeOf(stack, ['up', '--detach', '--yes']);
    expect(await objectsOf(box.engine, project)).toEqual(made);
    expect(await composeOf(stack, ['ps', '--services'])).toBe('db\nnginx\nredis\nserver\n');
  });

  it('goes down, comes up with the CLI, and we keep what it made', { timeout: START }, async () => {
    const { volumes } = await objectsOf(box.engine, project);
    await stack.down({}, new Recorder());
    expect(await objectsOf(box.engine, project)).toEqual({ containers: {}, networks: {}, volumes });
    await composeOf(stack, ['up', '--detach', '--wait']);
    const made = await objectsOf(box.engine, project);
    const io = new Recorder();
    expect((await stack.up({}, io)).status).toBe('running');
    expect([io.plans[0]!.steps, io.asked]).toEqual([[], []]);
    expect(await objectsOf(box.engine, project)).toEqual(made);
    expect(made.volumes).toEqual(volumes);
    await verifyRecord(client, record);
  });

  it('takes another database password, in the database too', { timeout: START }, async () => {
    const changed = canary();
    await stack.setSecret('LETTA_DB_PASSWORD', changed);
    const login = { user: 'letta', database: 'letta', sql: 'select 1' };
    expect(await psql(stack, { ...login, password: changed })).toBe('1');
    await expect(psql(stack, { ...login, password: secrets.LETTA_DB_PASSWORD })).rejects.toThrow(
      'password authentication failed',
    );

    // down and up again, with everything still there
    const { volumes } = await objectsOf(box.engine, project);
    await composeOf(stack, ['down']);
    const io = new Recorder();
    expect((await stack.up({}, io)).status).toBe('running');
    expect(io.asked).toEqual([]);
    expect(Object.keys(await idsOf(box.engine, project))).toEqual(['db', 'nginx', 'redis', 'server']);
    expect((await objectsOf(box.engine, project)).volumes).toEqual(volumes);
    await verifyRecord(client, record);
    expect((await stack.status({ deep: true })).probes.filter((p) => !p.ok)).toEqual([]);
  });

  it('changes the encryption key only for its name, typed', async () => {
    const refused = { code: 'secrets.confirm-unreadable', data: { volume: `${project}_pgdata` } };
    await expect(stack.setSecret('LETTA_ENCRYPTION_KEY', canary())).rejects.toMatchObject({
      errors: [refused],
    });
    await expect(stack.setSecret('LETTA_ENCRYPTION_KEY', canary(), 'yes')).rejects.toMatchObject({
      errors: [refused],
    });
    expect(await codesOf(stack.unsetSecret('LETTA_ENCRYPTION_KEY'))).toEqual(['secrets.confirm-unreadable']);
    const store = await box.core.secretStore();
    const entry = { scope: project, name: 'LETTA_ENCRYPTION_KEY' };
    expect(await store.get(entry)).toBe(secrets.LETTA_ENCRYPTION_KEY);

    const another = canary();
    await stack.setSecret('LETTA_ENCRYPTION_KEY', another, 'LETTA_ENCRYPTION_KEY');
    expect(await store.get(entry)).toBe(another);
    const { steps } = await stack.plan({});
    expect(steps.filter((s) => s.kind === 'create').map((s) => [s.container.service, s.cause])).toEqual([
      ['server', 'a secret changed'],
    ]);
  });
});
