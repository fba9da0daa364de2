import { createContext, use, useEffect, useState, useSyncExternalStore } from 'react';
import { errorsOf, type Connection, type SaidError, type Told } from './state.ts';
import type { UseHistory } from './use-history.ts';

export const WindowContext = createContext<Connection | undefined>(undefined);

/** The connection to main. */
export function useConnection(): Connection {
  const connection = use(WindowContext);
  if (!connection) throw new Error('there is no connection around this component');
  return connection;
}

/** What main has told so far. */
export function useTold(): Told {
  const { told } = useConnection();
  return useSyncExternalStore(told.subscribe, told.get);
}

/** What the services used in the last minutes, as far as it was watched. */
export function useUse(): UseHistory {
  const { use: store } = useConnection();
  return useSyncExternalStore(store.subscribe, store.get);
}

/** Whether the window can be seen. */
export function useVisible(): boolean {
  return useSyncExternalStore(onVisibility, () => !document.hidden);
}

function onVisibility(changed: () => void): () => void {
  document.addEventListener('visibilitychange', changed);
  return () => document.removeEventListener('visibilitychange', changed);
}

export interface Action<Given = void> {
  readonly run: (given: Given) => void;
  readonly isRunning: boolean;
  readonly errors: readonly SaidError[];
  readonly dismiss: () => void;
}

/** Something asynchronous that a button does: whether it runs, and what it failed with. */
export function useAction<Given = void>(act: (given: Given) => Promise<unknown>): Action<Given> {
  const [isRunning, setRunning] = useState(false);
  const [errors, setErrors] = useState<readonly SaidError[]>([]);
  const run = (given: Given): void => {
    setRunning(true);
    setErrors([]);
    act(given)
      .catch((thrown: unknown) => setErrors(errorsOf(thrown)))
      .finally(() => setRunning(false));
  };
  return { run, isRunning, errors, dismiss: () => setErrors([]) };
}

/** The time now, anew every `everyMs` while the window can be seen; undefined: it stands. */
export function useNow(everyMs: number | undefined): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (everyMs === undefined) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) setNow(Date.now());
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
