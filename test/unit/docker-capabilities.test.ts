import { expect, test } from 'vitest';
import {
  capabilities,
  compareApi,
  engineInfo,
  productOf,
  type RawInfo,
} from '../../main/docker/capabilities.ts';
import { agreeOnApi } from '../../main/docker/connect.ts';

test.each([
  ['1.44', '1.44', 0],
  ['1.9', '1.44', -1],
  ['1.51', '1.44', 1],
  ['2.0', '1.99', 1],
])('%s against %s', (a, b, sign) => {
  expect(Math.sign(compareApi(a, b))).toBe(sign);
});

test.each([
  ['1.41', []],
  ['1.43', ['annotations']],
  ['1.44', ['annotations', 'endpointMac', 'networksAtCreate', 'startInterval']],
  ['1.45', ['annotations', 'endpointMac', 'networksAtCreate', 'startInterval', 'volumeSubpath']],
  [
    '1.48',
    ['annotations', 'endpointMac', 'gatewayPriority', 'networksAtCreate', 'startInterval', 'volumeSubpath'],
  ],
  [
    '1.51',
    [
      'annotations',
      'endpointMac',
      'gatewayPriority',
      'interfaceName',
      'networksAtCreate',
      'startInterval',
      'volumeSubpath',
    ],
  ],
])('what API %s can do', (api, can) => {
  const { hostPaths: _paths, ...all } = capabilities(api, { url: 'unix:///x' });
  const able = Object.entries(all).flatMap(([name, is]) => (is ? [name] : []));
  expect(able.toSorted()).toEqual(can);
});

test.each([
  ['unix:///x', true],
  ['npipe:////./pipe/x', true],
  ['tcp://127.0.0.1:2375', false],
  ['ssh://me@host', false],
])('paths of ours make sense at %s: %s', (url, expected) => {
  expect(capabilities('1.51', { url }).hostPaths).toBe(expected);
});

test.each([
  ['vm', 'Debian GNU/Linux 12 (bookworm)', [], 'docker'],
  ['docker-desktop', 'Docker Desktop', [], 'docker-desktop'],
  ['orbstack', 'OrbStack', [], 'orbstack'],
  ['colima', 'Ubuntu 24.04 LTS', [], 'colima'],
  ['colima-work', 'Ubuntu 24.04 LTS', [], 'colima'],
  ['lima-rancher-desktop', 'Alpine Linux v3.20', [], 'rancher-desktop'],
  ['pc', 'Rancher Desktop WSL Distribution', [], 'rancher-desktop'],
  ['vm', 'fedora', [{ Name: 'Podman Engine' }], 'podman'],
])('%s, %s is %s', (Name, OperatingSystem, Components, product) => {
  expect(productOf({ Name, OperatingSystem }, { Components })).toBe(product);
});

test.each([
  ['1.41', '1.12', '1.41'],
  ['1.51', '1.24', '1.51'],
  ['1.60', '1.44', '1.51'],
])('an engine of %s (from %s) is spoken to in %s', (ApiVersion, MinAPIVersion, agreed) => {
  expect(agreeOnApi({ ApiVersion, MinAPIVersion })).toBe(agreed);
});
test.each([
  ['1.40', '1.12', 'engine.api-too-old'],
  ['1.80', '1.60', 'engine.api-too-new'],
])('an engine of %s (from %s) is refused', (ApiVersion, MinAPIVersion, code) => {
  expect(() => agreeOnApi({ ApiVersion, MinAPIVersion })).toThrow(
    expect.objectContaining({ errors: [expect.objectContaining({ code })] }),
  );
});

/** What an engine tells of its machine, as far as it is there in every version. */
const RAW: RawInfo = {
  ID: 'id',
  Name: 'box',
  OperatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  OSType: 'linux',
  Architecture: 'x86_64',
  NCPU: 2,
  MemTotal: 8e9,
  DockerRootDir: '/var/lib/docker',
  Driver: 'overlay2',
  SystemTime: '2026-01-31T12:00:00.123456789Z',
};
test.each<[string, Partial<RawInfo>, object]>([
  ['1.41', {}, { kernel: '', isRootless: false, runtimes: [] }],
  [
    '1.51',
    {
      KernelVersion: '6.6.87.2-microsoft-standard-WSL2',
      SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless'],
      Runtimes: { runc: {}, nvidia: {} },
      DiscoveredDevices: [
        { Source: 'cdi', ID: 'nvidia.com/gpu=all' },
        { Source: 'other', ID: 'x' },
      ],
    },
    {
      kernel: '6.6.87.2-microsoft-standard-WSL2',
      isRootless: true,
      runtimes: ['runc', 'nvidia'],
      cdiDevices: ['nvidia.com/gpu=all'],
    },
  ],
  [
    '1.50',
    { Runtimes: null, SecurityOptions: null, DiscoveredDevices: null },
    { runtimes: [], cdiDevices: [] },
  ],
])('what an engine of API %s tells of cards', (api, given, expected) => {
  const info = engineInfo({ ...RAW, ...given }, { Version: '1', ApiVersion: api }, api);
  expect(info).toMatchObject(expected);
  expect('cdiDevices' in info).toBe('cdiDevices' in expected);
});
