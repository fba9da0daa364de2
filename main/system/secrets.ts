import { randomInt } from 'node:crypto';
import { type ErrorCode, Failure, failure } from '../errors.ts';
import type { SecretEntry, SecretStore, SecretStoreStatus } from './types.ts';
import { within } from './within.ts';

const SERVICE = 'letta-stack';
/** A prompt to unlock the keychain may wait for ever; a person needs this long at most. Milliseconds. */
const ANSWER_WITHIN = 60_000;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** 32 characters of [A-Za-z0-9] (190 bits) from the system's generator, each equally likely. */
export function generateSecret(): string {
  return Array.from({ length: 32 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** How an entry is called in a store: `global/OPENAI_API_KEY`. */
export const accountOf = (entry: SecretEntry): string => `${entry.scope}/${entry.name}`;

/**
 * The system's keychain: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows. Entries are the
 * same for terminal and app. Throws `secrets.locked`, `secrets.no-keyring`, `secrets.no-bus`, `secrets.no-service`
 * or `secrets.failed`; `set` throws `secrets.not-kept` when what is read back is not what was written.
 */
export function keychain(): SecretStore {
  const store: SecretStore = {
    kind: 'keychain',
    label: "the system's keychain",
    get: async (entry) => (await call(entry, (e, signal) => e.getPassword(signal))) ?? undefined,
    set: async (entry, value) => {
      await call(entry, (e, signal) => e.setPassword(value, signal));
      if ((await store.get(entry)) !== value) {
        throw failure('secrets.not-kept', { name: entry.name, store: store.label });
      }
    },
    delete: (entry) => call(entry, (e, signal) => e.deletePassword(signal)),
    status: () => probe(store),
  };
  return store;
}

type Native = typeof import('@napi-rs/keyring');

type Work<T> = (entry: InstanceType<Native['AsyncEntry']>, signal: AbortSignal) => Promise<T>;

/** The keychain's process ended while it was asked (seen with gnome-keyring 42); the bus starts it with the next call. */
const ENDED_WHILE_ASKED = /disconnected from message bus without replying/i;

/** Calls the keychain and tells its failures apart; what it ended under is asked once more, which changes nothing twice. */
async function call<T>(entry: SecretEntry, work: Work<T>): Promise<T> {
  try {
    return await ask(entry, work);
  } catch (e) {
    const ended = e instanceof Failure && ENDED_WHILE_ASKED.test(String(e.errors[0]?.data['reason']));
    if (!ended) throw e;
    return ask(entry, work);
  }
}

/** The native module is loaded with the first call only. */
async function ask<T>(entry: SecretEntry, work: Work<T>): Promise<T> {
  try {
    const { AsyncEntry } = await import('@napi-rs/keyring');
    // without the pin Linux falls back to the kernel's keyring, which forgets at logout
    const native = new AsyncEntry(SERVICE, accountOf(entry), { linux: { store: 'secret-service' } });
    // a native call that has begun cannot be aborted, only left behind
    const answer = work(native, AbortSignal.timeout(ANSWER_WITHIN)).then((value) => ({ value }));
    const inTime = await within(ANSWER_WITHIN, answer);
    if (!inTime) throw new Error('unlock prompt was not answered');
    return inTime.value;
  } catch (e) {
    const reason = e instanceof Error ? e.message : String(e);
    throw failure(keychainProblem(reason), { reason }, e);
  }
}

/**
 * What a message of the keychain means. The texts of `@napi-rs/keyring` 2.1 and of the Secret Service beneath it were
 * recorded from a real gnome-keyring in each of its states; macOS says "interaction is not allowed" when locked.
 */
export function keychainProblem(message: string): ErrorCode & `secrets.${string}` {
  if (/unlock prompt|is locked|interaction is not allowed/i.test(message)) return 'secrets.locked';
  if (/no result found/i.test(message)) return 'secrets.no-keyring';
  if (/not provided by any \.service files|cannot find native binding|loading native/i.test(message)) {
    return 'secrets.no-service';
  }
  if (/dbus error/i.test(message)) return 'secrets.no-bus';
  return 'secrets.failed';
}

const statusOf: Readonly<Record<string, SecretStoreStatus>> = {
  'secrets.locked': 'locked',
  'secrets.no-keyring': 'no-keyring',
  'secrets.no-bus': 'no-bus',
  'secrets.no-service': 'absent',
};

/**
 * Writes, reads and deletes an entry of its own: only that proves a store (a locked keychain answers reads).
 * @throws Failure `secrets.*` that says why nothing can be kept
 */
export async function tryStore(store: SecretStore): Promise<void> {
  const entry: SecretEntry = { scope: 'probe', name: generateSecret() };
  await store.set(entry, generateSecret());
  await store.delete(entry);
}

/** How a keychain is. */
async function probe(store: SecretStore): Promise<SecretStoreStatus> {
  try {
    await tryStore(store);
    return 'ok';
  } catch (e) {
    const status = e instanceof Failure ? statusOf[e.errors[0]?.code ?? ''] : undefined;
    if (status) return status;
    throw e;
  }
}
