import type { StackState } from '../contract.ts';
import type { ContainerSummary, Engine, ExecOptions, ExecResult } from '../docker/port.ts';
import type { SaidError } from '../errors.ts';
import type { GpuAnswer } from '../stack/find-gpu.ts';
import type { HostReach } from './host-reach.ts';
import type { EngineOfStack, PortUse, SecretStore } from './types.ts';

/** What the checks look at; everything is passed in. */
export interface DoctorContext {
  /** throws the `Failure` that says why there is none */
  engine(): Promise<Engine>;
  /** what else could be the engine, and where the stack ran */
  engines(): Promise<EngineChoice>;
  /** the chosen stack's model as far as the checks need it; throws what reading it throws */
  stack(): Promise<DoctorStack>;
  /** how the stack is now; throws what looking at it throws */
  state(): Promise<StackState>;
  /** the stack's containers, whatever state they are in */
  containers(): Promise<readonly ContainerSummary[]>;
  /** Runs a command in the running container of a service; undefined where none runs. */
  inside(service: string, options: ExecOptions): Promise<ExecResult | undefined>;
  /** the last lines of a service's log, as they are: for looking for words, never to be shown */
  lastLines(service: string, lines?: number): Promise<string>;
  /** whether the engine gives a GPU to a container; one is made for it, and removed */
  probeGpu(): Promise<GpuAnswer>;
  /** how containers of the engine reach this machine */
  hostReach(): Promise<HostReach>;
  /** whether something takes connections at an address of this machine */
  readonly listens: (address: string, port: number) => Promise<boolean>;
  /** containers that an `up` would make, with why; throws what planning throws */
  changes(): Promise<readonly { readonly service: string; readonly cause: string }[]>;
  readonly secrets: SecretStore;
  /** value of a secret of the stack, for the stdin of an exec alone; undefined when it is not set */
  secretValue(name: string): Promise<string | undefined>;
  readonly home: string;
  /** our own folders, by what is in them: `settings`, `state`, `logs` */
  readonly folders: Readonly<Record<string, string>>;
  /** bytes free for us at a path of this machine */
  freeBytes(path: string): Promise<number>;
  /** bytes of this machine's memory that a program could still have */
  freeMemory(): number;
  portUse(address: string, port: number, protocol: 'tcp' | 'udp'): Promise<PortUse>;
  /** what is in a folder of this machine; undefined when there is no such folder */
  entries(path: string): Promise<readonly string[] | undefined>;
  /** status of a GET without any secret, asked from this machine; undefined when nothing answers */
  httpStatus(url: string): Promise<number | undefined>;
  /** milliseconds since 1970 */
  now(): number;
}

/** What a repair does besides looking. Each holds the stack's lock by itself. */
export interface RepairContext extends DoctorContext {
  /** makes the containers of services anew */
  recreate(services: readonly string[]): Promise<void>;
  restart(service: string): Promise<void>;
  /** gives the database role of a secret the stored value, in the running database */
  restoreRole(secret: string): Promise<void>;
  /** gets an image again, for the engine's own processor */
  pull(image: string): Promise<void>;
}

export interface EngineChoice {
  /** the engine that holds the stack's data, by what our state says; undefined when it never ran */
  readonly ranOn?: EngineOfStack | undefined;
  /** variables that name an engine, in the order in which they win */
  readonly named: readonly { readonly variable: string; readonly value: string }[];
  /** the setting `engine` */
  readonly setting?: string | undefined;
  /** address of the engine to which the docker command speaks here; undefined where that cannot be told */
  readonly dockerUrl?: string | undefined;
}

