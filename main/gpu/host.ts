import { say, type ErrorCode, type ErrorData } from '../errors.ts';
import type { GpuCard, GpuFacts } from '../gpu-shape.ts';
import { driverCommand } from './distributions.ts';
import { cardsOf, cudaOf, moduleVersion, problemIn, withMigs } from './nvidia-smi.ts';

/** How a program ended. */
export interface Ran {
  /** null: it was killed */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What nvidia-smi answered to each question; `query` lists the fields that it was asked for at last. */
export interface SmiAnswers {
  readonly fields: readonly string[];
  readonly query: Ran;
  /** of `-L` and without arguments; absent where the first question had no answer */
  readonly list?: string;
  readonly table?: string;
}

/** A device on the PCI bus, as `/sys/bus/pci/devices` has it: `0x10de`, `0x030000`. */
export interface PciDevice {
  readonly vendor: string;
  readonly class: string;
}

/** Everything that was read of this machine; nothing in it is understood yet. */
export interface HostSources {
  readonly platform: NodeJS.Platform;
  /** of the kernel: `6.6.87.2-microsoft-standard-WSL2` */
  readonly release: string;
  /** bytes of the machine */
  readonly memory: { readonly total: number; readonly free: number };
  readonly osRelease?: string;
  readonly pci: readonly PciDevice[];
  /** names of graphics adapters, where the system tells them (Windows) */
  readonly adapters: readonly string[];
  /** `Apple M3 Max` */
  readonly chip?: string;
  /** `/proc/driver/nvidia/version` */
  readonly module?: string;
  /** absent: there is no such program */
  readonly smi?: SmiAnswers | { readonly timedOut: { readonly program: string; readonly seconds: number } };
  readonly toolkit?: boolean;
}

/** What the sources say. Pure. */
export function hostFacts(sources: HostSources): GpuFacts {
  const { platform, smi, toolkit } = sources;
  const distribution = distributionOf(sources.osRelease ?? '');
  const told = smi && 'query' in smi ? toldBySmi(smi) : undefined;
  const nvidia = (told?.cards ?? []).map((card) => unified(card, sources.memory));
  const problem = nvidia.length > 0 ? undefined : problemOf(sources, distribution);
  const module = moduleVersion(sources.module ?? '');
  const driver = told?.driver ?? (problem ? module : undefined);
  const cuda = cudaOf((smi && 'query' in smi ? smi.table : undefined) ?? '');
  return {
    system: systemOf(platform, sources.release),
    distribution,
    cards: [...nvidia, ...otherCards(sources)],
    ...(driver !== undefined && { driver }),
    ...(cuda !== undefined && { cuda }),
    ...(toolkit !== undefined && { toolkit }),
    ...(problem && { problem }),
  };
}

function toldBySmi({ fields, query, list = '', table = '' }: SmiAnswers) {
  const { cards, driver } = cardsOf(fields, query.stdout);
  return { cards: withMigs(cards, list, table), driver };
}

export function systemOf(platform: NodeJS.Platform, release: string): GpuFacts['system'] {
  if (platform === 'darwin') return 'macos';
  if (platform === 'win32') return 'windows';
  if (platform !== 'linux') return 'other';
  if (!/microsoft/i.test(release)) return 'linux';
  // the first WSL has no kernel of its own: `4.4.0-19041-Microsoft`
  return /WSL2/i.test(release) || !release.startsWith('4.4.') ? 'wsl2' : 'wsl1';
}

/** `ID` and `ID_LIKE` of an os-release file (os-release(5)). */
export function distributionOf(text: string): string[] {
  const of = (key: string): string =>
    new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1]?.replaceAll(/^["']|["']$/g, '') ?? '';
  return `${of('ID')} ${of('ID_LIKE')}`.split(/\s+/).filter((word) => word !== '');
}

/** Chips whose memory is the machine's: their driver says `[N/A]` for it. */
const UNIFIED = /\bGB10\b|\bOrin\b|\bThor\b|\bN1X?\b/;

function unified(card: GpuCard, memory: HostSources['memory']): GpuCard {
  return card.memory || !UNIFIED.test(card.name) ? card : { ...card, memory: { ...memory }, isUnified: true };
}

const DISPLAY = /^0x03/;
const VENDORS = { '0x10de': 'nvidia', '0x1002': 'amd', '0x8086': 'intel' } as const;
const NAMES = { nvidia: 'an NVIDIA card', amd: 'AMD graphics', intel: 'Intel graphics' } as const;

/** Cards of other makers; they are only named. */
function otherCards({ platform, chip, adapters, pci }: HostSources): GpuCard[] {
  if (platform === 'darwin') {
    const isApple = chip?.startsWith('Apple') === true;
    return [{ vendor: isApple ? 'apple' : 'intel', name: isApple ? chip : 'the graphics of an Intel Mac' }];
  }
  const named = adapters.flatMap((name): GpuCard[] => {
    if (/\b(AMD|Radeon|ATI)\b/i.test(name)) return [{ vendor: 'amd', name }];
    return /\bIntel\b/i.test(name) ? [{ vendor: 'intel', name }] : [];
  });
  const onBus = pci.flatMap((device): GpuCard[] => {
    const vendor = vendorOf(device);
    return vendor === 'amd' || vendor === 'intel' ? [{ vendor, name: NAMES[vendor] }] : [];
  });
  return [...named, ...onBus];
}

function vendorOf(device: PciDevice): keyof typeof NAMES | undefined {
  return DISPLAY.test(device.class) && Object.hasOwn(VENDORS, device.vendor)
    ? VENDORS[device.vendor as keyof typeof VENDORS]
    : undefined;
}

/** Why no NVIDIA card is told of; undefined where there is none to be told of. */
function problemOf(sources: HostSources, distribution: readonly string[]): GpuFacts['problem'] {
  const { smi, pci, adapters } = sources;
  const module = moduleVersion(sources.module ?? '');
  if (smi && 'timedOut' in smi) return saidProblem('gpu.timeout', smi.timedOut);
  if (smi) {
    const said = `${smi.query.stdout}\n${smi.query.stderr}`.trim();
    const code = problemIn(said);
    const reason =
      said.split('\n')[0]?.trim() || `it ended with ${smi.query.code ?? 'a signal'} and said nothing`;
    return code === 'gpu.driver-mismatch'
      ? saidProblem(code, { reason, ...(module !== undefined && { module }) })
      : saidProblem(code, { reason });
  }
  if (module !== undefined) return saidProblem('gpu.no-nvidia-smi', { module });
  const named = adapters.find((name) => /nvidia/i.test(name));
  if (named === undefined && !pci.some((device) => vendorOf(device) === 'nvidia')) return undefined;
  const command = driverCommand(distribution);
  return saidProblem('gpu.no-driver', {
    card: named ?? NAMES.nvidia,
    ...(command !== undefined && { command }),
  });
}

function saidProblem<C extends ErrorCode>(code: C, data: ErrorData<C>): NonNullable<GpuFacts['problem']> {
  const said = say({ code, data: data as Record<string, unknown> });
  return { ...said, data: { ...said.data } };
}
