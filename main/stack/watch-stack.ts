import { isDeepStrictEqual } from 'node:util';
import type { Operation, StackState } from '../contract.ts';
import type { Engine } from '../docker/port.ts';
import { Failure, say } from '../errors.ts';
import { holdsAt } from './derive.ts';
import type { Ends } from './ends.ts';
import { LABEL } from './labels.ts';
import { observeContainers } from './observe.ts';
import type { ObservedContainer } from './observed.ts';
import { pause } from './pause.ts';
import { unknownState, withOperation } from './stack-status.ts';

/** The first event is looked at once, those in a row after it no more often than this, in milliseconds. */
const AT_MOST_EVERY_MS = 100;
/** The safety net under the events, in milliseconds. */
const RESYNC_MS = 5 * 60_000;
/** How often a silent engine is asked for a sign of life, and how long it may take for one, in milliseconds. */
const PING_EVERY_MS = 6_000;
const PING_WITHIN_MS = 4_000;
/** How soon it is asked again while it gives none, in milliseconds. */
const PING_AGAIN_MS = 1_000;

export interface WatchInput {
  readonly engine: Engine;
  readonly project: string;
  /** without what is done with the stack */
  readonly stateOf: (containers: ObservedContainer[]) => Promise<StackState>;
  /** tells what is done with the stack, undefined when it is over; gives the way to stop */
  readonly operations: (seen: (operation: Operation | undefined) => void) => () => void;
  /** who ended what, as far as was heard; outlives one watch */
  readonly ends: Ends;
  readonly signal: AbortSignal;
}

/**
 * A stack's state now and after every change, until `signal` aborts. Events are hints: each wakes one new look at the
 * project's containers; so does each loss of the connection, each reconnect, the time at which one in a loop of restarts
 * has come up, and the clock every five minutes. `exec_*` wakes nothing. While the engine does not answer the state is
 * `unknown`, with the reason; one that keeps the connection and falls silent is found within 15 s.
 * @throws Failure when the engine does not answer at the first look
 */
export async function* watchStack(input: WatchInput): AsyncIterable<StackState> {
  const { engine, signal } = input;
  let wake: () => void = () => {};
  let isStale = true;
  let isTold = false;
  let operation: Operation | undefined;
  const hint = (): void => {
    isStale = true;
    wake();
  };
  const end = new AbortController();
  const until = AbortSignal.any([signal, end.signal]);
  signal.addEventListener('abort', hint);
  let base: StackState | undefined;
  let last: StackState | undefined;
  let lookedAt = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  let held: NodeJS.Timeout | undefined;
  let listening: Promise<unknown> | undefined;
  let stop = (): void => {};
  try {
    listening = Promise.all([listen(input, hint, until), keepAsking(engine, hint, until)]);
    timer = setInterval(hint, RESYNC_MS);
    stop = input.operations((seen) => {
      operation = seen;
      isTold = false;
      wake();
    });
    while (!signal.aborted) {
      if (!isStale && isTold) await new Promise<void>((resolve) => (wake = resolve));
      const wait = lookedAt + AT_MOST_EVERY_MS - performance.now();
      if (wait > 0) await pause(wait, signal);
      if (signal.aborted) return;
      lookedAt = performance.now();
      isTold = true;
      if (isStale || !base) {
        isStale = false;
        const seen = await look(input, base);
        base = seen.state;
        clearTimeout(held);
        // that it went on says no event
        if (seen.holdsAt < Infinity) held = setTimeout(hint, seen.holdsAt - Date.now());
      }
      const state = withOperation(base, operation);
      if (isDeepStrictEqual(state, last)) continue;
      last = state;
      yield state;
    }
  } finally {
    signal.removeEventListener('abort', hint);
    stop();
    clearInterval(timer);
    clearTimeout(held);
    end.abort();
    await listening;
  }
}

/** What may have changed something. Left to the engine to choose, so that a health check's `exec_*` wake nobody. */
const EVENTS =
  'create start restart rename update pause unpause kill oom die stop destroy health_status'.split(' ');

/** Calls `hint` for what may have changed something; ends with the signal. */
async function listen(
  { engine, project, ends }: WatchInput,
  hint: () => void,
  until: AbortSignal,
): Promise<void> {
  const filters = { type: ['container'], event: EVENTS, label: [`${LABEL.project}=${project}`] };
  try {
    for await (const item of engine.events(filters, until)) {
      if (item.kind === 'event') ends.heard(item.event);
      hint();
    }
  } catch {
    // it ends for good only with the signal; the clock is what remains if it ever ends otherwise
  }
}

/** Calls `hint` when an engine that was there gives no sign of life, and when it does again. */
async function keepAsking(engine: Engine, hint: () => void, until: AbortSignal): Promise<void> {
  let isThere = true;
  while (!until.aborted) {
    await pause(isThere ? PING_EVERY_MS : PING_AGAIN_MS, until);
    if (until.aborted) return;
    const answers = await engine.ping(PING_WITHIN_MS).then(
      () => true,
      () => false,
    );
    if (answers !== isThere) hint();
    isThere = answers;
  }
}

interface Look {
  readonly state: StackState;
  /** when the next one of a loop of restarts will have come up, milliseconds since 1970; Infinity: there is none */
  readonly holdsAt: number;
}

async function look(
  { engine, project, stateOf, ends }: WatchInput,
  last: StackState | undefined,
): Promise<Look> {
  try {
    // asked beside it: an engine that takes connections and is silent is found out in time
    const [containers] = await Promise.all([observeContainers(engine, project), engine.ping(PING_WITHIN_MS)]);
    const now = Date.now();
    const seen = containers.map((c) => ends.of(c, now));
    const due = seen.map((c) => holdsAt(c, now) ?? Infinity);
    return { state: await stateOf(seen), holdsAt: Math.min(...due) };
  } catch (error) {
    const problem =
      error instanceof Failure ? error.errors.find((e) => e.code.startsWith('engine.')) : undefined;
    if (!last || !problem) throw error;
    return { state: unknownState(last, say(problem).message), holdsAt: Infinity };
  }
}
