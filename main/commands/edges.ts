import { dirname, join } from 'node:path';
import type { Core } from '../core-types.ts';
import { profileIds } from '../system/profiles.ts';
import type { Call, Context } from './command-types.ts';

/** Makes the core for a command; its options say which engine. */
export type OpenCore = (
  call: Call,
  context: Pick<Context, 'terminal' | 'screen' | 'interrupts' | 'json'>,
) => Promise<Core>;

/** Two folders up from main/commands/ as from out/main/. */
const ROOT = join(import.meta.dirname, '../..');

/** The bundled profiles; in a package they lie beside its archive, because other programs read them too. */
export const PROFILES_FOLDER = join(ROOT.endsWith('.asar') ? dirname(ROOT) : ROOT, 'compose');

/** Ids of the bundled profiles. */
export const bundledProfiles = (): readonly string[] => profileIds(PROFILES_FOLDER);
