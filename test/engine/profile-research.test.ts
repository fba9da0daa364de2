// Letta beside ChromaDB on one network with an application, in order: each test goes on from the one before. The servers
// are real; the application is a Python container that asks both.
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { StackState } from '../../main/contract.ts';
import type { Stack } from '../../main/stack/stack-types.ts';
import { LABEL } from '../../main/stack/labels.ts';
import { describeLab } from '../setup/lab.ts';
import { canary } from './helpers/canary-scan.ts';
import { composeOf, runWell } from './helpers/commands.ts';
import { choose, freePort, openBox, PROFILES, type CoreBox } from './helpers/core-box.ts';
import { psql } from './helpers/database.ts';
import { objectsOf } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';
import { complaintsOf } from './helpers/whole-doctor.ts';
import { LettaClient } from './production-client.ts';

/** Their names are fixed, so they are there once on an engine: in the lab nobody else's. */
const VOLUMES = ['thoth-letta-data', 'thoth-letta-home', 'thoth-letta-postgres'];
const DATABASE = 'pgvector/pgvector:0.8.1-pg15';
const START = 400_000;

const docker = (...args: string[]): Promise<string> => runWell('docker', args);
const removeVolumes = (): Promise<string> => docker('volume', 'rm', '--force', ...VOLUMES);

async function open(name: string): Promise<{ box: CoreBox; project: string; port: number; stack: Stack }> {
  await removeVolumes();
  const box = await openBox({ profilesFolder: PROFILES });
  const project = box.project(name);
  const port = await freePort();
  const variables = { LETTA_STACK_PORT: String(port), LETTA_STACK_NETWORK: `${project}-net` };
  await choose(box.core, project, { profile: 'research', variables });
  return { box, project, port, stack: await box.stackFor({ profile: 'research', project }) };
}

/** Python that prints how Letta is, under the name by which an application of Thoth knows it. */
const HEALTH =
  'import urllib.request as u; print(u.urlopen("http://letta:8283/v1/health/", timeout=20).read().decode())';

/** Python that prints what ChromaDB answers to a request. */
const chroma = (method: string, path: string, body = ''): string => `
import urllib.request
url = "http://chromadb:8000/api/v2/tenants/default_tenant/databases/default_database/collections${path}"
request = urllib.request.Request(url, ${body === '' ? 'None' : `b'${body}'`}, {"content-type": "application/json"}, method="${method}")
print(urllib.request.urlopen(request, timeout=20).read().decode())
`;

