import type { Operation, StackState } from '../contract.ts';
import type { AppError } from '../errors.ts';
import type { Engine } from '../docker/port.ts';
import type { Loaded } from '../model/types.ts';
import type { Downloads } from '../preview-shape.ts';
import type { Confirmation, Plan } from './plan-types.ts';
import type { ProfileBlock } from './profile.ts';
import type { Removal } from './plan-remove.ts';

/** Which stack is meant: a bundled profile, files of the user's, or one that was started before. */
export interface StackRef {
  /** id of a bundled profile */
  readonly profile?: string;
  /** absolute paths, in merge order */
  readonly files?: readonly string[];
  /** `--env-file`, absolute paths */
  readonly envFiles?: readonly string[];
  /** `--project`: names the project of files, or picks one that was started before */
  readonly project?: string;
  /** active Compose profiles (`--profile`) */
  readonly composeProfiles?: readonly string[];
  /** folder that relative paths of the files start from, absolute; the first file's own where it is absent */
  readonly projectDirectory?: string;
  /** folder in which a Compose file is looked for when nothing is named, absolute */
  readonly directory: string;
}

/** How an operation speaks to whoever asked for it. */
export interface OperationIo {
  readonly signal: AbortSignal;
  /** at most 10 times a second, and once at the end */
  readonly onOperation?: (operation: Operation) => void;
  readonly onWarning?: (warning: AppError) => void;
  /** called once with the plan before anything is done */
  readonly onPlan?: (plan: Plan) => void;
  /** the user's word for what the plan asks; false stops with `stack.confirmation-needed` */
  readonly confirm: (confirmations: readonly Confirmation[]) => Promise<boolean>;
}

export interface UpRequest {
  /** only these and what they depend on; all when empty */
  readonly services?: readonly string[];
  /** makes the services' containers anew although nothing changed */
  readonly forceRecreate?: boolean;
  readonly removeOrphans?: boolean;
  /** `missing` (default) follows each service's pull_policy; `always` pulls every image; `never` pulls none */
  readonly pull?: 'missing' | 'always' | 'never';
  /** builds again even where an image is there */
  readonly build?: boolean;
  /** milliseconds for every wait, instead of the services' own budgets */
  readonly waitTimeoutMs?: number;
}

export interface DownRequest {
  readonly services?: readonly string[];
  readonly removeOrphans?: boolean;
  /** names of volumes to delete; each must be confirmed by typing its name */
  readonly deleteVolumes?: readonly string[];
}

export interface LogLine {
  readonly service: string;
  readonly container: string;
  readonly stream: 'stdout' | 'stderr';
  /** ISO 8601, nanoseconds */
  readonly at: string;
  /** without its line end and, as far as they are known, without secrets */
  readonly text: string;
}

export interface LogRequest {
  readonly services?: readonly string[];
  readonly follow?: boolean;
  /** ISO 8601 time, Go duration before now (`10m`), or `start`: when each container was last started */
  readonly since?: string;
  readonly tail?: number;
  /** called once where secrets cannot be taken out of the lines, with why */
  readonly onUnredacted?: (warnings: readonly AppError[]) => void;
  readonly signal: AbortSignal;
}

export interface LogPageRequest extends Pick<LogRequest, 'services' | 'since' | 'onUnredacted' | 'signal'> {
  /** only what was written before this line's time */
  readonly before?: string;
  /** at most so many, of all services together */
  readonly lines: number;
}

/** Some lines in the order of their time, without a gap between them. */
export interface LogPage {
  readonly lines: readonly LogLine[];
  /** the engine has lines before them */
  readonly hasOlder: boolean;
}

/** What is known of a secret: never its value. */
export interface SecretState {
  readonly name: string;
  readonly label: string;
  readonly scope: 'global' | 'stack';
  readonly required: boolean;
  /** in the store that the settings name, as far as it was noted */
  readonly set: boolean;
  /** the other store, where it was put into that one */
  readonly elsewhere?: 'keychain' | 'file';
  /** ISO 8601; absent where only its entry was found, and where it is not set */
  readonly setAt?: string;
  /** the last start that went well of a stack with it */
  readonly used?: { readonly at: string; readonly project: string };
}

/** What the real CLI is called with. */
export interface ComposeCall {
  readonly args: readonly string[];
  /** holds secrets: for a child process only */
  readonly env: Readonly<Record<string, string>>;
}

