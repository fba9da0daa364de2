import { describe, expect, it } from 'vitest';
import { containerBody, laterNetworks, type ConvertInput } from '../../main/stack/convert.ts';
import { mountsOf } from '../../main/stack/convert-volumes.ts';
import type { Desired } from '../../main/stack/desired.ts';
import { boundFiles, injectedFiles } from '../../main/stack/files.ts';
import { COMPOSE_VERSION, LABEL } from '../../main/stack/labels.ts';
import type { MountPoint } from '../../main/docker/port.ts';
import { desiredOf, type DesiredOptions } from './helpers/desired.ts';
import { makeEngine } from './helpers/rig.ts';

// What the CLI makes of nearly every key is compared on a real engine in test/engine/convert-parity.test.ts; here is
// what it has no device, no file and no old engine for.

const { capabilities } = makeEngine();
const INPUT: ConvertInput = {
  number: 1,
  imageId: 'sha256:abc',
  imageVolumes: [],
  inherit: [],
  capabilities,
  linked: new Map(),
};

const project = (service: string, rest = ''): string =>
  `name: p\nservices:\n  a: { image: "app:1", ${service} }\n${rest}`;
const bodyOf = (d: Desired, input: Partial<ConvertInput> = {}): ReturnType<typeof containerBody> =>
  containerBody(d, d.services['a']!, { ...INPUT, ...input });
const hostConfig = (service: string, rest = ''): Readonly<Record<string, unknown>> =>
  bodyOf(desiredOf(project(service, rest), { files: { '/p/s.txt': '' } })).HostConfig;

describe('resources that test machines lack', () => {
  it.each<[service: string, expected: Record<string, unknown>]>([
    ['gpus: all', { DeviceRequests: [{ Driver: '', Count: -1, Capabilities: [['gpu']], Options: {} }] }],
    [
      'gpus: [{ driver: nvidia, count: 2, capabilities: [compute], options: { a: b } }]',
      {
        DeviceRequests: [
          { Driver: 'nvidia', Count: 2, Capabilities: [['compute', 'gpu']], Options: { a: 'b' } },
        ],
      },
    ],
    [
      'deploy: { resources: { reservations: { devices: [{ capabilities: [gpu], device_ids: ["0", "1"] }] } } }',
      { DeviceRequests: [{ Driver: '', DeviceIDs: ['0', '1'], Capabilities: [['gpu']], Options: {} }] },
    ],
    [
      'deploy: { resources: { reservations: { devices: [{ capabilities: [gpu], driver: nvidia }] } } }',
      { DeviceRequests: [{ Driver: 'nvidia', Count: -1, Capabilities: [['gpu']], Options: {} }] },
    ],
    [
      'devices: ["nvidia.com/gpu=all", "/dev/null"]',
      {
        DeviceRequests: [{ Driver: 'cdi', DeviceIDs: ['nvidia.com/gpu=all'] }],
        Devices: [{ PathOnHost: '/dev/null', PathInContainer: '/dev/null', CgroupPermissions: 'rwm' }],
      },
    ],
    [
      'blkio_config: { weight_device: [{ path: /dev/sda, weight: 400 }], device_read_bps: [{ path: /dev/sda, rate: 12mb }], device_write_iops: [{ path: /dev/sda, rate: 30 }] }',
      {
        BlkioWeightDevice: [{ Path: '/dev/sda', Weight: 400 }],
        BlkioDeviceReadBps: [{ Path: '/dev/sda', Rate: 12 * 1024 * 1024 }],
        BlkioDeviceWriteIOps: [{ Path: '/dev/sda', Rate: 30 }],
      },
    ],
    ['mem_swappiness: 60', { MemorySwappiness: 60 }],
    ['memswap_limit: -1', { MemorySwap: -1 }],
    ['cpu_count: 2, cpu_percent: 50', { CpuCount: 2, CpuPercent: 50 }],
    ['cpu_rt_period: 1000, cpu_rt_runtime: 500', { CpuRealtimePeriod: 1000, CpuRealtimeRuntime: 500 }],
    ['cpus: 1, deploy: { resources: { limits: { cpus: "1" } } }', { NanoCpus: 1e9 }],
    ['isolation: hyperv', { Isolation: 'hyperv' }],
  ])('%s', (service, expected) => {
    expect(hostConfig(service)).toMatchObject(expected);
  });

  it('leaves out what the file does not say', () => {
    const keys = Object.keys(hostConfig('init: true')).toSorted();
    expect(keys).toEqual(['ExtraHosts', 'Init', 'NetworkMode', 'PortBindings']);
  });
});

