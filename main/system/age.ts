import { randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { Identity, Recipient, Stanza } from 'age-encryption';
import { z } from 'zod';
import { failure } from '../errors.ts';

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
 * Encrypts secrets with a passphrase, in the age format (age-encryption.org/v1, scrypt recipient), without holding up
 * what else this process does. Any age tool opens it. `workFactor` is the base-2 logarithm of what a guess costs; tests
 * take less.
 */
export async function sealAge(
  entries: SecretEntries,
  passphrase: string,
  workFactor = WORK_FACTOR,
): Promise<Uint8Array> {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipientOf(passphrase, workFactor));
  const content: z.infer<typeof Content> = { version: 1, entries: { ...entries } };
  return encrypter.encrypt(`${JSON.stringify(content, null, 2)}\n`);
}

/**
 * Opens what `sealAge` made, without holding up what else this process does. Throws `secrets.wrong-passphrase`, and
 * `secrets.file-broken` for anything else that is wrong with it; `file` is named in both.
 */
export async function openAge(sealed: Uint8Array, passphrase: string, file: string): Promise<SecretEntries> {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  decrypter.addIdentity(identityOf(passphrase));
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

const scryptOnAThread = promisify<string, Buffer, number, Parameters<typeof scrypt>[3], Buffer>(scrypt);

/**
 * What encrypts the key of a file, by a passphrase as the format has it ("The scrypt recipient type"). The library's own
 * does the same on this thread, which for a second is deaf then. Electron's crypto has no ChaCha20-Poly1305.
 */
async function cipherOf(passphrase: string, salt: Buffer, workFactor: number) {
  const labelled = Buffer.concat([Buffer.from('age-encryption.org/v1/scrypt'), salt]);
  const cost = { N: 2 ** workFactor, r: 8, p: 1, maxmem: 2 ** 31 };
  const key = await scryptOnAThread(passphrase, labelled, 32, cost);
  const { chacha20poly1305 } = await import('@noble/ciphers/chacha.js');
  return chacha20poly1305(key, new Uint8Array(12));
}

const recipientOf = (passphrase: string, workFactor: number): Recipient => ({
  async wrapFileKey(fileKey) {
    const salt = randomBytes(16);
    const cipher = await cipherOf(passphrase, salt, workFactor);
    const { Stanza } = await import('age-encryption');
    const written = salt.toString('base64').replace(/=+$/, '');
    return [new Stanza(['scrypt', written, String(workFactor)], cipher.encrypt(fileKey))];
  },
});

/** What a file may ask for before its passphrase is tried, as age's own tools have it: 1 GiB. Base-2 logarithm. */
const LARGEST_WORK_FACTOR = 20;

const identityOf = (passphrase: string): Identity => ({
  async unwrapFileKey(stanzas: Stanza[]) {
    const [stanza, ...others] = stanzas;
    const [type, salt = '', factor = '', ...more] = stanza?.args ?? [];
    if (type !== 'scrypt') throw new Error('it is not encrypted with a passphrase');
    const salted = Buffer.from(salt, 'base64');
    const isWhole = salted.length === 16 && /^[1-9][0-9]*$/.test(factor) && stanza?.body.length === 32;
    if (!isWhole || others.length > 0 || more.length > 0) throw new Error('invalid scrypt stanza');
    if (Number(factor) > LARGEST_WORK_FACTOR) throw new Error('scrypt work factor is too high');
    const cipher = await cipherOf(passphrase, salted, Number(factor));
    try {
      return cipher.decrypt(stanza.body);
    } catch {
      return null;
    }
  },
});
