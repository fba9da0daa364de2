import type { StackState } from '../contract.ts';
import type { Engine } from '../docker/port.ts';
import { LABEL } from './labels.ts';
import { observeContainers } from './observe.ts';
import type { ObservedContainer } from './observed.ts';

/** Several events in a row are one look, in milliseconds. */
const DEBOUNCE_MS = 100;
/** The safety net under the events, in milliseconds. */
const RESYNC_MS = 30_000;

/**
 * A stack's state now and after every change, until `signal` aborts. Events are hints: each wakes one new look at the
 * project's containers; so does each reconnect, and the clock every 30 s. `exec_*` wakes nothing.
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
  const until = AbortSignal.any([signal, end.signal]);
  const filters = { type: ['container'], label: [`${LABEL.project}=${project}`] };
  const listening = (async () => {
    for await (const item of engine.events(filters, until)) {
      if (item.kind === 'connected') hint();
      else if (item.kind === 'event' && !item.event.Action.startsWith('exec_')) hint();
    }
  })();
  const timer = setInterval(hint, RESYNC_MS);
  signal.addEventListener('abort', hint);
  let last = '';
  try {
    while (!signal.aborted) {
      if (!changed) await new Promise<void>((resolve) => (wake = resolve));
      await new Promise((resolve) => setTimeout(resolve, last === '' ? 0 : DEBOUNCE_MS));
      if (signal.aborted) return;
      changed = false;
      const state = await stateOf(await observeContainers(engine, project));
      const text = JSON.stringify(state);
      if (text === last) continue;
      last = text;
      yield state;
    }
  } finally {
    clearInterval(timer);
    end.abort();
    await listening.catch(() => {}); // it ends with the signal; a lost stream was told as `lost` and retried
  }
}
