import { appError, failure, say } from '../errors.ts';
import { sortBackup, takeBackup, type BackupEntry } from '../key-backup.ts';
import { openAge } from '../system/age.ts';
import type { Call, Context } from './command-types.ts';
import { passphraseFor } from './passphrase.ts';
import { askYes, canAsk } from './prompt.ts';
import { stacksOf } from './secrets-target.ts';
import { namesStack, wordsForStack } from './target.ts';
import { errorText, tellErrors, tellWarnings } from './tell.ts';
import { print, printJson } from './terminal.ts';

/**
 * Puts back into the secret store what `secrets export` wrote, as if each were set by hand. What is set stays: it may
 * be newer, and data may have been made with it.
 * @returns the exit code
 * @throws Failure `secrets.wrong-passphrase`, `secrets.file-broken`, `secrets.import-nothing`; `secrets.*` of the store
 */
export async function restoreSecrets(
  call: Call,
  context: Context,
  { file, sealed }: { readonly file: string; readonly sealed: Uint8Array },
): Promise<number> {
  const { terminal, screen, json } = context;
  const content = await openAge(sealed, await passphraseFor(context, 'open'), file);
  const core = await context.core();
  const stacks = await stacksOf(call, context);
  const { entries, unknown } = await sortBackup(core, stacks, content);
  const those = (is: BackupEntry['is']): BackupEntry[] => entries.filter((e) => e.is === is);
  const [fresh, kept, elsewhere] = [those('fresh'), those('kept'), those('elsewhere')];
  if (entries.length === 0) {
    const project = namesStack(call) ? stacks.map((s) => s.project).join() : 'any stack here';
    throw failure('secrets.import-nothing', { file, project });
  }
  if (!json) {
    await print(
      terminal,
      [
        section('Secrets that it takes', fresh.map(accountIn)),
        section('Left out, since another value is set', kept.map(accountIn)),
        section('Left out, since one is set in another secret store', elsewhere.map(accountIn)),
        section('Stored already', those('stored').map(accountIn)),
        section('Of no stack that is meant here', unknown),
      ]
        .filter(Boolean)
        .join('\n'),
    );
  }
  const asks = canAsk(context) && !json && !call.flag('yes') && fresh.length > 0;
  if (asks && !(await askYes(context, `Store these ${fresh.length}?`))) return 1;
  const { taken, failed, warnings } = await takeBackup(core, fresh);
  tellWarnings(
    context,
    warnings.map((w) => say(w, wordsForStack(call))),
  );
  if (!json)
    for (const error of failed.flatMap((f) => f.errors)) screen.note(errorText(say(error), 'error', screen));
  if (json) {
    const left = [...kept, ...elsewhere, ...fresh]
      .map(accountIn)
      .filter((account) => !taken.includes(account));
    await printJson(terminal, { file, taken, left, invented: [], others: unknown, deleted: false });
  } else {
    const stored =
      fresh.length === 0 ? 'Nothing was stored.' : `${taken.length} of ${fresh.length} are stored.`;
    await print(terminal, `${stored} ${file} stays as it is.\n`);
  }
  if (failed.length > 0) return 1;
  if (!call.flag('delete')) return 0;
  return tellErrors(context, [
    appError('secrets.import-kept', { file, reason: 'it is an encrypted backup' }),
  ]);
}

const accountIn = ({ account }: BackupEntry): string => account;

const section = (title: string, accounts: readonly string[]): string =>
  accounts.length === 0 ? '' : `${title}\n${accounts.map((account) => `  ${account}\n`).join('')}`;
