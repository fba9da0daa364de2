/** A value that others follow; as `useSyncExternalStore` takes it: the same object until there is a new one. */
export interface Store<T> {
  readonly get: () => T;
  readonly subscribe: (changed: () => void) => () => void;
}

export function makeStore<T>(first: T): Store<T> & { readonly set: (value: T) => void } {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set: (next) => {
      value = next;
      for (const changed of listeners) changed();
    },
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
}
