import type { GpuCard, MigDevice } from '../gpu-shape.ts';

const MIB = 1024 * 1024;

/** What `--query-gpu` is asked for; an older driver does not know those of the second list (`compute_cap` came with 510). */
export const FIELDS = ['index', 'uuid', 'name', 'driver_version', 'memory.total', 'memory.free'] as const;
export const NEWER_FIELDS = ['compute_cap', 'mig.mode.current'] as const;

export const queryOf = (fields: readonly string[]): readonly string[] => [
  `--query-gpu=${fields.join(',')}`,
  '--format=csv,noheader,nounits',
];

/** `[N/A]`, `[Not Supported]`, `[Insufficient Permissions]`, `[GPU is lost]`, `ERR!`: everything but a value. */
const isValue = (text: string | undefined): text is string =>
  text !== undefined && text !== '' && !/^\[.*\]$|^N\/A$|^ERR!$/.test(text);

/**
 * The cards in the answer to `--query-gpu`, a line each. What is no line of the answer (warnings come before it) is
 * left out.
 * @param fields that were asked for, in their order
 */
export function cardsOf(
  fields: readonly string[],
  output: string,
): { readonly cards: readonly GpuCard[]; readonly driver?: string } {
  const rows = output
    .split(/\r?\n/)
    .map((line) => line.split(',').map((cell) => cell.trim()))
    .filter((row) => row.length === fields.length && /^\d+$/.test(row[0] ?? ''));
  const cellsOf = (row: readonly string[]) => (field: string) => {
    const cell = row[fields.indexOf(field)];
    return isValue(cell) ? cell : undefined;
  };
  const driver = rows.map((row) => cellsOf(row)('driver_version')).find((v) => v !== undefined);
  return { cards: rows.map((row) => cardOf(cellsOf(row))), ...(driver !== undefined && { driver }) };
}

function cardOf(cell: (field: string) => string | undefined): GpuCard {
  const [total, free] = [mib(cell('memory.total')), mib(cell('memory.free'))];
  const [uuid, computeCapability] = [cell('uuid'), cell('compute_cap')];
  return {
    vendor: 'nvidia',
    name: cell('name') ?? 'NVIDIA card without a name',
    index: Number(cell('index')),
    ...(uuid !== undefined && { uuid }),
    ...(total !== undefined && { memory: { total, ...(free !== undefined && { free }) } }),
    ...(computeCapability !== undefined && { computeCapability }),
    ...(cell('mig.mode.current') === 'Enabled' && { mig: [] }),
  };
}

function mib(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) * MIB : undefined;
}

/** A part of a card, as `-L` lists it. */
interface ListedMig {
  /** of the card */
  readonly gpu: number;
  /** of the part, on its card */
  readonly device: number;
  readonly uuid: string;
  readonly profile: string;
}

/**
 * The MIG devices of `nvidia-smi -L`, each below its card. Before driver 470 their UUIDs are written as
 * `MIG-GPU-…/1/0` (NVIDIA MIG User Guide, "Device Enumeration").
 */
export function listedMigs(output: string): readonly ListedMig[] {
  const found: ListedMig[] = [];
  let gpu: number | undefined;
  for (const line of output.split(/\r?\n/)) {
    const card = /^GPU (\d+):/.exec(line);
    if (card) gpu = Number(card[1]);
    const part = /^\s*MIG (\S+)\s+Device\s+(\d+):\s+\(UUID: (MIG-[^)]+)\)/.exec(line);
    if (!part || gpu === undefined) continue;
    const [, profile = '', device, uuid = ''] = part;
    found.push({ gpu, device: Number(device), uuid, profile });
  }
  return found;
}

/** The newest CUDA that the driver runs, of nvidia-smi's table; driver 610 and later call it the UMD's. */
export const cudaOf = (table: string): string | undefined =>
  /CUDA(?: UMD)? Version\s*:\s*(\d+\.\d+)/.exec(table)?.[1];

/** Memory of the MIG devices, of nvidia-smi's table: `|  0    1   0   0  |  11MiB / 20096MiB |`. */
export function migMemory(table: string): readonly {
  readonly gpu: number;
  readonly device: number;
  readonly total: number;
  readonly free: number;
}[] {
  const [, below = ''] = table.split('MIG devices:');
  return [...below.matchAll(/^\s*\|\s*(\d+)\s+\d+\s+\d+\s+(\d+)\s+\|\s*(\d+)MiB\s*\/\s*(\d+)MiB/gm)].map(
    ([, gpu, device, used, total]) => ({
      gpu: Number(gpu),
      device: Number(device),
      total: Number(total) * MIB,
      free: (Number(total) - Number(used)) * MIB,
    }),
  );
}

/** The cards with their MIG devices, and what memory those have where the table says it. */
export function withMigs(cards: readonly GpuCard[], list: string, table: string): readonly GpuCard[] {
  const listed = listedMigs(list);
  const memory = migMemory(table);
  return cards.map((card) => {
    const own = listed.filter((m) => m.gpu === card.index);
    if (own.length === 0) return card;
    const mig = own.map(({ uuid, profile, gpu, device }): MigDevice => {
      const found = memory.find((m) => m.gpu === gpu && m.device === device);
      return { uuid, profile, ...(found && { memory: { total: found.total, free: found.free } }) };
    });
    return { ...card, mig };
  });
}

/** Why nvidia-smi told nothing; codes of the wording table. */
export type SmiProblem =
  | 'gpu.driver-mismatch'
  | 'gpu.driver-silent'
  | 'gpu.no-devices'
  | 'gpu.not-allowed'
  | 'gpu.lost'
  | 'gpu.failed';

/** What nvidia-smi says instead of an answer; it writes some of it to stdout, and may end with 0. */
const SAID: readonly (readonly [RegExp, SmiProblem])[] = [
  [/Driver\/library version mismatch/i, 'gpu.driver-mismatch'],
  [/couldn't communicate with the NVIDIA driver|Driver Not Loaded/i, 'gpu.driver-silent'],
  [/No devices were found/i, 'gpu.no-devices'],
  [/Insufficient Permissions|access blocked by the operating system/i, 'gpu.not-allowed'],
  [/GPU is lost|fallen off the bus|requires reset/i, 'gpu.lost'],
];

/** Which of the known failures an output is; `gpu.failed` for another. */
export const problemIn = (output: string): SmiProblem =>
  SAID.find(([words]) => words.test(output))?.[1] ?? 'gpu.failed';

/** It does not know a field that was asked for; it ends with 2 then. */
export const isFieldUnknown = (output: string): boolean => /is not a valid field to query/.test(output);

/** Version of the kernel's module: `/proc/driver/nvidia/version`, of the closed and of the open one. */
export const moduleVersion = (text: string): string | undefined =>
  /^NVRM version:.*?\s(\d+\.\d+(?:\.\d+)?)\s/m.exec(text)?.[1];
