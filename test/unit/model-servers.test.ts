import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { appError, say } from '../../main/errors.ts';
import type { Engine } from '../../main/docker/port.ts';
import type { NamedService } from '../../main/stack/desired.ts';
import { unreachedModelServers } from '../../main/stack/model-server-check.ts';
import { hostReach, listens, seenFromHere, type HostReach } from '../../main/system/host-reach.ts';
import { findModelServers, troubleAt } from '../../main/system/model-servers.ts';

const engine = (product: Engine['info']['product'], local = true, gateway?: string): Engine =>
  ({
    endpoint: { url: 'x', source: 'x', local },
    info: { product },
    networks: { inspect: () => Promise.resolve({ IPAM: { Config: gateway ? [{ Gateway: gateway }] : [] } }) },
  }) as unknown as Engine;

describe('how containers reach this machine', () => {
  it.each<[Engine['info']['product'], boolean, NodeJS.Platform, string | undefined, string]>([
    ['docker', true, 'linux', '172.17.0.1', 'gateway'],
    ['docker', true, 'linux', undefined, 'unknown'],
    ['docker', false, 'linux', '172.17.0.1', 'not'],
    ['docker-desktop', false, 'linux', '172.17.0.1', 'relay'],
    ['docker-desktop', false, 'win32', undefined, 'relay'],
    ['colima', false, 'darwin', undefined, 'relay'],
    ['podman', true, 'linux', '10.88.0.1', 'unknown'],
  ])('%s, local %s, %s, gateway %s: %s', (product, local, platform, gateway, by) => {
    expect(hostReach(engine(product, local), platform, gateway).by).toBe(by);
  });
});

const GATEWAY: HostReach = { by: 'gateway', address: '127.0.0.2' };

describe('model servers of this machine', () => {
  const servers: Server[] = [];
  afterEach(() => servers.splice(0).forEach((s) => s.close()));
  async function listening(address: string, path: string): Promise<number> {
    const server = createServer((request, response) => {
      response.statusCode = request.url === path ? 200 : 404;
      response.end('{}');
    });
    servers.push(server);
    await new Promise<void>((resolve) => {
      server.listen(0, address, resolve);
    });
    return (server.address() as AddressInfo).port;
  }
  const nobody = async (): Promise<number> => {
    const port = await listening('127.0.0.1', '/');
    await new Promise((resolve) => servers.pop()?.close(resolve));
    return port;
  };

  it('are found by one request, and told whether containers reach them', async () => {
    // the whole of 127.0.0.0/8 is this machine: one address of it stands for the engine's gateway
    const alone = await listening('127.0.0.1', '/api/version');
    const everywhere = await listening('0.0.0.0', '/api/v0/models');
    const ports = { ollama: alone, lmstudio: everywhere };
    expect(await findModelServers(GATEWAY, ports)).toEqual([
      {
        id: 'ollama',
        title: 'Ollama',
        setting: 'ollama-url',
        url: `http://host.docker.internal:${alone}/v1`,
        reach: 'loopback',
        next: expect.stringContaining(`OLLAMA_HOST=127.0.0.2:${alone}`),
      },
      {
        id: 'lmstudio',
        title: 'LM Studio',
        setting: 'lmstudio-url',
        url: `http://host.docker.internal:${everywhere}/v1`,
        reach: 'yes',
      },
    ]);
    const reachBy = async (reach: HostReach): Promise<string[]> =>
      (await findModelServers(reach, ports)).map((s) => s.reach);
    expect(await reachBy({ by: 'relay' })).toEqual(['yes', 'yes']);
    expect(await reachBy({ by: 'unknown' })).toEqual(['unknown', 'unknown']);
    expect(await reachBy({ by: 'not' })).toEqual(['elsewhere', 'elsewhere']);
  });

  it('are found where they listen for containers alone', async () => {
    const ports = { ollama: await listening('127.0.0.2', '/api/version'), lmstudio: await nobody() };
    expect((await findModelServers(GATEWAY, ports)).map((s) => [s.id, s.reach])).toEqual([['ollama', 'yes']]);
  });

  it('are not what else has the port', async () => {
    const ports = { ollama: await listening('127.0.0.1', '/other'), lmstudio: await nobody() };
    expect(await findModelServers(GATEWAY, ports)).toEqual([]);
  });
});

