import type { Core } from './core-types.ts';
import { entryOf } from './stack/profile-secrets.ts';
import type { Stack } from './stack/stack-types.ts';
import { isAge, type SecretEntries } from './system/age.ts';
import { readRegular } from './system/files.ts';
import { accountOf } from './system/secrets.ts';
import { takeImport, type TakenImport } from './take-import.ts';

/** An entry of a backup that one of the stacks takes. */
export interface BackupEntry {
  /** `global/OPENAI_API_KEY` */
  readonly account: string;
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly stack: Stack;
  /** what becomes of it: another value that is set stays, here or in another store: it may be newer, and data may have been made with it */
  readonly is: 'fresh' | 'stored' | 'kept' | 'elsewhere';
}

export interface SortedBackup {
  readonly entries: readonly BackupEntry[];
  /** accounts that none of the stacks takes */
  readonly unknown: readonly string[];
}

/** What is encrypted in a file; undefined for any other, and for one that reading it as a .env file says what is wrong with. */
export function sealedIn(file: string): Uint8Array | undefined {
  try {
    const content = readRegular(file, LONGEST);
    return isAge(content) ? content : undefined;
  } catch {
    return undefined;
  }
}
/** More than every key of a hundred stacks. Bytes. */
const LONGEST = 10_000_000;

/**
 * What becomes of each entry of a backup. The store says what is set: our state may not know.
 * @throws Failure `secrets.*` of the store
 */
export async function sortBackup(
  core: Core,
  stacks: readonly Stack[],
  content: SecretEntries,
): Promise<SortedBackup> {
  const store = await core.secretStore();
  const unknown = new Set(Object.keys(content));
  const entries: BackupEntry[] = [];
  for (const stack of stacks) {
    for (const { name, label, scope, set, elsewhere } of await stack.secrets()) {
      const entry = entryOf(stack.project, { name, scope });
      const account = accountOf(entry);
      const value = content[account];
      // a provider's key is the same for all stacks
      if (value === undefined || !unknown.delete(account)) continue;
      const present = await store.get(entry);
      const absent = elsewhere === undefined ? 'fresh' : 'elsewhere';
      const same = set ? 'stored' : 'fresh';
      const is = present === undefined ? absent : present === value ? same : 'kept';
      entries.push({ account, name, label, value, stack, is });
    }
  }
  return { entries, unknown: [...unknown] };
}

/** Stores entries of a backup as if each were set by hand, each told by its account. */
export async function takeBackup(core: Core, entries: readonly BackupEntry[]): Promise<TakenImport> {
  const all = [];
  for (const [stack, secrets] of Map.groupBy(entries, (e) => e.stack)) {
    const accounts = new Map(secrets.map((s) => [s.name, s.account]));
    const done = await takeImport(core, stack, { secrets, settings: [] }, new Set(accounts.keys()));
    const accountIn = (name: string): string => accounts.get(name) ?? name;
    all.push({
      taken: done.taken.map(accountIn),
      failed: done.failed.map(({ name, errors }) => ({ name: accountIn(name), errors })),
      warnings: done.warnings,
    });
  }
  return {
    taken: all.flatMap((d) => d.taken),
    failed: all.flatMap((d) => d.failed),
    warnings: all.flatMap((d) => d.warnings),
  };
}
