import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { failure } from '../../../main/errors.ts';
import { readProfileBlock } from '../../../main/stack/profile.ts';
import { accountOf } from '../../../main/system/secrets.ts';
import { openState } from '../../../main/system/state.ts';
import type { SecretStore, State } from '../../../main/system/types.ts';

/** A store in memory that can be locked, and counts how often it was opened. */
export class MemoryStore implements SecretStore {
  readonly kind = 'file';
  readonly label = 'a store in memory';
  readonly entries = new Map<string, string>();
  locked = false;
  /** what happens after the next `set`: the process is killed before it goes on */
  killAfterSet = false;
  opened = 0;

  readonly open = (): Promise<SecretStore> => {
    this.opened += 1;
    return Promise.resolve(this);
  };
  readonly status: SecretStore['status'] = () => Promise.resolve(this.locked ? 'locked' : 'ok');
  readonly get: SecretStore['get'] = async (entry) => {
    await this.#use();
    return this.entries.get(accountOf(entry));
  };
  readonly set: SecretStore['set'] = async (entry, value) => {
    await this.#use();
    this.entries.set(accountOf(entry), value);
    if (this.killAfterSet) throw new Error('killed');
  };
  readonly delete: SecretStore['delete'] = async (entry) => {
    await this.#use();
    return this.entries.delete(accountOf(entry));
  };

  async #use(): Promise<void> {
    await Promise.resolve();
    if (this.locked) throw failure('secrets.locked', { reason: 'the test locked it' });
  }
}

/** The real state in a folder of its own, which goes with the test. */
export function newState(): State {
  const folder = mkdtempSync(join(tmpdir(), 'letta-stack-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return openState({ state: folder, runtime: folder });
}

/** A block with a generated password, a key of data, a needed and an optional provider key. */
export const BLOCK = readProfileBlock(
  {
    title: 'T',
    summary: 'S',
    version: '1',
    secrets: [
      {
        name: 'DB_PASSWORD',
        label: 'Database password',
        scope: 'stack',
        required: true,
        generated: true,
        volume: 'data',
        role: { service: 'db', name: 'me' },
      },
      {
        name: 'DATA_KEY',
        label: 'Key of the data',
        scope: 'stack',
        required: true,
        generated: true,
        volume: 'data',
        unreadable: 'what is stored',
      },
      { name: 'NEEDED', label: 'Needed', scope: 'global', required: true },
      { name: 'OPTIONAL', label: 'Optional', scope: 'global' },
    ],
    bundles: [
      { variable: 'DB_BUNDLE', service: 'db', value: 'DB_PASSWORD' },
      { variable: 'WEB_BUNDLE', service: 'web', lines: ['DB_PASSWORD', 'DATA_KEY', 'NEEDED', 'OPTIONAL'] },
    ],
  },
  'f',
);