describeLab('the research profile', () => {
  let box: CoreBox;
  let project: string;
  let stack: Stack;
  let client: LettaClient;
  let application: string;
  beforeAll(async () => {
    let port: number;
    ({ box, project, port, stack } = await open('research'));
    const password = canary();
    await stack.setSecret('LETTA_SERVER_PASSWORD', password);
    client = new LettaClient(`http://127.0.0.1:${port}`, password);
  });
  afterAll(async () => {
    await docker('rm', '--force', application);
    await box[Symbol.asyncDispose]();
    await removeVolumes();
  });

  const asApplication = (code: string): Promise<string> => docker('exec', application, 'python3', '-c', code);

  it('comes up, ChromaDB last, on the volumes by their names', { timeout: START }, async () => {
    const io = new Recorder();
    const state = await stack.up({}, io);
    expect(state).toMatchObject({ status: 'running', sentence: 'All services are well.' });
    expect(await complaintsOf(box.core, { profile: 'research', project, directory: box.folder })).toEqual([]);
    expect(io.asked).toEqual([]);
    expect(state.services.map((s) => s.name)).toEqual(['db', 'server', 'chromadb']);
    const after = io.plans.at(-1)!.steps.find((s) => s.id === `start:${project}-chromadb-1`)!.after;
    expect(after).toContain('wait:server');
    expect(Object.keys((await objectsOf(box.engine, project)).volumes).toSorted()).toEqual([
      `${project}_bytecode`,
      `${project}_chroma`,
      ...VOLUMES,
    ]);
  });

  it('is deeply ready, and says so of each part', async () => {
    const { probes } = await stack.status({ deep: true });
    expect(probes.filter((p) => !p.ok)).toEqual([]);
    expect(probes.map((p) => p.id)).toEqual(stack.block!.probes.map((p) => p.id));
  });

  it("is reached by the application's container, which joins with one line", async () => {
    application = `${project}-application`;
    const label = `${LABEL.project}=${application}`;
    const image = 'lab/fake-provider:1';
    await docker('run', '--detach', '--name', application, '--label', label, '--network', 'none', image);
    await docker('network', 'disconnect', 'none', application);
    await docker('network', 'connect', `${project}-net`, application);
    expect(await asApplication(HEALTH)).toContain('"version":"0.16.8"');
    await asApplication(chroma('POST', '', '{"name":"papers"}'));
    expect(await asApplication(chroma('GET', '/papers'))).toContain('"name":"papers"');
  });

  it("runs tools in an environment of their own, and keeps data where the application's guide says", async () => {
    const source =
      'def where():\n    """Says which Python this is."""\n    import sys\n    return sys.executable\n';
    const schema = {
      name: 'where',
      description: 'Says which Python this is.',
      parameters: { type: 'object', properties: {}, required: [] },
    };
    const ran = await client.get<{ tool_return: string; status: string }>('POST', '/v1/tools/run', {
      source_code: source,
      args: {},
      json_schema: schema,
    });
    expect(ran).toMatchObject({
      status: 'success',
      tool_return: '/letta/.letta/tool_execution_dir/letta-tools/bin/python3',
    });
    const { engine, id } = await stack.containerOf('server');
    const linked = await engine.containers.exec(id, {
      cmd: ['readlink', '-f', '/letta/.letta/tool_execution_dir'],
    });
    expect(linked.stdout.trim()).toBe('/letta/.persist/tool_execution_dir');
  });

  it('is well to the doctor', async () => {
    const ref = { profile: 'research', project, directory: box.folder };
    const findings = await box.core.doctor({ ref, only: ['invented-variables'] });
    expect(findings).toMatchObject([{ status: 'ok' }]);
  });

  it('goes on without Letta, and says who runs without memory', async () => {
    const state = await stack.stop(['server'], new Recorder());
    expect(state).toMatchObject({
      status: 'degraded',
      sentence: 'server is not running. chromadb runs without memory.',
    });
    expect(await asApplication(chroma('GET', '/papers'))).toContain('"name":"papers"');
  });

  it(
    'comes back after a down with what it had, on the network that the application stays on',
    { timeout: START },
    async () => {
      const { volumes } = await objectsOf(box.engine, project);
      await stack.down({}, new Recorder());
      const left = await objectsOf(box.engine, project);
      expect([left.containers, left.volumes]).toEqual([{}, volumes]);
      expect((await stack.up({}, new Recorder())).status).toBe('running');
      const made = await objectsOf(box.engine, project);
      await composeOf(stack, ['up', '--detach']);
      const io = new Recorder();
      expect((await stack.up({}, io)).status).toBe('running');
      expect([io.plans[0]!.steps, io.asked]).toEqual([[], []]);
      expect(await objectsOf(box.engine, project)).toEqual(made);
      expect(await asApplication(chroma('GET', '/papers'))).toContain('"name":"papers"');
      expect(await client.get('GET', '/v1/agents/count')).toBe(0);
    },
  );
});

