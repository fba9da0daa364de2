import { z } from 'zod';
import {
  CALLS,
  PUSHES,
  Reply,
  type AppSnapshot,
  type Bridge,
  type CallInput,
  type CallName,
  type CallOutput,
  type PushName,
  type PushValue,
} from '../main/channels.ts';
import { AppErrorSchema } from '../main/contract.ts';
import { makeStore, type Store } from './store.ts';
import { withUse, type UseHistory } from './use-history.ts';

export type SaidError = z.infer<typeof AppErrorSchema>;

/** What main has told so far. */
export interface Told {
  readonly snapshot?: AppSnapshot;
  /** where tray or notification want the window to be; a new object each time */
  readonly show?: PushValue<'show'>;
  /** the first snapshot could not be had */
  readonly errors?: readonly SaidError[];
}

/** The window's only way to main. */
export interface Connection {
  readonly platform: string;
  readonly told: Store<Told>;
  /** what the services use; it grows only while it is watched, and it is kept while other views are open */
  readonly use: Store<UseHistory>;
  /** @throws CallError with what main said */
  readonly call: <C extends CallName>(name: C, input: CallInput<C>) => Promise<CallOutput<C>>;
  /** follows what main tells; gives the way to stop */
  readonly on: <P extends PushName>(name: P, take: (value: PushValue<P>) => void) => () => void;
}

/** A call that main answered with errors. */
export class CallError extends Error {
  readonly errors: readonly SaidError[];
  constructor(errors: readonly SaidError[]) {
    super(errors.map((e) => e.message).join('\n'));
    this.name = 'CallError';
    this.errors = errors;
  }
}

/** Listens first and asks then, so that nothing is missed in between; whatever is older than what is known is dropped. */
export function connect(bridge: Bridge): Connection {
  const told = makeStore<Told>({});
  const use = makeStore<UseHistory>([]);
  const tell = (change: Partial<Told>): void => told.set({ ...told.get(), ...change });

  function seen(snapshot: AppSnapshot): void {
    const known = told.get().snapshot;
    if (known && known.revision >= snapshot.revision) return;
    // another stack has services of the same names
    if (known?.current !== snapshot.current) use.set([]);
    tell({ snapshot });
  }

  function on<P extends PushName>(name: P, take: (value: PushValue<P>) => void): () => void {
    return bridge.on(name, (value) => take(PUSHES[name].parse(value) as PushValue<P>));
  }

  async function call<C extends CallName>(name: C, input: CallInput<C>): Promise<CallOutput<C>> {
    const reply = Reply.parse(await bridge.call(name, input));
    if (!reply.ok) throw new CallError(reply.errors);
    return CALLS[name].output.parse(reply.value) as CallOutput<C>;
  }

  on('snapshot', seen);
  on('show', (show) => tell({ show }));
  on('use', (value) => use.set(withUse(use.get(), value)));
  call('snapshot', {}).then(seen, (thrown: unknown) => tell({ errors: errorsOf(thrown) }));

  return { platform: bridge.platform, told, use, call, on };
}

/** What was thrown, in words; what main did not say itself is a fault of ours. */
export function errorsOf(thrown: unknown): readonly SaidError[] {
  if (thrown instanceof CallError) return thrown.errors;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return [
    { code: 'window.fault', data: {}, message, next: 'This is a fault of Letta Stack: please report it.' },
  ];
}
