import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ServiceState, StackState } from '../../main/contract.ts';
import type { ContainerSummary } from '../../main/docker/port.ts';
import { failure } from '../../main/errors.ts';
import { LABEL } from '../../main/stack/labels.ts';
import { checks, doctorContext, runDoctor } from '../../main/system/doctor.ts';
import type { Check, DoctorContext, Finding } from '../../main/system/doctor-types.ts';
import type { SecretStore } from '../../main/system/types.ts';
import { FakeEngine } from '../fakes/fake-engine.ts';
import {
  find,
  GB,
  healthy,
  memoryStore,
  part,
  service,
  WELL,
  withService,
  withStack,
} from './helpers/doctor.ts';

const SETTING = { name: 'port', label: 'Port', problem: 'it is empty' };
const noEngine = failure('engine.unreachable', { endpoint: 'unix:///x', reason: 'refused' });
const order = (id: string): number => checks.findIndex((c) => c.id === id);

describe('doctor', () => {
  it('finds nothing where all is well, in the order of the checks', async () => {
    const findings = await runDoctor(healthy);
    const looked =
      'engine which-engine architecture clock disk ports stray-folder secrets compose-file invented-variables services changes'.split(
        ' ',
      );
    expect(findings.map((f) => [f.id, f.status])).toEqual(looked.map((id) => [id, 'ok']));
    // the others have nothing to look at here
    expect(looked.toSorted((a, b) => order(a) - order(b))).toEqual(looked);
    expect(findings.filter((f) => f.fix !== undefined || f.detail === '')).toEqual([]);
  });

  it('shows a check that throws as failed, with what it threw, and leaves out what does not apply', async () => {
    const check = (id: string, applicable: Check['applicable'], run: Check['run']): Check => ({
      id,
      title: id,
      category: 'machine',
      applicable,
      run,
    });
    const yes = () => Promise.resolve(true);
    const ok = () => Promise.resolve({ status: 'ok' as const, detail: 'fine' });
    const findings = await runDoctor(healthy, [
      check('throws', yes, () => Promise.reject(new TypeError('x is not a function'))),
      check('fails', yes, () => Promise.reject(noEngine)),
      check('cannot tell', () => Promise.reject(new Error('no idea')), ok),
      check('elsewhere', () => Promise.resolve(false), ok),
      check('fine', yes, ok),
    ]);
    expect(findings.map((f) => [f.id, f.status, f.detail])).toEqual([
      ['throws', 'fail', 'x is not a function'],
      ['fails', 'fail', 'The container engine at unix:///x does not answer: refused'],
      ['cannot tell', 'fail', 'no idea'],
      ['fine', 'ok', 'fine'],
    ]);
    expect(findings[1]?.fix).toContain('--host');
    expect(findings.map((f) => f.code)).toEqual([undefined, 'engine.unreachable', undefined, undefined]);
  });

  it('looks at what it can without an engine and without a readable file', async () => {
    const findings = await runDoctor({
      ...healthy,
      engine: () => Promise.reject(noEngine),
      stack: () => Promise.reject(failure('settings.invalid', { reason: 'compose.yaml:3: bad' })),
      state: () => Promise.reject(noEngine),
    });
    expect(findings[0]?.remedy).toEqual({ do: 'choose-engine' });
    expect(findings.map((f) => [f.id, f.status])).toEqual([
      ['engine', 'fail'],
      ['stray-folder', 'ok'],
      ['secrets', 'ok'],
      ['compose-file', 'fail'],
    ]);
  });
});

