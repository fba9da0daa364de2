/**
 * The narrow port to a container engine. Everything outside `docker/` speaks to the engine through these types only.
 * Field names in PascalCase are the Docker Engine API's own (v1.41 and later); only what we rely on is named here.
 * Every method throws a `Failure` with an `engine.*` code; `signal` aborts the request and throws `engine.cancelled`.
 */

export interface Endpoint {
  /** as the Docker CLI writes it: unix:///…, npipe:////./pipe/…, tcp://host:port, ssh://user@host */
  readonly url: string;
  /** where it was found: `--host`, `DOCKER_HOST`, `context lab`, `well-known socket (Docker Desktop)` … */
  readonly source: string;
  /** the Docker context that it comes from, where it comes from one */
  readonly context?: string;
  /** false when the engine may see another file system than ours (tcp, ssh, VM-backed sockets) */
  readonly local: boolean;
  readonly tls?: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly skipVerify?: boolean;
  };
}

export interface EngineInfo {
  /** stable id of the engine's data (`/info` ID) */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** negotiated: the lower of the engine's and ours */
  readonly apiVersion: string;
  readonly os: string;
  readonly arch: string;
  readonly cpus: number;
  /** bytes */
  readonly memory: number;
  readonly rootDir: string;
  readonly storageDriver: string;
  readonly product: 'docker' | 'docker-desktop' | 'podman' | 'colima' | 'orbstack' | 'rancher-desktop';
  /** of the machine that it runs on, which may be a virtual one */
  readonly kernel: string;
  readonly isRootless: boolean;
  /** names of OCI runtimes: `runc`, `nvidia` */
  readonly runtimes: readonly string[];
  /** CDI devices that it found: `nvidia.com/gpu=all`; absent where it cannot say (before API 1.50) */
  readonly cdiDevices?: readonly string[];
}

/** What this engine can do; a feature asks here, never for a version. */
export interface Capabilities {
  /** `HealthConfig.StartInterval` (API 1.44) */
  readonly startInterval: boolean;
  /** several networks at create (API 1.44) */
  readonly networksAtCreate: boolean;
  /** `VolumeOptions.Subpath` (API 1.45) */
  readonly volumeSubpath: boolean;
  /** `HostConfig.Annotations` (API 1.43) */
  readonly annotations: boolean;
  /** `EndpointSettings.MacAddress` (API 1.44); before it a container has one address, in `Config.MacAddress` */
  readonly endpointMac: boolean;
  /** `EndpointSettings.GwPriority` (API 1.48) */
  readonly gatewayPriority: boolean;
  /** the endpoint option `com.docker.network.endpoint.ifname` (API 1.49) */
  readonly interfaceName: boolean;
  /** engine shares our file system: bind mounts of our paths make sense */
  readonly hostPaths: boolean;
}

export type Labels = Readonly<Record<string, string>>;
/** Filters of list and event calls, as the API takes them: `{label: ['a=b']}` */
export type Filters = Readonly<Record<string, readonly string[]>>;

export interface MountPoint {
  readonly Type: string;
  readonly Name?: string;
  readonly Source: string;
  readonly Destination: string;
  readonly RW?: boolean;
}

export interface ContainerSummary {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly ImageID: string;
  /** unix seconds */
  readonly Created: number;
  /** created, running, paused, restarting, removing, exited, dead */
  readonly State: string;
  readonly Status: string;
  readonly Labels: Labels;
  readonly Ports: readonly { IP?: string; PrivatePort: number; PublicPort?: number; Type: string }[];
  readonly Mounts: readonly MountPoint[];
  readonly NetworkSettings?: { readonly Networks: Readonly<Record<string, { readonly NetworkID: string }>> };
}

export interface HealthLogEntry {
  readonly Start: string;
  readonly End: string;
  readonly ExitCode: number;
  readonly Output: string;
}

export interface ContainerInspect {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
  /** image id */
  readonly Image: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly Paused: boolean;
    readonly Restarting: boolean;
    readonly OOMKilled: boolean;
    readonly Dead: boolean;
    readonly ExitCode: number;
    readonly Error: string;
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly Health?: {
      readonly Status: string;
      readonly FailingStreak: number;
      readonly Log: readonly HealthLogEntry[] | null;
    };
  };
  readonly Config: {
    readonly Image: string;
    readonly Labels: Labels | null;
    readonly Env: readonly string[] | null;
    readonly Cmd: readonly string[] | null;
    readonly Entrypoint: readonly string[] | null;
    readonly Tty: boolean;
    readonly User: string;
    readonly Healthcheck?: Healthcheck;
    readonly Volumes?: Readonly<Record<string, unknown>> | null;
  };
  readonly HostConfig: Readonly<Record<string, unknown>> & {
    readonly NetworkMode: string;
    readonly RestartPolicy?: { readonly Name: string; readonly MaximumRetryCount: number };
  };
  readonly Mounts: readonly MountPoint[];
  readonly NetworkSettings: {
    readonly Networks: Readonly<
      Record<string, { readonly NetworkID: string; readonly Aliases: readonly string[] | null }>
    >;
    readonly Ports: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[] | null>>;
  };
}

