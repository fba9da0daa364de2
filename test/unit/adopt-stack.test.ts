// What tells whether a stack that another program made is read as it was made.
import { describe, expect, it } from 'vitest';
import { activeProfiles, differencesOf } from '../../main/desktop/adopt-stack.ts';
import type { ContainerInspect } from '../../main/docker/port.ts';
import { containerFacts } from '../../main/stack/observe.ts';
import { desiredOf } from './helpers/desired.ts';

const file = (service: string): string =>
  `name: p\nservices: { a: { image: "app:1"${service} } }\nvolumes: { data: {} }\n`;

interface Has {
  readonly image?: string;
  readonly env?: readonly string[];
  readonly mounts?: ContainerInspect['Mounts'];
  readonly binds?: readonly string[];
}
const container = ({
  image = 'app:1',
  env = ['PATH=/bin'],
  mounts = [],
  binds = [],
}: Has): ContainerInspect => ({
  Id: 'c',
  Name: '/p-a-1',
  Created: '',
  Image: 'sha256:a',
  RestartCount: 0,
  State: {
    Status: 'running',
    Running: true,
    Paused: false,
    Restarting: false,
    OOMKilled: false,
    Dead: false,
    ExitCode: 0,
    Error: '',
    StartedAt: '',
    FinishedAt: '',
  },
  Config: {
    Image: image,
    Labels: { 'com.docker.compose.service': 'a' },
    Env: env,
    Cmd: null,
    Entrypoint: null,
    Tty: false,
    User: '',
  },
  HostConfig: { NetworkMode: 'p', Binds: binds },
  Mounts: mounts,
  NetworkSettings: { Networks: {}, Ports: {} },
});
const bind = (Source: string, Destination: string, RW = true): ContainerInspect['Mounts'][number] => ({
  Type: 'bind',
  Source,
  Destination,
  RW,
});
const volume = (Name: string, Destination: string): ContainerInspect['Mounts'][number] => ({
  Type: 'volume',
  Name,
  Source: '/v',
  Destination,
});

describe('what a container has otherwise than its files say', () => {
  it.each<[what: string, service: string, has: Has, differences: string[]]>([
    ['nothing', ', environment: { A: "1" }', { env: ['A=1', 'PATH=/bin'] }, []],
    ['a folder', ', volumes: ["./data:/data"]', { mounts: [bind('/p/data', '/data')] }, []],
    [
      'another folder',
      ', volumes: ["./data:/data"]',
      { mounts: [bind('/pd/data', '/data')] },
      ['a has /pd/data at /data, and would have /p/data'],
    ],
    [
      'a folder that no file names',
      '',
      { mounts: [bind('/x', '/x')] },
      ['a has /x at /x, and would have nothing'],
    ],
    ['a file of a secret', '', { mounts: [bind('/p/key', '/run/secrets/key', false)] }, []],
    ['its volume', ', volumes: ["data:/data"]', { mounts: [volume('p_data', '/data')] }, []],
    [
      'another volume',
      ', volumes: ["data:/data"]',
      { mounts: [volume('q_data', '/data')] },
      ['a has volume q_data at /data, and would have volume p_data'],
    ],
    ['a nameless volume of its image', '', { mounts: [volume('a'.repeat(64), '/data')] }, []],
    ['no volume', ', volumes: ["data:/data"]', {}, ['a has nothing at /data, and would have volume p_data']],
    [
      'another value',
      ', environment: { KEY: "two" }',
      { env: ['KEY=one', 'PATH=/bin'] },
      ['a would have another value of the variable KEY, or none'],
    ],
    [
      'a variable that no file names',
      '',
      { env: ['KEY=one', 'PATH=/bin'] },
      ['a would have another value of the variable KEY, or none'],
    ],
    ['another image', '', { image: 'app:0' }, ['a has the image app:0, and would have app:1']],
  ])('%s', (_what, service, has, differences) => {
    const { project } = desiredOf(file(service));
    const found = differencesOf(project, container(has), ['PATH=/bin']);
    expect(found).toEqual(differences);
    // no value is told: it may be a secret
    expect(found.join()).not.toMatch(/\bone\b|\btwo\b/);
  });

  it('of an image that is gone only the named variables can be compared', () => {
    const { project } = desiredOf(file(', environment: { A: "1" }'));
    expect(differencesOf(project, container({ env: ['A=1', 'PATH=/bin'] }), undefined)).toEqual([]);
    expect(differencesOf(project, container({ env: ['A=2', 'PATH=/bin'] }), undefined)).toHaveLength(1);
  });

  it('what no service has is told by every plan', () => {
    const { project } = desiredOf('name: p\nservices: { b: { image: "app:1" } }\n');
    expect(differencesOf(project, container({}), [])).toEqual([]);
  });
});

it('a folder is what was asked for, not where the engine has it', () => {
  const asked = (...binds: string[]): string[] =>
    containerFacts(container({ binds, mounts: [bind('/host_mnt/x', '/data')] })).mounts.map((m) => m.Source);
  expect(asked('/Users/me/x:/data:rw')).toEqual(['/Users/me/x']);
  expect(asked('C:\\Users\\me:/data')).toEqual(['C:\\Users\\me']);
  expect(asked('/y:/data/more')).toEqual(['/host_mnt/x']);
});

describe('Compose profiles, from the services that have containers', () => {
  const model = (services: Record<string, string[]>): Parameters<typeof activeProfiles>[0] =>
    desiredOf(
      `name: p\nservices:\n  always: { image: "app:1" }\n${Object.entries(services)
        .map(([name, profiles]) => `  ${name}: { image: "app:1", profiles: ${JSON.stringify(profiles)} }\n`)
        .join('')}`,
    ).project;
  it.each<[Record<string, string[]>, here: string[], active: string[]]>([
    [{ x: ['p1'] }, ['always'], []],
    [{ x: ['p1'] }, ['always', 'x'], ['p1']],
    [{ x: ['p1', 'p2'], y: ['p1'] }, ['x'], ['p2']],
    [{ x: ['p1'], y: ['p1'] }, ['x'], ['p1']],
    [{ x: ['p1'], y: ['p2'] }, ['x', 'y'], ['p1', 'p2']],
  ])('%j with %j: %j', (services, here, active) =>
    expect(activeProfiles(model(services), here)).toEqual(active),
  );
});
