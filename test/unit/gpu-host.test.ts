import { describe, expect, test } from 'vitest';
import { hostFacts, systemOf, type HostSources, type Ran } from '../../main/gpu/host.ts';
import {
  cardsOf,
  cudaOf,
  FIELDS,
  isFieldUnknown,
  listedMigs,
  migMemory,
  moduleVersion,
  NEWER_FIELDS,
} from '../../main/gpu/nvidia-smi.ts';
import * as outputs from './gpu-outputs.ts';

const MIB = 1024 ** 2;
const ALL = [...FIELDS, ...NEWER_FIELDS];
const ran = (stdout: string, code = 0, stderr = ''): Ran => ({ code, stdout, stderr });

const machine = (given: Partial<HostSources> = {}): HostSources => ({
  platform: 'linux',
  release: '6.1.0-44-amd64',
  memory: { total: 32_000 * MIB, free: 20_000 * MIB },
  pci: [],
  adapters: [],
  ...given,
});
const NVIDIA_ON_BUS = [
  { vendor: '0x8086', class: '0x060000' },
  { vendor: '0x10de', class: '0x030000' },
  { vendor: '0x10de', class: '0x040300' },
];

describe('a driver that answers', () => {
  test('one card, with CUDA and memory', () => {
    const { query, table } = outputs.GEFORCE_550;
    const facts = hostFacts(machine({ smi: { fields: ALL, query: ran(query), table }, toolkit: true }));
    expect(facts).toEqual({
      system: 'linux',
      distribution: [],
      cards: [
        {
          vendor: 'nvidia',
          name: 'NVIDIA GeForce RTX 4070',
          index: 0,
          uuid: 'GPU-e18afb8d-1627-f8ff-2ba3-c05c5a8e9e67',
          memory: { total: 12_282 * MIB, free: 11_582 * MIB },
          computeCapability: '8.9',
        },
      ],
      driver: '550.40.07',
      cuda: '12.4',
      toolkit: true,
    });
  });

  test('an old one, which does not know every field', () => {
    const { query, list, table } = outputs.GEFORCE_440;
    const facts = hostFacts(machine({ smi: { fields: FIELDS, query: ran(query), list, table } }));
    expect(facts.cards).toMatchObject([{ name: 'GeForce RTX 2080', memory: { total: 7979 * MIB } }]);
    expect(facts.cards[0]).not.toHaveProperty('computeCapability');
    expect(facts).toMatchObject({ driver: '440.64', cuda: '10.2' });
  });

  test('several cards, of driver 610', () => {
    const { query, table } = outputs.B200_610;
    const facts = hostFacts(machine({ smi: { fields: ALL, query: ran(query), table } }));
    expect(facts.cards.map((c) => [c.index, c.name, c.mig])).toEqual([
      [0, 'NVIDIA B200', undefined],
      [1, 'NVIDIA B200', undefined],
    ]);
    expect(facts.cuda).toBe('13.3');
  });

  test('on Windows', () => {
    const { query, table } = outputs.WINDOWS_517;
    const facts = hostFacts(
      machine({
        platform: 'win32',
        release: '10.0.22631',
        adapters: ['NVIDIA GeForce GTX 1080 Ti', 'AMD Radeon(TM) Graphics'],
        smi: { fields: ALL, query: ran(query), table },
      }),
    );
    expect(facts.system).toBe('windows');
    expect(facts.cards.map((c) => [c.vendor, c.name])).toEqual([
      ['nvidia', 'NVIDIA GeForce GTX 1080 Ti'],
      ['nvidia', 'NVIDIA GeForce GTX 1080 Ti'],
      ['amd', 'AMD Radeon(TM) Graphics'],
    ]);
  });

  test('a card whose memory is the machine’s', () => {
    const { query, table } = outputs.GB10_580;
    const facts = hostFacts(machine({ smi: { fields: ALL, query: ran(query), table } }));
    expect(facts.cards).toMatchObject([
      { name: 'NVIDIA GB10', isUnified: true, memory: { total: 32_000 * MIB, free: 20_000 * MIB } },
    ]);
  });

  test('a card that only does not say its memory is not taken for one of those', () => {
    const row = '0, GPU-1, NVIDIA A10, 550.1, [N/A], [N/A], 8.6, [N/A]\n';
    const [card] = hostFacts(machine({ smi: { fields: ALL, query: ran(row) } })).cards;
    expect(card).toEqual({
      vendor: 'nvidia',
      name: 'NVIDIA A10',
      index: 0,
      uuid: 'GPU-1',
      computeCapability: '8.6',
    });
  });

  test('MIG: the parts with their memory', () => {
    const { query, list, table } = outputs.A100_MIG;
    const facts = hostFacts(machine({ smi: { fields: ALL, query: ran(query), list, table } }));
    const part = { profile: '3g.20gb', memory: { total: 20_096 * MIB, free: 20_085 * MIB } };
    expect(facts.cards[0]?.mig).toEqual([
      { uuid: 'MIG-c7384736-a75d-5afc-978f-d2f1294409fd', ...part },
      { uuid: 'MIG-a28ad590-3fda-56dd-84fc-0a0b96edc58d', ...part },
    ]);
  });

  test('MIG is on, and nothing is divided', () => {
    const query = ran(outputs.A100_MIG.query);
    expect(hostFacts(machine({ smi: { fields: ALL, query, list: '', table: '' } })).cards[0]?.mig).toEqual(
      [],
    );
  });
});

