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
    update: async (change) => told(await settings.update(change)),
  };
}

/**
 * Stops what would change things by defaults that nobody chose, because the settings were broken when they were read
 * (`found`) or are now. The file is put aside, so that the next try goes on.
 * @throws Failure `settings.refused`
 */
export async function requireSound(settings: OpenSettings, found: AppError | undefined): Promise<void> {
  const warning = found ?? (await settings.read()).warning;
  if (!warning) return;
  const aside = await settings.keepAside();
  const { file, reason } = warning.data as { file: string; reason: string };
  throw failure('settings.refused', { file, reason, ...(aside !== undefined && { aside }) });
}
