import type { GpuCard, GpuFacts, OfferStep, VllmOffer } from '../gpu-shape.ts';
import { configureSteps, toolkitSteps } from './distributions.ts';
import { gib } from './fit-words.ts';

/** vLLM's images are built for cards from Turing on (docs.vllm.ai, "GPU", "Requirements"). */
export const OLDEST_CAPABILITY = 7.5;
/** The CUDA of its images since 0.20: their runtime refuses an older driver (`unsatisfied condition: cuda>=13.0`). */
export const OLDEST_CUDA = '13.0';
/** The first driver that has it (CUDA release notes, "CUDA Driver"). */
const OLDEST_DRIVER = '580';

/** What of the engine decides; as it tells of itself. */
export interface OfferEngine {
  /** of containers: `linux`, `windows` */
  readonly os: string;
  /** `x86_64`, `aarch64` */
  readonly arch: string;
  readonly product: string;
  /** its address is of this machine; it may still be in a virtual one */
  readonly isHere: boolean;
  readonly isRootless: boolean;
  /** of its kernel: `6.6.87.2-microsoft-standard-WSL2` */
  readonly kernel: string;
  readonly runtimes: readonly string[];
  /** `nvidia.com/gpu=all`; absent where the engine is too old to say (API 1.50) */
  readonly cdiDevices?: readonly string[] | undefined;
}

export interface OfferInput {
  readonly facts: GpuFacts;
  /** absent: none answers, and `noEngine` says why */
  readonly engine?: OfferEngine | undefined;
  readonly noEngine?: string | undefined;
  /** bytes, where both are known */
  readonly disk?: { readonly free: number; readonly needed: number } | undefined;
  /** what came of a container that was started with the card: the last word */
  readonly probe?:
    | { readonly ok: true }
    | { readonly ok: false; readonly message: string; readonly next: string }
    | undefined;
}

const HOST_PROGRAM =
  'Ollama or LM Studio, installed on this computer, run models without a container; a profile finds them by its address setting (ollama-url).';

/**
 * Whether vLLM will run, why, and what would make it. Pure.
 *
 * An engine does not tell whether it can hand out a card: it looks for NVIDIA's hook when a container starts. So without
 * a probe the answer is `likely` at best.
 */
export function offerOf(input: OfferInput): VllmOffer {
  const { facts, engine, probe, disk } = input;
  if (probe && !probe.ok) return not(facts, probe.message, [{ say: probe.next }]);
  if (!engine) return not(facts, `No container engine answers: ${input.noEngine ?? 'none was found.'}`, []);
  if (probe) return roomOn(disk, facts) ?? works(facts);
  return (
    engineRefusal(engine, facts) ??
    (engine.isHere ? (cardRefusal(facts) ?? toolkitRefusal(engine, facts)) : remoteRefusal(engine)) ??
    roomOn(disk, facts) ??
    likely(engine, facts)
  );
}

const works = (facts: GpuFacts): VllmOffer => ({
  verdict: 'works',
  why: `A container was started with ${cardNames(facts)}.`,
  steps: [],
});

function likely(engine: OfferEngine, facts: GpuFacts): VllmOffer {
  const sign = signOf(engine, facts);
  const card = engine.isHere
    ? `${cardNames(facts)} with driver ${facts.driver ?? 'of an unknown version'}${facts.cuda === undefined ? '' : ` (CUDA ${facts.cuda})`} is here`
    : 'The engine is on another machine, whose cards cannot be seen from here';
  return {
    verdict: 'likely',
    why: `${card}, and ${sign}. Whether a container gets the card shows when one is started with it.`,
    steps: [],
  };
}

/** What speaks for it that the engine can hand out a card. */
function signOf(engine: OfferEngine, facts: GpuFacts): string | undefined {
  if (engine.runtimes.includes('nvidia')) return 'the engine has NVIDIA’s runtime';
  if (engine.cdiDevices?.some((d) => d.startsWith('nvidia.com/gpu')))
    return 'the engine knows it as a CDI device';
  if (!engine.isHere) return undefined;
  if (engine.product === 'docker-desktop') return 'Docker Desktop hands it out through WSL 2';
  return facts.toolkit ? 'NVIDIA’s container toolkit is installed' : undefined;
}

function not(facts: GpuFacts, why: string, steps: readonly OfferStep[]): VllmOffer {
  // vLLM’s way out is a program on the computer itself, where that has a card at all
  const instead = facts.cards.length > 0 ? { instead: insteadOn(facts) } : {};
  return { verdict: 'not', why, steps: [...steps], ...instead };
}

function insteadOn({ cards }: GpuFacts): string {
  if (cards.some((c) => c.vendor === 'apple'))
    return `${HOST_PROGRAM} Both use the Mac’s own graphics (Metal).`;
  if (cards.some((c) => c.vendor === 'amd')) return `${HOST_PROGRAM} Both use AMD cards (ROCm or Vulkan).`;
  if (cards.every((c) => c.vendor === 'intel'))
    return `${HOST_PROGRAM} LM Studio uses Intel graphics (Vulkan).`;
  return HOST_PROGRAM;
}

