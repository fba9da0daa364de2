import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  dockerContexts,
  resolveEndpoint,
  type EndpointIo,
  type EndpointRequest,
  type SocketState,
} from '../../main/docker/endpoint.ts';
import { Failure } from '../../main/errors.ts';

interface World {
  readonly sockets?: Readonly<Record<string, SocketState>>;
  readonly files?: Readonly<Record<string, string>>;
}

/** A system made of tables. */
function ioOf({ sockets = {}, files = {} }: World): EndpointIo {
  return {
    probe: (url) => Promise.resolve(sockets[url] ?? 'absent'),
    exists: (file) => Promise.resolve(file in files),
    readText: (file) => Promise.resolve(files[file]),
    names(folder) {
      const inside = Object.keys(files).filter((f) => f.startsWith(`${folder}/`));
      return Promise.resolve([...new Set(inside.map((f) => f.slice(folder.length + 1).split('/')[0] ?? ''))]);
    },
  };
}

const base: EndpointRequest = { env: {}, home: '/home/u', platform: 'linux', uid: 1000 };
const id = (name: string): string => createHash('sha256').update(name).digest('hex');

/** A Docker config folder with contexts, as `docker context create` writes it. */
function contexts(folder: string, hosts: Record<string, string>, current?: string): Record<string, string> {
  const metas = Object.entries(hosts).map(([Name, Host]) => [
    `${folder}/contexts/meta/${id(Name)}/meta.json`,
    JSON.stringify({ Name, Metadata: {}, Endpoints: { docker: { Host, SkipTLSVerify: false } } }),
  ]);
  const config =
    current === undefined ? [] : [[`${folder}/config.json`, JSON.stringify({ currentContext: current })]];
  return Object.fromEntries([...metas, ...config]) as Record<string, string>;
}

const lab = contexts('/home/u/.docker', { lab: 'ssh://me@lab', other: 'tcp://other:2376' });
const running = { 'unix:///var/run/docker.sock': 'listens' } as const;

describe('the order', () => {
  const everything: Partial<EndpointRequest> = {
    env: { DOCKER_HOST: 'tcp://env:1', DOCKER_CONTEXT: 'other' },
    setting: 'tcp://setting:1',
  };
  test.each<[string, Partial<EndpointRequest>, World, string, string]>([
    ['--host', { ...everything, host: 'tcp://flag:1' }, {}, 'tcp://flag:1', '--host'],
    ['--context', { ...everything, context: 'lab' }, { files: lab }, 'ssh://me@lab', '--context lab'],
    ['DOCKER_HOST', everything, {}, 'tcp://env:1', 'DOCKER_HOST'],
    [
      'DOCKER_CONTEXT',
      { env: { DOCKER_CONTEXT: 'other' }, setting: 'tcp://setting:1' },
      { files: lab },
      'tcp://other:2376',
      'DOCKER_CONTEXT',
    ],
    [
      'the setting, an address',
      { setting: 'tcp://setting:1' },
      { files: contexts('/home/u/.docker', { lab: 'ssh://lab' }, 'lab') },
      'tcp://setting:1',
      'the setting "engine"',
    ],
    ['the setting, a context', { setting: 'lab' }, { files: lab }, 'ssh://me@lab', 'the setting "engine"'],
    [
      'the current context',
      {},
      { files: contexts('/home/u/.docker', { lab: 'ssh://lab' }, 'lab'), sockets: running },
      'ssh://lab',
      'context lab',
    ],
    [
      'DOCKER_CONFIG names the folder',
      { env: { DOCKER_CONFIG: '/conf' } },
      { files: contexts('/conf', { lab: 'ssh://lab' }, 'lab') },
      'ssh://lab',
      'context lab',
    ],
    [
      'the current context "default" is the usual places',
      {},
      { files: contexts('/home/u/.docker', {}, 'default'), sockets: running },
      'unix:///var/run/docker.sock',
      'well-known socket (Docker Engine)',
    ],
    [
      '--context default is DOCKER_HOST',
      { context: 'default', env: { DOCKER_HOST: 'tcp://env:1' } },
      {},
      'tcp://env:1',
      '--context default',
    ],
    [
      '--context default is the usual place',
      { context: 'default', platform: 'win32', home: 'C:\\Users\\u' },
      {},
      'npipe:////./pipe/docker_engine',
      '--context default',
    ],
    [
      'a config that is not JSON names no context',
      {},
      { files: { '/home/u/.docker/config.json': '{' }, sockets: running },
      'unix:///var/run/docker.sock',
      'well-known socket (Docker Engine)',
    ],
  ])('%s', async (_name, request, world, url, source) => {
    expect(await resolveEndpoint({ ...base, ...request }, ioOf(world))).toMatchObject({ url, source });
  });
});

