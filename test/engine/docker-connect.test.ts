// Connections that fail, each in its own way, and TLS in front of the real engine.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectEngine } from '../../main/docker/connect.ts';
import { containersOf } from '../../main/docker/containers.ts';
import { probeSocket } from '../../main/docker/endpoint-probe.ts';
import { runExec, runInteractive } from '../../main/docker/exec.ts';
import type { Endpoint, Engine } from '../../main/docker/port.ts';
import { Transport } from '../../main/docker/transport.ts';
import { describeEngine, theEngine } from '../setup/lab.ts';
import { codesOf, removeTestObjects, TEST_IMAGE, testPrefix } from './real-engine.ts';

let folder: string;
let socket: string;
const servers: net.Server[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'letta-stack-connect-'));
  socket = path.join(folder, 'engine.sock');
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await rm(folder, { recursive: true, force: true });
});

async function listen<S extends net.Server>(server: S, at: string | number): Promise<S> {
  if (typeof at === 'string') server.listen(at);
  else server.listen(at, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return server;
}
const portOf = (server: net.Server): number => (server.address() as net.AddressInfo).port;
const endpoint = (url: string, more: Partial<Endpoint> = {}): Endpoint => ({
  url,
  source: 'test',
  local: true,
  ...more,
});
const connect = (url: string, more?: Partial<Endpoint>): Promise<Engine> =>
  connectEngine(endpoint(url, more));

test('no such socket, and a socket whose process is gone', async () => {
  expect(await codesOf(connect(`unix://${socket}`))).toEqual(['engine.not-running']);
  expect(await probeSocket(`unix://${socket}`)).toBe('absent');
  const child = spawn(process.execPath, [
    '-e',
    `require('net').createServer().listen(${JSON.stringify(socket)}, () => console.log('up'))`,
  ]);
  await once(child.stdout, 'data');
  expect(await probeSocket(`unix://${socket}`)).toBe('listens');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await codesOf(connect(`unix://${socket}`))).toEqual(['engine.not-running']);
  expect(await probeSocket(`unix://${socket}`)).toBe('refused');
});

test('an engine that takes the connection and says nothing is found out in five seconds', async () => {
  await listen(
    net.createServer((c) => c.on('error', () => undefined)),
    socket,
  );
  const started = performance.now();
  expect(await codesOf(connect(`unix://${socket}`))).toEqual(['engine.half-open']);
  expect(performance.now() - started).toBeLessThan(5500);
});

test('a connection that is not made in time is another thing than one that is silent', async () => {
  // It takes the TCP connection and never its TLS.
  const silent = await listen(
    net.createServer((c) => c.on('error', () => undefined)),
    0,
  );
  const transport = new Transport(endpoint(`tcp://127.0.0.1:${portOf(silent)}`, { tls: {} }));
  expect(await codesOf(transport.ping(300))).toEqual(['engine.timeout']);
  transport.close();
});

