import { describe, expect, test } from 'vitest';
import type { GpuCard, GpuFacts } from '../../main/contract.ts';
import { offerOf, type OfferEngine, type OfferInput } from '../../main/gpu/offer.ts';
import { GPU_FACTS } from '../fixtures/gpu-facts.ts';

const GIB = 1024 ** 3;

const engine = (given: Partial<OfferEngine> = {}): OfferEngine => ({
  os: 'linux',
  arch: 'x86_64',
  product: 'docker',
  isHere: true,
  isRootless: false,
  kernel: '6.1.0-44-amd64',
  runtimes: ['io.containerd.runc.v2', 'runc'],
  cdiDevices: [],
  ...given,
});
const [CARD] = GPU_FACTS.cards as [GpuCard];
const facts = (given: Partial<GpuFacts> = {}): GpuFacts => ({ ...GPU_FACTS, ...given });
const offer = (given: Partial<OfferInput> = {}) => offerOf({ facts: facts(), engine: engine(), ...given });

const PROBLEM = { code: 'gpu.driver-silent', data: {}, message: 'The driver sleeps.', next: 'Restart.' };
const WSL_KERNEL = '6.6.87.2-microsoft-standard-WSL2';

describe('likely', () => {
  test.each<[string, Partial<OfferInput>, RegExp]>([
    ['the toolkit lies here', {}, /container toolkit is installed/],
    [
      'the engine has the runtime',
      { engine: engine({ runtimes: ['runc', 'nvidia'] }), facts: facts({ toolkit: false }) },
      /the engine has NVIDIA’s runtime/,
    ],
    [
      'the engine found CDI devices',
      { engine: engine({ cdiDevices: ['nvidia.com/gpu=0', 'nvidia.com/gpu=all'] }) },
      /CDI device/,
    ],
    [
      'Docker Desktop on WSL 2',
      {
        engine: engine({ product: 'docker-desktop', kernel: WSL_KERNEL }),
        facts: facts({ system: 'windows', toolkit: undefined }),
      },
      /through WSL 2/,
    ],
    [
      'Docker Engine inside WSL 2',
      { engine: engine({ kernel: WSL_KERNEL }), facts: facts({ system: 'wsl2' }) },
      /toolkit/,
    ],
    [
      'another machine that has the runtime',
      { engine: engine({ isHere: false, runtimes: ['nvidia'] }), facts: facts({ cards: [] }) },
      /on another machine, whose cards cannot be seen from here/,
    ],
    [
      'an old card beside a new one',
      { facts: facts({ cards: [{ ...CARD, name: 'NVIDIA Quadro K2000', computeCapability: '3.0' }, CARD] }) },
      /RTX 4090/,
    ],
    [
      'a card of which the driver does not say what it can',
      { facts: facts({ cards: [{ vendor: 'nvidia', name: 'NVIDIA A10' }] }) },
      /NVIDIA A10/,
    ],
  ])('%s', (_, given, why) => {
    const found = offer(given);
    expect(found).toMatchObject({ verdict: 'likely', steps: [] });
    expect(found.why).toMatch(why);
    expect(found.why).toContain('shows when one is started with it');
  });
});