/** One stack: everything that can be asked of it and done with it. */
export interface Stack {
  readonly project: string;
  /** bundled profile's id */
  readonly profile?: string;
  /**
   * What the files say of themselves; what was applied, where they cannot be understood.
   * @throws Failure `stack.profile-block`, `stack.no-such-profile` where nothing was
   */
  readonly block?: ProfileBlock | undefined;

  /** Model of the files as they are now. @throws Failure with every problem of reading */
  load(): Promise<Loaded>;
  /** Names of the variables that the files take, whatever is wrong with their values. */
  variablesUsed(): Promise<readonly string[]>;
  /** What `up` would do; changes nothing. */
  plan(request: UpRequest): Promise<Plan>;
  /** How much a plan's images are to download, as far as their registries say it within seconds. */
  downloads(plan: Plan, signal: AbortSignal): Promise<Downloads>;
  /**
   * What can be known of an `up` before another stack, `leaving`, is stopped for it: the model, sources and secrets, a
   * store that keeps what is to be made, ports that others hold. Changes nothing; `agreed` is the user's word for the plan.
   * @throws Failure that the `up` would throw
   */
  rehearse(leaving: string, agreed: (plan: Plan) => boolean): Promise<void>;
  up(request: UpRequest, io: OperationIo): Promise<StackState>;
  down(request: DownRequest, io: OperationIo): Promise<void>;
  /** Everything of it, in the order in which `remove` does it; changes nothing. */
  removal(): Promise<Removal>;
  /**
   * Removes everything of it: containers, networks, its own volumes, then their keys, then what is known of it. Asked
   * is for the stack's name, for exactly this list.
   * @throws Failure `stack.removal-elsewhere`, `stack.volume-in-use`; `stack.removal-incomplete` with what is left
   */
  remove(io: OperationIo): Promise<void>;
  /** What a restart would do; changes nothing. */
  planRestart(services: readonly string[]): Promise<Plan>;
  start(services: readonly string[], io: OperationIo): Promise<StackState>;
  stop(services: readonly string[], io: OperationIo): Promise<StackState>;
  restart(services: readonly string[], io: OperationIo): Promise<StackState>;
  /** `deep` runs the profile's probes */
  status(options?: { deep?: boolean; signal?: AbortSignal }): Promise<StackState>;
  /** the state now, and again whenever it changes, until `signal` aborts */
  watch(signal: AbortSignal): AsyncIterable<StackState>;
  /** asks whichever process works on this stack to cancel and waits for its end; undefined when nobody does */
  cancel(): Promise<Operation | undefined>;
  /** all services' lines, in order of their time */
  logs(request: LogRequest): AsyncIterable<LogLine>;
  /** the last lines there are, or the last ones before a time */
  logPage(request: LogPageRequest): Promise<LogPage>;
  /** id of the running container of a service. @throws Failure `stack.not-running`, `stack.no-such-service` */
  containerOf(service: string): Promise<{ engine: Engine; id: string }>;
  /**
   * Files and environment for the real CLI; the environment holds secrets and is for a child process only.
   * @throws Failure `stack.secrets-not-made` before the first `up`, `stack.secret-missing`
   */
  composeCall(): Promise<ComposeCall>;

  secrets(): Promise<readonly SecretState[]>;
  /**
   * Sets a secret. A database password is changed inside the running database first. Setting and removing hold the
   * stack's lock; where no engine answers there is none to hold, and it works without.
   * Data on the engine that the stack ran on counts, whichever engine answers.
   * @param isInUse it was not chosen now: a stack has it, and a password of the server may be short then
   * @returns what the user should know of it
   * @throws Failure `secrets.short-password`; `secrets.confirm-unreadable` when data would become unreadable and `confirmed` is not the name;
   * `stack.busy`
   */
  setSecret(name: string, value: string, confirmed?: string, isInUse?: boolean): Promise<readonly AppError[]>;
  unsetSecret(name: string, confirmed?: string): Promise<boolean>;
  /**
   * Gives a database role the password that is stored for it, in the running database, under the stack's lock.
   * @throws Failure `secrets.database-not-running`, `secrets.role-not-changed`, `cli.secret-not-set`
   */
  restoreRole(secret: string): Promise<void>;
}
