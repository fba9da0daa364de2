import Store from 'electron-store';
import { confStore, storeOptions } from '../system/settings-conf.ts';
import type { SettingsStore } from '../system/types.ts';

/** The settings' store of the app: the terminal's file in the terminal's form, written by electron-store. */
export function electronSettingsStore(folder: string): SettingsStore {
  const { configName: name, ...options } = storeOptions(folder);
  return {
    ...confStore(folder),
    set: (value) => {
      new Store({ ...options, name }).store = { ...value };
    },
  };
}