test('an answer that breaks off in the middle is a lost connection', async () => {
  const half = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n[{"Id"';
  await listen(
    net.createServer((c) => {
      c.on('error', () => undefined);
      c.once('data', () => c.write(half, () => setTimeout(() => c.destroy(), 20)));
    }),
    socket,
  );
  const transport = new Transport(endpoint(`unix://${socket}`));
  expect(await codesOf(transport.call({ method: 'GET', path: '/containers/json' }))).toEqual([
    'engine.connection-lost',
  ]);
});

test('an engine that falls silent while a request or a stream waits is found out too', async () => {
  let pings = 0;
  await listen(
    http.createServer((request, response) => {
      if (request.url === '/_ping' && ++pings <= 2) response.end('OK');
      if (request.url === '/stream') response.write('{}');
      if (request.url === '/containers/c/json') response.end('{"Config":{"Tty":true}}');
      if (request.url?.startsWith('/containers/c/logs')) response.write('a line');
    }),
    socket,
  );
  const transport = new Transport(endpoint(`unix://${socket}`), { silenceMs: 50, pingMs: 100 });
  const wait = transport.call({ method: 'POST', path: '/containers/x/wait' });
  expect(await codesOf(wait)).toEqual(['engine.half-open']);
  expect(pings).toBe(3); // as long as it answers pings, the request goes on
  const drain = async (): Promise<void> => {
    for await (const _ of transport.stream({ method: 'GET', path: '/stream' }, true));
  };
  expect(await codesOf(drain())).toEqual(['engine.half-open']);
  const logs = async (): Promise<void> => {
    for await (const _ of containersOf(transport).logs('c', { follow: true }));
  };
  expect(await codesOf(logs())).toEqual(['engine.half-open']);
  transport.close();
});

test('an engine that falls silent while a command runs in a container is found out too', async () => {
  const server = http.createServer((request, response) => {
    if (request.url === '/containers/c/exec') response.writeHead(201).end('{"Id":"e"}');
  });
  server.on('upgrade', (_request, connection) => {
    connection.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n');
  });
  await listen(server, socket);
  const transport = new Transport(endpoint(`unix://${socket}`), { silenceMs: 50, pingMs: 100 });
  expect(await codesOf(runExec(transport, 'c', { cmd: ['sleep', '60'] }))).toEqual(['engine.half-open']);
  const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const shell = runInteractive(
    transport,
    'c',
    { cmd: ['sh'], tty: false },
    io as unknown as Parameters<typeof runInteractive>[3],
  );
  expect(await codesOf(shell)).toEqual(['engine.half-open']);
  transport.close();
});

test.each([
  ['1.40', '1.12', 'engine.api-too-old'],
  ['1.99', '1.90', 'engine.api-too-new'],
])('an engine of API %s from %s on: %s', async (ApiVersion, MinAPIVersion, code) => {
  const answer = JSON.stringify({ Version: 'x', ApiVersion, MinAPIVersion });
  await listen(
    http.createServer((request, response) => response.end(request.url === '/_ping' ? 'OK' : answer)),
    socket,
  );
  expect(await codesOf(connect(`unix://${socket}`))).toEqual([code]);
});

test('something that is no engine answers', async () => {
  await listen(
    http.createServer((_request, response) => response.writeHead(404).end('<html>nothing here</html>')),
    socket,
  );
  expect(await codesOf(connect(`unix://${socket}`))).toEqual(['engine.api']);
});

// Only root can become another user, and that user is refused.
test.skipIf(process.getuid?.() !== 0)('a socket of another user', async () => {
  await listen(
    http.createServer((_request, response) => response.end('OK')),
    socket,
  );
  await chmod(folder, 0o755);
  await chmod(socket, 0o600);
  process.seteuid?.(65534);
  try {
    expect(await codesOf(connect(`unix://${socket}`))).toEqual(['engine.permission-denied']);
    expect(await probeSocket(`unix://${socket}`)).toBe('denied');
  } finally {
    process.seteuid?.(0);
  }
});

test('DOCKER_HOST, or nonsense in it, changes nothing for an endpoint that was chosen', async () => {
  await listen(
    http.createServer((_request, response) => response.end('OK')),
    socket,
  );
  const before = process.env['DOCKER_HOST'];
  try {
    for (const other of ['tcp://127.0.0.1:1', 'tcp://::nonsense::', 'ssh://nowhere']) {
      process.env['DOCKER_HOST'] = other;
      const transport = new Transport(endpoint(`unix://${socket}`));
      await transport.ping(1000);
      expect(process.env['DOCKER_HOST']).toBe(other);
    }
  } finally {
    if (before === undefined) delete process.env['DOCKER_HOST'];
    else process.env['DOCKER_HOST'] = before;
  }
});

describeEngine('the real engine behind TCP', () => {
  /** Passes bytes on to the real engine. */
  const forward = (client: net.Socket): void => {
    const engine = net.connect({ path: theEngine().host.replace('unix://', ''), allowHalfOpen: true });
    client.on('error', () => engine.destroy()).on('close', () => engine.destroy());
    engine.on('error', () => client.destroy());
    client.pipe(engine).pipe(client);
  };

  test('without TLS', async () => {
    const server = await listen(net.createServer({ allowHalfOpen: true }, forward), 0);
    const engine = await connect(`tcp://127.0.0.1:${portOf(server)}`, { local: false });
    expect((await engine.containers.list({}, { all: true })).length).toBeGreaterThanOrEqual(0);
    expect(engine.capabilities.hostPaths).toBe(false);
    engine.close();
  });

  describe('with TLS', () => {
    let certificates: string;
    const pem = (name: string): Promise<string> => readFile(path.join(certificates, name), 'utf8');

    beforeAll(async () => {
      certificates = await mkdtemp(path.join(os.tmpdir(), 'letta-stack-tls-'));
      await makeCertificates(certificates);
    });
    afterAll(() => rm(certificates, { recursive: true }));

    /** As dockerd with --tlsverify: it asks for a certificate of the same authority. */
    const serve = async (name = 'server'): Promise<string> => {
      const options = {
        ca: await pem('ca.pem'),
        cert: await pem(`${name}.pem`),
        key: await pem(`${name}-key.pem`),
        requestCert: true,
        rejectUnauthorized: true,
        allowHalfOpen: true,
      };
      const server = await listen(tls.createServer(options, forward), 0);
      server.on('tlsClientError', () => undefined);
      return `tcp://127.0.0.1:${portOf(server)}`;
    };
    const client = async (): Promise<{ cert: string; key: string }> => ({
      cert: await pem('client.pem'),
      key: await pem('client-key.pem'),
    });

    test('with the right certificates everything works, exec with input too', async () => {
      const { prefix, labels, filters } = testPrefix();
      const engine = await connect(await serve(), { tls: { ca: await pem('ca.pem'), ...(await client()) } });
      const { Id } = await engine.containers.create(`${prefix}-1`, {
        Image: TEST_IMAGE,
        Labels: labels,
        HostConfig: {},
        NetworkingConfig: { EndpointsConfig: {} },
      });
      await engine.containers.start(Id);
      const exec = await engine.containers.exec(Id, { cmd: ['cat'], stdin: 'through TLS' });
      expect(exec).toEqual({ exitCode: 0, stdout: 'through TLS', stderr: '' });
      await removeTestObjects(engine, filters);
      engine.close();
    });

    test('what is released keeps no connection, and is there for who still has it', async () => {
      const url = await serve();
      const tlsOptions = { ca: await pem('ca.pem'), ...(await client()) };
      const engine = await connect(url, { tls: tlsOptions });
      const connections = (): Promise<number> =>
        promisify<number>((done) => servers.at(-1)?.getConnections(done))();
      expect(await connections()).toBeGreaterThan(0);
      engine.release();
      await expect.poll(connections).toBe(0);
      await engine.ping();
      await expect.poll(connections).toBe(0);
      engine.close();
    });

    test('an authority that we do not know', async () => {
      const tlsOptions = { ca: await pem('other-ca.pem'), ...(await client()) };
      expect(await codesOf(connect(await serve(), { tls: tlsOptions }))).toEqual(['engine.tls']);
      // … unless it was said not to look
      const engine = await connect(await serve(), { tls: { ...tlsOptions, skipVerify: true } });
      engine.close();
    });

    test('no certificate of ours', async () => {
      expect(await codesOf(connect(await serve(), { tls: { ca: await pem('ca.pem') } }))).toEqual([
        'engine.tls',
      ]);
    });

    test('a certificate for another machine', async () => {
      const tlsOptions = { ca: await pem('ca.pem'), ...(await client()) };
      expect(await codesOf(connect(await serve('elsewhere'), { tls: tlsOptions }))).toEqual(['engine.tls']);
    });

    test('a key that is no key', async () => {
      const tlsOptions = { ca: await pem('ca.pem'), cert: await pem('client.pem'), key: 'nonsense' };
      expect(await codesOf(connect(await serve(), { tls: tlsOptions }))).toEqual(['engine.tls']);
    });

    test('TLS to a port that speaks none', async () => {
      const plain = await listen(
        http.createServer((_request, response) => response.end('OK')),
        0,
      );
      expect(await codesOf(connect(`tcp://127.0.0.1:${portOf(plain)}`, { tls: {} }))).toEqual(['engine.tls']);
    });
  });
});

/** Two authorities; of the first, a client's certificate, a server's for 127.0.0.1 and one for another machine. */
async function makeCertificates(to: string): Promise<void> {
  const openssl = (...args: string[]): Promise<unknown> => promisify(execFile)('openssl', args, { cwd: to });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  for (const ca of ['ca', 'other-ca'])
    await openssl(
      'req',
      '-x509',
      ...key,
      '-subj',
      `/CN=${ca}`,
      '-keyout',
      `${ca}-key.pem`,
      '-out',
      `${ca}.pem`,
    );
  for (const [name, names] of [
    ['server', 'IP:127.0.0.1'],
    ['elsewhere', 'DNS:elsewhere.test'],
    ['client', 'DNS:client.test'],
  ] as const) {
    const issuer = ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-subj', `/CN=${name}`];
    const extensions = [
      '-addext',
      `subjectAltName=${names}`,
      '-addext',
      'basicConstraints=critical,CA:FALSE',
    ];
    const files = ['-keyout', `${name}-key.pem`, '-out', `${name}.pem`];
    await openssl('req', '-x509', ...key, ...issuer, ...extensions, ...files);
  }
}
