import type { AppError } from '../errors.ts';
import type { MountPoint } from '../docker/port.ts';

/** Which container of a service a step is about: one that is there (`id`), or one that `create` step makes. */
export interface ContainerRef {
  readonly service: string;
  readonly number: number;
  readonly name: string;
  readonly id?: string;
  /** id of the step that creates it */
  readonly createdBy?: string;
}

export type Condition = 'running' | 'healthy' | 'completed';

interface StepBase {
  /** unique in the plan; stable for the same plan */
  readonly id: string;
  /** ids of the steps that must be done before */
  readonly after: readonly string[];
  /** why the step is there, in words */
  readonly cause: string;
}

/** One thing to do; the executor carries it out and decides nothing. */
export type Step = StepBase &
  (
    | { readonly kind: 'pullImage'; readonly ref: string; readonly platform?: string }
    | { readonly kind: 'buildImage'; readonly service: string; readonly ref: string }
    /** a container that does nothing else asks the engine for the service's GPU */
    | { readonly kind: 'probeGpu'; readonly service: string }
    | { readonly kind: 'generateSecrets'; readonly names: readonly string[]; readonly volume: string }
    | { readonly kind: 'createNetwork'; readonly key: string; readonly name: string }
    | { readonly kind: 'removeNetwork'; readonly name: string; readonly networkId: string }
    | { readonly kind: 'createVolume'; readonly key: string; readonly name: string }
    | { readonly kind: 'removeVolume'; readonly name: string; readonly createdAt?: string | undefined }
    /** a secret of the stack alone, from its store */
    | { readonly kind: 'removeSecret'; readonly name: string }
    /** what settings and state have of the stack */
    | { readonly kind: 'forgetStack' }
    | {
        readonly kind: 'create';
        readonly container: ContainerRef;
        /** another container whose place it takes; created under a temporary name first */
        readonly replaces?: ContainerRef;
        /** mounts of the one it replaces, so that anonymous volumes go on */
        readonly inherit: readonly MountPoint[];
        /** by service: containers whose namespaces or volumes it shares, or that it links to; sorted by name */
        readonly peers: Readonly<Record<string, readonly ContainerRef[]>>;
      }
    | { readonly kind: 'rename'; readonly container: ContainerRef; readonly to: string }
    | { readonly kind: 'start'; readonly container: ContainerRef; readonly inject: boolean }
    | { readonly kind: 'stop'; readonly container: ContainerRef }
    | {
        readonly kind: 'remove';
        readonly container: ContainerRef;
        /** names of its nameless volumes, where those go with it */
        readonly nameless?: readonly string[];
      }
    | { readonly kind: 'restart'; readonly container: ContainerRef }
    | {
        readonly kind: 'wait';
        readonly service: string;
        readonly containers: readonly ContainerRef[];
        readonly condition: Condition;
        /** a failure is said and the dependents go on (`required: false`) */
        readonly optional: boolean;
        /** it ran before this operation: being unhealthy may pass once its dependency is back */
        readonly patient: boolean;
        /** milliseconds, from the service's own health check; absent: for as long as it takes */
        readonly budgetMs?: number;
      }
  );

/** Something that is not done without the user's word. */
export interface Confirmation {
  readonly kind:
    | 'foreign-volume'
    | 'unknown-volume'
    | 'other-engine'
    | 'left-folder'
    | 'give-keys'
    | 'delete-volume'
    | 'remove-stack';
  /** name of the volume, the engine, the folder, the keys or the stack: what must be typed where data is deleted */
  readonly subject: string;
  readonly text: string;
}

export interface Plan {
  readonly project: string;
  readonly operation: 'up' | 'down' | 'start' | 'stop' | 'restart' | 'remove';
  readonly steps: readonly Step[];
  /** said, and gone on */
  readonly warnings: readonly AppError[];
  readonly confirmations: readonly Confirmation[];
  /** containers of the project that no service of the file has */
  readonly orphans: readonly string[];
  /** services that need nothing */
  readonly unchanged: readonly string[];
}