export interface DoctorService {
  readonly name: string;
  readonly image?: string | undefined;
  /** asked for by the file */
  readonly platform?: string | undefined;
  /** made from a Dockerfile, not pulled */
  readonly isBuilt: boolean;
  /** names only */
  readonly environment: readonly string[];
  /** values of those variables that hold no secret and that a check reads */
  readonly values: Readonly<Record<string, string>>;
  /** names of the secrets that are set and go into its containers */
  readonly secrets: readonly string[];
  readonly ports: readonly {
    readonly address: string;
    readonly published: number;
    readonly protocol: 'tcp' | 'udp';
  }[];
  readonly dependsOn: readonly string[];
  readonly networks: readonly string[];
  /** names that `extra_hosts` gives it */
  readonly extraHosts: readonly string[];
  /** paths that its health check asks for over HTTP */
  readonly healthPaths: readonly string[];
  /** its command line asks for a password: `--secure` */
  readonly isSecure: boolean;
  /** it has the network of the engine's machine: whatever it listens on is published */
  readonly isOnHost: boolean;
  readonly reservesGpu: boolean;
}

export interface DoctorStack {
  readonly project: string;
  /** folder of the compose file */
  readonly directory: string;
  /** bytes that the profile says it needs with its images; undefined for a file that says nothing */
  readonly diskNeeded?: number | undefined;
  /** bytes of memory, likewise */
  readonly memoryNeeded?: number | undefined;
  readonly services: readonly DoctorService[];
  readonly warnings: readonly SaidError[];
  /** the profile's settings with the values that hold now */
  readonly settings: readonly {
    readonly name: string;
    readonly type: string;
    readonly variable: string;
    readonly value: string;
  }[];
  /** database roles whose password is a secret of the stack */
  readonly roles: readonly { readonly secret: string; readonly service: string; readonly role: string }[];
  /** the profile's own questions to its services */
  readonly probes: readonly {
    readonly id: string;
    readonly service: string;
    readonly command: readonly string[];
  }[];
}

export type CheckCategory = 'engine' | 'machine' | 'secrets' | 'stack' | 'database' | 'network';

/** What would mend a finding, for a program to do; nothing that deletes, and nothing without being shown first. */
export type Remedy =
  /** start what is missing */
  | { readonly do: 'start' }
  /** make the containers as they are set */
  | { readonly do: 'apply' }
  | { readonly do: 'open-setting'; readonly name: string }
  | { readonly do: 'choose-engine' }
  /** the part of the settings that says more, with what is to be done */
  | { readonly do: 'open-card'; readonly card: 'stack' | 'keys' | 'gpu' }
  /** a folder of the user's, who changes or removes something there */
  | { readonly do: 'open-folder'; readonly folder: string }
  /** a command that wants rights which this program has not, or that deletes: the user runs it */
  | { readonly do: 'copy'; readonly command: string }
  /** another port, which is free, for a setting */
  | { readonly do: 'use-port'; readonly setting: string; readonly port: number }
  /** another value for a setting; `asks`: what comes of it for data, to be agreed to first */
  | {
      readonly do: 'use-value';
      readonly setting: string;
      readonly value: string;
      readonly asks?: string | undefined;
    }
  | { readonly do: 'logs'; readonly service: string }
  /** the check's own repair; `asks`: what it changes of data or roles, to be agreed to first */
  | { readonly do: 'repair'; readonly label: string; readonly asks?: string | undefined };

export interface CheckResult {
  /** `skip`: what it looks at does not run, so nobody knows */
  readonly status: 'ok' | 'warn' | 'fail' | 'skip';
  readonly detail: string;
  /** what to do; `{stack}` in it stands where a command line names the stack */
  readonly fix?: string | undefined;
  readonly remedy?: Remedy | undefined;
}

export interface Check {
  readonly id: string;
  readonly title: string;
  readonly category: CheckCategory;
  /** false: it has nothing to look at here and is left out */
  applicable(ctx: DoctorContext): Promise<boolean>;
  run(ctx: DoctorContext): Promise<CheckResult>;
  /** Mends what `run` finds now, and nothing where it finds nothing. @throws Failure that says why it could not */
  repair?(ctx: RepairContext): Promise<void>;
}

export interface Finding extends CheckResult {
  readonly id: string;
  readonly title: string;
  readonly category: CheckCategory;
  /** of the error that the check met, where it is one of ours: `engine.not-installed` */
  readonly code?: string | undefined;
}