describe('the checks', () => {
  const half = new FakeEngine({ images: { 'db:1': {} } });
  it.each<[string, Partial<DoctorContext>, Finding['status'], RegExp]>([
    ['enough', {}, 'ok', /100\.0 GB free at .*; all images are here/],
    ['images here, little room', { freeBytes: () => Promise.resolve(1 * GB) }, 'warn', /1\.0 GB free/],
    [
      'images missing, enough',
      { engine: () => Promise.resolve(half) },
      'ok',
      /to be pulled: web:1; the stack needs 6\.0 GB/,
    ],
    [
      'images missing, just enough',
      { engine: () => Promise.resolve(half), freeBytes: () => Promise.resolve(7 * GB) },
      'warn',
      /7\.0 GB free/,
    ],
    [
      'images missing, too little',
      { engine: () => Promise.resolve(half), freeBytes: () => Promise.resolve(5 * GB) },
      'fail',
      /5\.0 GB free/,
    ],
    [
      'nobody knows how much',
      { engine: () => Promise.resolve(half), ...withStack({ diskNeeded: undefined }) },
      'ok',
      /how much they need is not known/,
    ],
  ])('disk: %s', async (_, change, status, detail) => {
    expect(await find('disk', change)).toMatchObject({ status, detail: expect.stringMatching(detail) });
  });

  it.each<[free: number, status: string, detail: RegExp]>([
    [0, 'fail', /^0 MB free at \/s\/logs, the folder of the logs$/m],
    [100e6, 'warn', /^100 MB free at \/s\/logs, the folder of the logs$/m],
    [5 * GB, 'ok', /^100\.0 GB free at \S+; all images are here$/],
  ])('disk: %d bytes where our own logs are', async (free, status, detail) => {
    const freeBytes = (path: string): Promise<number> =>
      Promise.resolve(path === '/s/logs' ? free : 100 * GB);
    const found = await find('disk', { freeBytes });
    expect(found).toMatchObject({ status, detail: expect.stringMatching(detail) });
    expect(found?.detail).not.toContain('settings');
    // an engine elsewhere, or none, has another disk
    const none = () => Promise.reject(failure('engine.not-installed', { tried: [] }));
    const alone = await find('disk', { freeBytes, engine: none });
    if (status === 'ok') expect(alone).toBeUndefined();
    else expect(alone).toMatchObject({ status, fix: expect.stringContaining('Free some space there') });
  });

  it('disk: leaves out an engine whose disk is elsewhere', async () => {
    const away = Object.assign(new FakeEngine(), {
      endpoint: { url: 'ssh://a@b', source: 'test', local: false },
    });
    expect(await find('disk', { engine: () => Promise.resolve(away) })).toBeUndefined();
    expect(await find('ports', { engine: () => Promise.resolve(away) })).toBeUndefined();
  });

  it.each([
    [{ free: false, pid: 812, process: 'nginx' }, '127.0.0.1:8283 of web is taken by nginx (pid 812)'],
    [{ free: false }, '127.0.0.1:8283 of web is taken by a process that only root may see'],
    [
      { free: false, reserved: { from: 8230, to: 8329 } },
      '127.0.0.1:8283 of web cannot be used: Windows keeps ports 8230 to 8329 for itself',
    ],
    [{ free: false, reason: 'no such address' }, '127.0.0.1:8283 of web cannot be used: no such address'],
  ])('ports: %j', async (use, detail) => {
    expect(await find('ports', { portUse: () => Promise.resolve(use) })).toMatchObject({
      status: 'fail',
      detail,
    });
  });

  it('ports: another one that is free is offered for the setting that is the port', async () => {
    const taken = new Set([8283, 8284]);
    const portUse: DoctorContext['portUse'] = (_, port) => Promise.resolve({ free: !taken.has(port) });
    const settings = [{ name: 'port', type: 'port', variable: 'PORT', value: '8283' }];
    expect((await find('ports', { portUse, ...withStack({ settings }) }))?.remedy).toEqual({
      do: 'use-port',
      setting: 'port',
      port: 8285,
    });
    const none = { portUse: () => Promise.resolve({ free: false }) };
    expect(await find('ports', { ...none, ...withStack({ settings }) })).not.toHaveProperty('remedy');
    const others = withStack({ settings: [{ ...settings[0]!, value: '1' }] });
    // a file says its ports itself
    expect(await find('ports', { portUse, ...others })).toHaveProperty('remedy', FILE);
  });

  const FILE = { do: 'open-folder', folder: '/srv/p' };
  const at = (address: string, published: number, protocol: 'tcp' | 'udp' = 'tcp') => ({
    address,
    published,
    protocol,
  });
  const publishing = (...ports: ReturnType<typeof at>[]): Partial<DoctorContext> =>
    withStack({
      services: ports.map((its, i) => part(`s${i}`, { ports: [its] })),
      settings: ports.map(({ published }, i) => ({
        name: i === 0 ? 'port' : `port-${i}`,
        type: 'port',
        variable: `P${i}`,
        value: String(published),
      })),
    });
  const [LOOP, ALL] = ['127.0.0.1', '0.0.0.0'];
  it.each<[string, Partial<DoctorContext>, Finding['status'], string, setting?: string]>([
    [
      'two settings',
      publishing(at(LOOP, 8283), at(LOOP, 8283)),
      'fail',
      'port and port-1 are both 8283: only one can have it (s0 and s1)',
      'port-1',
    ],
    [
      'one for every address',
      publishing(at(LOOP, 8283), at(ALL, 9), at(ALL, 8283)),
      'fail',
      'port and port-2 are both 8283: only one can have it (s0 and s2)',
      'port-2',
    ],
    [
      'a file without settings',
      withStack({ services: ['s0', 's1'].map((name) => part(name, { ports: [at(LOOP, 80)] })) }),
      'fail',
      '127.0.0.1:80 is published twice (s0 and s1)',
    ],
    ['another address', publishing(at(LOOP, 8283), at('127.0.0.2', 8283)), 'ok', ''],
    ['another protocol', publishing(at(LOOP, 53), at(LOOP, 53, 'udp')), 'ok', ''],
  ])('ports: wanted twice, %s', async (_, change, status, detail, setting) => {
    const asked: string[] = [];
    const portUse: DoctorContext['portUse'] = (address, port, protocol) => {
      asked.push(`${address}:${port}/${protocol}`);
      return Promise.resolve({ free: true });
    };
    const found = await find('ports', { portUse, ...change });
    expect(found).toMatchObject({ status, detail: expect.stringContaining(detail) });
    expect(new Set(asked).size).toBe(asked.length);
    const port = setting === undefined ? FILE : { do: 'use-port', setting, port: 8284 };
    expect(found?.remedy).toEqual(status === 'fail' ? port : undefined);
    if (status === 'fail') expect(found?.fix).toMatch(/^Give one of the two another port: /);
  });

  it('ports: one that is taken and wanted twice is told as both', async () => {
    const portUse = () => Promise.resolve({ free: false, process: 'nginx', pid: 812 });
    const found = await find('ports', { portUse, ...publishing(at(LOOP, 8283), at(LOOP, 8283)) });
    expect(found).toMatchObject({
      status: 'fail',
      detail:
        '127.0.0.1:8283 of s0 is taken by nginx (pid 812)\n' +
        'port and port-1 are both 8283: only one can have it (s0 and s1)',
      fix: expect.stringMatching(/^Stop what has the port.*\. Give one of the two another port: /),
    });
  });

  const ill = (status: StackState['status'], services: ServiceState[]): Partial<DoctorContext> => ({
    state: () => Promise.resolve({ ...WELL, status, services }),
  });
  it.each<[string, Partial<DoctorContext>, Finding['status'] | undefined, Finding['remedy'], string?]>([
    ['all are well', {}, 'ok', undefined, 'All services are well.'],
    ['it was stopped as a whole', ill('stopped', [service('db', 'stopped')]), 'ok', undefined],
    ['nothing is there yet', ill('stopped', [service('db', 'absent')]), undefined, undefined],
    [
      'the one that another suffers from',
      ill('degraded', [service('web', 'unhealthy', { dependsOn: ['db'] }), service('db', 'unhealthy')]),
      'warn',
      { do: 'logs', service: 'db' },
      'web is unhealthy\ndb is unhealthy',
    ],
    [
      'one that ended, with why',
      ill('failed', [
        service('db', 'healthy'),
        service('web', 'failed', { cause: { kind: 'exit', sentence: 'web ended with exit code 3' } }),
      ]),
      'fail',
      { do: 'logs', service: 'web' },
      'web ended with exit code 3',
    ],
    [
      'one that is missing',
      ill('degraded', [service('db', 'healthy'), service('web', 'stopped')]),
      'warn',
      { do: 'start' },
    ],
  ])('services: %s', async (_, change, status, remedy, detail) => {
    const found = await find('services', change);
    expect([found?.status, found?.remedy]).toEqual([status, remedy]);
    if (detail !== undefined) expect(found?.detail).toBe(detail);
  });

  it('changes: what is not applied yet is said, and can be', async () => {
    const changes = () => Promise.resolve([{ service: 'web', cause: 'configuration changed' }]);
    expect(await find('changes', { changes })).toMatchObject({
      status: 'warn',
      detail: 'web: configuration changed',
      remedy: { do: 'apply' },
    });
    expect(await find('changes', { changes, ...ill('stopped', [service('web', 'absent')]) })).toBeUndefined();
    // nobody starts by a repair what was stopped
    const stopped = await find('changes', { changes, ...ill('stopped', [service('web', 'stopped')]) });
    expect(stopped).toMatchObject({ status: 'warn', detail: 'web: configuration changed' });
    expect(stopped).not.toHaveProperty('remedy');
    const late = { changes: () => Promise.reject(failure('stack.setting', SETTING)) };
    expect(await find('changes', late)).toMatchObject({
      status: 'fail',
      remedy: { do: 'open-setting', name: 'port' },
    });
  });

  const ranOn = (id: string): Partial<DoctorContext> => ({
    engines: () => Promise.resolve({ named: [], ranOn: { id, name: id } }),
  });
  const engineless = { engine: () => Promise.reject(noEngine) };
  it.each<[string, Partial<DoctorContext>, Finding['status'] | undefined]>([
    ['the engine that it ran on does not answer', { ...ranOn('fake-engine-1'), ...engineless }, undefined],
    ['another engine answers', ranOn('another'), undefined],
    ['the engine that it ran on answers', ranOn('fake-engine-1'), 'fail'],
    ['it never ran, and no engine answers', engineless, 'fail'],
  ])('ports: one that is taken while %s', async (_, change, status) => {
    const portUse = () => Promise.resolve({ free: false, process: 'docker-proxy', pid: 7 });
    expect((await find('ports', { portUse, ...change }))?.status).toBe(status);
  });

  it("ports: the stack's own are no problem", async () => {
    const engine = new FakeEngine({ images: { 'web:1': {} } });
    const { Id } = await engine.containers.create('p-web-1', {
      Image: 'web:1',
      Labels: { 'com.docker.compose.project': 'p' },
      HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8283' }] } },
      NetworkingConfig: { EndpointsConfig: {} },
    });
    await engine.containers.start(Id);
    const taken = { engine: () => Promise.resolve(engine), portUse: () => Promise.resolve({ free: false }) };
    expect(await find('ports', taken)).toMatchObject({ status: 'ok' });
    expect(await find('ports', { ...taken, ...withStack({ project: 'q' }) })).toMatchObject({
      status: 'fail',
      detail: '127.0.0.1:8283 of web is taken by the container p-web-1 of p',
    });
  });

  it('secrets: says what the store says, and what stays behind', async () => {
    const store = memoryStore();
    const locked = {
      ...store,
      set: () => Promise.reject(failure('secrets.locked', { reason: 'dismissed' })),
    };
    expect(await find('secrets', { secrets: locked })).toMatchObject({
      status: 'fail',
      detail: 'The keychain is locked: dismissed',
      fix: expect.stringContaining('settings set secretStore file'),
    });
    const forgetful = { ...store, delete: () => Promise.resolve(false) };
    expect(await find('secrets', { secrets: forgetful })).toMatchObject({ status: 'fail' });
    // what an error says to do names the stack, too, once that is known
    const changes = () => Promise.reject(failure('doctor.no-answer', { service: 'db', reason: 'no' }));
    expect(await find('changes', { changes })).toMatchObject({
      fix: 'Look at what it says: letta-stack logs{stack} db',
      remedy: { do: 'logs', service: 'db' },
    });
  });

  it.each([
    ['ok', 'ok'],
    ['absent', 'ok'],
    ['locked', 'fail'],
  ] as const)('secrets: a file that is %s is only looked at', async (status, expected) => {
    const forbidden = () => Promise.reject(new Error('a diagnosis wrote'));
    const file: SecretStore = {
      kind: 'file',
      label: '/c/secrets.age',
      status: () => Promise.resolve(status),
      get: () => Promise.resolve(undefined),
      set: forbidden,
      delete: forbidden,
    };
    expect(await find('secrets', { secrets: file })).toMatchObject({
      status: expected,
      detail: expect.stringContaining('/c/secrets.age'),
    });
  });

  it.each([
    ['127.0.0.1', '127.0.0.1', 'ok'],
    ['0.0.0.0', '127.0.0.1', 'ok'],
    ['127.0.0.2', '127.0.0.1', 'fail'],
    ['0.0.0.0', '::1', 'fail'],
  ])("ports: the stack's own on %s cover %s: %s", async (published, address, status) => {
    const engine = new FakeEngine();
    const Ports = [{ IP: published, PrivatePort: 80, PublicPort: 8283, Type: 'tcp' }];
    engine.containers.list = () => Promise.resolve([{ Ports } as unknown as ContainerSummary]);
    const services = [part('web', { ports: [{ address, published: 8283, protocol: 'tcp' }] })];
    const taken = { engine: () => Promise.resolve(engine), portUse: () => Promise.resolve({ free: false }) };
    expect(await find('ports', { ...taken, ...withStack({ services }) })).toMatchObject({ status });
  });

  it.each([
    [undefined, 'fail'],
    ['letta-production', 'ok'],
    ['another', 'fail'],
  ])('ports: one that letta-production has, where %s is stopped first: %s', async (stops, status) => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const engine = new FakeEngine();
    const Labels = { [LABEL.project]: 'letta-production' };
    const Ports = [{ IP: '127.0.0.1', PrivatePort: 80, PublicPort: port, Type: 'tcp' }];
    const has = { Names: ['/nginx'], Labels, Ports } as unknown as ContainerSummary;
    engine.containers.list = ({ label = [] }) => Promise.resolve(label.length > 0 ? [] : [has]);
    const services = [part('web', { ports: [{ address: '127.0.0.1', published: port, protocol: 'tcp' }] })];
    const given = { ...healthy, engine: () => Promise.resolve(engine), ...withStack({ services }), stops };
    const found = await runDoctor(doctorContext(given));
    expect(found.find((f) => f.id === 'ports')).toMatchObject({ status });
  });

  it.each([
    ['LETTA_ARCHIVAL_MEMORY_ENABLED', 'always on'],
    ['LETTA_RECALL_MEMORY_ENABLED', 'always on'],
    ['LETTA_FALLBACK_ENABLED', 'no such setting'],
    ['LETTA_CORE_MEMORY_LIMIT', 'each memory block'],
    ['letta_pool_size', 'LETTA_PG_POOL_SIZE'],
    ['LETTA_DATA_DIR', 'HOME'],
    ['LETTA_SERVER_PORT', 'PORT'],
  ])('invented variables: %s', async (name, instead) => {
    const finding = await find('invented-variables', withService({ environment: ['HOME', name] }));
    expect(finding).toMatchObject({ status: 'warn', fix: expect.any(String) });
    expect(finding?.detail).toMatch(new RegExp(`^server: ${name} does nothing: .*${instead}`));
  });

  it('invented variables: real ones are left alone', async () => {
    const environment = [
      'LETTA_PG_POOL_SIZE',
      'LETTA_ENCRYPTION_KEY',
      'LETTA_ARCHIVAL_MEMORY_TOKEN_LIMIT',
      'constructor',
    ];
    expect(await find('invented-variables', withService({ environment }))).toMatchObject({ status: 'ok' });
  });

  it('compose file: passes warnings on', async () => {
    const warnings = [
      { code: 'x', data: {}, message: 'compose.yaml:1: version is obsolete', next: 'Remove it.' },
    ];
    expect(await find('compose-file', withStack({ warnings }))).toMatchObject({
      status: 'warn',
      detail: 'compose.yaml:1: version is obsolete',
      fix: 'Remove it.',
    });
  });

  it('stray folder: tells a server from a client, on a real disk', async () => {
    const home = mkdtempSync(join(tmpdir(), 'doctor-'));
    const look = async () => {
      const ctx = doctorContext({ ...healthy, home, ...withStack({ directory: home }) });
      return (await runDoctor(ctx)).find((f) => f.id === 'stray-folder');
    };
    expect(await look()).toMatchObject({ status: 'ok' });
    mkdirSync(join(home, '.letta'));
    writeFileSync(join(home, '.letta', 'settings.json'), '{}');
    expect(await look()).toMatchObject({ status: 'ok' });
    mkdirSync(join(home, '.letta', '.persist'));
    expect(await look()).toMatchObject({
      status: 'warn',
      detail: `${home}/.letta was left by another Letta server (.persist)`,
    });
    rmSync(home, { recursive: true });
  });
});
