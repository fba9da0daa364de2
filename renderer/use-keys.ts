import { useState } from 'react';
import type { KeyStore } from '../main/channels.ts';
import { useAnswer, type Answer } from './answer.ts';
import type { SaidError } from './state.ts';

/** Where keys are kept, as it answered last. */
export interface AskedStore {
  /** undefined until it answered */
  readonly store: KeyStore | undefined;
  readonly errors: readonly SaidError[];
  readonly setStore: (now: KeyStore) => void;
}

/** A file that is not there yet has nothing, and asks for no passphrase to say so. */
const isOpen = ({ kind, status }: KeyStore): boolean =>
  status === 'ok' || (kind === 'file' && status === 'absent');

/**
 * What is set of a stack's keys, and the store that has them. What our state knows comes at once; what it does not, the
 * store is asked for as soon as it is open, since another installation may have set it.
 * @param when a text of what the answer depends on
 */
export function useKeys(project: string, when: string): Answer<'keys'> & { readonly kept: AskedStore } {
  const first = useAnswer('keyStore', {}, 'once');
  const [now, setStore] = useState<KeyStore>();
  const store = now ?? first.answer;
  const keys = useAnswer('keys', { project, asksStore: store !== undefined && isOpen(store) }, when);
  return { ...keys, kept: { store, errors: first.errors, setStore } };
}