describe('not', () => {
  test.each<[string, Partial<OfferInput>, RegExp, RegExp]>([
    [
      'no engine',
      { engine: undefined, noEngine: 'The engine sleeps.' },
      /No container engine answers: The engine sleeps/,
      /^$/,
    ],
    [
      'no toolkit',
      { facts: facts({ toolkit: false }) },
      /toolkit is missing/,
      /apt-get install -y nvidia-container-toolkit[\s\S]*nvidia-ctk runtime configure --runtime=docker[\s\S]*systemctl restart docker/,
    ],
    [
      'no toolkit, on Fedora without root',
      { facts: facts({ toolkit: false, distribution: ['fedora'] }), engine: engine({ isRootless: true }) },
      /toolkit is missing/,
      /dnf install[\s\S]*\.config\/docker\/daemon\.json[\s\S]*no-cgroups[\s\S]*systemctl --user restart docker/,
    ],
    [
      'no toolkit, on NixOS',
      { facts: facts({ toolkit: false, distribution: ['nixos'] }) },
      /toolkit is missing/,
      /hardware\.nvidia-container-toolkit\.enable/,
    ],
    [
      'no toolkit, on a distribution that is not known',
      { facts: facts({ toolkit: false, distribution: ['void'] }) },
      /toolkit is missing/,
      /install-guide[\s\S]*nvidia-ctk/,
    ],
    ['a driver that sleeps', { facts: facts({ cards: [], problem: PROBLEM }) }, /driver sleeps/, /Restart/],
    [
      'an AMD card',
      { facts: facts({ cards: [{ vendor: 'amd', name: 'AMD graphics' }] }) },
      /this computer has AMD/,
      /^$/,
    ],
    ['no card', { facts: facts({ cards: [] }) }, /no graphics card was found/, /^$/],
    [
      'a card that is too old',
      {
        facts: facts({
          cards: [{ ...CARD, name: 'NVIDIA GeForce GTX 1080 Ti', computeCapability: '6.1' }],
        }),
      },
      /GTX 1080 Ti is too old for vLLM: it has compute capability 6\.1, and 7\.5 is needed/,
      /^$/,
    ],
    [
      'a driver that is too old',
      { facts: facts({ driver: '550.40.07', cuda: '12.4' }) },
      /550\.40\.07 knows CUDA 12\.4/,
      /to 580 or newer/,
    ],
    [
      'a driver that is too old, in WSL',
      { facts: facts({ system: 'wsl2', cuda: '12.9' }), engine: engine({ kernel: WSL_KERNEL }) },
      /CUDA 12\.9/,
      /driver on Windows/,
    ],
    [
      'MIG without parts',
      { facts: facts({ cards: [{ ...CARD, mig: [] }] }) },
      /not divided yet/,
      /-cgi[\s\S]*-mig 0/,
    ],
    ['Windows containers', { engine: engine({ os: 'windows' }) }, /Windows containers/, /Switch to Linux/],
    [
      'a Mac',
      {
        engine: engine({ product: 'docker-desktop', kernel: '6.10.14-linuxkit' }),
        facts: facts({ system: 'macos', cards: [{ vendor: 'apple', name: 'Apple M3' }] }),
      },
      /Containers on a Mac/,
      /^$/,
    ],
    [
      'Docker Desktop on Linux',
      { engine: engine({ product: 'docker-desktop', kernel: '6.10.14-linuxkit' }) },
      /Docker Desktop on Linux runs containers in a virtual machine/,
      /docker context use default/,
    ],
    [
      'Docker Desktop on Hyper-V',
      {
        engine: engine({ product: 'docker-desktop', kernel: '6.10.14-linuxkit' }),
        facts: facts({ system: 'windows' }),
      },
      /Hyper-V/,
      /WSL 2 based engine/,
    ],
    ['the first WSL', { facts: facts({ system: 'wsl1' }) }, /first version of WSL/, /wsl --set-version/],
    [
      'another machine that says nothing',
      { engine: engine({ isHere: false }) },
      /another machine and says nothing of an NVIDIA card; those of this computer are of no use/,
      /there, then/,
    ],
    [
      'a disk that is too full',
      { disk: { free: 10 * GIB, needed: 30 * GIB } },
      /30\.0 GiB on the engine’s disk, and 10\.0 GiB are free/,
      /image prune/,
    ],
    [
      'a container that did not get it',
      { probe: { ok: false, message: 'could not select device driver', next: 'Install the toolkit.' } },
      /could not select/,
      /Install the toolkit/,
    ],
  ])('%s', (_, given, why, steps) => {
    const found = offer(given);
    expect(found.verdict).toBe('not');
    expect(found.why).toMatch(why);
    expect(found.steps.map((s) => `${s.say} ${s.command ?? ''}`).join('\n')).toMatch(steps);
  });
});

test('a container that got the card is the last word, whatever else is seen', () => {
  const seen = { facts: facts({ toolkit: false }), probe: { ok: true } } as const;
  expect(offer(seen)).toEqual({
    verdict: 'works',
    why: 'A container was started with NVIDIA GeForce RTX 4090.',
    steps: [],
  });
  expect(offer({ ...seen, disk: { free: 0, needed: GIB } }).verdict).toBe('not');
  expect(offer({ ...seen, engine: undefined }).verdict).toBe('not');
});

test('what else runs models is said where there is a card at all', () => {
  const instead = (cards: GpuCard[], system: GpuFacts['system'] = 'linux') =>
    offer({ facts: facts({ cards, system }) }).instead;
  expect(instead([{ vendor: 'amd', name: 'AMD graphics' }])).toMatch(/Ollama or LM Studio.*AMD/);
  expect(instead([{ vendor: 'apple', name: 'Apple M3' }], 'macos')).toMatch(/Metal/);
  expect(instead([{ vendor: 'intel', name: 'Intel graphics' }])).toMatch(/Vulkan/);
  expect(instead([])).toBeUndefined();
  expect(offer().instead).toBeUndefined();
});
