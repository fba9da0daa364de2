import type { Operation, StackState } from '../contract.ts';
import type { AppError, SaidError } from '../errors.ts';
import type { Engine } from '../docker/port.ts';
import type { Loaded } from '../model/types.ts';
import type { Confirmation, Plan } from './plan-types.ts';
import type { ProfileBlock } from './profile.ts';

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
  /** folder in which a Compose file is looked for when nothing is named, absolute */
  readonly directory: string;
}

/** How an operation speaks to whoever asked for it. */
export interface OperationIo {
  readonly signal: AbortSignal;
  /** at most 10 times a second, and once at the end */
  readonly onOperation?: (operation: Operation) => void;
  readonly onWarning?: (warning: SaidError) => void;
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
  /** redacted, without its line end */
  readonly text: string;
}

export interface LogRequest {
  readonly services?: readonly string[];
  readonly follow?: boolean;
  /** ISO 8601 time or Go duration before now (`10m`) */
  readonly since?: string;
  readonly tail?: number;
  readonly signal: AbortSignal;
}

/** What is known of a secret: never its value. */
export interface SecretState {
  readonly name: string;
  readonly label: string;
  readonly scope: 'global' | 'stack';
  readonly required: boolean;
  readonly set: boolean;
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
  up(request: UpRequest, io: OperationIo): Promise<StackState>;
  down(request: DownRequest, io: OperationIo): Promise<void>;
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
   * @returns what the user should know of it
   * @throws Failure `secrets.confirm-unreadable` when data would become unreadable and `confirmed` is not the name;
   * `stack.busy`
   */
  setSecret(name: string, value: string, confirmed?: string): Promise<readonly AppError[]>;
  unsetSecret(name: string, confirmed?: string): Promise<boolean>;
}
