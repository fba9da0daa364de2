import type { Operation } from '../contract.ts';

/** We run the stack's operation; whoever comes second sees what is published here. */
export interface OwnLock {
  readonly held: true;
  /** tells everyone who watches */
  publish(operation: Operation): void;
  /** called when somebody else asks to cancel; once at most per asker */
  onCancel(cancel: () => void): void;
  /** no error when it is released already */
  release(): void;
}

/** Another process runs an operation of this stack. */
export interface OthersLock {
  readonly held: false;
  /** the latest it told */
  operation(): Operation;
  /** called with each further publication; returns the way to stop */
  watch(seen: (operation: Operation) => void): () => void;
  /** resolves when it is over: released, or its process is gone */
  readonly ended: Promise<void>;
  /** asks it to cancel; its answer is the operation ending */
  cancel(): void;
  /** stops listening; the operation goes on */
  close(): void;
}

export interface LockRequest {
  readonly engineId: string;
  readonly project: string;
  /** what the others see until the first `publish` */
  readonly operation: Operation;
}