describe('before a start', () => {
  /** nobody serves models at the port of `discard` */
  const OWN = 'http://host.docker.internal:9/v1';
  const service = (more: object): NamedService => ({ name: 'server', ...more }) as NamedService;
  const published = { name: 'vllm', ports: [{ target: 8000, published: '9' }] } as unknown as NamedService;
  it.each<[what: string, services: NamedService[], codes: string[]]>([
    ['a name that leads nowhere', [service({ environment: { VLLM_API_BASE: OWN } })], ['models.absent']],
    [
      'the container itself',
      [service({ environment: { OLLAMA_BASE_URL: 'http://localhost:1' } })],
      ['models.inside'],
    ],
    ['what the stack publishes', [service({ environment: { VLLM_API_BASE: OWN } }), published], []],
    [
      'the network of the machine',
      [service({ network_mode: 'host', environment: { OLLAMA_BASE_URL: 'http://localhost:1' } })],
      [],
    ],
    [
      'another variable',
      [service({ environment: { WEBHOOK: OWN, OPENAI_BASE_URL: null, VLLM_API_BASE: '' } })],
      [],
    ],
  ])('%s', async (_, services, codes) => {
    const desired = { services: Object.fromEntries(services.map((s) => [s.name, s])) };
    const found = await unreachedModelServers(desired, () => Promise.resolve(GATEWAY));
    expect(found.map((e) => e.code)).toEqual(codes);
  });

  it('nothing is asked where no service looks on this machine', async () => {
    const environment = { OPENAI_BASE_URL: 'https://api.openai.com/v1', OLLAMA_BASE_URL: '' };
    const never = () => Promise.reject(new Error('asked'));
    expect(await unreachedModelServers({ services: {} }, never)).toEqual([]);
    expect(await unreachedModelServers({ services: { server: service({ environment }) } }, never)).toEqual(
      [],
    );
  });
});

describe('what keeps containers from a model server', () => {
  const here = { service: 'server', id: 'ollama', title: 'Ollama' };
  const NAME = 'http://host.docker.internal:11434/v1';
  it.each<[url: string, reach: HostReach, open: string[], code: string | undefined]>([
    [NAME, GATEWAY, ['127.0.0.1', '127.0.0.2'], undefined],
    [NAME, GATEWAY, ['127.0.0.2'], undefined],
    [NAME, GATEWAY, ['127.0.0.1'], 'models.hidden'],
    [NAME, GATEWAY, [], 'models.absent'],
    [NAME, { by: 'relay' }, ['127.0.0.1'], undefined],
    [NAME, { by: 'relay' }, [], 'models.absent'],
    // nobody can tell from here
    [NAME, { by: 'unknown' }, [], undefined],
    [NAME, { by: 'not' }, [], undefined],
    ['http://gpu-box:11434', GATEWAY, [], undefined],
    ['http://localhost:11434', { by: 'relay' }, ['127.0.0.1'], 'models.inside'],
    ['http://127.0.0.1:11434/v1', { by: 'unknown' }, [], 'models.inside'],
    ['http://[::1]:11434', { by: 'not' }, [], 'models.inside'],
  ])('at %s, by %j, open at %j: %s', async (url, reach, open, code) => {
    const found = await troubleAt({ ...here, url }, reach, (address, port) =>
      Promise.resolve(port === 11_434 && open.includes(address)),
    );
    expect(found?.code).toBe(code);
  });

  it.each([
    [NAME, GATEWAY, 'http://127.0.0.2:11434/v1'],
    [NAME, { by: 'relay' }, 'http://127.0.0.1:11434/v1'],
    ['http://host.docker.internal.example/v1', GATEWAY, 'http://host.docker.internal.example/v1'],
    ['nonsense', GATEWAY, 'nonsense'],
  ] as const)('%s is asked from here, by %j, at %s', (url, reach, seen) => {
    expect(seenFromHere(url, reach)).toBe(seen);
  });

  it.each([
    ['ollama', /OLLAMA_HOST=172\.17\.0\.1:11434.*OLLAMA_HOST=0\.0\.0\.0:11434 .*without a password/],
    ['lmstudio', /"Serve on Local Network".*--bind 172\.17\.0\.1\..*without a password/],
    ['vllm', /listen at 172\.17\.0\.1:11434.*without a password/],
  ])('%s is told how to be reached, and what that opens', (id, words) => {
    const { next } = say(
      appError('models.hidden', { ...here, id, url: NAME, address: '172.17.0.1' }),
      'production',
    );
    expect(next).toMatch(words);
    expect(next).toContain('letta-stack restart production server');
  });

  it('is what takes connections, and nothing else', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    expect([await listens('127.0.0.1', port), await listens('127.0.0.2', port)]).toEqual([true, false]);
    await new Promise((resolve) => server.close(resolve));
    expect(await listens('127.0.0.1', port)).toBe(false);
  });
});
