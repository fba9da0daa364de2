import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Operation } from '../contract.ts';
import { failure } from '../errors.ts';
import { type Holder, claim, holderOf, nextOf } from '../system/claim.ts';
import type { Peer } from '../system/peer.ts';
import type { LockRequest, OthersLock, OwnLock } from './lock-types.ts';

const FromHolder = z.object({ operation: Operation });
const FromOther = z.object({ cancel: z.literal(true) });

/**
 * Takes the lock of a stack: one operation at a time for an engine and a project, in the terminal and the app alike.
 * Who comes second gets the operation that runs, its progress and a way to cancel it. The lock is gone with its
 * process. It does not bind the docker CLI.
 * Throws `lock.silent` when the other process neither answers nor ends, `lock.other-version` when what it says is not
 * understood.
 */
export async function acquireLock(runtime: string, request: LockRequest): Promise<OwnLock | OthersLock> {
  const name = lockName(request);
  for (;;) {
    const own = new Publisher(request.operation);
    const got = await claim(runtime, name, (peer) => own.add(peer));
    if (got.held) {
      return {
        held: true,
        publish: (operation) => own.publish(operation),
        onCancel: (cancel) => own.onCancel(cancel),
        release: () => got.release(),
      };
    }
    const others = await follow(got);
    if (others) return others;
    // it ended before it said what it did: try again
  }
}

/**
 * The operation that runs on a stack now, in whatever process; undefined when none does. Takes nothing.
 * Throws as `acquireLock`; `milliseconds` is how long each answer of the other process may take.
 */
export async function runningOperation(
  runtime: string,
  stack: Pick<LockRequest, 'engineId' | 'project'>,
  milliseconds?: number,
): Promise<OthersLock | undefined> {
  const holder = await holderOf(runtime, lockName(stack), milliseconds);
  return holder && follow(holder, milliseconds);
}

/** The name of a stack's lock: an engine's id may hold any character, and a socket's path is short. */
export function lockName({ engineId, project }: Pick<LockRequest, 'engineId' | 'project'>): string {
  const key = createHash('sha256').update(`${engineId}\0${project}`).digest('hex');
  return `stack-${key.slice(0, 16)}`;
}

/** The holder's side: tells everyone connected the latest operation, hears who asks to cancel. */
class Publisher {
  #latest: Operation;
  #cancel: (() => void) | undefined;
  #cancelAsked = false;
  readonly #peers = new Set<Peer>();

  constructor(first: Operation) {
    this.#latest = first;
  }

  add(peer: Peer): void {
    this.#peers.add(peer);
    void peer.closed.then(() => this.#peers.delete(peer));
    peer.onMessage((message) => {
      if (FromOther.safeParse(message).success) this.#askCancel();
    });
    peer.send({ operation: this.#latest });
  }

  publish(operation: Operation): void {
    this.#latest = operation;
    for (const peer of this.#peers) peer.send({ operation });
  }

  onCancel(cancel: () => void): void {
    this.#cancel = cancel;
    if (this.#cancelAsked) cancel();
  }

  #askCancel(): void {
    this.#cancelAsked = true;
    this.#cancel?.();
  }
}

/** The other side: undefined when the holder is gone before it told its operation. */
async function follow(holder: Holder, milliseconds?: number): Promise<OthersLock | undefined> {
  const { peer, pid } = holder;
  const said = await nextOf(holder, milliseconds);
  const first = FromHolder.safeParse(said);
  if (!first.success) {
    peer.close();
    if (said === undefined) return undefined;
    // it lives and has the lock: asking again would give the same answer for as long as it works
    throw failure('lock.other-version', { pid });
  }
  let latest = first.data.operation;
  const watchers = new Set<(operation: Operation) => void>();
  peer.onMessage((message) => {
    const told = FromHolder.safeParse(message);
    if (!told.success) return;
    latest = told.data.operation;
    for (const seen of watchers) seen(latest);
  });
  return {
    held: false,
    operation: () => latest,
    watch: (seen) => {
      watchers.add(seen);
      return () => watchers.delete(seen);
    },
    ended: peer.closed,
    cancel: () => peer.send({ cancel: true }),
    close: () => peer.close(),
  };
}
