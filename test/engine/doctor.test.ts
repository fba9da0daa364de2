// Each fault is a real one: it is made on a real stack, found by the same examination as the user's, and mended by the
// check's own repair. The production profile comes up once, and each test leaves it sound for the next.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Finding } from '../../main/system/doctor-types.ts';
import type { Stack, StackRef } from '../../main/stack/stack-types.ts';
import { describeLab } from '../setup/lab.ts';
import { runWell } from './helpers/commands.ts';
import { choose, freePort, openBox, PROFILES, type CoreBox } from './helpers/core-box.ts';
import { psql } from './helpers/database.ts';
import { startProvider } from './helpers/fake-provider.ts';
import { Recorder } from './helpers/recorder.ts';

const START = 400_000;
/** What the examination of a sound stack may take on an idle machine, in milliseconds. */
const QUICK = 5_000;

const docker = (...args: string[]): Promise<string> => runWell('docker', args);

describeLab('the doctor on production', () => {
  let box: CoreBox;
  let project: string;
  let stack: Stack;
  let provider: string;
  const ref = (): StackRef => ({ profile: 'production', project, directory: box.folder });

  beforeAll(async () => {
    box = await openBox({ profilesFolder: PROFILES });
    project = box.project('doctor');
    provider = box.project('provider');
    const url = await startProvider(box.engine, { name: provider, delayMs: 0 });
    const variables = { LETTA_STACK_PORT: String(await freePort()), LETTA_STACK_OPENAI_URL: url };
    await choose(box.core, project, { profile: 'production', variables });
    stack = await box.stackFor({ profile: 'production', project });
    await stack.up({}, new Recorder());
  }, START);
  afterAll(() => box[Symbol.asyncDispose]());

  const container = (service: string): string => `${project}-${service}-1`;
  const sql = (statement: string): Promise<string> =>
    psql(stack, { user: 'postgres', database: 'letta', sql: statement });
  const find = async (id: string): Promise<Finding | undefined> =>
    (await box.core.doctor({ ref: ref(), only: [id] }))[0];
  const repair = (id: string): Promise<void> => box.core.repair({ ref: ref(), id, io: new Recorder() });

  it('finds nothing wrong with a sound stack, in less than 5 s', async () => {
    const took: number[] = [];
    // a shared machine may stall any one of them
    for (let i = 0; i < 3 && !took.some((ms) => ms < QUICK); i += 1) {
      const begun = performance.now();
      const findings = await box.core.doctor({ ref: ref() });
      took.push(performance.now() - begun);
      expect(findings.filter((f) => f.status !== 'ok')).toEqual([]);
      const ids = findings.map((f) => f.id);
      expect(ids).toEqual(
        expect.arrayContaining(['migrations', 'names', 'providers', 'host-gateway', 'nginx']),
      );
    }
    expect(Math.min(...took)).toBeLessThan(QUICK);
  });

  interface Fault {
    readonly inject: () => Promise<unknown>;
    readonly detail: RegExp;
    readonly status?: 'warn';
    /** the repair changes data or a role: it says what */
    readonly asks: boolean;
  }
  const FAULTS: Readonly<Record<string, Fault>> = {
    'database-password': {
      inject: () => sql("ALTER ROLE letta PASSWORD 'another'"),
      detail: /^db refuses the password of letta that is stored as LETTA_DB_PASSWORD$/,
      asks: true,
    },
    extensions: {
      inject: () => sql('DROP EXTENSION "uuid-ossp"'),
      detail: /^db lacks uuid-ossp: the server goes on without it$/,
      status: 'warn',
      asks: true,
    },
    nginx: {
      inject: () =>
        docker('exec', container('nginx'), 'sh', '-c', 'echo "stray;" >>/etc/nginx/conf.d/default.conf'),
      detail: /^nginx would not start again: unknown directive "stray" in/,
      asks: false,
    },
    names: {
      // as somebody does who connects a container by hand: its address is back, its name is not
      inject: async () => {
        await docker('network', 'disconnect', `${project}_data`, container('db'));
        await docker('network', 'connect', `${project}_data`, container('db'));
      },
      detail: /^server does not find db by its name$/,
      asks: false,
    },
    volumes: {
      inject: () =>
        docker(
          'exec',
          container('db'),
          'sh',
          '-c',
          'chown 0:0 /var/lib/postgresql/data; chmod 755 /var/lib/postgresql/data',
        ),
      detail: /^db: user 999 may not write to \/var\/lib\/postgresql\/data$/,
      asks: true,
    },
    migrations: {
      // the migration before the newest, which may run again on tables that have it
      inject: () => sql("UPDATE alembic_version SET version_num = 'a08c972e781b'"),
      detail: /^server: the database is at a08c972e781b, this image's newest is /,
      asks: true,
    },
  };
  it.each(Object.keys(FAULTS))('%s: is found and mended', { timeout: START }, async (id) => {
    const { inject, detail, asks, status = 'fail' } = FAULTS[id]!;
    await inject();
    const found = await find(id);
    expect(found).toMatchObject({
      status,
      detail: expect.stringMatching(detail),
      remedy: { do: 'repair' },
    });
    expect(found?.fix).toBeTypeOf('string');
    expect(found?.remedy).toEqual(
      asks
        ? { do: 'repair', label: expect.any(String), asks: expect.any(String) }
        : { do: 'repair', label: expect.any(String) },
    );
    await repair(id);
    expect(await find(id)).toMatchObject({ status: 'ok' });
  });

  it('tells data of a newer server from data of an older one', async () => {
    const head = await sql('SELECT version_num FROM alembic_version');
    await sql("UPDATE alembic_version SET version_num = 'ffffffffffff'");
    expect(await find('migrations')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('the data is of a newer server'),
      remedy: { do: 'open-setting', name: 'server-image' },
    });
    await sql(`UPDATE alembic_version SET version_num = '${head}'`);
    expect(await find('migrations')).toMatchObject({ status: 'ok' });
  });

  it('says that a key was set which the running server does not have', { timeout: START }, async () => {
    box.forget({ scope: 'global', name: 'E2B_API_KEY' });
    await stack.setSecret('E2B_API_KEY', 'e2b_0123456789abcdef');
    expect(await find('e2b')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('does not reach the running server'),
      remedy: { do: 'repair', label: 'Make server anew' },
    });
    await repair('e2b');
    // the server has it now; whether E2B can be had is the matter of the network here
    expect((await find('e2b'))?.detail).toMatch(
      /^server (has the key and reaches|runs every tool at E2B and does not reach) https:\/\/api\.e2b\.dev\//,
    );
    await stack.unsetSecret('E2B_API_KEY');
    expect(await find('e2b')).toBeUndefined();
  });

  it('asks the provider from where the server is', async () => {
    await docker('stop', provider);
    expect(await find('providers')).toMatchObject({
      status: 'fail',
      detail: expect.stringMatching(
        /^server does not find OpenAI at http:\/\/host\.docker\.internal:\d+\/v1: nothing listens there/,
      ),
      fix: expect.stringContaining('letta-stack restart{stack} server'),
    });
    await docker('start', provider);
    await expect.poll(async () => (await find('providers'))?.status, { timeout: 20_000 }).toBe('ok');
  });

  it('says that the data is on another engine', async () => {
    const { state } = box.core.edges;
    const ran = state.engineOf(project)!;
    await state.setEngineOf(project, { id: 'another', name: 'laptop' });
    expect(await find('which-engine')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining("the stack's data is on laptop, and "),
      remedy: { do: 'choose-engine' },
    });
    // which of the taken ports are the stack's own, that engine alone says
    expect(await find('ports')).toBeUndefined();
    await state.setEngineOf(project, ran);
    expect(await find('ports')).toMatchObject({ status: 'ok' });
    expect(await find('which-engine')).toMatchObject({ status: 'ok' });
  });

  it('says of a pool that was set and not applied what applies it', async () => {
    const set = (size: string): Promise<void> =>
      choose(box.core, project, { profile: 'production', variables: { LETTA_STACK_POOL_SIZE: size } });
    await set('80');
    expect(await find('pool')).toMatchObject({ status: 'warn', remedy: { do: 'apply' } });
    await set('25');
    expect(await find('pool')).toMatchObject({ status: 'ok' });
  });

  it('says of a stopped stack what could not be asked, and calls nothing broken', async () => {
    await stack.stop([], new Recorder());
    const findings = await box.core.doctor({ ref: ref() });
    // the server was made with a key that is not set any more
    expect(findings.filter((f) => f.status === 'fail' || f.status === 'warn')).toMatchObject([
      { id: 'changes', status: 'warn', detail: expect.stringMatching(/^server: /) },
    ]);
    const skipped = findings.filter((f) => f.status === 'skip').map((f) => f.id);
    expect(skipped).toEqual([
      'volumes',
      'database-password',
      'extensions',
      'migrations',
      'pool',
      'provider-addresses',
      'names',
      'nginx',
      'host-gateway',
      'providers',
    ]);
    expect(findings.find((f) => f.id === 'extensions')?.detail).toBe('db is not running');
  });
});