describe('the usual places', () => {
  const mac = { platform: 'darwin', home: '/Users/u' } as const;
  const win = { platform: 'win32', home: 'C:\\Users\\u' } as const;
  test.each<[string, Partial<EndpointRequest>, string, boolean]>([
    ['Docker Engine', {}, 'unix:///var/run/docker.sock', true],
    ['rootless Docker', {}, 'unix:///run/user/1000/docker.sock', true],
    ['rootless Docker', { env: { XDG_RUNTIME_DIR: '/x' } }, 'unix:///x/docker.sock', true],
    ['Docker Desktop', {}, 'unix:///home/u/.docker/desktop/docker.sock', true],
    ['Colima', {}, 'unix:///home/u/.colima/default/docker.sock', true],
    ['Rancher Desktop', {}, 'unix:///home/u/.rd/docker.sock', true],
    ['Podman (untested)', {}, 'unix:///run/user/1000/podman/podman.sock', true],
    ['Podman (untested)', {}, 'unix:///run/podman/podman.sock', true],
    ['Docker Desktop', mac, 'unix:///Users/u/.docker/run/docker.sock', false],
    ['Docker Desktop', mac, 'unix:///var/run/docker.sock', false],
    ['OrbStack', mac, 'unix:///Users/u/.orbstack/run/docker.sock', false],
    ['Colima', { ...mac, env: { COLIMA_HOME: '/c', COLIMA_PROFILE: 'p' } }, 'unix:///c/p/docker.sock', false],
    ['Rancher Desktop', mac, 'unix:///Users/u/.rd/docker.sock', false],
    ['Docker Desktop', win, 'npipe:////./pipe/docker_engine', false],
    ['Docker Desktop', win, 'npipe:////./pipe/dockerDesktopLinuxEngine', false],
    ['Podman (untested)', win, 'npipe:////./pipe/podman-machine-default', false],
  ])('%s %j', async (product, request, url, local) => {
    const io = ioOf({ sockets: { [url]: 'listens' } });
    expect(await resolveEndpoint({ ...base, ...request }, io)).toEqual({
      url,
      source: `well-known socket (${product})`,
      local,
    });
  });

  test('one that listens is taken before an earlier one that does not', async () => {
    const sockets = {
      'unix:///var/run/docker.sock': 'denied',
      'unix:///run/user/1000/docker.sock': 'listens',
    } as const;
    const found = await resolveEndpoint(base, ioOf({ sockets }));
    expect(found.url).toBe('unix:///run/user/1000/docker.sock');
  });
});

describe('TLS', () => {
  const pem = (folder: string): Record<string, string> => ({
    [`${folder}/ca.pem`]: 'CA',
    [`${folder}/cert.pem`]: 'CERT',
    [`${folder}/key.pem`]: 'KEY',
  });
  const all = { ca: 'CA', cert: 'CERT', key: 'KEY' };
  test.each<[string, Partial<EndpointRequest>, Record<string, string>, object | undefined]>([
    [
      'of a context',
      { context: 'other' },
      { ...lab, ...pem(`/home/u/.docker/contexts/tls/${id('other')}/docker`) },
      all,
    ],
    [
      'of DOCKER_CERT_PATH',
      { env: { DOCKER_HOST: 'tcp://a:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/c' } },
      pem('/c'),
      all,
    ],
    [
      'of the Docker config, for --host too',
      { host: 'tcp://a:2376', env: { DOCKER_TLS_VERIFY: '1' } },
      pem('/home/u/.docker'),
      all,
    ],
    [
      'of an address in the settings',
      { setting: 'tcp://a:2376', env: { DOCKER_TLS_VERIFY: '1' } },
      pem('/home/u/.docker'),
      all,
    ],
    ['unverified', { host: 'tcp://a:2376', env: { DOCKER_TLS: '1' } }, {}, { skipVerify: true }],
    ['with the system’s authorities', { host: 'tcp://a:2376', env: { DOCKER_TLS_VERIFY: '1' } }, {}, {}],
    ['none without DOCKER_TLS_VERIFY', { host: 'tcp://a:2376' }, pem('/home/u/.docker'), undefined],
    [
      'none for a socket',
      { host: 'unix:///x', env: { DOCKER_TLS_VERIFY: '1' } },
      pem('/home/u/.docker'),
      undefined,
    ],
  ])('%s', async (_name, request, files, tls) => {
    expect((await resolveEndpoint({ ...base, ...request }, ioOf({ files }))).tls).toEqual(tls);
  });

  test('a context may say not to verify', async () => {
    const meta = { Name: 'x', Endpoints: { docker: { Host: 'tcp://x:1', SkipTLSVerify: true } } };
    const files = { [`/home/u/.docker/contexts/meta/${id('x')}/meta.json`]: JSON.stringify(meta) };
    const found = await resolveEndpoint({ ...base, context: 'x' }, ioOf({ files }));
    expect(found).toMatchObject({ context: 'x', tls: { skipVerify: true } });
  });
});

