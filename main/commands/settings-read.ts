import type { Settings } from '../system/types.ts';
import type { Context } from './command-types.ts';

/** The settings; that a file is broken is told by the core. */
export async function readSettings(context: Context): Promise<Settings> {
  const core = await context.core();
  return (await core.edges.settings.read()).settings;
}

/** Changes the settings as they are told to; a broken file is kept aside, and the warning says where. */
export async function updateSettings(
  context: Context,
  change: (settings: Settings) => Settings,
): Promise<Settings> {
  const core = await context.core();
  return (await core.edges.settings.update(change, { beginAnew: true })).settings;
}
