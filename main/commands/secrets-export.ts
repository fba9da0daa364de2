import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { failure } from '../errors.ts';
import type { Stack } from '../stack/stack-types.ts';
import { sealAge } from '../system/age.ts';
import { accountOf } from '../system/secrets.ts';
import { passphraseInFile, requireLong } from '../system/secrets-file.ts';
import type { SecretEntry } from '../system/types.ts';
import type { Call, Context, RunCommand } from './command-types.ts';
import { askPassphrase } from './passphrase.ts';
import { namesStack, stackOf } from './target.ts';
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
  const source = terminal.env['LETTA_STACK_PASSPHRASE_FILE'];
  const passphrase = source ? passphraseInFile(source) : await askPassphrase(context, 'create');
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
  const stacks = namesStack(call) ? [await stackOf(call, context)] : await allStacks(context);
  const { settings } = await (await context.core()).edges.settings.read();
  const asked = new Map<string, Asked>();
  for (const stack of stacks) {
    const started = Object.hasOwn(settings.stacks, stack.project);
    for (const { name, scope, set, required } of await stack.secrets()) {
      const entry = { scope: scope === 'global' ? 'global' : stack.project, name };
      const account = accountOf(entry);
      const expected = set || (required && started) || (asked.get(account)?.expected ?? false);
      asked.set(account, { entry, expected });
    }
  }
  return [...asked.values()];
}

async function allStacks(context: Context): Promise<readonly Stack[]> {
  const core = await context.core();
  const directory = context.terminal.cwd;
  const { settings } = await core.edges.settings.read();
  const bundled = await Promise.all(
    (await core.profiles()).map(({ id }) => core.stack({ profile: id, directory })),
  );
  const others = Object.keys(settings.stacks).filter((project) =>
    bundled.every((s) => s.project !== project),
  );
  return [...bundled, ...(await Promise.all(others.map((project) => core.stack({ project, directory }))))];
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