describeLab('the research profile on a Thoth installation', () => {
  let box: CoreBox;
  let project: string;
  let stack: Stack;
  // what an address takes unencoded, and no more than that
  const password = `${canary()}._~!-`;
  beforeAll(async () => {
    ({ box, project, stack } = await open('adopted'));
    // As its Compose file starts it: the image's own start, letta as the superuser, data in the volume itself.
    const owner = `${LABEL.project}=${box.project('thoth')}`;
    for (const volume of VOLUMES) await docker('volume', 'create', '--label', owner, volume);
    // its network, which the setting `network` names
    await docker('network', 'create', '--label', owner, `${project}-net`);
    const name = `${box.project('thoth')}-postgres`;
    const env = ['POSTGRES_USER=letta', 'POSTGRES_DB=letta', `POSTGRES_PASSWORD=${password}`];
    const mounts = ['--volume', 'thoth-letta-postgres:/var/lib/postgresql/data'];
    await docker(
      'run',
      '--detach',
      '--name',
      name,
      '--label',
      owner,
      ...env.flatMap((e) => ['--env', e]),
      ...mounts,
      DATABASE,
    );
    await vi.waitFor(() => sql(name, 'select 1'), { timeout: 60_000, interval: 200 });
    await sql(
      name,
      'create extension vector; create table kept (word text); insert into kept values ($$heron$$)',
    );
    // migrated by an older server
    await sql(
      name,
      'create table alembic_version (version_num text); insert into alembic_version values ($$older$$)',
    );
    await docker(
      'run',
      '--rm',
      '--volume',
      'thoth-letta-home:/letta',
      '--entrypoint',
      'sh',
      DATABASE,
      '-c',
      'mkdir /letta/.letta && echo mine >/letta/.letta/mine',
    );
  }, 120_000);
  afterAll(async () => {
    await box[Symbol.asyncDispose]();
    await removeVolumes();
  });

  /** Over TCP, where the image's first server, of the initialisation, is not. */
  const sql = async (container: string, statement: string): Promise<string> =>
    (await docker('exec', container, 'psql', '-h', '127.0.0.1', '-U', 'letta', '-XAtqc', statement)).trim();
  const ask = (statement: string): Promise<string> =>
    psql(stack, { user: 'letta', database: 'letta', sql: statement });
  /** Over the container's own address: on its loopback such a database asks for no password. */
  async function login(as: string): Promise<string> {
    const { engine, id } = await stack.containerOf('db');
    const cmd = ['sh', '-c', 'psql -h "$(hostname -i)" -U letta -XAtqc "select 1" 2>&1'];
    return (await engine.containers.exec(id, { cmd, env: [`PGPASSWORD=${as}`] })).stdout.trim();
  }
  /** With every question answered. */
  const up = (): Promise<StackState> => stack.up({}, new Recorder({ answer: true }));

  it('makes no secret, and does not start without those of the installation', async () => {
    const names = ['LETTA_DB_PASSWORD', 'LETTA_SERVER_PASSWORD', 'LETTA_ENCRYPTION_KEY'];
    await expect(up()).rejects.toMatchObject({
      errors: names.map((name) => ({ code: 'stack.secret-missing', data: { name } })),
    });
    const store = await box.core.secretStore();
    for (const name of names) expect(await store.get({ scope: project, name })).toBeUndefined();
    expect((await objectsOf(box.engine, project)).containers).toEqual({});
  });

  it('does not start beside a database that has the volume, whatever is answered', async () => {
    for (const name of ['LETTA_DB_PASSWORD', 'LETTA_SERVER_PASSWORD', 'LETTA_ENCRYPTION_KEY'])
      await stack.setSecret(name, canary());
    const name = `${box.project('thoth')}-postgres`;
    const shared = { code: 'stack.volume-shared', data: { name: 'thoth-letta-postgres', by: [name] } };
    expect((await stack.plan({})).warnings).toContainEqual(
      expect.objectContaining({ code: 'stack.volume-shared' }),
    );
    await expect(up()).rejects.toMatchObject({ errors: [shared] });
    expect((await objectsOf(box.engine, project)).containers).toEqual({});
    expect(await sql(name, 'select word from kept')).toBe('heron');
    await docker('stop', name);
    await docker('rm', name);
  });

  it('asks before it uses the data, and stops where the password is another', async () => {
    const io = new Recorder();
    await expect(stack.up({}, io)).rejects.toMatchObject({ errors: [{ code: 'stack.confirmation-needed' }] });
    expect(io.asked.map((c) => [c.kind, c.subject])).toEqual(
      ['thoth-letta-postgres', 'thoth-letta-home', 'thoth-letta-data'].map((v) => ['foreign-volume', v]),
    );

    await expect(up()).rejects.toThrow('password authentication failed for user "letta"');
    expect((await stack.status()).sentence).toMatch(/^server keeps ending .*chromadb runs without memory\.$/);
  });

  it('stops where the database would have to be migrated, and leaves it as it is', async () => {
    await stack.setSecret('LETTA_DB_PASSWORD', password);
    await expect(up()).rejects.toThrow('the database is at older');
    expect(await ask('select version_num from alembic_version')).toBe('older');
    expect(
      await ask(
        "select string_agg(tablename, ' ' order by tablename) from pg_tables where schemaname = 'public'",
      ),
    ).toBe('alembic_version kept');
  });

  it('stops likewise where there are tables and no migration', async () => {
    await ask('drop table alembic_version');
    await expect(up()).rejects.toThrow('the database is at no migration, and holds tables');
    expect(await ask("select string_agg(tablename, ' ') from pg_tables where schemaname = 'public'")).toBe(
      'kept',
    );
  });

  it('migrates it on a word, and changes its password', { timeout: START }, async () => {
    await choose(box.core, project, { profile: 'research', variables: { LETTA_STACK_MIGRATE: 'true' } });
    stack = await box.stackFor({ profile: 'research', project });
    expect(await up()).toMatchObject({ status: 'running' });
    expect((await stack.status({ deep: true })).probes.filter((p) => !p.ok)).toEqual([]);
    expect(await ask('select word from kept')).toBe('heron');
    expect(await ask("select rolsuper from pg_roles where rolname = 'letta'")).toBe('t');
    const { engine, id } = await stack.containerOf('server');
    const mine = await engine.containers.exec(id, { cmd: ['cat', '/letta/.letta/mine'] });
    expect(mine.stdout).toBe('mine\n');

    const onItsNetwork = ['run', '--rm', '--network', `${project}-net`, 'lab/fake-provider:1'];
    expect(await docker(...onItsNetwork, 'python3', '-c', HEALTH)).toContain('"version":"0.16.8"');

    const changed = canary();
    await stack.setSecret('LETTA_DB_PASSWORD', changed);
    expect(await login(changed)).toBe('1');
    expect(await login(password)).toContain('password authentication failed');

    await stack.down({}, new Recorder());
    const kept = await objectsOf(box.engine, box.project('thoth'));
    expect([Object.keys(kept.networks), Object.keys(kept.volumes).toSorted()]).toEqual([
      [`${project}-net`],
      VOLUMES,
    ]);
  });
});
