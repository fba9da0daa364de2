import { appError, failure, say } from '../errors.ts';
import { entryOf } from '../stack/profile-secrets.ts';
import type { Stack } from '../stack/stack-types.ts';
import { openAge, type SecretEntries } from '../system/age.ts';
import { accountOf } from '../system/secrets.ts';
import type { SecretStore } from '../system/types.ts';
import { takeImport } from '../take-import.ts';
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
  const entries = await openAge(sealed, await passphraseFor(context, 'open'), file);
  const core = await context.core();
  const stacks = await stacksOf(call, context);
  const { fresh, stored, kept, unknown } = await sorted(entries, stacks, await core.secretStore());
  if (unknown.length === Object.keys(entries).length) {
    const project = namesStack(call) ? stacks.map((s) => s.project).join() : 'any stack here';
    throw failure('secrets.import-nothing', { file, project });
  }
  if (!json) {
    await print(
      terminal,
      [
        section('Secrets that it takes', fresh.map(accountIn)),
        section('Left out, since another value is set', kept),
        section('Stored already', stored),
        section('Of no stack that is meant here', unknown),
      ]
        .filter(Boolean)
        .join('\n'),
    );
  }
  const asks = canAsk(context) && !json && !call.flag('yes') && fresh.length > 0;
  if (asks && !(await askYes(context, `Store these ${fresh.length}?`))) return 1;
  const taken: string[] = [];
  let failed = 0;
  for (const [stack, secrets] of Map.groupBy(fresh, (f) => f.stack)) {
    const names = new Set(secrets.map((s) => s.name));
    const done = await takeImport(core, stack, { secrets, settings: [] }, names);
    taken.push(...secrets.filter((s) => done.taken.includes(s.name)).map(accountIn));
    failed += done.failed.length;
    tellWarnings(
      context,
      done.warnings.map((w) => say(w, wordsForStack(call))),
    );
    if (!json)
      for (const error of done.failed.flatMap((f) => f.errors))
        screen.note(errorText(say(error), 'error', screen));
  }
  if (json) {
    const left = [...kept, ...fresh.map(accountIn).filter((account) => !taken.includes(account))];
    await printJson(terminal, { file, taken, left, invented: [], others: unknown, deleted: false });
  } else await print(terminal, `${taken.length} of ${fresh.length} are stored. ${file} stays as it is.\n`);
  if (failed > 0) return 1;
  if (!call.flag('delete')) return 0;
  return tellErrors(context, [
    appError('secrets.import-kept', { file, reason: 'it is an encrypted backup' }),
  ]);
}

interface Fresh {
  readonly stack: Stack;
  readonly account: string;
  readonly name: string;
  readonly value: string;
}

const accountIn = ({ account }: Fresh): string => account;

/** What becomes of each entry of the file, by its account. The store says what is set: our state may not know. */
async function sorted(
  entries: SecretEntries,
  stacks: readonly Stack[],
  store: SecretStore,
): Promise<Record<'stored' | 'kept' | 'unknown', readonly string[]> & { readonly fresh: readonly Fresh[] }> {
  const unknown = new Set(Object.keys(entries));
  const [fresh, stored, kept]: [Fresh[], string[], string[]] = [[], [], []];
  for (const stack of stacks) {
    for (const secret of await stack.secrets()) {
      const entry = entryOf(stack.project, secret);
      const account = accountOf(entry);
      const value = entries[account];
      // a provider's key is the same for all stacks
      if (value === undefined || !unknown.delete(account)) continue;
      const present = await store.get(entry);
      if (present !== undefined && present !== value) kept.push(account);
      else if (present === value && secret.set) stored.push(account);
      else fresh.push({ stack, account, name: secret.name, value });
    }
  }
  return { fresh, stored, kept, unknown: [...unknown] };
}

const section = (title: string, accounts: readonly string[]): string =>
  accounts.length === 0 ? '' : `${title}\n${accounts.map((account) => `  ${account}\n`).join('')}`;
