import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { choose, parametersOf, partsOf, remoteParts } from '../../main/docker/registry.ts';
import { Failure } from '../../main/errors.ts';
import { codesOf } from '../engine/real-engine.ts';

const hash = (letter: string): string => `sha256:${letter.repeat(64)}`;
const part = (letter: string, size: number): { digest: string; size: number } => ({
  digest: hash(letter),
  size,
});

test('a part that stands there twice counts once', () => {
  const layers = [part('a', 3), part('b', 4), part('a', 3)];
  expect(partsOf({ layers, config: part('d', 5) })).toEqual([part('a', 3), part('b', 4), part('d', 5)]);
  expect(partsOf({ layers: [] })).toEqual([]);
});

describe('an index', () => {
  const of = (system: string, architecture: string, variant?: string) => ({
    digest: `sha256:${system}-${architecture}-${variant ?? ''}`,
    size: 1,
    platform: { os: system, architecture, ...(variant !== undefined && { variant }) },
  });
  const index = [
    of('linux', 'amd64'),
    of('linux', 'arm', 'v6'),
    of('linux', 'arm', 'v7'),
    of('linux', 'arm64', 'v8'),
    of('windows', 'amd64'),
    of('unknown', 'unknown'),
  ];
  test.each([
    ['linux/amd64', 'sha256:linux-amd64-'],
    ['windows/amd64', 'sha256:windows-amd64-'],
    ['linux/arm/v7', 'sha256:linux-arm-v7'],
    ['linux/arm64', 'sha256:linux-arm64-v8'],
    ['linux/s390x', undefined],
  ])('%s', (platform, digest) => {
    expect(choose(index, platform)).toBe(digest);
  });
});

test('what a challenge says', () => {
  expect(
    parametersOf('Bearer realm="https://a.test/token",service="r", scope="repository:x:pull,push"'),
  ).toEqual({
    realm: 'https://a.test/token',
    service: 'r',
    scope: 'repository:x:pull,push',
  });
});

