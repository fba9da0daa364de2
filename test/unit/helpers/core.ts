import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createCore } from '../../../main/core.ts';
import type { Core } from '../../../main/core-types.ts';
import type { AppError } from '../../../main/errors.ts';
import { folders, openFolders } from '../../../main/system/paths.ts';
import { openSettings } from '../../../main/system/settings.ts';
import { confStore } from '../../../main/system/settings-conf.ts';
import { openState } from '../../../main/system/state.ts';
import type { State } from '../../../main/system/types.ts';

export interface CoreHome {
  /** goes with the test */
  readonly folder: string;
  readonly profiles: string;
  readonly settingsFile: string;
  readonly state: State;
  /** what every core of this home said */
  readonly warnings: AppError[];
  /** A core as the next command has it; no engine answers it, but for one that it finds. */
  readonly core: () => Core;
}

/** Folders of a user's own for a test, and cores on them, which look for an engine by themselves where `findsEngine`. */
export function coreHome(
  env: Readonly<Record<string, string>> = {},
  { findsEngine = false }: { findsEngine?: boolean } = {},
): CoreHome {
  const folder = mkdtempSync(join(tmpdir(), 'letta-stack-core-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const home = join(folder, 'home');
  const profiles = join(folder, 'profiles');
  mkdirSync(profiles);
  const around = { env: { ...env, LETTA_STACK_HOME: home }, home, platform: process.platform };
  const ours = openFolders(folders({ ...around, uid: process.getuid?.() ?? 0, isFolder: () => true }));
  const state = openState(ours);
  const store = confStore(ours.config);
  const warnings: AppError[] = [];
  return {
    folder,
    profiles,
    settingsFile: store.path,
    state,
    warnings,
    core: () =>
      createCore({
        ...around,
        ...(!findsEngine && { host: `unix://${join(folder, 'no-engine.sock')}` }),
        profilesFolder: profiles,
        folders: ours,
        settings: openSettings(store, ours, state),
        state,
        onWarning: (warning) => void warnings.push(warning),
        version: '0.0.0-test',
      }),
  };
}
