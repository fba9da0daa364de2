import { execFile } from 'node:child_process';
import { access, readdir, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { systemOf, type HostSources, type PciDevice, type Ran } from '../gpu/host.ts';
import { FIELDS, isFieldUnknown, NEWER_FIELDS, queryOf } from '../gpu/nvidia-smi.ts';
import { isErrno } from './files.ts';

/** A card that sleeps takes a second to wake; one that hangs keeps nvidia-smi for ever. */
const SECONDS = 10;

export interface GpuEdges {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Reads everything that tells of this machine's graphics cards; `hostFacts` understands it. */
export async function readGpuSources({ platform, env }: GpuEdges): Promise<HostSources> {
  const release = os.release();
  const isLinux = platform === 'linux';
  const [smi, osRelease, module, pci, adapters, chip, toolkit] = await Promise.all([
    platform === 'darwin' ? undefined : askSmi(smiPaths(platform, release, env), env),
    isLinux ? textOf('/etc/os-release') : undefined,
    isLinux ? textOf('/proc/driver/nvidia/version') : undefined,
    isLinux ? pciDevices() : [],
    platform === 'win32' ? windowsAdapters(env) : [],
    platform === 'darwin' ? macChip(env) : undefined,
    isLinux ? hasToolkit(env) : undefined,
  ]);
  return {
    platform,
    release,
    memory: { total: os.totalmem(), free: os.freemem() },
    pci,
    adapters,
    ...(osRelease !== undefined && { osRelease }),
    ...(module !== undefined && { module }),
    ...(chip !== undefined && { chip }),
    ...(smi && { smi }),
    ...(toolkit !== undefined && { toolkit }),
  };
}

/** Where nvidia-smi may be; an app that was started from a menu has a shorter PATH than a terminal. */
function smiPaths(platform: NodeJS.Platform, release: string, env: GpuEdges['env']): readonly string[] {
  if (platform === 'win32') {
    const root = env['SystemRoot'] ?? 'C:\\Windows';
    const programs = env['ProgramFiles'] ?? 'C:\\Program Files';
    return [
      path.win32.join(root, 'System32', 'nvidia-smi.exe'),
      path.win32.join(programs, 'NVIDIA Corporation', 'NVSMI', 'nvidia-smi.exe'),
    ];
  }
  return [
    ...(systemOf(platform, release) === 'wsl2' ? ['/usr/lib/wsl/lib/nvidia-smi'] : []),
    'nvidia-smi',
    '/usr/bin/nvidia-smi',
    '/run/current-system/sw/bin/nvidia-smi',
  ];
}

async function askSmi(programs: readonly string[], env: GpuEdges['env']): Promise<HostSources['smi']> {
  for (const program of programs) {
    const answers = await answersOf(program, env);
    if (answers) return answers;
  }
  return undefined;
}

async function answersOf(program: string, env: GpuEdges['env']): Promise<HostSources['smi']> {
  const ask = (args: readonly string[]): Promise<Ran | 'absent' | 'timeout'> => run(program, args, env);
  let fields: readonly string[] = [...FIELDS, ...NEWER_FIELDS];
  let query = await ask(queryOf(fields));
  if (typeof query === 'object' && isFieldUnknown(query.stdout + query.stderr)) {
    fields = FIELDS;
    query = await ask(queryOf(fields));
  }
  if (query === 'absent') return undefined;
  if (query === 'timeout') return { timedOut: { program, seconds: SECONDS } };
  if (query.code !== 0) return { fields, query };
  const [list, table] = await Promise.all([ask(['-L']), ask([])]);
  return { fields, query, list: outputOf(list), table: outputOf(table) };
}

const outputOf = (ran: Ran | 'absent' | 'timeout'): string =>
  typeof ran === 'object' && ran.code === 0 ? ran.stdout : '';

/** Runs a program to its end; in English, whatever language the user has. */
function run(
  program: string,
  args: readonly string[],
  env: GpuEdges['env'],
): Promise<Ran | 'absent' | 'timeout'> {
  return new Promise((resolve, reject) => {
    const options = {
      timeout: SECONDS * 1000,
      killSignal: 'SIGKILL' as const,
      windowsHide: true,
      env: { ...env, LC_ALL: 'C' },
    };
    execFile(program, [...args], options, (error, stdout, stderr) => {
      if (!error) resolve({ code: 0, stdout, stderr });
      else if (isErrno(error, 'ENOENT') || isErrno(error, 'EACCES') || isErrno(error, 'ENOTDIR'))
        resolve('absent');
      else if (error.killed) resolve('timeout');
      else if (typeof error.code === 'number' || error.signal)
        resolve({ code: typeof error.code === 'number' ? error.code : null, stdout, stderr });
      else reject(error);
    });
  });
}

/** Of a file that need not be there. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (e) {
    if (isErrno(e, 'ENOENT') || isErrno(e, 'EACCES')) return undefined;
    throw e;
  }
}

const PCI = '/sys/bus/pci/devices';

async function pciDevices(): Promise<readonly PciDevice[]> {
  const names = await readdir(PCI).catch((e: unknown) => {
    // a machine without a PCI bus, or a container that does not see it
    if (isErrno(e, 'ENOENT') || isErrno(e, 'EACCES')) return [];
    throw e;
  });
  return Promise.all(
    names.map(async (name) => {
      const [vendor = '', kind = ''] = await Promise.all(
        ['vendor', 'class'].map((file) => textOf(path.join(PCI, name, file))),
      );
      return { vendor: vendor.trim(), class: kind.trim() };
    }),
  );
}

async function windowsAdapters(env: GpuEdges['env']): Promise<readonly string[]> {
  const ran = await run(
    'powershell.exe',
    ['-NoProfile', '-NonInteractive', '-Command', '(Get-CimInstance Win32_VideoController).Name'],
    env,
  );
  if (typeof ran !== 'object') return [];
  return ran.stdout
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

async function macChip(env: GpuEdges['env']): Promise<string | undefined> {
  const ran = await run('/usr/sbin/sysctl', ['-n', 'machdep.cpu.brand_string'], env);
  return typeof ran === 'object' ? ran.stdout.trim() : undefined;
}

/** What the engine looks for on its own PATH when a container asks for a card (moby `daemon/nvidia_linux.go`). */
const HOOKS = ['nvidia-container-runtime-hook', 'nvidia-cdi-hook'];
const FOLDERS = ['/usr/bin', '/usr/local/bin', '/usr/local/nvidia/toolkit', '/run/current-system/sw/bin'];

async function hasToolkit(env: GpuEdges['env']): Promise<boolean> {
  const folders = new Set([...(env['PATH'] ?? '').split(':').filter((f) => f !== ''), ...FOLDERS]);
  const places = [...folders].flatMap((folder) => HOOKS.map((hook) => path.join(folder, hook)));
  const found = await Promise.all(
    places.map((place) =>
      access(place).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