describe('a registry on this machine, without TLS', () => {
  let server: Server | undefined;
  let configDir: string;
  beforeEach(() => {
    configDir = mkdtempSync(path.join(os.tmpdir(), 'docker-config-'));
  });
  afterEach(() => {
    server?.close();
    rmSync(configDir, { recursive: true });
  });

  async function registry(
    answer: (request: IncomingMessage, response: ServerResponse, host: string, body: string) => void,
  ): Promise<{ host: string; parts: () => Promise<unknown> }> {
    let host = '';
    server = createServer((request, response) => {
      void text(request).then((body) => answer(request, response, host, body));
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const parts = () =>
      remoteParts({
        ref: `${host}/team/app:1`,
        platform: 'linux/amd64',
        configDir,
        env: {},
        signal: AbortSignal.timeout(5000),
      });
    return { host, parts };
  }
  const config = (value: object): void =>
    writeFileSync(path.join(configDir, 'config.json'), JSON.stringify(value));
  const manifest = JSON.stringify({ layers: [part('a', 7)], config: part('b', 1) });
  const PARTS = [part('a', 7), part('b', 1)];

  /** A registry that gives its manifest for a token alone; what it was asked, with the login. */
  async function withTokens(): Promise<{ host: string; parts: () => Promise<unknown>; asked: string[] }> {
    const asked: string[] = [];
    const of = await registry((request, response, host, body) => {
      asked.push([request.method, request.url, request.headers.authorization ?? '-', body].join(' ').trim());
      const challenge = `Bearer realm="http://${host}/token",service="s",scope="repository:team/app:pull"`;
      if (request.url?.startsWith('/token')) response.end('{"access_token":"t"}');
      else if (request.headers.authorization === 'Bearer t') response.end(manifest);
      else response.writeHead(401, { 'www-authenticate': challenge }).end();
    });
    return { ...of, asked };
  }
  const MANIFEST = 'GET /v2/team/app/manifests/1';
  const TOKEN = 'GET /token?scope=repository%3Ateam%2Fapp%3Apull&service=s';

  test('asks for a token where the registry wants one, and nothing is told to it without a login', async () => {
    const { parts, asked } = await withTokens();
    expect(await parts()).toEqual(PARTS);
    expect(asked).toEqual([`${MANIFEST} -`, `${TOKEN} -`, `${MANIFEST} Bearer t`]);
  });

  test('asks for a token with the login that a pull would send', async () => {
    const { host, parts, asked } = await withTokens();
    const auth = Buffer.from('u:p').toString('base64');
    config({ auths: { [host]: { auth } } });
    expect(await parts()).toEqual(PARTS);
    expect(asked).toEqual([`${MANIFEST} -`, `${TOKEN} Basic ${auth}`, `${MANIFEST} Bearer t`]);
  });

  test('asks for a token with an identity token in the body, not in the address', async () => {
    const { host, parts, asked } = await withTokens();
    config({ auths: { [host]: { identitytoken: 'id' } } });
    expect(await parts()).toEqual(PARTS);
    expect(asked[1]).toMatch(
      /^POST \/token - scope=.*&grant_type=refresh_token&client_id=letta-stack&refresh_token=id$/,
    );
  });

  test('a login that could not be read is told with the refusal', async () => {
    const { parts } = await registry((_request, response) => {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end();
    });
    config({ credsStore: 'that-is-not-here' });
    const thrown = await parts().catch((e: unknown) => e);
    expect(thrown).toBeInstanceOf(Failure);
    expect((thrown as Failure).errors[0]).toMatchObject({
      code: 'engine.image-denied',
      data: { helper: expect.stringContaining('docker-credential-that-is-not-here') },
    });
  });

  test('takes the manifest of the platform out of an index', async () => {
    const { parts } = await registry((request, response) => {
      const platform = { os: 'linux', architecture: 'amd64' };
      const index = JSON.stringify({ manifests: [{ ...part('e', 1), platform }] });
      response.end(request.url?.endsWith(`/${hash('e')}`) ? manifest : index);
    });
    expect(await parts()).toEqual(PARTS);
  });

  test.each<[string, (response: ServerResponse) => unknown, string]>([
    ['401 without a way', (r) => r.writeHead(401).end(), 'engine.image-denied'],
    ['403', (r) => r.writeHead(403).end(), 'engine.image-denied'],
    ['404', (r) => r.writeHead(404).end(), 'engine.image-not-found'],
    ['429', (r) => r.writeHead(429).end(), 'engine.rate-limited'],
    ['503', (r) => r.writeHead(503).end(), 'engine.registry-unreachable'],
    ['elsewhere', (r) => r.writeHead(307, { location: '/x' }).end(), 'engine.registry-unreachable'],
    ['no JSON', (r) => r.end('<html>'), 'engine.registry-unreachable'],
    ['null', (r) => r.end('null'), 'engine.registry-unreachable'],
    ['no layers', (r) => r.end('{"layers":null}'), 'engine.registry-unreachable'],
    ['a layer that is none', (r) => r.end('{"layers":[null]}'), 'engine.registry-unreachable'],
    ['an index that is none', (r) => r.end('{"manifests":{}}'), 'engine.registry-unreachable'],
    [
      'more than there is',
      (r) => r.end(JSON.stringify({ layers: [part('a', 1e308)] })),
      'engine.registry-unreachable',
    ],
    ['far too much', (r) => r.end(Buffer.alloc(5 * 1024 * 1024)), 'engine.registry-unreachable'],
    ['nothing', (r) => r.destroy(), 'engine.registry-unreachable'],
  ])('%s is an error', async (_name, answer, code) => {
    const { parts } = await registry((_request, response) => void answer(response));
    expect(await codesOf(parts())).toEqual([code]);
  });
});
