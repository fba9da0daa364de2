import { describe, expect, test } from 'vitest';
import { configHash, networkHash, serviceHash, volumeHash } from '../../main/model/hash.ts';
import { loadProject } from '../../main/model/load.ts';
import type { Project, Service } from '../../main/model/types.ts';
import { loadOptions, memoryFiles } from './memory-files.ts';

const FILES = { '/p/a.env': 'A=file\n', '/p/a.labels': 'l=file\n', '/p/other.env': 'A=file\n' };

function load(service: string, rest = ''): Project {
  const text = `services:\n  web: { image: nginx, ${service} }\n  db: { image: db }\n${rest}`;
  return loadProject(loadOptions(memoryFiles({ ...FILES, '/p/compose.yaml': text }))).project;
}

describe('the hash of a service', () => {
  const plain = serviceHash(load('hostname: h'), 'web');

  test('is the one of the real CLI', () => {
    // docker compose 2.40.3, `config --hash '*'` on the same file
    expect(plain).toBe('5f13e5cb00be43abc9a28815abc6c80ad8a8c0055ed3c2c506b36b6c65c6cdbf');
  });

  test.each([
    ['build', 'hostname: h, build: { context: ., args: [A=1] }'],
    ['pull_policy', 'hostname: h, pull_policy: always'],
    ['scale', 'hostname: h, scale: 3'],
    ['depends_on', 'hostname: h, depends_on: [db]'],
    ['profiles that are active', 'hostname: h, profiles: []'],
    ['x- keys', 'hostname: h, x-mine: { a: 1 }'],
  ])('does not see %s', (_name, service) => {
    expect(serviceHash(load(service), 'web')).toBe(plain);
  });

  test('sees the rest of deploy, but not its replicas', () => {
    const one = serviceHash(load('deploy: { replicas: 1, labels: [a=1] }'), 'web');
    expect(serviceHash(load('deploy: { replicas: 2, labels: [a=1] }'), 'web')).toBe(one);
    expect(serviceHash(load('deploy: { replicas: 1, labels: [a=2] }'), 'web')).not.toBe(one);
  });

  test.each([
    ['environment', 'hostname: h, environment: [A=1]'],
    ['an empty command', 'hostname: h, command: []'],
    ['init: false', 'hostname: h, init: false'],
    ['another user', 'hostname: h, user: other'],
  ])('sees %s', (_name, service) => {
    expect(serviceHash(load(service), 'web')).not.toBe(plain);
  });

  test('of `up` is over what env files say, that of `config` over their names', () => {
    const [first, second] = [load('env_file: a.env'), load('env_file: other.env')];
    expect(serviceHash(first, 'web')).toBe(serviceHash(second, 'web'));
    expect(configHash(first, 'web')).not.toBe(configHash(second, 'web'));
    expect(serviceHash(first, 'web')).toBe(serviceHash(load('environment: [A=file]'), 'web'));
  });

  test('of `up` has the names of label files, that of `config` only what they say', () => {
    const [file, inline] = [load('label_file: a.labels'), load('labels: [l=file]')];
    expect(configHash(file, 'web')).toBe(configHash(inline, 'web'));
    expect(serviceHash(file, 'web')).not.toBe(serviceHash(inline, 'web'));
  });

  test('is over the container that a namespace became, and passes over keys that are none', () => {
    const project = load('network_mode: "service:db"');
    const resolved = { ...project.services['web'], network_mode: 'container:123', name: 'web' } as Service;
    expect(serviceHash(project, 'web', resolved)).not.toBe(serviceHash(project, 'web'));
    expect(serviceHash(project, 'web', resolved)).toBe(
      serviceHash(load('network_mode: "container:123"'), 'web'),
    );
  });

  test('of a service that is not there is an error', () => {
    expect(() => serviceHash(load('hostname: h'), 'none')).toThrow(RangeError);
  });
});

describe('the hashes of networks and volumes', () => {
  const project = load(
    'volumes: ["data:/d", "other:/o"], networks: [front]',
    'networks: { front: { labels: [a=1] } }\nvolumes: { data: , other: { name: p_data, driver: local } }\n',
  );
  test('an unnamed volume driver is local', () => {
    expect(volumeHash(project, 'data')).toBe(volumeHash(project, 'other'));
  });
  test('are of 64 digits, and of their definitions', () => {
    expect(networkHash(project, 'front')).toMatch(/^[0-9a-f]{64}$/);
    expect(networkHash(project, 'front')).not.toBe(networkHash(project, 'default'));
    expect(() => networkHash(project, 'none')).toThrow(RangeError);
  });
});
