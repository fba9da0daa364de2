import { join } from 'node:path';
import { readIfThere } from './files.ts';
import type { SettingsStore } from './types.ts';

/** The same for `conf` (here) and electron-store (the app): one file, one form. */
export const storeOptions = (folder: string) => ({
  cwd: folder,
  configName: 'settings',
  fileExtension: 'json',
  configFileMode: 0o600,
  // a project or variable may have a dot in its name
  accessPropertiesByDotNotation: false,
  serialize: (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`,
});

/**
 * The settings' store of the terminal, `settings.json` in the config folder. Reading needs no `conf` (it takes 60 ms
 * to load, and it takes a list for an empty file): it is loaded for the first write.
 */
export function confStore(folder: string): SettingsStore {
  const path = join(folder, 'settings.json');
  return {
    path,
    get: () => {
      const text = readIfThere(path);
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
    set: async (value) => {
      const { default: Conf } = await import('conf');
      new Conf(storeOptions(folder)).store = { ...value };
    },
  };
}
