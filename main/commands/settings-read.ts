import { say } from '../errors.ts';
import type { ReadSettings, Settings } from '../system/types.ts';
import type { Context } from './command-types.ts';
import { tellWarnings } from './tell.ts';

/** The settings; that a broken file was put aside is said. */
export async function readSettings(context: Context): Promise<Settings> {
  const core = await context.core();
  return told(context, await core.edges.settings.read());
}

/** Changes the settings; see `OpenSettings.update`. */
export async function updateSettings(
  context: Context,
  change: (settings: Settings) => Settings,
): Promise<Settings> {
  const core = await context.core();
  return told(context, await core.edges.settings.update(change));
}

function told(context: Context, { settings, warning }: ReadSettings): Settings {
  if (warning) tellWarnings(context, [say(warning)]);
  return settings;
}
