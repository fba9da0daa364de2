import { type AppError, failure } from '../errors.ts';
import type { OpenSettings, ReadSettings } from './types.ts';

/** The settings with every warning told, each once, whoever reads them. */
export function withWarningsTold(
  settings: OpenSettings,
  tell: (warning: AppError) => void = () => {},
): OpenSettings {
  let last: string | undefined;
  const told = (read: ReadSettings): ReadSettings => {
    const warning = read.warning && JSON.stringify(read.warning);
    if (read.warning && warning !== last) tell(read.warning);
    last = warning;
    return read;
  };
  return {
    ...settings,
    read: async () => told(await settings.read()),
    update: async (change, options) => told(await settings.update(change, options)),
  };
}

/**
 * The settings with those that could be understood last in the place of a file that cannot be: for what runs on while
 * it is repaired. The warning stays, so nothing is changed by them.
 */
export function withLastSound(settings: OpenSettings): OpenSettings {
  let last: ReadSettings['settings'] | undefined;
  return {
    ...settings,
    read: async () => {
      const found = await settings.read();
      if (!found.warning) last = found.settings;
      return found.warning && last ? { ...found, settings: last } : found;
    },
  };
}

/**
 * Stops what would change things by defaults that nobody chose, because the settings were broken when they were read
 * (`found`) or are now. The file is put aside, so that the next try goes on; where `keepAside` leaves it in its place
 * (the app says all the time that it is broken) only a repair goes on.
 * @throws Failure `settings.refused`
 */
export async function requireSound(settings: OpenSettings, found: AppError | undefined): Promise<void> {
  const warning = found ?? (await settings.read()).warning;
  if (!warning) return;
  const aside = await settings.keepAside();
  const { file, reason } = warning.data as { file: string; reason: string };
  const isRepaired = aside === undefined && !(await settings.read()).warning;
  throw failure('settings.refused', { file, reason, isRepaired, ...(aside !== undefined && { aside }) });
}

/** The settings of who leaves a broken file where its owner looks for it. */
export function leftInPlace(settings: OpenSettings): OpenSettings {
  return { ...settings, keepAside: () => Promise.resolve(undefined) };
}

/**
 * `requireSound` for one stack. Only the first call puts the file aside: one that breaks later does so while something
 * is going on, and is its owner's to repair.
 */
export function soundGate(settings: OpenSettings, found: AppError | undefined): () => Promise<void> {
  let isBegun = false;
  return async () => {
    await requireSound(isBegun ? leftInPlace(settings) : settings, found);
    isBegun = true;
  };
}