describe('a driver that does not', () => {
  const { FAILURES } = outputs;
  test.each([
    [FAILURES.mismatch, 'gpu.driver-mismatch'],
    [FAILURES.silent, 'gpu.driver-silent'],
    [FAILURES.notLoaded, 'gpu.driver-silent'],
    [FAILURES.none, 'gpu.no-devices'],
    [FAILURES.notAllowed, 'gpu.not-allowed'],
    [FAILURES.blocked, 'gpu.not-allowed'],
    [FAILURES.offBus, 'gpu.lost'],
    [FAILURES.unknown, 'gpu.failed'],
    [{ code: 0, stdout: 'No devices were found\n' }, 'gpu.no-devices'],
    [{ code: null, stdout: '' }, 'gpu.failed'],
  ])('%j is %s', ({ code, stdout }, expected) => {
    const { problem, cards } = hostFacts(
      machine({ smi: { fields: ALL, query: { code, stdout, stderr: '' } }, pci: NVIDIA_ON_BUS }),
    );
    expect(problem?.code).toBe(expected);
    expect(problem?.message).toContain(stdout.split('\n')[0]);
    expect(problem?.next).not.toBe('');
    expect(cards).toEqual([]);
  });

  test('a mismatch names the module that is loaded', () => {
    const facts = hostFacts(
      machine({
        smi: { fields: ALL, query: ran(FAILURES.mismatch.stdout, 18) },
        module: outputs.MODULES.open,
      }),
    );
    expect(facts.problem?.message).toContain('(565.57.01)');
    expect(facts.driver).toBe('565.57.01');
  });

  test('it hangs', () => {
    const facts = hostFacts(machine({ smi: { timedOut: { program: 'nvidia-smi', seconds: 10 } } }));
    expect(facts.problem?.message).toBe('nvidia-smi did not answer within 10 s.');
  });

  test('the module is loaded, its program is missing', () => {
    const facts = hostFacts(machine({ module: outputs.MODULES.closed }));
    expect(facts.problem).toMatchObject({ code: 'gpu.no-nvidia-smi', data: { module: '535.183.01' } });
  });

  test.each([
    ['ID=ubuntu\nID_LIKE=debian\n', 'sudo ubuntu-drivers install'],
    ['ID=debian\n', 'sudo apt-get install nvidia-driver firmware-misc-nonfree'],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'sudo dnf module install nvidia-driver:open-dkms'],
    ['ID=endeavouros\nID_LIKE=arch\n', 'sudo pacman -S nvidia-open nvidia-utils'],
    ['ID=void\n', 'driver-installation-guide'],
    ['', 'driver-installation-guide'],
  ])('a card without a driver, on %j', (osRelease, said) => {
    const { problem } = hostFacts(machine({ osRelease, pci: NVIDIA_ON_BUS }));
    expect(problem?.code).toBe('gpu.no-driver');
    expect(problem?.next).toContain(said);
  });
});

