import type { Operation } from '../contract.ts';
import { watchClaims } from '../system/claim-watch.ts';
import { lockName, runningOperation } from './lock.ts';

/** How long each answer of the process that works may take, in milliseconds; it may be suspended. */
const ANSWER_MS = 1_000;

/**
 * Tells what is done with a stack, by whatever process, as that process publishes it, and `undefined` when it is over.
 * A process that does not say what it does is as none. Returns the way to stop.
 */
export function watchOperation(
  runtime: string,
  stack: { readonly engineId: string; readonly project: string },
  seen: (operation: Operation | undefined) => void,
): () => void {
  let ended = false;
  let isLooking = false;
  let close: () => void = () => {};
  const look = async (): Promise<void> => {
    if (isLooking || ended) return;
    isLooking = true;
    try {
      const lock = await runningOperation(runtime, stack, ANSWER_MS);
      if (!lock) return;
      close = () => lock.close();
      if (ended) return close();
      seen(lock.operation());
      lock.watch((operation) => {
        if (!ended) seen(operation);
      });
      await lock.ended;
      if (!ended) seen(undefined);
    } catch {
      // silent or of another version: the state is told without what it does
    } finally {
      isLooking = false;
    }
  };
  const stop = watchClaims(runtime, lockName(stack), () => void look());
  void look();
  return () => {
    ended = true;
    stop();
    close();
  };
}
