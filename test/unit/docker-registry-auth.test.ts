import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { authFromFile, authHeader, helperAnswer, registryAuth } from '../../main/docker/registry-auth.ts';

const HUB = 'https://index.docker.io/v1/';
const basic = (text: string): string => Buffer.from(text).toString('base64');

describe('auths', () => {
  test.each<[string, object, string, object | undefined]>([
    ['a host', { 'r.test': { auth: basic('u:p') } }, 'r.test', { username: 'u', password: 'p' }],
    [
      'a colon in the password',
      { 'r.test': { auth: basic('u:a:b') } },
      'r.test',
      { username: 'u', password: 'a:b' },
    ],
    ['a port', { 'r.test:5000': { auth: basic('u:p') } }, 'r.test:5000', { username: 'u', password: 'p' }],
    ['the port counts', { 'r.test': { auth: basic('u:p') } }, 'r.test:5000', undefined],
    [
      'a URL as key',
      { 'https://r.test/v2/': { auth: basic('u:p') } },
      'r.test',
      { username: 'u', password: 'p' },
    ],
    ['Docker Hub', { [HUB]: { auth: basic('u:p') } }, HUB, { username: 'u', password: 'p' }],
    [
      'plain fields',
      { 'r.test': { username: 'u', password: 'p' } },
      'r.test',
      { username: 'u', password: 'p' },
    ],
    [
      'identity token',
      { 'r.test': { identitytoken: 't', auth: basic('u:') } },
      'r.test',
      { identitytoken: 't' },
    ],
    ['registry token', { 'r.test': { registrytoken: 't' } }, 'r.test', { registrytoken: 't' }],
    ['empty entry', { 'r.test': {} }, 'r.test', undefined],
    ['another registry', { 'q.test': { auth: basic('u:p') } }, 'r.test', undefined],
  ])('%s', (_name, auths, key, expected) => {
    const found = authFromFile({ auths } as Parameters<typeof authFromFile>[0], key);
    expect(found).toEqual(expected && { ...expected, serveraddress: key });
  });
});

test.each<[number | null, string, object]>([
  [
    0,
    '{"ServerURL":"r.test","Username":"u","Secret":"s"}',
    { auth: { username: 'u', password: 's', serveraddress: 'r.test' } },
  ],
  [
    0,
    '{"ServerURL":"r.test","Username":"<token>","Secret":"s"}',
    { auth: { identitytoken: 's', serveraddress: 'r.test' } },
  ],
  [1, 'credentials not found in native keychain\n', {}],
  [1, 'boom', { problem: 'helper ended with 1: boom' }],
  [null, '', { problem: 'helper ended with a time-out: ' }],
  [0, 'nonsense', { problem: 'helper did not answer in JSON' }],
])('a helper that ends with %s and prints %j', (code, output, expected) => {
  expect(helperAnswer('helper', 'r.test', code, output)).toEqual(expected);
});

test('the header is base64url with padding', () => {
  const header = authHeader({ username: 'ü?', password: '>>>~~' });
  expect(header).toMatch(/^[A-Za-z0-9_-]+=*$/);
  expect(header.length % 4).toBe(0);
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
    username: 'ü?',
    password: '>>>~~',
  });
});

// A helper is a program on PATH; here a script of three lines stands for it.
describe.skipIf(process.platform === 'win32')('the Docker config', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'letta-stack-test-'));
    const script = '#!/bin/sh\nread -r key\nprintf \'{"Username":"%s","Secret":"s-%s"}\' "$1" "$key"\n';
    await writeFile(path.join(folder, 'docker-credential-echo'), script);
    await chmod(path.join(folder, 'docker-credential-echo'), 0o755);
    vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });
  const config = (value: unknown): Promise<void> =>
    writeFile(path.join(folder, 'config.json'), typeof value === 'string' ? value : JSON.stringify(value));

  test('no config, no credentials', async () => {
    expect(await registryAuth('docker.io', folder)).toEqual({});
  });
  test('credsStore is asked with the registry’s key on its stdin', async () => {
    await config({ credsStore: 'echo' });
    expect(await registryAuth('docker.io', folder)).toEqual({
      auth: { username: 'get', password: `s-${HUB}`, serveraddress: HUB },
    });
  });
  test('credHelpers come before credsStore, for their registry', async () => {
    await config({ credsStore: 'missing', credHelpers: { 'r.test': 'echo' } });
    expect((await registryAuth('r.test', folder)).auth?.password).toBe('s-r.test');
    expect((await registryAuth('q.test', folder)).problem).toMatch(/docker-credential-missing: .*ENOENT/);
  });
  test('what the store cannot give, auths may', async () => {
    await config({ credsStore: 'missing', auths: { 'r.test': { auth: basic('u:p') } } });
    expect((await registryAuth('r.test', folder)).auth?.username).toBe('u');
  });
  test('a name with a path or a shell word is never run', async () => {
    await config({ credsStore: '../../bin/sh; echo' });
    expect((await registryAuth('r.test', folder)).problem).toMatch(/is no name of a helper/);
  });
  test('a broken config is a problem, not an exception', async () => {
    await config('{');
    expect((await registryAuth('r.test', folder)).problem).toMatch(/config\.json/);
  });
});
