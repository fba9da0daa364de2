import { renameSync } from 'node:fs';
import { appError, failure, type AppError } from '../errors.ts';
import { isErrno, keepAside, readIfThere } from './files.ts';
import {
  SettingsSchema,
  type Problem,
  defaults,
  reasonOf,
  understand,
  type Understood,
} from './settings-schema.ts';
import { withLock } from './short-lock.ts';
import { watchFile } from './watch-folder.ts';
import type { Folders, OpenSettings, Settings, SettingsStore, State } from './types.ts';

/**
 * The settings of this user. Writes of any number of processes go one after the other, and none is lost: each reads
 * the file again under the lock. A file that cannot be understood is said and changed by nobody, until one who asked
 * for it begins anew, with a copy. Throws `settings.newer` for a file that a newer version wrote, `settings.invalid` for
 * a change that the schema refuses, `settings.refused` for a change of a broken file, `settings.unreadable` when the
 * file cannot be read.
 */
export function openSettings(
  store: SettingsStore,
  folders: Pick<Folders, 'runtime'>,
  state: Pick<State, 'saveSettingsVersion'>,
): OpenSettings {
  const locked = <T>(work: () => T | Promise<T>): Promise<T> => withLock(folders.runtime, 'settings', work);
  const file = store.path;

  return {
    path: file,
    read: async () => {
      const found = await look(store);
      if (found.kind !== 'broken') return { settings: settingsOf(store, found) };
      return { settings: defaults, warning: appError('settings.broken', { file, reason: found.reason }) };
    },
    keepAside: () =>
      locked(async () => ((await look(store)).kind === 'broken' ? keepAside(file) : undefined)),
    update: (change, { beginAnew = false } = {}) =>
      locked(async () => {
        const found = await look(store);
        if (found.kind === 'broken' && !beginAnew) {
          const { reason } = found;
          throw failure('settings.refused', { file, reason, isRepaired: false, isUpdate: true });
        }
        const before = found.kind === 'broken' ? defaults : settingsOf(store, found);
        const changed = SettingsSchema.safeParse(change(before));
        if (!changed.success) throw failure('settings.invalid', { reason: reasonOf(changed.error) });
        const aside = found.kind === 'broken' ? keepAside(file) : undefined;
        try {
          await store.set(changed.data);
        } catch (e) {
          if (aside !== undefined) renameSync(aside, file);
          throw e;
        }
        const unnoted = await noteVersion(state, file, changed.data);
        if (found.kind !== 'broken' || aside === undefined) {
          return { settings: changed.data, ...(unnoted && { warning: unnoted }) };
        }
        const warning = appError('settings.replaced', { file, aside, reason: found.reason });
        return { settings: changed.data, warning };
      }),
    watch: (changed) => watchFile(store.path, changed),
  };
}

type Found = Exclude<Understood, { kind: 'broken' }> | { readonly kind: 'broken'; readonly reason: string };

async function look(store: SettingsStore): Promise<Found> {
  try {
    const found = understand(store.get());
    if (found.kind !== 'broken') return found;
    return { kind: 'broken', reason: await placed(store.path, found.problems) };
  } catch (e) {
    if (e instanceof SyntaxError) return { kind: 'broken', reason: await notJson(store.path, e) };
    if (['EACCES', 'EISDIR', 'EFTYPE', 'EFBIG'].some((code) => isErrno(e, code))) {
      throw failure('settings.unreadable', { file: store.path, reason: (e as Error).message }, e);
    }
    throw e;
  }
}

function settingsOf(store: SettingsStore, found: Exclude<Found, { kind: 'broken' }>): Settings {
  if (found.kind === 'newer') {
    throw failure('settings.newer', { file: store.path, version: found.version });
  }
  return found.settings;
}

/** Every problem with its line, as an editor counts them. */
async function placed(file: string, problems: readonly Problem[]): Promise<string> {
  // loaded for a broken file alone
  const { lineAt } = await import('./json-place.ts');
  const text = readIfThere(file) ?? '';
  return problems.map(({ path, reason }) => `line ${lineAt(text, path)}: ${reason}`).join('; ');
}

/** The parser's own words name a place only now and then, and as a count of characters. */
async function notJson(file: string, { message }: SyntaxError): Promise<string> {
  const { brokenLine } = await import('./json-place.ts');
  const line = brokenLine(readIfThere(file) ?? '');
  const reason = message.replace(/ in JSON at position .*$/s, '').replaceAll(/\s+/g, ' ');
  return line === undefined ? reason : `line ${line}: ${reason}`;
}

/** The change holds already: a history that cannot be written (the disk is full) is a warning. */
async function noteVersion(
  state: Pick<State, 'saveSettingsVersion'>,
  file: string,
  settings: Settings,
): Promise<AppError | undefined> {
  try {
    await state.saveSettingsVersion(settings);
    return undefined;
  } catch (e) {
    const reason = e instanceof Error ? e.message : String(e);
    return appError('settings.not-noted', { file, reason });
  }
}
