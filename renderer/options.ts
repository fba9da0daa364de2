import { useState } from 'react';
import type { AppOptions } from '../main/channels.ts';
import { useConnection } from './context.ts';
import { errorsOf, type SaidError } from './state.ts';

/**
 * So long a value that main has taken is shown although the snapshot does not have it yet: the snapshot follows the
 * settings file, a moment later.
 */
const SETTLED_MS = 1_000;

export interface OptionEditor {
  /** as the snapshot has them, with what is being changed */
  readonly options: AppOptions;
  readonly change: <K extends keyof AppOptions>(name: K, value: AppOptions[K]) => void;
  readonly errorsOf: (name: keyof AppOptions) => readonly SaidError[];
}

/** The app's settings as they are told, and the way to change one. */
export function useOptions(told: AppOptions): OptionEditor {
  const { call } = useConnection();
  // each change is an object of its own: a later one of the same setting is not ended by an earlier one
  const [changes, setChanges] = useState<readonly Partial<AppOptions>[]>([]);
  const [errors, setErrors] = useState<Partial<Record<keyof AppOptions, readonly SaidError[]>>>({});
  return {
    options: Object.assign({}, told, ...changes) as AppOptions,
    change: (name, value) => {
      const change: Partial<AppOptions> = { [name]: value };
      const end = (): void => setChanges((before) => before.filter((c) => c !== change));
      setChanges((before) => [...before, change]);
      setErrors((before) => ({ ...before, [name]: [] }));
      call('changeOptions', change).then(
        () => setTimeout(end, SETTLED_MS),
        (thrown: unknown) => {
          end();
          setErrors((before) => ({ ...before, [name]: errorsOf(thrown) }));
        },
      );
    },
    errorsOf: (name) => errors[name] ?? [],
  };
}
