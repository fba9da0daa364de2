/** The Compose model as the rest of the program sees it, and what loading one takes and gives. */
import type { AppError } from '../errors.ts';
import type { Value } from './kinds.ts';
import type { config, model, network, secret, service, volume } from './spec.ts';

/** A service in the CLI's canonical form: what `docker compose config --format json` prints. */
export type Service = Value<typeof service>;
export type Network = Value<typeof network>;
export type Volume = Value<typeof volume>;
export type Secret = Value<typeof secret>;
export type Config = Value<typeof config>;
export type Model = Value<typeof model>;

export type Build = NonNullable<Service['build']>;
export type DeviceRequest = NonNullable<Service['gpus']>[number];
export type Healthcheck = NonNullable<Service['healthcheck']>;
export type Hook = NonNullable<Service['post_start']>[number];
export type ServiceVolume = NonNullable<Service['volumes']>[number];
export type FileReference = NonNullable<Service['secrets']>[number];

/** What `x-…` keys hold: any YAML value. */
export type Extensions = Readonly<Record<string, unknown>>;

/** One project: the services to run and what they refer to. */
export interface Project {
  readonly name: string;
  readonly workingDir: string;
  /** absolute, in the order in which they merge; for the `config_files` label */
  readonly composeFiles: readonly string[];
  readonly services: Readonly<Record<string, Service>>;
  /** services whose profiles are not active: as written, their env files not read */
  readonly disabledServices: Readonly<Record<string, Service>>;
  /** only those that an enabled service uses, like the maps below */
  readonly networks: Readonly<Record<string, Network>>;
  readonly volumes: Readonly<Record<string, Volume>>;
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly configs: Readonly<Record<string, Config>>;
  readonly models: Readonly<Record<string, Model>>;
  /** top-level `x-…` keys */
  readonly extensions: Extensions;
  /** `x-…` keys of each service, which the CLI prints in YAML only */
  readonly serviceExtensions: Readonly<Record<string, Extensions>>;
  /** what the hashes need besides: each service before its env and label files were read */
  readonly unresolved: Readonly<Record<string, Unresolved>>;
}

/** The parts of a service that `env_file` and `label_file` change. */
export interface Unresolved {
  readonly environment?: Record<string, string | null>;
  readonly env_file?: NonNullable<Service['env_file']>;
  readonly label_file?: readonly string[];
}

/** The edge that reads files; given by the caller. */
export interface FileSource {
  /** The bytes of a file; throws an error with a `code` (ENOENT, EACCES, EISDIR, …). */
  read(path: string): Uint8Array;
  /** The path with its symbolic links resolved, if the file system has such; only `develop.watch` asks. */
  realpath?(path: string): string;
}

/** What is needed of `node:path` (or its `posix` and `win32` forms). */
export interface PathApi {
  join(...parts: string[]): string;
  dirname(path: string): string;
  basename(path: string): string;
  isAbsolute(path: string): boolean;
  relative(from: string, to: string): string;
  readonly sep: string;
}

/** A file that is not read from disk. */
export interface InMemoryFile {
  /** what messages call it and what relative paths start from; absolute */
  readonly path: string;
  readonly content: string;
}

export interface LoadOptions {
  /** absolute paths or texts, in the order in which they merge */
  readonly files: readonly (string | InMemoryFile)[];
  /** what relative paths start from (by default the first file's folder); absolute */
  readonly workingDir: string;
  /** wins over the file's `name:`; must already be a valid name */
  readonly projectName?: string | undefined;
  /** what `${NAME}` sees: the caller merges the environment and `.env` (see `parseDotenv`) */
  readonly variables: Readonly<Record<string, string>>;
  /** the active profiles; `*` is all */
  readonly profiles: readonly string[];
  readonly source: FileSource;
  readonly path: PathApi;
  /** what `~` means */
  readonly home: string;
}

export interface Loaded {
  readonly project: Project;
  readonly warnings: readonly AppError[];
  /** every variable that the files name, sorted */
  readonly variablesUsed: readonly string[];
  /** those of them that were not set and had no default, sorted */
  readonly missingVariables: readonly string[];
  /** every Compose, extended, included, env and label file that was read, in the order of reading */
  readonly sourceFiles: readonly string[];
  /** values of `secrets:` and `configs:` with an `environment:` source; never printed, never in `project` */
  readonly contents: {
    readonly secrets: Readonly<Record<string, string>>;
    readonly configs: Readonly<Record<string, string>>;
  };
}
