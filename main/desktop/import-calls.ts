import type { CallInput, CallOutput, EnvImport, TakenEnv } from '../channels.ts';
import type { Core } from '../core-types.ts';
import { lossesOf, mayBeDeleted, type EnvContents } from '../env-import.ts';
import { failure, saidOf } from '../errors.ts';
import { sealedIn, sortBackup, takeBackup, type BackupEntry, type SortedBackup } from '../key-backup.ts';
import { readableStacks, stackOfProject } from '../known-stacks.ts';
import { openAge, type SecretEntries } from '../system/age.ts';
import { deleteEnvFile } from '../system/env-file.ts';
import { requireSound } from '../system/settings-watch.ts';
import { readImport, takeImport } from '../take-import.ts';
import type { KeyImports } from './key-imports.ts';

export interface ImportCallEdges {
  readonly core: Core;
  readonly imports: KeyImports;
  /** asks which file is to be read; undefined: none */
  readonly chooseToRead: () => Promise<string | undefined>;
}

type Name = 'chooseImport' | 'openImport' | 'takeImport' | 'deleteImport' | 'closeImport';

/** Why an entry of a backup is not taken. */
const NOT_TAKEN: Readonly<Record<BackupEntry['is'], string>> = {
  fresh: 'you left it out',
  stored: 'it is stored already',
  kept: 'another value is set, and stays',
  elsewhere: 'one is set in another secret store, and stays',
};

/** Answers about files that have keys: a `.env` file for one stack, a backup for all. */
export function importCalls({ core, imports, chooseToRead }: ImportCallEdges): {
  readonly [C in Name]: (input: CallInput<C>) => Promise<CallOutput<C>>;
} {
  const sorted = async (content: SecretEntries): Promise<SortedBackup> =>
    sortBackup(core, await readableStacks(core), content);

  /** As it is now: since it was shown, another value may have been set. */
  async function takenOfBackup(content: SecretEntries, names: ReadonlySet<string>): Promise<TakenEnv> {
    const { entries, unknown } = await sorted(content);
    const chosen = entries.filter((e) => e.is === 'fresh' && names.has(e.account));
    const { taken, failed, warnings } = await takeBackup(core, chosen);
    const left = entries.filter((e) => !chosen.includes(e));
    return {
      taken: [...taken],
      failed: failed.map(({ name, errors }) => ({ name, errors: saidOf(errors) })),
      losses: [
        ...left.map(({ account, is }) => ({ name: account, why: NOT_TAKEN[is] })),
        ...unknown.map((name) => ({ name, why: 'no stack here takes it' })),
      ],
      mayDelete: false,
      warnings: saidOf(warnings),
    };
  }

  return {
    chooseImport: async ({ project }) => {
      const stack = await stackOfProject(core, project);
      const path = await chooseToRead();
      if (path === undefined) return null;
      const sealed = sealedIn(path);
      if (sealed) return { token: imports.keep({ is: 'sealed', path, sealed }), file: path };
      const { file, contents } = await readImport(core, stack, path);
      return shownEnv(imports.keep({ is: 'env', project: stack.project, file, contents }), path, contents);
    },
    openImport: async ({ token, passphrase }) => {
      const { path, sealed } = imports.get(token, 'sealed');
      const content = await openAge(sealed, passphrase, path);
      const backup = await sorted(content);
      // another file may have been chosen meanwhile
      imports.get(token, 'sealed');
      return shownBackup(imports.keep({ is: 'backup', path, content }), path, backup);
    },
    takeImport: async ({ token, names }) => {
      await requireSound(core.edges.settings, undefined);
      const read = imports.get(token, 'env', 'backup');
      if (read.is === 'backup') {
        const done = await takenOfBackup(read.content, new Set(names));
        imports.close(token);
        return done;
      }
      const { project, contents } = read;
      const stack = await stackOfProject(core, project);
      const { taken, failed, warnings } = await takeImport(core, stack, contents, new Set(names));
      return {
        taken: [...taken],
        failed: failed.map(({ name, errors }) => ({ name, errors: saidOf(errors, project) })),
        losses: lossesOf(contents, new Set(taken)).map((loss) => ({ ...loss })),
        mayDelete: mayBeDeleted(contents),
        warnings: saidOf(warnings, project),
      };
    },
    deleteImport: ({ token }) => {
      const { file, contents } = imports.get(token, 'env');
      if (!mayBeDeleted(contents))
        throw failure('secrets.import-kept', { file: file.path, reason: 'it alone has the whole of a key' });
      deleteEnvFile(file);
      imports.close(token);
      return Promise.resolve(null);
    },
    closeImport: ({ token }) => {
      imports.close(token);
      return Promise.resolve(null);
    },
  };
}

const shownEnv = (token: string, path: string, contents: EnvContents): EnvImport => ({
  token,
  file: path,
  isBackup: false,
  secrets: contents.secrets.map(({ value: _value, cleaned, ...s }) => ({ ...s, cleaned: [...cleaned] })),
  settings: contents.settings.map((s) => ({ ...s })),
  invented: contents.invented.map((i) => ({ ...i })),
  others: [...contents.others],
  empty: [...contents.empty],
});

const shownBackup = (token: string, path: string, { entries, unknown }: SortedBackup): EnvImport => ({
  token,
  file: path,
  isBackup: true,
  secrets: entries.map(({ account, label, is }) => ({
    name: account,
    label,
    isSet: is !== 'fresh',
    isStored: is === 'stored',
    cleaned: [],
    ...(is !== 'fresh' && { problem: NOT_TAKEN[is] }),
  })),
  settings: [],
  invented: [],
  others: [...unknown],
  empty: [],
});
