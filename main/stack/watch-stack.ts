import { isDeepStrictEqual } from 'node:util';
import type { StackState } from '../contract.ts';
import type { Engine } from '../docker/port.ts';
import { Failure, say } from '../errors.ts';
import { LABEL } from './labels.ts';
import { observeContainers } from './observe.ts';
import type { ObservedContainer } from './observed.ts';

/** Several events in a row are one look, in milliseconds. */
const DEBOUNCE_MS = 100;
/** The safety net under the events, in milliseconds. */
const RESYNC_MS = 30_000;

/**
 * A stack's state now and after every change, until `signal` aborts. Events are hints: each wakes one new look at the
 * project's containers; so does each loss of the connection, each reconnect, and the clock every 30 s. `exec_*` wakes
 * nothing. While the engine does not answer the state is `unknown`, with the reason.
 * @throws Failure when the engine does not answer at the first look
 */
export async function* watchStack(
  engine: Engine,
  project: string,
  stateOf: (containers: ObservedContainer[]) => Promise<StackState>,
  signal: AbortSignal,
): AsyncIterable<StackState> {
  let wake: () => void = () => {};
  let changed = true;
  const hint = (): void => {
    changed = true;
    wake();
  };
  const end = new AbortController();
  const listening = listen(engine, project, hint, AbortSignal.any([signal, end.signal]));
  const timer = setInterval(hint, RESYNC_MS);
  signal.addEventListener('abort', hint);
  let last: StackState | undefined;
  try {
    while (!signal.aborted) {
      if (!changed) await new Promise<void>((resolve) => (wake = resolve));
      if (last) await new Promise((resolve) => setTimeout(resolve, DEBOUNCE_MS));
      if (signal.aborted) return;
      changed = false;
      const state = await look(engine, project, stateOf, last);
      if (isDeepStrictEqual(state, last)) continue;
      last = state;
      yield state;
    }
  } finally {
    signal.removeEventListener('abort', hint);
    clearInterval(timer);
    end.abort();
    await listening;
  }
}

/** Calls `hint` for what may have changed something; ends with the signal. */
async function listen(engine: Engine, project: string, hint: () => void, until: AbortSignal): Promise<void> {
  const filters = { type: ['container'], label: [`${LABEL.project}=${project}`] };
  try {
    for await (const item of engine.events(filters, until)) {
      if (item.kind !== 'event' || !item.event.Action.startsWith('exec_')) hint();
    }
  } catch {
    // it ends for good only with the signal; the clock is what remains if it ever ends otherwise
  }
}

async function look(
  engine: Engine,
  project: string,
  stateOf: (containers: ObservedContainer[]) => Promise<StackState>,
  last: StackState | undefined,
): Promise<StackState> {
  try {
    return await stateOf(await observeContainers(engine, project));
  } catch (error) {
    const problem =
      error instanceof Failure ? error.errors.find((e) => e.code.startsWith('engine.')) : undefined;
    if (!last || !problem) throw error;
    const sentence = say(problem).message;
    const { cause: _before, ...rest } = last;
    return { ...rest, status: 'unknown', sentence, cause: { kind: 'engine', sentence } };
  }
}
