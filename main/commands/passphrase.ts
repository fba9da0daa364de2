import { failure } from '../errors.ts';
import { passphraseInFile, requireLong } from '../system/secrets-file.ts';
import type { AskPassphrase } from '../system/types.ts';
import type { Context } from './command-types.ts';
import { askHidden, canAsk } from './prompt.ts';

/** The passphrase of an encrypted file: from the file that LETTA_STACK_PASSPHRASE_FILE names, else asked for. */
export async function passphraseFor(
  context: Pick<Context, 'terminal' | 'screen' | 'interrupts'>,
  purpose: Parameters<AskPassphrase>[0],
): Promise<string> {
  const file = context.terminal.env['LETTA_STACK_PASSPHRASE_FILE'];
  return file ? passphraseInFile(file) : askPassphrase(context, purpose);
}

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