/** Durations in nanoseconds. */
export interface Healthcheck {
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly Retries?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
}

/** Body of `POST /containers/create`; written by `stack/convert.ts`. */
export interface ContainerCreate extends Readonly<Record<string, unknown>> {
  readonly Image: string;
  readonly Labels: Labels;
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly NetworkingConfig: { readonly EndpointsConfig: Readonly<Record<string, EndpointSettings>> };
}

/** One entry of `HostConfig.DeviceRequests`. */
export interface EngineDeviceRequest {
  readonly Driver: string;
  /** of how many; -1: all. Never beside `DeviceIDs` */
  readonly Count?: number;
  readonly DeviceIDs?: readonly string[];
  readonly Capabilities?: readonly (readonly string[])[];
  readonly Options?: Readonly<Record<string, string>>;
}

/** How a container asks the engine for a GPU. */
export interface GpuReservation {
  readonly requests: readonly EngineDeviceRequest[];
  readonly runtime?: string;
}

export interface EndpointSettings {
  readonly Aliases?: readonly string[];
  readonly Links?: readonly string[];
  readonly IPAMConfig?: Readonly<Record<string, unknown>>;
  readonly DriverOpts?: Readonly<Record<string, string>>;
  readonly MacAddress?: string;
  readonly GwPriority?: number;
}

export interface NetworkInspect {
  readonly Id: string;
  readonly Name: string;
  readonly Driver: string;
  readonly Scope: string;
  readonly Internal: boolean;
  readonly Attachable: boolean;
  readonly EnableIPv6: boolean;
  readonly Labels: Labels | null;
  readonly Options: Readonly<Record<string, string>> | null;
  readonly IPAM: unknown;
  readonly Created: string;
  readonly Containers?: Readonly<Record<string, { readonly Name: string }>> | null;
}

export interface VolumeInspect {
  readonly Name: string;
  readonly Driver: string;
  readonly Mountpoint: string;
  readonly Labels: Labels | null;
  readonly Options: Readonly<Record<string, string>> | null;
  readonly CreatedAt?: string;
  readonly Scope: string;
  /** bytes; only from `diskUsage` */
  readonly Size?: number;
}

export interface ImageInspect {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests: readonly string[] | null;
  /** bytes */
  readonly Size: number;
  readonly Created: string;
  readonly Os: string;
  readonly Architecture: string;
  readonly Config: {
    readonly Healthcheck?: Healthcheck | null;
    readonly Volumes?: Readonly<Record<string, unknown>> | null;
    readonly Labels?: Labels | null;
    readonly User?: string;
    readonly Env?: readonly string[] | null;
    readonly Entrypoint?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
  };
}

/** Which part of a container's log is asked for. */
export interface LogOptions {
  readonly follow?: boolean;
  /** unix seconds, may be fractional */
  readonly since?: number;
  readonly until?: number;
  readonly tail?: number | 'all';
  readonly timestamps?: boolean;
  readonly signal?: AbortSignal;
}

export interface LogChunk {
  readonly stream: 'stdout' | 'stderr';
  readonly data: Uint8Array;
}

