// What the checks make of what they see, in tables; test/engine/doctor*.test.ts has the faults on a real engine.
import { describe, expect, it } from 'vitest';
import type { ContainerSummary, ExecResult } from '../../main/docker/port.ts';
import { appError, failure, say } from '../../main/errors.ts';
import { LABEL } from '../../main/stack/labels.ts';
import { storeOf, serversOf } from '../../main/system/checks/parts.ts';
import { checks, repair, runDoctor } from '../../main/system/doctor.ts';
import type {
  DoctorContext,
  DoctorStack,
  Finding,
  Remedy,
  RepairContext,
} from '../../main/system/doctor-types.ts';
import { FakeEngine } from '../fakes/fake-engine.ts';
import { find, GB, healthy, part, service, WELL, withStack } from './helpers/doctor.ts';

type Status = Finding['status'] | undefined;

const engineWith = (info: Partial<FakeEngine['info']>, images = {}): Partial<DoctorContext> => ({
  engine: () => Promise.resolve(new FakeEngine({ info, images })),
});
const answers = (of: Readonly<Record<string, Partial<ExecResult>>>): Partial<DoctorContext> => ({
  inside: (name) => Promise.resolve(of[name] && { exitCode: 0, stdout: '', stderr: '', ...of[name] }),
});
const container = (name: string, more: Partial<ContainerSummary> = {}): ContainerSummary =>
  ({
    Id: name,
    State: 'running',
    Labels: { [LABEL.service]: name },
    Ports: [],
    Mounts: [],
    ImageID: 'db:1',
    ...more,
  }) as unknown as ContainerSummary;
const running = (...names: string[]): Partial<DoctorContext> => ({
  containers: () => Promise.resolve(names.map((n) => container(n))),
});
const setting = (name: string, type: string, value: string): DoctorStack['settings'][number] => ({
  name,
  type,
  variable: name.toUpperCase(),
  value,
});

/** What a user's own file says is changed there. */
const FILE: Remedy = { do: 'open-folder', folder: '/srv/p' };

/** A V1 server and its database. */
const server = part('server', {
  image: 'letta/letta:0.16.8',
  dependsOn: ['db'],
  values: { LETTA_DISABLE_SQLALCHEMY_POOLING: 'false' },
});
const db = part('db', { image: 'pgvector/pgvector:0.8.1-pg15' });
const letta = (change: Partial<DoctorStack> = {}): Partial<DoctorContext> =>
  withStack({ services: [db, server], ...change });

describe('parts', () => {
  it.each([
    ['letta/letta:0.16.8', 1],
    ['mirror.local:5000/letta/letta@sha256:0', 1],
    ['ghcr.io/letta-ai/letta-code:0.32.18', 0],
    [undefined, 0],
  ])('%s is a V1 server: %d', (image, count) => {
    expect(serversOf({ services: [part('x', { image })] })).toHaveLength(count);
  });
  it('a server that is built is known by what it is given', () => {
    expect(
      serversOf({ services: [part('x', { secrets: ['LETTA_SERVER_PASSWORD'] }), part('y')] }),
    ).toHaveLength(1);
  });
  it.each([
    ['pgvector/pgvector:0.8.1-pg15', 'PostgreSQL'],
    ['postgres:16', 'PostgreSQL'],
    ['ankane/pgvector', 'PostgreSQL'],
    ['redis:7.4-alpine', 'Redis'],
    ['valkey/valkey', 'Redis'],
    ['chromadb/chroma:1.5.9', 'ChromaDB'],
    ['nginx:1.27-alpine', undefined],
  ])('%s keeps %s', (image, store) => expect(storeOf({ image })).toBe(store));
});

