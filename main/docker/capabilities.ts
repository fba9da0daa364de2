import type { Capabilities, Endpoint, EngineInfo } from './port.ts';

/** The parts of `GET /info` that we read. */
export interface RawInfo {
  readonly ID: string;
  readonly Name: string;
  readonly OperatingSystem: string;
  readonly OSType: string;
  readonly Architecture: string;
  readonly NCPU: number;
  /** bytes */
  readonly MemTotal: number;
  readonly DockerRootDir: string;
  readonly Driver: string;
  /** RFC 3339 with nanoseconds */
  readonly SystemTime: string;
  readonly KernelVersion?: string;
  /** `name=rootless`, `name=seccomp,profile=builtin` */
  readonly SecurityOptions?: readonly string[] | null;
  readonly Runtimes?: Readonly<Record<string, unknown>> | null;
  /** since API 1.50 */
  readonly DiscoveredDevices?: readonly { readonly Source: string; readonly ID: string }[] | null;
}

/** The parts of `GET /version` that we read. */
export interface RawVersion {
  readonly Version: string;
  readonly ApiVersion: string;
  readonly MinAPIVersion?: string;
  readonly Components?: readonly { readonly Name: string }[] | null;
}

/** Compares `1.44` with `1.9` by numbers: negative, zero or positive. */
export function compareApi(a: string, b: string): number {
  const [aMajor = 0, aMinor = 0] = a.split('.').map(Number);
  const [bMajor = 0, bMinor = 0] = b.split('.').map(Number);
  return aMajor - bMajor || aMinor - bMinor;
}

/** Which product answers. Each names itself in its machine's name or operating system. */
export function productOf(
  info: Pick<RawInfo, 'Name' | 'OperatingSystem'>,
  version: Pick<RawVersion, 'Components'>,
): EngineInfo['product'] {
  if (version.Components?.some((c) => c.Name.startsWith('Podman'))) return 'podman';
  if (info.OperatingSystem.startsWith('Docker Desktop')) return 'docker-desktop';
  if (/^OrbStack/i.test(info.OperatingSystem)) return 'orbstack';
  if (/rancher[- ]desktop/i.test(`${info.Name} ${info.OperatingSystem}`)) return 'rancher-desktop';
  if (/^colima(-|$)/.test(info.Name)) return 'colima';
  return 'docker';
}

/** As images name it (OCI image spec, "Image Index"): the kernel's `x86_64` and `aarch64` are Go's words there. */
export function platformOf({ os, arch }: Pick<EngineInfo, 'os' | 'arch'>): string {
  const words: Readonly<Record<string, string>> = {
    x86_64: 'amd64',
    aarch64: 'arm64',
    armv7l: 'arm/v7',
    armv6l: 'arm/v6',
    i686: '386',
    i386: '386',
  };
  return `${os}/${words[arch] ?? arch}`;
}

/** `/info` and `/version` as the port tells them. */
export function engineInfo(info: RawInfo, version: RawVersion, apiVersion: string): EngineInfo {
  return {
    id: info.ID,
    name: info.Name,
    version: version.Version,
    apiVersion,
    os: info.OSType,
    arch: info.Architecture,
    cpus: info.NCPU,
    memory: info.MemTotal,
    rootDir: info.DockerRootDir,
    storageDriver: info.Driver,
    product: productOf(info, version),
    kernel: info.KernelVersion ?? '',
    isRootless: info.SecurityOptions?.includes('name=rootless') ?? false,
    runtimes: Object.keys(info.Runtimes ?? {}),
    ...(compareApi(apiVersion, '1.50') >= 0 && {
      cdiDevices: (info.DiscoveredDevices ?? []).filter((d) => d.Source === 'cdi').map((d) => d.ID),
    }),
  };
}

/** What an engine can do: the one place that looks at versions (Docker Engine API version history). */
export function capabilities(api: string, endpoint: Pick<Endpoint, 'url'>): Capabilities {
  const since = (version: string): boolean => compareApi(api, version) >= 0;
  return {
    startInterval: since('1.44'),
    networksAtCreate: since('1.44'),
    volumeSubpath: since('1.45'),
    annotations: since('1.43'),
    endpointMac: since('1.44'),
    gatewayPriority: since('1.48'),
    interfaceName: since('1.49'),
    // VM products (Docker Desktop, Colima …) share the home folder under the same path; another machine does not.
    hostPaths: /^(unix|npipe):/.test(endpoint.url),
  };
}
