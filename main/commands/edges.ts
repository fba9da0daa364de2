import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Core } from '../core-types.ts';
import type { Call, Context } from './command-types.ts';

/** Makes the core for a command; its options say which engine. */
export type OpenCore = (
  call: Call,
  context: Pick<Context, 'terminal' | 'screen' | 'interrupts' | 'json'>,
) => Promise<Core>;

/** The bundled profiles, beside the program: two folders up from main/commands/ as from out/main/. */
export const PROFILES_FOLDER = join(import.meta.dirname, '../../compose');

/** Ids of the bundled profiles; reads no file of theirs. */
export function profileIds(): readonly string[] {
  return readdirSync(PROFILES_FOLDER)
    .filter((id) => existsSync(join(PROFILES_FOLDER, id, 'compose.yaml')))
    .toSorted();
}
