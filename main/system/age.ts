import { failure } from '../errors.ts';
import { z } from 'zod';

/** What an encrypted file of ours holds, by `scope/name`. An exported one can be used as the store. */
const Content = z.object({ version: z.literal(1), entries: z.record(z.string(), z.string()) });
export type SecretEntries = Readonly<Record<string, string>>;

/** What age's own tool takes: 0.8 s and 256 MB for every guess. Base-2 logarithm. */
const WORK_FACTOR = 18;

/** Whether a file is encrypted as `sealAge` does it. */
export const isAge = (content: Uint8Array): boolean =>
  Buffer.from(content.subarray(0, MAGIC.length)).toString('latin1') === MAGIC;
const MAGIC = 'age-encryption.org/v1\n';

/**
 * Encrypts secrets with a passphrase, in the age format (age-encryption.org/v1, scrypt recipient). Any age tool opens
 * it. `workFactor` is the base-2 logarithm of what a guess costs; tests take less.
 */
export async function sealAge(
  entries: SecretEntries,
  passphrase: string,
  workFactor = WORK_FACTOR,
): Promise<Uint8Array> {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(workFactor);
  const content: z.infer<typeof Content> = { version: 1, entries: { ...entries } };
  return encrypter.encrypt(`${JSON.stringify(content, null, 2)}\n`);
}

/**
 * Opens what `sealAge` made. Throws `secrets.wrong-passphrase`, and `secrets.file-broken` for anything else that is
 * wrong with it; `file` is named in both.
 */
export async function openAge(sealed: Uint8Array, passphrase: string, file: string): Promise<SecretEntries> {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  let reason: string;
  try {
    const content = Content.safeParse(JSON.parse(await decrypter.decrypt(sealed, 'text')));
    if (content.success) return content.data.entries;
    reason = 'it does not hold secrets of letta-stack';
  } catch (e) {
    reason = e instanceof SyntaxError || !(e instanceof Error) ? 'its content is not JSON' : e.message;
    // the library's only sign of a wrong passphrase
    if (reason.includes('no identity matched')) throw failure('secrets.wrong-passphrase', { file }, e);
  }
  throw failure('secrets.file-broken', { file, reason });
}
