import type { AppError } from '../errors.ts';

/** Where we keep what is ours. Absolute paths; `openFolders` makes them, 0700. */
export interface Folders {
  /** what the user chose: settings, the encrypted secret file */
  readonly config: string;
  /** what we know: applied profiles, secret ids, incidents */
  readonly state: string;
  readonly logs: string;
  /** sockets of running operations; its path is short enough for a Unix socket */
  readonly runtime: string;
}

/** One stack in the settings: a bundled profile or files of the user's, and the variables they take. */
export type StackSettings = Readonly<{
  profile?: string | undefined;
  /** absolute paths, in merge order */
  files?: readonly string[] | undefined;
  /** project directory, absolute; absent where it is the first file's folder */
  directory?: string | undefined;
  /** `--env-file`, absolute paths */
  envFiles?: readonly string[] | undefined;
  /** Compose profiles that are active */
  composeProfiles?: readonly string[] | undefined;
  variables: Readonly<Record<string, string>>;
}>;

/** What only the app follows; a missing one is as it comes. */
export type AppSettings = Readonly<{
  startAtLogin?: boolean | undefined;
  onQuit?: 'keep' | 'stop' | 'ask' | undefined;
  theme?: 'system' | 'light' | 'dark' | undefined;
  /** kinds of notifications that are switched off */
  notificationsOff?: readonly string[] | undefined;
  /** from one time of the day to another: `22:00`, `07:00` */
  quietHours?: Readonly<{ from: string; to: string }> | undefined;
  trayHintSeen?: boolean | undefined;
  /** how far the setup is; null: it is over, or was left */
  setup?: Readonly<{ step: string; project?: string | undefined }> | null | undefined;
}>;

export type Settings = Readonly<{
  version: number;
  /** engine to use: a URL or the name of a Docker context */
  engine?: string | undefined;
  /** registry mirror, host[:port] */
  mirror?: string | undefined;
  /** project shown first */
  current?: string | undefined;
  secretStore?: 'keychain' | 'file' | undefined;
  app?: AppSettings | undefined;
  /** by project name */
  stacks: Readonly<Record<string, StackSettings>>;
}>;

/**
 * Where settings lie: `conf` in the terminal, electron-store in the app, with one folder, name and schema.
 * `get` reads the file now (another process may have written it), is undefined when there is none, and throws a
 * `SyntaxError` when it is not JSON.
 */
export interface SettingsStore {
  readonly path: string;
  get(): unknown;
  set(value: Readonly<Record<string, unknown>>): void | Promise<void>;
}

export interface ReadSettings {
  readonly settings: Settings;
  /** the file is broken, or was and is kept aside */
  readonly warning?: AppError;
}

export interface OpenSettings {
  readonly path: string;
  /**
   * A broken file stays where it is: then there is a `warning` beside the defaults. A look must not be what loses it,
   * and an editor may be writing it this moment.
   */
  read(): Promise<ReadSettings>;
  /** Moves a broken file aside, so that the defaults hold from now on; where it is, undefined for a sound one. */
  keepAside(): Promise<string | undefined>;
  /**
   * Reads, changes and writes under the lock; the version before stays in the history. Returns what was written.
   * With `beginAnew` a broken file is kept aside first, and `warning` says where: for who was told what they change.
   * @throws Failure `settings.refused` for a broken file otherwise, which stays as it is: it may break while an
   * operation runs, and defaults must not take its place
   */
  update(
    change: (settings: Settings) => Settings,
    options?: { readonly beginAnew?: boolean },
  ): Promise<ReadSettings>;
  /** Tells when somebody wrote them (then `read` again); returns the way to stop. */
  watch(changed: () => void): () => void;
}

/** What `up` applied: enough to build the same model again without the files. */
export interface AppliedProfile {
  /** bundled profile; absent for the user's own files */
  readonly profile?: string | undefined;
  readonly version?: string | undefined;
  /** names of all services, disabled ones too, where none has hooks: their labels then say how they are ended */
  readonly services?: readonly string[] | undefined;
  /** project directory, against which relative paths were resolved */
  readonly directory: string;
  /** the files given, in merge order */
  readonly files: readonly string[];
  /** `--env-file`, absolute; their values are read again when they are needed */
  readonly envFiles?: readonly string[] | undefined;
  /** Compose profiles that were active */
  readonly composeProfiles?: readonly string[] | undefined;
  /** keys of all stacks that the user's own files gave to services, as it was agreed: `OPENAI_API_KEY app` */
  readonly keys?: readonly string[] | undefined;
  /** every file that was read (included and extended ones too), by path */
  readonly contents: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  /** names taken from the process environment and the env files; never their values */
  readonly environment: readonly string[];
}
export type Applied = AppliedProfile & { readonly at: string };

export interface EngineOfStack {
  readonly id: string;
  /** for people: the engine's host name or URL */
  readonly name: string;
}