function engineRefusal(engine: OfferEngine, facts: GpuFacts): VllmOffer | undefined {
  if (engine.os !== 'linux') {
    return not(facts, 'The engine runs Windows containers, and vLLM is a Linux one.', [
      { say: 'Docker Desktop’s menu in the notification area: Switch to Linux containers.' },
    ]);
  }
  if (!engine.isHere) return undefined;
  if (facts.system === 'macos') {
    return not(
      facts,
      'Containers on a Mac run in a virtual machine that does not get its graphics, and vLLM’s image needs an NVIDIA card.',
      [],
    );
  }
  if (facts.system === 'wsl1') {
    return not(facts, 'This Linux runs in the first version of WSL, which has no graphics cards.', [
      { say: 'Make it one of WSL 2, in PowerShell.', command: 'wsl --set-version NAME 2' },
    ]);
  }
  const isVirtual = ['docker-desktop', 'colima', 'orbstack', 'rancher-desktop'].includes(engine.product);
  if (facts.system === 'linux' && isVirtual) {
    return not(
      facts,
      `${productName(engine.product)} on Linux runs containers in a virtual machine that does not get the card.`,
      [
        { say: 'Install Docker Engine beside it (https://docs.docker.com/engine/install/), and choose it.' },
        { say: 'Its context is called default.', command: 'docker context use default' },
      ],
    );
  }
  if (engine.product === 'docker-desktop' && !/WSL2/i.test(engine.kernel)) {
    return not(facts, 'Docker Desktop runs on Hyper-V here, which hands out no graphics cards.', [
      { say: 'Docker Desktop, Settings, General: Use the WSL 2 based engine; then Apply & restart.' },
    ]);
  }
  return undefined;
}

const productName = (product: string): string =>
  ({ 'docker-desktop': 'Docker Desktop', colima: 'Colima', orbstack: 'OrbStack' })[product] ??
  'Rancher Desktop';

/** What of this machine's cards speaks against it. */
function cardRefusal(facts: GpuFacts): VllmOffer | undefined {
  const { cards, problem, driver, cuda, system } = facts;
  const nvidia = cards.filter((card) => card.vendor === 'nvidia');
  if (problem) return not(facts, problem.message, [{ say: problem.next }]);
  if (nvidia.length === 0) {
    const others = cards.map((c) => c.name).join(' and ');
    const found = others === '' ? 'no graphics card was found here' : `this computer has ${others}`;
    return not(facts, `vLLM’s image needs an NVIDIA card; ${found}.`, []);
  }
  const able = nvidia.filter((c) => Number(c.computeCapability ?? OLDEST_CAPABILITY) >= OLDEST_CAPABILITY);
  if (able.length === 0) {
    const [card] = nvidia;
    return not(
      facts,
      `${card?.name} is too old for vLLM: it has compute capability ${card?.computeCapability}, and ${OLDEST_CAPABILITY} is needed (RTX 20, GTX 16, T4 and newer).`,
      [],
    );
  }
  if (able.every((c) => c.mig?.length === 0)) {
    return not(facts, 'MIG is on and the card is not divided yet: there is no part that could be used.', [
      {
        say: 'Divide it (the names of the parts are listed by -lgip) …',
        command: 'sudo nvidia-smi mig -cgi 0 -C',
      },
      { say: '… or switch MIG off.', command: 'sudo nvidia-smi -mig 0' },
    ]);
  }
  if (cuda !== undefined && isOlder(cuda, OLDEST_CUDA)) {
    const where = system === 'wsl2' || system === 'windows' ? ' on Windows' : '';
    return not(
      facts,
      `The NVIDIA driver ${driver ?? ''} knows CUDA ${cuda}, and vLLM’s image needs ${OLDEST_CUDA}.`,
      [{ say: `Update the driver${where} to ${OLDEST_DRIVER} or newer, then restart the computer.` }],
    );
  }
  return undefined;
}

function isOlder(a: string, b: string): boolean {
  const [[aMajor = 0, aMinor = 0], [bMajor = 0, bMinor = 0]] = [a, b].map((v) =>
    v.split('.').map(Number),
  ) as [number[], number[]];
  return aMajor < bMajor || (aMajor === bMajor && aMinor < bMinor);
}

function toolkitRefusal(engine: OfferEngine, facts: GpuFacts): VllmOffer | undefined {
  if (signOf(engine, facts) !== undefined) return undefined;
  return not(
    facts,
    `${cardNames(facts)} is here, but nothing that lets containers use it: NVIDIA’s container toolkit is missing.`,
    toolkitSteps(facts.distribution, engine.isRootless),
  );
}

function remoteRefusal(engine: OfferEngine): VllmOffer | undefined {
  if (engine.runtimes.includes('nvidia') || engine.cdiDevices?.some((d) => d.startsWith('nvidia.com/gpu')))
    return undefined;
  return {
    verdict: 'not',
    why: 'The engine is on another machine and says nothing of an NVIDIA card; those of this computer are of no use to it.',
    steps: [
      { say: 'If that machine has a card, install its driver and NVIDIA’s container toolkit there, then:' },
      ...configureSteps(engine.isRootless),
    ],
  };
}

function roomOn(disk: OfferInput['disk'], facts: GpuFacts): VllmOffer | undefined {
  if (!disk || disk.free >= disk.needed) return undefined;
  return not(
    facts,
    `vLLM needs about ${gib(disk.needed)} on the engine’s disk, and ${gib(disk.free)} are free.`,
    [{ say: 'Remove images that nothing uses.', command: 'docker image prune' }],
  );
}

/** `NVIDIA GeForce RTX 4090`, `2 × NVIDIA L4` */
export function cardNames({ cards }: GpuFacts): string {
  const names = Map.groupBy(
    cards.filter((c: GpuCard) => c.vendor === 'nvidia'),
    (c) => c.name,
  );
  const said = [...names].map(([name, same]) => (same.length > 1 ? `${same.length} × ${name}` : name));
  return said.join(' and ') || 'the card';
}
