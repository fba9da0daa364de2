import { failure } from '../errors.ts';
import { claim } from './claim.ts';
import { within } from './within.ts';

/** Work under a short lock takes milliseconds; the encrypted file's key takes seconds. Milliseconds. */
const WAIT_AT_MOST = 30_000;

/**
 * Runs `work` while no other process (and nobody else here) runs work under the same name. For a read, a change and
 * a write of one of our own files. Throws `lock.timeout` when the others do not end within 30 s.
 */
export async function withLock<T>(runtime: string, name: string, work: () => T | Promise<T>): Promise<T> {
  const until = Date.now() + WAIT_AT_MOST;
  for (;;) {
    const got = await claim(runtime, name, () => undefined);
    if (got.held) {
      try {
        return await work();
      } finally {
        got.release();
      }
    }
    const ended = got.peer.closed.then(() => true);
    if (!(await within(Math.max(0, until - Date.now()), ended))) {
      got.peer.close();
      throw failure('lock.timeout', { name });
    }
  }
}
