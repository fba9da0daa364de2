import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, failure, hasCode } from '../errors.ts';
import { type SecretEntries, openAge, sealAge } from './age.ts';
import { isErrno, writeAtomic } from './files.ts';
import { accountOf } from './secrets.ts';
import { withLock } from './short-lock.ts';
import type { AskPassphrase, Folders, SecretStore } from './types.ts';

/** What guards every key is not to be guessed; 256 MB a guess (age.ts) protect no word of a few letters. */
const LEAST_PASSPHRASE = 12;

/** Whoever makes an encrypted file is held to this, on every way. @throws Failure `secrets.short-passphrase` */
export function requireLong(passphrase: string): void {
  if (passphrase.length < LEAST_PASSPHRASE)
    throw failure('secrets.short-passphrase', { least: LEAST_PASSPHRASE });
}

/** Where the encrypted file lies. */
export const secretsFileIn = (config: string): string => join(config, 'secrets.age');

export interface PassphraseSource {
  /** named by LETTA_STACK_PASSPHRASE_FILE; wins over asking */
  readonly file?: string | undefined;
  /** absent where nobody can be asked */
  readonly ask?: AskPassphrase | undefined;
}

/**
 * The second store, for machines without a keychain: `secrets.age` in the config folder, encrypted with a passphrase.
 * Only ever used because the settings name it. Throws `secrets.wrong-passphrase`, `secrets.file-broken`,
 * `secrets.no-passphrase`, `secrets.passphrase-file` or, where the file would be made, `secrets.short-passphrase`.
 */
export function secretsFile(
  folders: Pick<Folders, 'config' | 'runtime'>,
  source: PassphraseSource,
  workFactor?: number,
): SecretStore {
  const path = secretsFileIn(folders.config);
  /** the passphrase that opened the file, for as long as this process lives */
  let passphrase: string | undefined;
  /** opening takes most of a second: not again while the file is the same */
  let opened: { key: string; entries: SecretEntries } | undefined;

  const load = async (): Promise<SecretEntries> => {
    const key = versionOf(path);
    if (key === undefined) return {};
    if (opened?.key === key) return opened.entries;
    passphrase ??= await passphraseFrom(source, path, 'open');
    try {
      opened = { key, entries: await openAge(readFileSync(path), passphrase, path) };
      return opened.entries;
    } catch (e) {
      // the next try asks again
      if (hasCode(e, 'secrets.wrong-passphrase')) passphrase = undefined;
      throw e;
    }
  };
  const change = async (make: (entries: SecretEntries) => SecretEntries): Promise<void> => {
    // asked before the lock: a person takes longer than others should wait
    passphrase ??= await passphraseFrom(source, path, versionOf(path) === undefined ? 'create' : 'open');
    const secret = passphrase;
    await withLock(folders.runtime, 'secrets', async () => {
      if (versionOf(path) === undefined) {
        // the next try asks again
        passphrase = undefined;
        requireLong(secret);
        passphrase = secret;
      }
      writeAtomic(path, await sealAge(make(await load()), secret, workFactor));
    });
  };

  const store: SecretStore = {
    kind: 'file',
    label: path,
    get: async (entry) => own(await load(), accountOf(entry)),
    set: async (entry, value) => {
      await change((entries) => ({ ...entries, [accountOf(entry)]: value }));
      if ((await store.get(entry)) !== value) {
        throw failure('secrets.not-kept', { name: entry.name, store: path });
      }
    },
    delete: async (entry) => {
      const account = accountOf(entry);
      if (own(await load(), account) === undefined) return false;
      await change((entries) =>
        Object.fromEntries(Object.entries(entries).filter(([key]) => key !== account)),
      );
      return true;
    },
    status: async () => {
      if (versionOf(path) === undefined) return 'absent';
      try {
        await load();
        return 'ok';
      } catch (e) {
        const locked = ['secrets.wrong-passphrase', 'secrets.no-passphrase', 'secrets.passphrase-asked'];
        if (e instanceof Failure && e.errors.some((x) => locked.includes(x.code))) return 'locked';
        throw e;
      }
    },
  };
  return store;
}

const own = (entries: SecretEntries, account: string): string | undefined =>
  Object.hasOwn(entries, account) ? entries[account] : undefined;

/** Changes when the file is replaced; undefined when there is none. */
function versionOf(path: string): string | undefined {
  try {
    const { ino, size, mtimeMs } = statSync(path);
    return `${ino} ${size} ${mtimeMs}`;
  } catch (e) {
    if (isErrno(e, 'ENOENT')) return undefined;
    throw e;
  }
}

async function passphraseFrom(
  source: PassphraseSource,
  path: string,
  purpose: 'open' | 'create',
): Promise<string> {
  if (source.file !== undefined) return passphraseInFile(source.file);
  if (!source.ask) throw failure('secrets.no-passphrase', { file: path });
  return source.ask(purpose);
}

/** The file's first line. */
export function passphraseInFile(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (e) {
    throw failure('secrets.passphrase-file', { file, reason: e instanceof Error ? e.message : String(e) }, e);
  }
  const line = text.split(/\r?\n/, 1)[0] ?? '';
  if (line === '') throw failure('secrets.passphrase-file', { file, reason: 'its first line is empty' });
  return line;
}
