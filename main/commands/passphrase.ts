import { failure } from '../errors.ts';
import { requireLong } from '../system/secrets-file.ts';
import type { AskPassphrase } from '../system/types.ts';
import type { Context } from './command-types.ts';
import { askHidden, canAsk } from './prompt.ts';

/**
 * Asks for the passphrase of an encrypted file; for a new one twice.
 * @throws Failure `secrets.no-passphrase` where nobody can be asked, `secrets.short-passphrase`, `cli.passphrases-differ`
 */
export async function askPassphrase(
  context: Pick<Context, 'terminal' | 'screen' | 'interrupts'>,
  purpose: Parameters<AskPassphrase>[0],
): Promise<string> {
  if (!canAsk(context)) throw failure('secrets.no-passphrase', { file: 'The encrypted secret file' });
  if (purpose === 'open') return askHidden(context, 'Passphrase of the secret file');
  const first = await askHidden(context, 'New passphrase of the secret file');
  requireLong(first);
  if ((await askHidden(context, 'The same again')) !== first) throw failure('cli.passphrases-differ', {});
  return first;
}