describe('an engine before API 1.44', () => {
  const old = {
    capabilities: { ...capabilities, startInterval: false, networksAtCreate: false, endpointMac: false },
  };
  const desired = desiredOf(
    project(
      'networks: { one: {}, two: { priority: 3, aliases: [b] }, three: {} }, healthcheck: { test: [CMD, x], start_interval: 1s }',
      'networks: { one: {}, two: {}, three: {} }\n',
    ),
  );

  it('gets the first network at create and the others afterwards', () => {
    const body = bodyOf(desired, old);
    expect(body.HostConfig['NetworkMode']).toBe('p_two');
    expect(Object.keys(body.NetworkingConfig.EndpointsConfig)).toEqual(['p_two']);
    expect(body.NetworkingConfig.EndpointsConfig['p_two']?.Aliases).toEqual(['p-a-1', 'a', 'b']);
    const later = laterNetworks(desired, desired.services['a']!, { ...INPUT, ...old });
    expect(later.map((n) => [n.name, n.settings.Aliases])).toEqual([
      ['p_one', ['p-a-1', 'a']],
      ['p_three', ['p-a-1', 'a']],
    ]);
  });

  it('gets the container’s one hardware address', () => {
    const one = desiredOf(project('mac_address: "02:00:00:00:00:01"'));
    expect(bodyOf(one, old)['MacAddress']).toBe('02:00:00:00:00:01');
    expect(bodyOf(one)).not.toHaveProperty('MacAddress');
  });

  it('gets no start_interval', () => {
    expect(bodyOf(desired, old)['Healthcheck']).toEqual({ Test: ['CMD', 'x'] });
    expect(bodyOf(desired)['Healthcheck']).toEqual({ Test: ['CMD', 'x'], StartInterval: 1e9 });
  });

  it('while a newer one gets all networks at once', () => {
    expect(Object.keys(bodyOf(desired).NetworkingConfig.EndpointsConfig)).toEqual([
      'p_two',
      'p_one',
      'p_three',
    ]);
    expect(laterNetworks(desired, desired.services['a']!, INPUT)).toEqual([]);
  });
});