describe('engine and machine', () => {
  const at = { url: 'fake://' };
  it.each<[string, Awaited<ReturnType<DoctorContext['engines']>>, Status, RegExp, Remedy?]>([
    ['nothing else is named', { named: [], dockerUrl: at.url }, 'ok', /^fake \(fake:\/\//],
    ['it ran here', { named: [], ranOn: { id: 'fake-engine-1', name: 'fake' } }, 'ok', /./],
    [
      'it ran elsewhere',
      { named: [], ranOn: { id: 'x', name: 'laptop' } },
      'fail',
      /data is on laptop, and fake/,
      { do: 'choose-engine' },
    ],
    [
      'two variables',
      { named: ['DOCKER_HOST', 'DOCKER_CONTEXT'].map((variable) => ({ variable, value: variable[7]! })) },
      'warn',
      /^DOCKER_HOST=H wins over DOCKER_CONTEXT=C/,
    ],
    [
      'a variable and the setting',
      { named: [{ variable: 'DOCKER_HOST', value: 'unix:///a' }], setting: 'colima' },
      'warn',
      /wins over the setting engine=colima/,
    ],
    [
      'a variable that says the same as the setting',
      { named: [{ variable: 'DOCKER_HOST', value: 'unix:///a' }], setting: 'unix:///a' },
      'ok',
      /./,
    ],
    [
      'the docker command speaks to another',
      { named: [], dockerUrl: 'unix:///b' },
      'warn',
      /speaks to unix:\/\/\/b/,
      { do: 'choose-engine' },
    ],
  ])('which engine: %s', async (_, engines, status, detail, remedy) => {
    const found = await find('which-engine', { engines: () => Promise.resolve(engines) });
    expect(found).toMatchObject({ status, detail: expect.stringMatching(detail) });
    expect(found?.remedy).toEqual(remedy);
  });
  it('which engine: a stack that runs beside the docker command’s engine is meant', async () => {
    const engines = () => Promise.resolve({ named: [], dockerUrl: 'unix:///b' });
    expect(await find('which-engine', { engines, ...running('db') })).toMatchObject({ status: 'ok' });
  });

  it.each([
    [0, 'ok', 'docker', /within/],
    [40, 'warn', 'docker', /^it is 40 s behind/],
    [-600, 'fail', 'docker', /^it is 10 min ahead/],
    [7200, 'fail', 'docker-desktop', /^it is 2 h behind/],
  ] as const)('clock: %d s', async (seconds, status, product, detail) => {
    const found = await find('clock', { ...engineWith({ product }), now: () => Date.now() + seconds * 1000 });
    expect(found).toMatchObject({ status, detail: expect.stringMatching(detail) });
    if (status !== 'ok')
      expect(found?.fix).toContain(product === 'docker' ? 'timedatectl' : 'virtual machine');
  });

  const off = { state: () => Promise.resolve({ ...WELL, services: [service('db', 'stopped')] }) };
  it.each<[string, Partial<DoctorContext>, Status, RegExp]>([
    ['enough', {}, 'ok', /the engine has 8\.0 GB; the stack needs 2\.0 GB$/],
    ['less than it needs', engineWith({ memory: 1 * GB }), 'fail', /has 1\.0 GB/],
    [
      'little of it free before a start',
      { ...off, freeMemory: () => 1 * GB },
      'warn',
      /only 1\.0 GB are free/,
    ],
    ['little of it free while it runs', { freeMemory: () => 1 * GB }, 'ok', /./],
    ['enough of it free', off, 'ok', /8\.0 GB are free/],
  ])('memory: %s', async (_, change, status, detail) => {
    const found = await find('memory', { ...withStack({ memoryNeeded: 2 * GB }), ...change });
    expect(found).toMatchObject({ status, detail: expect.stringMatching(detail) });
  });
  it.each([
    [['theirs', 'p'], 'letta-stack stop --project theirs'],
    [['p'], undefined],
    [['$(reboot)'], undefined],
    [[], undefined],
  ])('memory: too little is free, and of ours run %j', async (projects, command) => {
    // only those that this program made for a profile
    const list = ({ label = [] }: { label?: readonly string[] }): Promise<ContainerSummary[]> => {
      const of = (name: string) => container(name, { Labels: { [LABEL.project]: name } });
      return Promise.resolve(label.includes(LABEL.profile) ? projects.map(of) : []);
    };
    const engine = Object.assign(new FakeEngine({}), { containers: { list } });
    const change = { ...off, freeMemory: () => 1 * GB, engine: () => Promise.resolve(engine) };
    const found = await find('memory', { ...withStack({ memoryNeeded: 2 * GB }), ...(change as object) });
    expect(found?.remedy).toEqual(command && { do: 'copy', command });
    expect(found?.fix).toContain(command ?? 'End programs');
  });
  it('memory: of a file that says nothing there is nothing to say', async () =>
    expect(await find('memory', {})).toBeUndefined());

  it.each<[string, Partial<FakeEngine['info']>, Partial<typeof db>, Status, string | undefined]>([
    ['the same by another name', { arch: 'x86_64' }, {}, 'ok', undefined],
    ['another', { arch: 'aarch64' }, {}, 'fail', '--pull always'],
    ['emulated', { arch: 'aarch64', product: 'docker-desktop' }, {}, 'warn', '--pull always'],
    ['asked for by the file', { arch: 'aarch64' }, { platform: 'linux/amd64' }, 'fail', 'Take platform: out'],
    ['built', { arch: 'aarch64' }, { isBuilt: true }, 'fail', '--build'],
  ])('architecture: %s', async (_, info, change, status, fix) => {
    const found = await find('architecture', {
      ...engineWith(info, { 'db:1': {} }),
      ...withStack({ services: [part('db', { image: 'db:1', ...change })] }),
    });
    expect(found?.status).toBe(status);
    if (fix !== undefined) expect(found?.fix).toContain(fix);
    expect(found?.remedy !== undefined).toBe(fix === '--pull always');
  });
});

describe('database', () => {
  const roles = [{ secret: 'DB_PASSWORD', service: 'db', role: 'letta' }];
  const secret = { secretValue: () => Promise.resolve('s3cret-value') };
  const refused = { exitCode: 2, stderr: 'FATAL:  password authentication failed for user "letta"' };
  it.each<[string, Partial<DoctorContext>, Status, string | undefined]>([
    ['it enters', { ...secret, ...answers({ db: { stdout: '1' } }) }, 'ok', undefined],
    ['it does not run', secret, 'skip', undefined],
    ['nothing is stored, and nothing is there', {}, 'skip', undefined],
    ['nothing is stored beside containers', running('db'), 'fail', 'open-card'],
    ['the password is another', { ...secret, ...answers({ db: refused }) }, 'fail', 'repair'],
    [
      'something else',
      { ...secret, ...answers({ db: { exitCode: 2, stderr: 'no s3cret-value' } }) },
      'fail',
      'logs',
    ],
    [
      'the store does not open',
      { secretValue: () => Promise.reject(new Error('locked')) },
      'skip',
      undefined,
    ],
    ['no psql', { ...secret, ...answers({ db: { exitCode: 127 } }) }, 'skip', undefined],
  ])('password: %s', async (_, change, status, remedy) => {
    const found = await find('database-password', { ...letta({ roles }), ...change });
    expect([found?.status, found?.remedy?.do]).toEqual([status, remedy]);
    expect(JSON.stringify(found)).not.toContain('s3cret-value');
  });

  it.each<[string, Partial<ExecResult> | undefined, Status, RegExp, Remedy['do']?]>([
    ['all there', { stdout: '' }, 'ok', /vector, uuid-ossp/],
    ['the needed one is missing', { stdout: 'vector true\n' }, 'fail', /^db lacks vector$/, 'repair'],
    [
      'one is missing that nothing needs',
      { stdout: 'uuid-ossp true\n' },
      'warn',
      /^db lacks uuid-ossp: the server goes on without it$/,
      'repair',
    ],
    ['not in the image', { stdout: 'vector false\n' }, 'fail', /its image does not have it$/, 'open-folder'],
    [
      'it refuses',
      { exitCode: 2, stderr: 'starting up' },
      'fail',
      /^db does not answer: starting up$/,
      'logs',
    ],
    ['it does not run', undefined, 'skip', /^db is not running$/],
  ])('extensions: %s', async (_, answer, status, detail, remedy) => {
    const found = await find('extensions', { ...letta(), ...answers(answer ? { db: answer } : {}) });
    expect(found).toMatchObject({ status, detail: expect.stringMatching(detail) });
    expect(found?.remedy?.do).toBe(remedy);
  });
  it('extensions: an image without them is another setting of a profile', async () => {
    const settings = [setting('db-image', 'image', 'postgres:15')];
    const ctx = { ...letta({ settings }), ...answers({ db: { stdout: 'vector false\n' } }) };
    expect((await find('extensions', ctx))?.remedy).toEqual({ do: 'open-setting', name: 'db-image' });
  });

  const three = { LETTA_UVICORN_WORKERS: '3' };
  const size: Remedy = { do: 'open-setting', name: 'pool-size' };
  it.each<[string, Record<string, string>, readonly string[], Status, RegExp, Remedy?]>([
    ['room for all', {}, ['db'], 'ok', /may open 35, db takes 97$/],
    ['three workers', three, [], 'fail', /may open 105, db takes 97$/, size],
    ['three workers that are not applied yet', three, ['server'], 'fail', /db takes 97$/, size],
    ['and a database neither', three, ['db', 'server'], 'warn', /97 until it is made anew$/, { do: 'apply' }],
    [
      'a pool without effect',
      { LETTA_DISABLE_SQLALCHEMY_POOLING: 'true' },
      [],
      'warn',
      /has no effect/,
      FILE,
    ],
  ])('pool: %s', async (_, values, changed, status, detail, remedy) => {
    const pooled = {
      ...server,
      values: { ...server.values, ...values },
      environment: ['LETTA_PG_POOL_SIZE'],
    };
    const settings = [setting('pool-size', 'integer', '25')];
    const found = await find('pool', {
      ...letta({ services: [db, pooled], settings }),
      ...answers({ db: { stdout: '100|3' } }),
      changes: () => Promise.resolve(changed.map((name) => ({ service: name, cause: 'a change' }))),
    });
    expect(found).toMatchObject({ status, detail: expect.stringMatching(detail) });
    expect(found?.remedy).toEqual(remedy);
  });

  const probes = [{ id: 'migrations', service: 'server', command: ['probe', 'migrations'] }];
  const behind = { exitCode: 1, stderr: "the database is at abc, this image's newest is def" };
  const probed = (probe: Partial<ExecResult>, isKnown: boolean): Partial<DoctorContext> => ({
    inside: (_, { cmd }) =>
      Promise.resolve({
        exitCode: isKnown ? 0 : 1,
        stdout: '',
        stderr: '',
        ...(cmd[0] === 'probe' && probe),
      }),
  });
  it.each<[string, Partial<DoctorContext>, Partial<DoctorStack>, Status, Finding['remedy'] | string]>([
    ['at the newest', probed({ exitCode: 0, stdout: 'at def' }, true), {}, 'ok', ''],
    ['behind', probed(behind, true), {}, 'fail', 'repair'],
    [
      'behind, in a profile that migrates nothing unasked',
      probed(behind, true),
      { settings: [setting('migrate', 'boolean', 'false')] },
      'fail',
      { do: 'use-value', setting: 'migrate', value: 'true', asks: expect.stringContaining('keep a backup') },
    ],
    [
      'not begun, beside tables',
      probed(
        {
          exitCode: 1,
          stderr: "the database is at no migration, and holds tables, this image's newest is def",
        },
        false,
      ),
      { settings: [setting('migrate', 'boolean', 'false')] },
      'fail',
      expect.objectContaining({ do: 'use-value', setting: 'migrate' }),
    ],
    [
      'ahead',
      probed(behind, false),
      { settings: [setting('server-image', 'image', 'x')] },
      'fail',
      { do: 'open-setting', name: 'server-image' },
    ],
    [
      'no answer',
      probed({ exitCode: 1, stderr: 'no database' }, true),
      {},
      'fail',
      { do: 'logs', service: 'server' },
    ],
  ])('migrations: %s', async (_, change, more, status, remedy) => {
    const found = await find('migrations', { ...letta({ probes, ...more }), ...change });
    expect(found?.status).toBe(status);
    if (typeof remedy === 'string') expect(found?.remedy?.do ?? '').toBe(remedy);
    else expect(found?.remedy).toEqual(remedy);
  });
});

describe('stack and network', () => {
  const open = { ports: [{ address: '0.0.0.0', published: 8283, protocol: 'tcp' as const }] };
  const own = { ports: [{ address: '127.0.0.1', published: 8283, protocol: 'tcp' as const }] };
  const secure = { values: { SECURE: 'True' } };
  const asked = (status: number | undefined): Partial<DoctorContext> => ({
    ...running('server'),
    httpStatus: () => Promise.resolve(status),
  });
  it.each<[string, Partial<typeof server>, Partial<DoctorContext>, Status, string | undefined]>([
    ['this computer alone, with a password', { ...own, ...secure }, {}, 'ok', undefined],
    ['this computer alone, without', own, {}, 'warn', 'open-folder'],
    ['from everywhere, with a password', { ...open, ...secure }, {}, 'ok', undefined],
    ['from everywhere, by the command line', { ...open, isSecure: true }, {}, 'ok', undefined],
    ['from everywhere, without', open, {}, 'fail', 'use-value'],
    [
      'from everywhere, and the server gives its agents',
      { ...open, ...secure },
      asked(200),
      'fail',
      'use-value',
    ],
    ['from everywhere, and the server asks', open, asked(401), 'ok', undefined],
    ['from everywhere, and a door without a server', { ...open, ...secure }, asked(502), 'ok', undefined],
    ['from everywhere, and nothing answers', { ...open, ...secure }, asked(undefined), 'ok', undefined],
    ['on the network of this machine', { isOnHost: true }, {}, 'fail', 'open-folder'],
    ['on the network of this machine, and it asks', { isOnHost: true, ...secure }, {}, 'ok', undefined],
    ['nothing is published', {}, {}, undefined, undefined],
  ])('password: %s', async (_, change, ctx, status, remedy) => {
    const settings = [setting('address', 'address', '0.0.0.0')];
    const found = await find('password', {
      ...letta({ services: [{ ...server, ...change }], settings }),
      ...ctx,
    });
    expect([found?.status, found?.remedy?.do]).toEqual([status, remedy]);
  });

  it.each<[string, Partial<DoctorContext>, string]>([
    ['of a server that runs', asked(401), 'asked for at 127.0.0.1:8283'],
    ['of one that does not', {}, 'set for the server, not tried at 127.0.0.1:8283'],
  ])('the password %s is told as it was looked at', async (_, ctx, detail) => {
    const found = await find('password', {
      ...letta({ services: [{ ...server, ...own, ...secure }] }),
      ...ctx,
    });
    expect(found).toMatchObject({ status: 'ok', detail });
  });

  it.each<[string, Partial<typeof db>, Partial<DoctorContext>, Status]>([
    ['stay inside', {}, {}, 'ok'],
    ['are published here', own, {}, 'ok'],
    ['are published to all', open, {}, 'fail'],
    [
      'run published to all, whatever the file says by now',
      {},
      {
        containers: () =>
          Promise.resolve([
            container('db', { Ports: [{ IP: '::', PublicPort: 5432, PrivatePort: 5432, Type: 'tcp' }] }),
          ]),
      },
      'fail',
    ],
  ])('databases %s', async (_, change, ctx, status) => {
    const found = await find('published-store', { ...letta({ services: [{ ...db, ...change }] }), ...ctx });
    expect(found?.status).toBe(status);
    // no setting has its address: the file says it
    expect(found?.remedy).toEqual(status === 'fail' ? FILE : undefined);
  });

  it.each<[string, string, Status]>([
    ['/v1/health/', 'letta/letta:0.16.8', 'ok'],
    ['/health', 'letta/letta:0.16.8', 'fail'],
    ['/health', 'letta/letta:latest', 'fail'],
    ['/health', 'letta/letta:0.6.0', 'ok'],
    ['/v1/healthz', 'letta/letta:0.6.0', 'fail'],
  ])('health path: %s of %s, which does not run: %s', async (path, image, status) => {
    const services = [{ ...server, image, healthPaths: [path] }];
    expect((await find('health-path', letta({ services })))?.status).toBe(status);
  });

  it.each<[string, Partial<ExecResult> | undefined, Status, string]>([
    ['found', { stdout: '+ db\n' }, 'ok', 'server → db'],
    ['lost', { stdout: '- db\n' }, 'fail', 'server does not find db by its name'],
    [
      'nothing to ask with',
      { stdout: '? db\n' },
      'skip',
      'the image of server lacks the programs to ask with',
    ],
  ])('names: %s', async (_, answer, status, detail) => {
    const found = await find('names', {
      ...letta(),
      ...running('server', 'db'),
      ...answers({ server: answer! }),
    });
    expect(found).toMatchObject({ status, detail });
  });
  it('names: what does not run is said, and a silent name service is a fault', async () => {
    expect(await find('names', { ...letta(), ...running('server') })).toMatchObject({
      status: 'skip',
      detail: 'db is not running',
    });
    const late = () => Promise.reject(failure('engine.exec-timeout', { container: 'c', ms: 4000 }));
    expect(await find('names', { ...letta(), ...running('server', 'db'), inside: late })).toMatchObject({
      status: 'fail',
    });
  });

  const using = (values: Record<string, string>, secrets: string[] = []): Partial<DoctorContext> =>
    letta({
      services: [{ ...server, values, secrets }],
      settings: [setting('ollama-url', 'url', values['OLLAMA_BASE_URL'] ?? '')],
    });
  it.each<[string, Partial<DoctorContext>, string, Status, RegExp, Finding['remedy']?]>([
    ['a key', using({}, ['ANTHROPIC_API_KEY']), '1 401\n', 'ok', /^Anthropic \(api\.anthropic\.com\)$/],
    [
      'no network',
      using({}, ['OPENAI_API_KEY']),
      '1 - curl: (6) Could not resolve host: api.openai.com\n000',
      'fail',
      /: Could not resolve host: api\.openai\.com$/,
    ],
    [
      'one of two',
      using({ VLLM_API_BASE: 'http://vllm:8000' }, ['OPENAI_API_KEY']),
      '2 200\n1 - timed out',
      'warn',
      /OpenAI at https:\/\/api\.openai\.com\/v1: timed out/,
    ],
    [
      'itself',
      using({ OLLAMA_BASE_URL: 'http://localhost:11434' }),
      '1 - curl: (7) Connection refused\n',
      'fail',
      /Ollama at http:\/\/localhost:11434: in a container that is the container itself$/,
      { do: 'use-value', setting: 'ollama-url', value: 'http://host.docker.internal:11434' },
    ],
    [
      "itself, in a file of the user's own",
      letta({ services: [{ ...server, values: { OLLAMA_BASE_URL: 'http://localhost:11434' } }] }),
      '1 - curl: (7) Connection refused\n',
      'fail',
      /in a container that is the container itself$/,
      FILE,
    ],
  ])('providers: %s', async (_, ctx, stdout, status, detail, remedy) => {
    const found = await find('providers', { ...ctx, ...answers({ server: { stdout } }) });
    expect(found).toMatchObject({ status, detail: expect.stringMatching(detail) });
    expect(found?.remedy).toEqual(remedy);
  });
  it.each<[string, Partial<typeof server>, RegExp, Finding['remedy']]>([
    [
      'that is stored',
      { secrets: ['E2B_API_KEY'] },
      /: letta-stack secrets unset\{stack\} E2B_API_KEY, which every stack then lacks/,
      { do: 'open-card', card: 'keys' },
    ],
    [
      "of the file's own",
      { environment: ['E2B_API_KEY'] },
      /: take E2B_API_KEY out of environment: of server in the compose file, then letta-stack up\{stack\}$/,
      { do: 'open-folder', folder: '/srv/p' },
    ],
  ])('e2b: a key %s, and no way there', async (_, change, fix, remedy) => {
    const stdout = '1 - curl: (6) Could not resolve host: api.e2b.dev\n000';
    const found = await find('e2b', {
      ...letta({ services: [{ ...server, ...change }] }),
      ...answers({ server: { stdout } }),
    });
    expect(found).toMatchObject({ status: 'fail', fix: expect.stringMatching(fix), remedy });
  });
  const HOST = 'http://host.docker.internal:11434/v1';
  const at = (address: string, ...opened: string[]): Partial<DoctorContext> => ({
    hostReach: () => Promise.resolve({ by: 'gateway', address }),
    listens: (where, port) => Promise.resolve(port === 11_434 && opened.includes(where)),
  });
  const GATEWAY = '172.17.0.1';
  const lost = { stdout: '1 - curl: (7) Connection refused\n' };
  it.each<[string, Partial<DoctorContext>, Status, RegExp, RegExp?]>([
    ['on 127.0.0.1 alone', at(GATEWAY, '127.0.0.1'), 'fail', / alone$/, /OLLAMA_HOST=172\.17\.0\.1:11434/],
    ['nowhere', at(GATEWAY), 'fail', /nothing listens there on this computer$/, /Start Ollama/],
    ['behind a firewall', at(GATEWAY, GATEWAY), 'fail', /: Connection refused$/, /firewall .* ufw allow/],
    ['on a machine unknown', {}, 'fail', /: Connection refused$/, /more than 127\.0\.0\.1/],
  ])('providers: on this computer, %s', async (_, ctx, status, detail, fix) => {
    const used = using({ OLLAMA_BASE_URL: HOST });
    const found = await find('providers', { ...used, ...answers({ server: lost }), ...ctx });
    expect(found).toMatchObject({ status, detail: expect.stringMatching(detail) });
    expect(found?.fix).toMatch(fix!);
  });
  it.each<[string, string, Partial<DoctorContext>, Status, RegExp]>([
    ['hidden', HOST, at(GATEWAY, '127.0.0.1'), 'fail', /127\.0\.0\.1 of this computer alone$/],
    ['there', HOST, at(GATEWAY, GATEWAY), 'skip', /server is not running/],
    ['the container itself', 'http://localhost:11434', {}, 'fail', /the container itself$/],
    ['elsewhere', 'http://gpu-box:11434', at(GATEWAY), 'skip', /server is not running/],
  ])('providers: of a server that does not run, %s', async (_, url, ctx, status, detail) => {
    const found = await find('providers', { ...using({ OLLAMA_BASE_URL: url }), ...ctx });
    expect(found).toMatchObject({ status, detail: expect.stringMatching(detail) });
  });
  it('providers: what the stack publishes itself is there once it runs', async () => {
    const ports = [{ address: '127.0.0.1', published: 11_434, protocol: 'tcp' as const }];
    const services = [{ ...server, values: { OLLAMA_BASE_URL: HOST } }, part('ollama', { ports })];
    expect(await find('providers', { ...letta({ services }), ...at(GATEWAY) })).toMatchObject({
      status: 'skip',
    });
  });
  it('providers: of what is no V1 server, the model servers that it is given', async () => {
    const image = 'ghcr.io/letta-ai/letta-code:0.32.18';
    const other = part('server', { image, secrets: ['OPENAI_API_KEY'], values: { OLLAMA_BASE_URL: HOST } });
    const found = await find('providers', {
      ...letta({ services: [other] }),
      ...answers({ server: { stdout: '1 200' } }),
    });
    expect(found).toMatchObject({ status: 'ok', detail: 'Ollama (host.docker.internal:11434)' });
  });
  it('providers: where none is used there is nothing to ask', async () => {
    expect(await find('providers', using({ OPENAI_BASE_URL: 'https://api.openai.com/v1' }))).toBeUndefined();
  });

  const ROWS = 'ollama|2|http://localhost:11434/v1\nlmstudio_openai|0|http://a:1234/v1\nletta|1|https://x\n';
  /** The addresses that the running server has, by its variables: those that the doctor asks for, in their order. */
  const addresses = (given: Readonly<Record<string, string>>): Partial<DoctorContext> => ({
    inside: (name, { cmd }) => {
      const names = cmd.slice(cmd.indexOf('sh', 3) + 1);
      const stdout = name === 'db' ? ROWS : names.map((n) => `${given[n] ?? ''}\n`).join('');
      return Promise.resolve({ exitCode: 0, stdout, stderr: '' });
    },
  });
  it.each<[string, Record<string, string>, Status, RegExp]>([
    [
      'the same',
      { OLLAMA_BASE_URL: 'http://localhost:11434/v1', LMSTUDIO_BASE_URL: 'http://a:1234' },
      'ok',
      /given$/,
    ],
    ['none', {}, 'ok', /given$/],
    [
      'another',
      { OLLAMA_BASE_URL: 'http://u:p@b:1/v1' },
      'fail',
      /^Ollama: agents are sent to http:\/\/localhost:11434\/v1 \(2 so far\), .* given http:\/\/b:1\/v1$/,
    ],
  ])('provider addresses: the server is given %s', async (_, given, status, detail) => {
    const found = await find('provider-addresses', { ...letta(), ...addresses(given) });
    expect(found).toMatchObject({ status, detail: expect.stringMatching(detail) });
    expect(JSON.stringify(found)).not.toContain('u:p@');
  });
  it('provider addresses: what is not running cannot be asked, and what is not kept yet is well', async () => {
    expect(await find('provider-addresses', letta())).toMatchObject({ status: 'skip' });
    const none = answers({ server: { stdout: 'http://a\n' }, db: { stdout: '' } });
    expect(await find('provider-addresses', { ...letta(), ...none })).toMatchObject({ status: 'ok' });
    const deaf = answers({ server: { stdout: '' }, db: { exitCode: 2, stderr: 'refused' } });
    expect(await find('provider-addresses', { ...letta(), ...deaf })).toMatchObject({ status: 'fail' });
  });

  const gate = { services: [{ ...server, values: { VLLM_API_BASE: 'http://host.docker.internal:8000' } }] };
  it.each<[string, Partial<DoctorContext>, Status]>([
    ['is known', answers({ server: { stdout: '172.17.0.1\n' } }), 'ok'],
    ['is not known', answers({ server: { stdout: 'none\n' } }), 'fail'],
    ['will not be known', {}, 'warn'],
    ['is given by the product', engineWith({ product: 'docker-desktop' }), 'skip'],
  ])('host.docker.internal %s', async (_, ctx, status) => {
    expect((await find('host-gateway', { ...letta(gate), ...ctx }))?.status).toBe(status);
  });

  const mount = (Type: string, Destination: string, RW = true) => ({
    Type,
    Destination,
    RW,
    Source: '/x',
    ...(Type === 'volume' && { Name: 'p_d' }),
  });
  it.each<[string, Partial<ContainerSummary>, Partial<DoctorContext>, Status, string | undefined]>([
    ['may write', { Mounts: [mount('volume', '/d')] }, {}, 'ok', undefined],
    [
      'may not',
      { Mounts: [mount('volume', '/d')] },
      answers({ db: { stdout: '999\n999\n/d\n' } }),
      'fail',
      'repair',
    ],
    [
      'mounts a folder for something else',
      { Mounts: [mount('bind', '/d')] },
      answers({ db: { stdout: '/d\n' } }),
      'skip',
      undefined,
    ],
    ['only reads', { Mounts: [mount('volume', '/d', false)] }, {}, undefined, undefined],
    [
      'was refused a file and ended',
      { State: 'exited', Mounts: [mount('volume', '/d')] },
      { lastLines: () => Promise.resolve('mkdir: Permission denied') },
      'fail',
      'logs',
    ],
    ['does not run', { State: 'exited', Mounts: [mount('volume', '/d')] }, {}, 'skip', undefined],
  ])('volumes: a service that %s', async (_, summary, ctx, status, remedy) => {
    const found = await find('volumes', {
      ...answers({ db: { stdout: '999\n999\n' } }),
      containers: () => Promise.resolve([container('db', summary)]),
      ...ctx,
    });
    expect([found?.status, found?.remedy?.do]).toEqual([status, remedy]);
  });
});

describe('repairs', () => {
  const unused = () => Promise.reject(new Error('not for this'));
  const deeds: Omit<RepairContext, keyof DoctorContext> = {
    recreate: unused,
    restart: unused,
    restoreRole: unused,
    pull: unused,
  };
  it('a check without one refuses', async () => {
    await expect(repair(healthy, 'disk', deeds)).rejects.toMatchObject({
      errors: [{ code: 'doctor.no-repair' }],
    });
  });
  it.each(['database-password', 'extensions', 'migrations', 'names', 'volumes', 'architecture'])(
    '%s: does nothing where nothing is wrong any more',
    async (id) => {
      const roles = [{ secret: 'DB_PASSWORD', service: 'db', role: 'letta' }];
      const probes = [{ id: 'migrations', service: 'server', command: ['probe'] }];
      const ctx = {
        ...healthy,
        ...letta({ roles, probes }),
        ...answers({ db: {}, server: { stdout: '+ db' } }),
      };
      await repair(
        { ...ctx, ...running('db', 'server'), secretValue: () => Promise.resolve('x') },
        id,
        deeds,
      );
    },
  );
  it('says why it could not', async () => {
    const ctx = {
      ...healthy,
      ...letta(),
      inside: (_: string, { stdin }: { stdin?: unknown }) =>
        Promise.resolve(
          String(stdin).startsWith('CREATE')
            ? { exitCode: 1, stdout: '', stderr: 'ERROR:  disk full\nhint' }
            : { exitCode: 0, stdout: 'vector true\n', stderr: '' },
        ),
    };
    await expect(repair(ctx, 'extensions', deeds)).rejects.toMatchObject({
      errors: [{ code: 'doctor.not-repaired', data: { service: 'db', reason: 'ERROR:  disk full' } }],
    });
  });
});

it('each check has an id and a title of its own, and never more than some look at a time', async () => {
  expect(new Set(checks.map((c) => c.id)).size).toBe(checks.length);
  expect(new Set(checks.map((c) => c.title)).size).toBe(checks.length);
  let now = 0;
  let most = 0;
  const slow = Array.from({ length: 30 }, (_, i) => ({
    id: `c${i}`,
    title: `c${i}`,
    category: 'machine' as const,
    applicable: () => Promise.resolve(true),
    run: async () => {
      most = Math.max(most, (now += 1));
      await new Promise((resolve) => setTimeout(resolve, 1));
      now -= 1;
      return { status: 'ok' as const, detail: 'x' };
    },
  }));
  expect((await runDoctor(healthy, slow)).map((f) => f.id)).toEqual(slow.map((c) => c.id));
  expect(most).toBe(8);
});

describe('a GPU and the model on it', () => {
  const vllm = withStack({
    services: [db, part('vllm', { image: 'vllm/vllm-openai:v0.33.0', reservesGpu: true })],
    settings: ['max-length', 'model', 'gpu-share', 'vllm-image', 'vllm-arguments'].map((name) =>
      setting(name, 'string', ''),
    ),
  });
  const noGpu = appError('engine.no-gpu', { why: 'toolkit', reason: 'could not select device driver' });

  it.each<[string, Awaited<ReturnType<DoctorContext['probeGpu']>>, Status]>([
    ['works', { state: 'works', form: 'cdi' }, 'ok'],
    ['fails', { state: 'fails', error: noGpu }, 'fail'],
    ['no image to ask with', { state: 'unknown' }, 'skip'],
  ])('the engine’s answer is the finding: %s', async (_name, answer, status) => {
    const found = await find('gpu', { ...vllm, probeGpu: () => Promise.resolve(answer) });
    expect(found?.status).toBe(status);
    if (answer.state === 'fails')
      expect([found?.detail, found?.fix]).toEqual([say(noGpu).message, say(noGpu).next]);
  });
  it('a stack that reserves none is not asked about it', async () => {
    expect([await find('gpu', letta()), await find('model', letta())]).toEqual([undefined, undefined]);
  });

  const at = (status: 'healthy' | 'starting' | 'failed' | 'absent', log: string): Partial<DoctorContext> => ({
    ...vllm,
    state: () => Promise.resolve({ ...WELL, services: [service('vllm', status)] }),
    lastLines: () => Promise.resolve(log),
  });
  it.each<[string, Partial<DoctorContext>, Status, RegExp, object | undefined]>([
    ['loaded', at('healthy', 'CUDA out of memory'), 'ok', /has loaded it/, undefined],
    ['loading', at('starting', 'Loading weights'), 'warn', /takes minutes/, { do: 'logs', service: 'vllm' }],
    ['not there', at('absent', ''), 'skip', /not running/, undefined],
    [
      'for no known reason',
      at('failed', 'Killed'),
      'fail',
      /no reason that is known/,
      { do: 'logs', service: 'vllm' },
    ],
    [
      'too long a context, and vLLM says which would do',
      at(
        'failed',
        "ValueError: To serve at least one request with the models's max seq len (40960), (10.00 GiB KV cache is " +
          'needed, which is larger than the available KV cache memory (1.25 GiB). Based on the available memory, the ' +
          'estimated maximum model length is 5120. Try increasing `gpu_memory_utilization` or decreasing `max_model_len`',
      ),
      'fail',
      /5120 tokens do/,
      { do: 'use-value', setting: 'max-length', value: '5120' },
    ],
    [
      'longer a context than the model knows',
      at(
        'failed',
        'Value error, User-specified max_model_len (65536) is greater than the derived max_model_len ' +
          "(max_position_embeddings=32768.0 or model_max_length=None in model's config.json).",
      ),
      'fail',
      /knows contexts of 32768 tokens, and 65536 are set/,
      { do: 'use-value', setting: 'max-length', value: '32768' },
    ],
    [
      'it tries again after that',
      at('starting', 'torch.OutOfMemoryError: CUDA out of memory.'),
      'warn',
      /does not fit .*; that was before, and it tries again$/,
      { do: 'open-setting', name: 'model' },
    ],
    [
      'others have the memory',
      at(
        'failed',
        'ValueError: Free memory on device (3.27/15.98 GiB) on startup is less than desired GPU memory utilization (0.9, 14.39 GiB).',
      ),
      'fail',
      /other programs/,
      { do: 'open-setting', name: 'gpu-share' },
    ],
    [
      'too large',
      at(
        'failed',
        'ValueError: No available memory for the cache blocks. Try increasing `gpu_memory_utilization`',
      ),
      'fail',
      /does not fit/,
      { do: 'open-setting', name: 'model' },
    ],
    [
      'not known to this vLLM',
      at(
        'failed',
        "ValueError: Model architectures ['XForCausalLM'] are not supported for now. Supported architectures:",
      ),
      'fail',
      /does not know the model/,
      { do: 'open-setting', name: 'vllm-image' },
    ],
    [
      'an old GPU',
      at(
        'failed',
        'ValueError: Bfloat16 is only supported on GPUs with compute capability of at least 8.0. Your Tesla T4',
      ),
      'fail',
      /too old/,
      { do: 'open-setting', name: 'vllm-arguments' },
    ],
    [
      'loaded, with another family’s calls of tools',
      {
        ...at('healthy', ''),
        ...withStack({
          services: [part('vllm', { reservesGpu: true })],
          settings: [
            setting('model', 'string', 'Qwen/Qwen3-8B'),
            setting('tool-parser', 'string', 'llama3_json'),
          ],
        }),
      },
      'warn',
      /Qwen3-8B calls tools in another way than llama3_json/,
      { do: 'use-value', setting: 'tool-parser', value: 'hermes' },
    ],
  ])('the model: %s', async (_name, given, status, detail, remedy) => {
    const found = await find('model', given);
    expect(found).toMatchObject({ status, detail: expect.stringMatching(detail) });
    expect(found?.remedy).toEqual(remedy);
  });
});