describe('what is wrong is named', () => {
  test.each<[string, Partial<EndpointRequest>, World, string, Record<string, unknown>]>([
    ['both flags', { host: 'tcp://a:1', context: 'lab' }, {}, 'engine.host-and-context', {}],
    ['no scheme', { host: 'localhost:2375' }, {}, 'engine.bad-host', { reason: 'it has no scheme' }],
    ['http', { host: 'http://a' }, {}, 'engine.bad-host', { reason: 'http:// is not supported' }],
    ['relative socket', { host: 'unix://a.sock' }, {}, 'engine.bad-host', {}],
    ['a pipe on Linux', { host: 'npipe:////./pipe/x' }, {}, 'engine.bad-host', {}],
    ['no machine', { host: 'tcp://' }, {}, 'engine.bad-host', {}],
    ['a bad port', { host: 'tcp://a:b' }, {}, 'engine.bad-host', {}],
    ['a password', { host: 'ssh://u:secret@a' }, {}, 'engine.bad-host', {}],
    ['DOCKER_HOST', { env: { DOCKER_HOST: 'x' } }, {}, 'engine.bad-host', { source: 'DOCKER_HOST' }],
    [
      'an unknown context',
      { context: 'nope' },
      { files: lab },
      'engine.context-unknown',
      { known: ['default', 'lab', 'other'] },
    ],
    [
      'a context without an engine',
      { context: 'k' },
      { files: { [`/home/u/.docker/contexts/meta/${id('k')}/meta.json`]: '{"Name":"k","Endpoints":{}}' } },
      'engine.bad-context',
      { reason: 'it names no Docker engine' },
    ],
    [
      'a context that is not JSON',
      { context: 'k' },
      { files: { [`/home/u/.docker/contexts/meta/${id('k')}/meta.json`]: '{' } },
      'engine.bad-context',
      {},
    ],
    [
      'a socket that is not ours',
      {},
      { sockets: { 'unix:///var/run/docker.sock': 'denied' } },
      'engine.permission-denied',
      { endpoint: 'unix:///var/run/docker.sock' },
    ],
    [
      'a dead socket',
      {},
      { sockets: { 'unix:///home/u/.colima/default/docker.sock': 'refused' } },
      'engine.not-running',
      { start: 'Start it with colima start' },
    ],
    [
      'installed, no socket',
      {},
      { files: { '/usr/bin/dockerd': '' } },
      'engine.not-running',
      { reason: 'Docker Engine is installed and has no socket' },
    ],
    [
      'installed on Windows',
      { platform: 'win32', home: 'C:\\Users\\u' },
      { files: { 'C:\\Program Files\\Rancher Desktop\\Rancher Desktop.exe': '' } },
      'engine.not-running',
      { start: 'Open Rancher Desktop' },
    ],
    ['nothing at all', {}, {}, 'engine.not-installed', { platform: 'linux' }],
  ])('%s', async (_name, request, world, code, data) => {
    const error: unknown = await resolveEndpoint({ ...base, ...request }, ioOf(world)).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(Failure);
    expect((error as Failure).errors).toEqual([{ code, data: expect.objectContaining(data) as unknown }]);
    expect((error as Failure).message).not.toContain('undefined');
  });

  test('a password of an address is in no message', async () => {
    const error = await resolveEndpoint({ ...base, host: 'ssh://u:hunter2@a' }, ioOf({})).catch(
      (e: unknown) => e,
    );
    expect(JSON.stringify((error as Failure).errors) + String(error)).not.toContain('hunter2');
  });
});

test('the contexts are listed with what they name; one that is broken does not hide the others', async () => {
  const files = {
    ...contexts('/home/u/.docker', { lab: 'unix:///lab.sock', box: 'ssh://me@box' }),
    '/home/u/.docker/contexts/meta/torn/meta.json': '{"Name":',
    [`/home/u/.docker/contexts/meta/${id('k')}/meta.json`]: '{"Name":"k","Endpoints":{}}',
  };
  expect(await dockerContexts(base, ioOf({ files })).list()).toEqual([
    { name: 'box', host: 'ssh://me@box' },
    { name: 'k', problem: 'it names no Docker engine' },
    { name: 'lab', host: 'unix:///lab.sock' },
    { name: 'torn', problem: expect.stringContaining('JSON') as unknown },
  ]);
  expect(await dockerContexts(base, ioOf({})).list()).toEqual([]);
});
