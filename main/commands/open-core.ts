import '../interpreted-schemas.ts';
import { homedir } from 'node:os';
import packageFile from '../../package.json' with { type: 'json' };
import { createCore } from '../core.ts';
import type { Core } from '../core-types.ts';
import { say } from '../errors.ts';
import { ownFolders } from '../system/paths.ts';
import { openSettings } from '../system/settings.ts';
import { confStore } from '../system/settings-conf.ts';
import { openState } from '../system/state.ts';
import { askPassphrase } from './passphrase.ts';
import { type OpenCore, PROFILES_FOLDER } from './edges.ts';
import { tellWarnings } from './tell.ts';

/** The core on Node's own edges. */
export const openCore: OpenCore = async (call, context): Promise<Core> => {
  const { env, platform } = context.terminal;
  const home = homedir();
  const ours = ownFolders(env, home, platform);
  const state = openState(ours);
  const [host, named] = [call.text('host'), call.text('context')];
  return createCore({
    env,
    platform,
    home,
    ...(host !== undefined && { host }),
    ...(named !== undefined && { context: named }),
    profilesFolder: PROFILES_FOLDER,
    folders: ours,
    settings: openSettings(confStore(ours.config), ours, state),
    state,
    askPassphrase: (purpose) => askPassphrase(context, purpose),
    onWarning: (warning) => tellWarnings(context, [say(warning)]),
    version: packageFile.version,
  });
};
