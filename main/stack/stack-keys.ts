/** Which of a profile's secrets is what, for those who list and change them. Pure. */
import { SECRET_WORD } from '../connect-api.ts';
import type { ProfileBlock } from './profile-schema.ts';

/** A password of the server that somebody chooses has at least so many characters. */
export const LEAST_PASSWORD = 16;

/** Whether a value is too short for a newly chosen password of the server. What is in use already may be so. */
export const isShortPassword = (block: ProfileBlock, name: string, value: string): boolean =>
  passwordOf(block) === name && value.length < LEAST_PASSWORD;

/**
 * The secret that programs show to the server: what `connect` names, else the one that is made for the stack and is
 * neither a database's password nor a key of data.
 */
export function passwordOf(block: ProfileBlock): string | undefined {
  return (
    block.connect?.secret ??
    block.secrets.find((s) => s.generated && s.role === undefined && s.unreadable === undefined)?.name
  );
}

/** What that secret is called: a password, or a token. */
export const passwordWord = ({ connect }: ProfileBlock): 'password' | 'token' =>
  SECRET_WORD[connect?.api ?? 'letta'];