describe('no card of NVIDIA', () => {
  test.each<[Partial<HostSources>, unknown[]]>([
    [{}, []],
    [{ pci: [{ vendor: '0x1002', class: '0x030000' }] }, [{ vendor: 'amd', name: 'AMD graphics' }]],
    [{ pci: [{ vendor: '0x8086', class: '0x030000' }] }, [{ vendor: 'intel', name: 'Intel graphics' }]],
    // an audio device of AMD's, and a virtual machine's display
    [
      {
        pci: [
          { vendor: '0x1002', class: '0x040300' },
          { vendor: '0x1234', class: '0x030000' },
        ],
      },
      [],
    ],
    [{ platform: 'darwin', chip: 'Apple M3 Max' }, [{ vendor: 'apple', name: 'Apple M3 Max' }]],
    [
      { platform: 'darwin', chip: 'Intel(R) Core(TM) i9-9880H' },
      [{ vendor: 'intel', name: 'the graphics of an Intel Mac' }],
    ],
    [
      { platform: 'win32', adapters: ['Intel(R) Iris(R) Xe Graphics', 'Microsoft Basic Display Adapter'] },
      [{ vendor: 'intel', name: 'Intel(R) Iris(R) Xe Graphics' }],
    ],
  ])('%j', (given, cards) => {
    const facts = hostFacts(machine(given));
    expect(facts.cards).toEqual(cards);
    expect(facts.problem).toBeUndefined();
  });
});

test.each([
  ['linux', '6.1.0-44-amd64', 'linux'],
  ['linux', '5.15.153.1-microsoft-standard-WSL2', 'wsl2'],
  ['linux', '4.19.104-microsoft-standard', 'wsl2'],
  ['linux', '4.4.0-19041-Microsoft', 'wsl1'],
  ['win32', '10.0.22631', 'windows'],
  ['darwin', '24.6.0', 'macos'],
  ['freebsd', '14.1', 'other'],
] as const)('%s with kernel %s is %s', (platform, release, system) => {
  expect(systemOf(platform, release)).toBe(system);
});

test('versions of the kernel module', () => {
  const { closed, open, arch, twoParts } = outputs.MODULES;
  expect([closed, open, arch, twoParts, ''].map(moduleVersion)).toEqual([
    '535.183.01',
    '565.57.01',
    '525.60.11',
    '555.58',
    undefined,
  ]);
});

test('lists and tables of MIG', () => {
  expect(listedMigs(outputs.MIG_LISTS.before470)).toEqual([
    { gpu: 0, device: 0, uuid: 'MIG-GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77/1/0', profile: '3g.20gb' },
  ]);
  expect(listedMigs(outputs.MIG_LISTS.h100).map((m) => [m.gpu, m.device, m.profile])).toEqual([
    [0, 0, '1c.3g.40gb'],
    [0, 3, '1g.10gb'],
  ]);
  expect(migMemory(outputs.WIDE_MIG_TABLE)).toEqual([
    { gpu: 0, device: 0, total: 47_488 * MIB, free: 47_450 * MIB },
    { gpu: 0, device: 2, total: 11_008 * MIB, free: 10_995 * MIB },
  ]);
});

test('what is no value is none', () => {
  const { cards, driver } = cardsOf(
    ALL,
    [
      'WARNING: infoROM is corrupted at gpu 0000:01:00.0',
      '0, [Unknown Error], [GPU is lost], [N/A], [Not Supported], [Insufficient Permissions], , ERR!',
      '0, truncated',
    ].join('\n'),
  );
  expect(cards).toEqual([{ vendor: 'nvidia', name: 'NVIDIA card without a name', index: 0 }]);
  expect(driver).toBeUndefined();
});

test('an unknown field, and a CUDA that is none', () => {
  expect(isFieldUnknown(outputs.FIELD_UNKNOWN)).toBe(true);
  expect(isFieldUnknown(outputs.FAILURES.none.stdout)).toBe(false);
  expect(cudaOf(outputs.WSL_NO_CUDA)).toBeUndefined();
});