export interface ExecOptions {
  readonly cmd: readonly string[];
  readonly user?: string;
  readonly workingDir?: string;
  readonly env?: readonly string[];
  readonly privileged?: boolean;
  readonly stdin?: Uint8Array | string;
  /** milliseconds; the exec is given up after it with `engine.exec-timeout` */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Progress of one pull: bytes over the layers known so far; monotone. */
export interface PullProgress {
  readonly phase: 'resolving' | 'downloading' | 'extracting' | 'done';
  readonly layers: readonly {
    readonly id: string;
    readonly downloaded: number;
    readonly extracted: number;
    /** bytes; undefined while not known */
    readonly total?: number;
    readonly done: boolean;
  }[];
}

export interface PullOptions {
  readonly platform?: string;
  /** pulled from there and tagged as the reference says */
  readonly mirror?: string;
  readonly onProgress?: (p: PullProgress) => void;
  readonly onRetry?: (attempt: number, reason: string, waitMs: number) => void;
  readonly signal?: AbortSignal;
}

/** A part of an image as a registry keeps it: a layer, or the configuration. */
export interface ImagePart {
  readonly digest: string;
  /** bytes, compressed */
  readonly size: number;
}

export interface BuildOptions {
  /** the service's `build` section in canonical form (absolute context path) */
  readonly context: string;
  readonly dockerfile?: string;
  readonly dockerfileInline?: string;
  readonly target?: string;
  readonly args?: Readonly<Record<string, string | null>>;
  readonly labels?: Labels;
  readonly tags: readonly string[];
  readonly platform?: string;
  readonly noCache?: boolean;
  readonly pull?: boolean;
  readonly network?: string;
  readonly extraHosts?: readonly string[];
  readonly cacheFrom?: readonly string[];
  /** bytes */
  readonly shmSize?: number;
  readonly onOutput?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface EngineEvent {
  readonly Type: string;
  /** `start`, `die`, `oom`, `health_status: healthy`, … */
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Labels };
  /** nanoseconds since 1970 */
  readonly timeNano: number;
}

/** What a container's processes use (Docker Engine API, `ContainerStats`). */
export interface ContainerUsage {
  /** processor time since it was started, in nanoseconds */
  readonly cpuNs: number;
  /** bytes, without the page cache that the kernel can take back at once */
  readonly memory: number;
  /** when it was read, in milliseconds since 1970 */
  readonly at: number;
}

/** What a subscription tells besides events; after `connected` everything must be listed again. */
export type EventStreamItem =
  | { readonly kind: 'connected' }
  | { readonly kind: 'event'; readonly event: EngineEvent }
  | { readonly kind: 'lost'; readonly reason: string; readonly retryInMs: number };

export interface Engine {
  readonly endpoint: Endpoint;
  readonly info: EngineInfo;
  readonly capabilities: Capabilities;
  /** `/_ping` within `timeoutMs` (default 5,000): finds half-open connections. */
  ping(timeoutMs?: number): Promise<void>;
  /** the clock of the engine's machine, in milliseconds since 1970 (`/info`, SystemTime) */
  clock(): Promise<number>;
  readonly containers: {
    list(filters: Filters, options?: { all?: boolean; signal?: AbortSignal }): Promise<ContainerSummary[]>;
    /** undefined when there is no such container */
    inspect(id: string, signal?: AbortSignal): Promise<ContainerInspect | undefined>;
    create(
      name: string,
      body: ContainerCreate,
      options?: { platform?: string },
    ): Promise<{ Id: string; Warnings: readonly string[] }>;
    start(id: string): Promise<void>;
    /** no error when it is stopped already; `timeoutS` undefined: the container's own */
    stop(id: string, options?: { timeoutS?: number; signal?: AbortSignal }): Promise<void>;
    /** no error when it is gone already */
    remove(id: string, options?: { force?: boolean; volumes?: boolean }): Promise<void>;
    rename(id: string, name: string): Promise<void>;
    /** unpacks a tar archive at `path` inside the container (running or not) */
    putArchive(id: string, path: string, tar: Uint8Array): Promise<void>;
    logs(id: string, options: LogOptions): AsyncIterable<LogChunk>;
    exec(id: string, options: ExecOptions): Promise<ExecResult>;
    /** a terminal: our stdin, stdout and window size are the process's; returns its exit code */
    execInteractive(
      id: string,
      options: { cmd: readonly string[]; user?: string; workingDir?: string; tty: boolean },
      io: { stdin: NodeJS.ReadStream; stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream },
    ): Promise<number>;
    /** what it has used so far; undefined when it does not run */
    usage(id: string, signal?: AbortSignal): Promise<ContainerUsage | undefined>;
    /** waits until it is not running; the exit code */
    wait(id: string, signal?: AbortSignal): Promise<number>;
  };
  readonly images: {
    inspect(ref: string): Promise<ImageInspect | undefined>;
    list(): Promise<readonly { Id: string; RepoTags: readonly string[] | null; Size: number }[]>;
    /** what its registry has of it for the engine's platform or another; @throws Failure as `remoteParts` */
    parts(
      ref: string,
      options: { platform?: string; mirror?: string; signal: AbortSignal },
    ): Promise<readonly ImagePart[]>;
    pull(ref: string, options?: PullOptions): Promise<ImageInspect>;
    tag(source: string, target: string): Promise<void>;
    build(options: BuildOptions): Promise<ImageInspect>;
    remove(ref: string): Promise<void>;
  };
  readonly networks: {
    list(filters: Filters): Promise<NetworkInspect[]>;
    inspect(nameOrId: string): Promise<NetworkInspect | undefined>;
    create(body: Readonly<Record<string, unknown>> & { Name: string }): Promise<{ Id: string }>;
    connect(network: string, container: string, settings: EndpointSettings): Promise<void>;
    disconnect(network: string, container: string, force?: boolean): Promise<void>;
    remove(nameOrId: string): Promise<void>;
  };
  readonly volumes: {
    list(filters: Filters): Promise<VolumeInspect[]>;
    inspect(name: string): Promise<VolumeInspect | undefined>;
    create(body: Readonly<Record<string, unknown>> & { Name: string }): Promise<VolumeInspect>;
    remove(name: string): Promise<void>;
  };
  /** sizes of images and volumes, as `docker system df -v` */
  diskUsage(): Promise<{ volumes: readonly VolumeInspect[]; layersSize: number }>;
  /**
   * Events from now on, for ever: reconnects with back-off and says so in the stream; ends when `signal` aborts.
   * `exec_*` and `health_status` of running probes are delivered; the caller filters.
   */
  events(filters: Filters, signal: AbortSignal): AsyncIterable<EventStreamItem>;
  /** Keeps no connection any more: each ends with what it is used for now. */
  release(): void;
  close(): void;
}
