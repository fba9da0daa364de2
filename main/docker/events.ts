import { setTimeout as sleep } from 'node:timers/promises';
import { say, Failure } from '../errors.ts';
import { jsonLines } from './lines.ts';
import type { EngineEvent, EventStreamItem, Filters } from './port.ts';
import type { Transport } from './transport.ts';

const FIRST_WAIT_MS = 250;
/** An engine that is back is found within 2 s; over ssh each try is a login. */
const LONGEST_WAIT_MS = 1_500;
const LONGEST_WAIT_SSH_MS = 10_000;

/**
 * Events from now on until `until` aborts or the engine is closed. When the connection breaks it says `lost`, waits with doubling pauses and
 * connects again with `since` the last event; `connected` then means: list everything again, for what happened
 * while the engine was down was never written (facts: compose-semantics §7).
 */
export async function* eventsOf(
  api: Transport,
  filters: Filters,
  until: AbortSignal,
): AsyncGenerator<EventStreamItem> {
  const signal = AbortSignal.any([until, api.closed]);
  let last: number | undefined;
  let waitMs = FIRST_WAIT_MS;
  while (!signal.aborted) {
    try {
      await api.ping(); // a half-open engine would keep the request below waiting for ever
      const seen = last;
      const query = { filters, since: seen === undefined ? undefined : seconds(seen) };
      const stream = await api.open({ method: 'GET', path: '/events', query, signal }, true);
      yield { kind: 'connected' };
      for await (const event of jsonLines<EngineEvent>(stream)) {
        waitMs = FIRST_WAIT_MS;
        if (seen !== undefined && event.timeNano <= seen) continue; // `since` includes its own moment
        last = event.timeNano;
        yield { kind: 'event', event };
      }
      if (signal.aborted) return;
      yield { kind: 'lost', reason: 'the engine ended the stream', retryInMs: waitMs };
    } catch (e) {
      if (signal.aborted) return;
      const reason = e instanceof Failure ? e.errors.map((x) => say(x).message).join('; ') : String(e);
      yield { kind: 'lost', reason, retryInMs: waitMs };
    }
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    waitMs = Math.min(
      waitMs * 2,
      api.endpoint.url.startsWith('ssh:') ? LONGEST_WAIT_SSH_MS : LONGEST_WAIT_MS,
    );
  }
}

/** Nanoseconds since 1970 as the API takes them. JSON numbers of this size are exact to about 0.25 µs only. */
const seconds = (nanos: number): string =>
  `${Math.floor(nanos / 1e9)}.${String(nanos % 1e9).padStart(9, '0')}`;
