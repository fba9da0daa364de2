import { redactor, type Redactor } from './redact.ts';
import type { SecretStore } from './types.ts';

/**
 * The values that this process has met so far, to take them out of texts of our own: no store is opened for it. They
 * are in its memory anyway until it ends.
 */
export class SeenSecrets {
  readonly #values = new Set<string>();
  #redactor: Redactor | undefined;

  readonly note = (value: string): void => {
    if (this.#values.has(value)) return;
    this.#values.add(value);
    this.#redactor = undefined;
  };

  readonly redacted = (text: string): string => {
    this.#redactor ??= redactor([...this.#values]);
    return this.#redactor.text(text);
  };
}

/** The store, with each value told that comes out of it or goes into it. */
export function withValuesTold(store: SecretStore, tell: (value: string) => void): SecretStore {
  return {
    kind: store.kind,
    label: store.label,
    status: () => store.status(),
    get: async (entry) => {
      const value = await store.get(entry);
      if (value !== undefined) tell(value);
      return value;
    },
    set: (entry, value) => {
      // before it is written: what fails may have it in its words
      tell(value);
      return store.set(entry, value);
    },
    delete: (entry) => store.delete(entry),
  };
}