export interface Incident {
  /** ISO 8601 */
  readonly at: string;
  readonly service?: string | undefined;
  readonly sentence: string;
}

export interface HistoryEntry {
  /** ISO 8601 */
  readonly at: string;
  /** ISO 8601, of what lasted; absent while it does */
  readonly until?: string | undefined;
  /** `incident`: what the terminal or the app was told; `health`: what the app saw; `unwatched`: it did not run */
  readonly kind: 'settings' | 'profile' | 'incident' | 'health' | 'unwatched';
  readonly project?: string | undefined;
  /** `production 1.2.0`, or what went wrong; absent for settings */
  readonly title?: string | undefined;
  /** the operation that ended it, or `itself` */
  readonly done?: string | undefined;
  /** unified diff to the version before; empty for what is no version */
  readonly diff: string;
}

/** A start of containers that take a secret. */
export interface SecretUse {
  /** ISO 8601 */
  readonly at: string;
  readonly project: string;
}

/** What is known about stacks, and about the engines that they ran on. Reads see other processes' writes; writes are on disk when the promise resolves. */
export interface State {
  /** random id drawn when the secret was set; undefined when it never was */
  secretId(scope: string, name: string): string | undefined;
  /** when it was set, ISO 8601; undefined when only its entry was found */
  secretSetAt(scope: string, name: string): string | undefined;
  /** draws a new id, never derived from the value, and keeps it; `found`: the value was set some time before */
  setSecretId(
    scope: string,
    name: string,
    options?: { found?: boolean; store?: SecretStore['kind'] },
  ): Promise<string>;
  /** the store that it was put into; undefined where it was not noted */
  secretKeptIn(scope: string, name: string): SecretStore['kind'] | undefined;
  unsetSecretId(scope: string, name: string): Promise<void>;
  /** the last start of a stack that went well with it; undefined: none since it was set */
  secretUsed(scope: string, name: string): SecretUse | undefined;
  noteSecretsUsed(project: string, secrets: readonly SecretEntry[]): Promise<void>;
  /** names of the secrets of a scope that have an id */
  secretNames(scope: string): readonly string[];
  /** whether anything but secrets is known of a stack */
  knows(project: string): boolean;
  /** Takes out what is known of a stack, its versions and incidents too; ids of secrets that are still set stay. */
  forget(project: string): Promise<void>;
  engineOf(project: string): EngineOfStack | undefined;
  /** each engine that had it, the last one last: their volumes may still be there */
  enginesOf(project: string): readonly EngineOfStack[];
  setEngineOf(project: string, engine: EngineOfStack): Promise<void>;
  /** bytes per second of the last download of an engine's, by the engine's id; undefined where none was long enough */
  downloadSpeed(engine: string): number | undefined;
  saveDownloadSpeed(engine: string, perSecond: number): Promise<void>;
  applied(project: string): Applied | undefined;
  saveApplied(project: string, applied: AppliedProfile): Promise<void>;
  /** the last 20 versions of one applied profile with their diffs, newest first */
  appliedHistory(project: string): readonly HistoryEntry[];
  /** the last 100, oldest first */
  incidents(project: string): readonly Incident[];
  /** `at`: ISO 8601, where it is not now that it began */
  addIncident(project: string, incident: { at?: string; service?: string; sentence: string }): Promise<void>;
  saveSettingsVersion(settings: Settings): Promise<void>;
  /** settings, applied profiles and incidents together, newest first */
  history(): readonly HistoryEntry[];
  /** Tells when somebody wrote it; returns the way to stop. */
  watch(changed: () => void): () => void;
}

/** A secret's name in its scope: `global` (provider keys) or a project (passwords of one stack). */
export interface SecretEntry {
  readonly scope: string;
  readonly name: string;
}

export type SecretStoreStatus = 'ok' | 'locked' | 'no-keyring' | 'no-bus' | 'absent';

/** Throws a `Failure` with a `secrets.*` code where the store cannot be used. */
export interface SecretStore {
  readonly kind: 'keychain' | 'file';
  /** where it is, for people: `the system's keychain`, or the file's path */
  readonly label: string;
  status(): Promise<SecretStoreStatus>;
  get(entry: SecretEntry): Promise<string | undefined>;
  /** writes, reads back and compares */
  set(entry: SecretEntry, value: string): Promise<void>;
  /** false when there was none */
  delete(entry: SecretEntry): Promise<boolean>;
}

/** Asks for a passphrase: to open the file, or (twice, by the asker) for a new one. */
export type AskPassphrase = (purpose: 'open' | 'create') => Promise<string>;

export interface PortUse {
  readonly free: boolean;
  /** the process that listens there, where it may be seen */
  readonly pid?: number | undefined;
  readonly process?: string | undefined;
  /** why it cannot be used, when nobody listens: no such address */
  readonly reason?: string | undefined;
  /** the range that Windows keeps for itself, and in which the port is */
  readonly reserved?: PortRange | undefined;
}

/** Ports from the first to the last. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}
