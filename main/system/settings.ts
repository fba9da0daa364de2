import { renameSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { appError, failure } from '../errors.ts';
import { isErrno, keepAside } from './files.ts';
import { SettingsSchema, type Understood, defaults, reasonOf, understand } from './settings-schema.ts';
import { withLock } from './short-lock.ts';
import { watchFolder } from './watch-folder.ts';
import type { Folders, OpenSettings, Settings, SettingsStore, State } from './types.ts';

/**
 * The settings of this user. Writes of any number of processes go one after the other, and none is lost: each reads
 * the file again under the lock. A file that cannot be understood is said, and never overwritten without a copy.
 * Throws `settings.newer` for a file that a newer version wrote, `settings.invalid` for a change that the schema
 * refuses, `settings.unreadable` when the file cannot be read.
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
      const found = look(store);
      if (found.kind !== 'broken') return { settings: settingsOf(store, found) };
      return { settings: defaults, warning: appError('settings.broken', { file, reason: found.reason }) };
    },
    keepAside: () => locked(() => (look(store).kind === 'broken' ? keepAside(file) : undefined)),
    update: (change) =>
      locked(async () => {
        const found = look(store);
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
        await state.saveSettingsVersion(changed.data);
        if (found.kind !== 'broken' || aside === undefined) return { settings: changed.data };
        const warning = appError('settings.replaced', { file, aside, reason: found.reason });
        return { settings: changed.data, warning };
      }),
    watch: (changed) => watchFile(store.path, changed),
  };
}

function look(store: SettingsStore): Understood {
  try {
    return understand(store.get());
  } catch (e) {
    if (e instanceof SyntaxError) return { kind: 'broken', reason: e.message.replaceAll(/\s+/g, ' ') };
    if (isErrno(e, 'EACCES') || isErrno(e, 'EISDIR')) {
      throw failure('settings.unreadable', { file: store.path, reason: e.message }, e);
    }
    throw e;
  }
}

function settingsOf(store: SettingsStore, found: Exclude<Understood, { kind: 'broken' }>): Settings {
  if (found.kind === 'newer') {
    throw failure('settings.newer', { file: store.path, version: found.version });
  }
  return found.settings;
}

/** A file that is replaced rather than written is seen through its folder; a burst of events is told once. */
function watchFile(path: string, changed: () => void): () => void {
  let soon: NodeJS.Timeout | undefined;
  const stop = watchFolder(dirname(path), (name) => {
    if (name !== undefined && name !== basename(path)) return;
    clearTimeout(soon);
    soon = setTimeout(changed, 50).unref();
  });
  return () => {
    clearTimeout(soon);
    stop();
  };
}
