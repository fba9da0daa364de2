import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { failure } from '../errors.ts';
import { sealAge } from '../system/age.ts';
import { accountOf } from '../system/secrets.ts';
import { entryOf } from '../stack/profile-secrets.ts';
import { requireLong } from '../system/secrets-file.ts';
import type { SecretEntry } from '../system/types.ts';
import type { Call, Context, RunCommand } from './command-types.ts';
import { passphraseFor } from './passphrase.ts';
import { stacksOf } from './secrets-target.ts';
import { print, printJson } from './terminal.ts';

export const run: RunCommand = async (call, context) => {
  const { terminal, json } = context;
  const file = resolve(terminal.cwd, call.values[0] ?? '');
  const store = await (await context.core()).secretStore();
  const found: [string, string][] = [];
  const missing: string[] = [];
  for (const { entry, expected } of await entriesOf(call, context)) {
    const value = await store.get(entry);
    if (value !== undefined) found.push([accountOf(entry), value]);
    else if (expected) missing.push(accountOf(entry));
  }
  if (found.length === 0) throw failure('cli.no-secrets', {});
  const passphrase = await passphraseFor(context, 'create');
  requireLong(passphrase);
  await writeNew(file, await sealAge(Object.fromEntries(found), passphrase));
  const names = found.map(([account]) => account);
  if (json) await printJson(terminal, { file, names, missing });
  else {
    const list = (accounts: readonly string[]): string => accounts.map((n) => `  ${n}\n`).join('');
    const lacks = missing.length > 0 ? `Not in the secret store, and so not in it:\n${list(missing)}` : '';
    await print(terminal, `${names.length} secrets are in ${file}:\n${list(names)}${lacks}`);
  }
  return 0;
};

/** An entry that the store is asked for; expected: it was set, or its stack cannot be without it. */
interface Asked {
  readonly entry: SecretEntry;
  readonly expected: boolean;
}

/**
 * Secrets of the named stack, or of every stack there is; each once, since provider keys are the same for all. The
 * store says which are there, not our state, which may be lost. What only belongs to a stack that was never started
 * is not missing.
 */
async function entriesOf(call: Call, context: Context): Promise<readonly Asked[]> {
  const { state } = (await context.core()).edges;
  const asked = new Map<string, Asked>();
  for (const stack of await stacksOf(call, context)) {
    const started = state.applied(stack.project) !== undefined;
    for (const secret of await stack.secrets()) {
      const entry = entryOf(stack.project, secret);
      const account = accountOf(entry);
      const expected = secret.set || (secret.required && started) || (asked.get(account)?.expected ?? false);
      asked.set(account, { entry, expected });
    }
  }
  return [...asked.values()];
}

/** For its owner alone, and never over a file that is there. */
async function writeNew(file: string, content: Uint8Array): Promise<void> {
  try {
    await writeFile(file, content, { flag: 'wx', mode: 0o600 });
  } catch (e) {
    if (e instanceof Error && 'code' in e && e.code === 'EEXIST')
      throw failure('cli.file-exists', { file }, e);
    throw failure('cli.file-not-written', { file, reason: e instanceof Error ? e.message : String(e) }, e);
  }
}