describe('labels', () => {
  const labelsOf = (yaml: string, options: DesiredOptions = {}, input: Partial<ConvertInput> = {}) =>
    bodyOf(desiredOf(yaml, options), input).Labels;

  it('are the CLI’s, the file’s and ours', () => {
    const labels = labelsOf(
      project(
        'labels: { own: x }, depends_on: { b: { condition: service_healthy, restart: true } }',
        '  b: { image: "app:1" }\n',
      ),
    );
    const { [LABEL.hash]: hash, ...rest } = labels;
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(rest).toEqual({
      own: 'x',
      [LABEL.project]: 'p',
      [LABEL.service]: 'a',
      [LABEL.version]: COMPOSE_VERSION,
      [LABEL.oneoff]: 'False',
      [LABEL.number]: '1',
      [LABEL.image]: 'sha256:abc',
      [LABEL.dependsOn]: 'b:service_healthy:true',
      [LABEL.workingDir]: '/p',
      [LABEL.configFiles]: '/p/compose.yaml',
      [LABEL.content]: '',
      [LABEL.secrets]: '',
    });
  });

  it('cannot be taken over by the file', () => {
    expect(
      labelsOf(project('labels: { com.docker.compose.oneoff: "True", letta-stack.content: x }')),
    ).toMatchObject({
      [LABEL.oneoff]: 'False',
      [LABEL.content]: '',
    });
  });

  it('name the env files, the replaced container and the number', () => {
    const labels = labelsOf(
      project(''),
      { source: { envFiles: ['/p/a.env', '/p/b.env'] } },
      { number: 3, replaces: 'a-3' },
    );
    expect(labels).toMatchObject({
      [LABEL.environmentFile]: '/p/a.env,/p/b.env',
      [LABEL.replace]: 'a-3',
      [LABEL.number]: '3',
    });
  });

  it('tell another content of a config file, another mode and another target apart', () => {
    const digest = (content: string, reference: string): string | undefined =>
      labelsOf(project(`configs: [${reference}]`, `configs: { c: { content: "${content}" } }\n`))[
        LABEL.content
      ];
    const all = [
      digest('one', 'c'),
      digest('two', 'c'),
      digest('one', '{ source: c, target: /other }'),
      digest('one', '{ source: c, mode: 0400 }'),
      digest('one', '{ source: c, uid: "5" }'),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(digest('one', 'c')).toBe(all[0]);
  });
});

describe('links', () => {
  it('name the linked containers in the CLI’s three ways', () => {
    const desired = desiredOf(
      project('links: ["b:data"], external_links: [far, "other:near"]', '  b: { image: "app:1" }\n'),
    );
    const body = bodyOf(desired, { number: 2, linked: new Map([['b', ['p-b-1', 'p-b-2']]]) });
    const expected = [
      'p-b-1:data',
      'p-b-1:b-2',
      'p-b-1:p-b-2',
      'p-b-2:data',
      'p-b-2:b-2',
      'p-b-2:p-b-2',
      'far:far',
      'other:near',
    ];
    expect(body.HostConfig['Links']).toEqual(expected);
    expect(body.NetworkingConfig.EndpointsConfig['p_default']?.Links).toEqual(expected);
  });
});

describe('mounts of the container that is replaced', () => {
  const mount = (Destination: string, Name: string, more: Partial<MountPoint> = {}): MountPoint => ({
    Type: 'volume',
    Name,
    Source: `/var/${Name}`,
    Destination,
    RW: true,
    ...more,
  });
  const desired = desiredOf(
    project('volumes: ["named:/named", "/scratch", "/other"]', 'volumes: { named: {} }\n'),
  );
  const mounts = (inherit: readonly MountPoint[], imageVolumes: readonly string[]): unknown =>
    mountsOf(desired.project, desired.services['a']!, inherit, imageVolumes);
  const NAMED = 'p_named:/named:rw';
  const anonymous = (Target: string) =>
    expect.objectContaining({ Type: 'volume', Source: undefined, Target });
  const kept = (Source: string, Target: string, ReadOnly = false) => ({
    Type: 'volume',
    Source,
    Target,
    ReadOnly,
  });

  it.each<[what: string, inherit: MountPoint[], imageVolumes: string[], expected: unknown[]]>([
    ['nothing to go on with', [], [], [anonymous('/scratch'), anonymous('/other')]],
    [
      'an anonymous volume of the file',
      [mount('/scratch', 'x1')],
      [],
      [kept('x1', '/scratch'), anonymous('/other')],
    ],
    [
      'an anonymous volume of the image',
      [mount('/data', 'x2')],
      ['/data'],
      [kept('x2', '/data'), anonymous('/scratch'), anonymous('/other')],
    ],
    [
      'a volume that neither has any more',
      [mount('/gone', 'x3')],
      [],
      [anonymous('/scratch'), anonymous('/other')],
    ],
    [
      'a named volume that the file gives itself',
      [mount('/named', 'p_named')],
      ['/named'],
      [anonymous('/scratch'), anonymous('/other')],
    ],
    ['a tmpfs', [mount('/scratch', '', { Type: 'tmpfs' })], [], [anonymous('/scratch'), anonymous('/other')]],
    [
      'one that was read-only',
      [mount('/scratch', 'x4', { RW: false })],
      [],
      [kept('x4', '/scratch', true), anonymous('/other')],
    ],
  ])('%s', (_what, inherit, imageVolumes, expected) => {
    expect(mounts(inherit, imageVolumes)).toEqual({ Binds: [NAMED], Mounts: expected });
  });
});

describe('files of secrets and configs', () => {
  const yaml = project(
    'secrets: [s, { source: f, target: named }, { source: s, target: /abs, mode: 0400, uid: "7", gid: "8" }], configs: [c, { source: c, target: sub/c }, d]',
    'secrets: { s: { environment: X }, f: { file: ./s.txt } }\nconfigs: { c: { content: x }, d: { file: ./s.txt } }\n',
  );
  const filesOf = (text: string): [string[], string[]] => {
    const { project: p, services } = desiredOf(text, { files: { '/p/s.txt': 'x' } });
    const put = injectedFiles(p, services['a']!).map(
      (f) => `${f.origin.kind} ${f.target} ${f.mode.toString(8)} ${f.uid}:${f.gid}`,
    );
    return [put, boundFiles(p, services['a']!).map((f) => `${f.source} ${f.target}`)];
  };

  it('are put in, and only a secret’s own file is mounted', () => {
    expect(filesOf(yaml)).toEqual([
      [
        'secrets /run/secrets/s 444 0:0',
        'secrets /abs 400 7:8',
        'configs /c 444 0:0',
        'configs /sub/c 444 0:0',
        'configs /d 444 0:0',
      ],
      ['/p/s.txt /run/secrets/named'],
    ]);
  });

  it('of a read-only container are mounted where they are files', () => {
    const readOnly = project('read_only: true, configs: [d]', 'configs: { d: { file: ./s.txt } }\n');
    expect(filesOf(readOnly)).toEqual([[], ['/p/s.txt /d']]);
  });
});
