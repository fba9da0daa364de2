import { join } from 'node:path';
import type { Core } from '../core-types.ts';
import { profileIds } from '../system/profiles.ts';
import type { Call, Context } from './command-types.ts';

/** Makes the core for a command; its options say which engine. */
export type OpenCore = (
  call: Call,
  context: Pick<Context, 'terminal' | 'screen' | 'interrupts' | 'json'>,
) => Promise<Core>;

/** The bundled profiles, beside the program: two folders up from main/commands/ as from out/main/. */
export const PROFILES_FOLDER = join(import.meta.dirname, '../../compose');

/** Ids of the bundled profiles. */
export const bundledProfiles = (): readonly string[] => profileIds(PROFILES_FOLDER);
