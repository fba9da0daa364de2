import type { Core } from './core-types.ts';
import { errorsOf, failure, type AppError } from './errors.ts';
import { sortEnv, type EnvContents } from './env-import.ts';
import { storedValues } from './secret-value.ts';
import { filesOf, settingNamed, withSettingValue } from './stack/stack-settings.ts';
import type { Stack } from './stack/stack-types.ts';
import { readEnvFile, type EnvFile } from './system/env-file.ts';

export interface TakenImport {
  /** names of the file that are stored now */
  readonly taken: readonly string[];
  /** by name of the file: why it is not */
  readonly failed: readonly { readonly name: string; readonly errors: readonly AppError[] }[];
  /** what the user should know of what was taken */
  readonly warnings: readonly AppError[];
}

/**
 * Reads a file and sorts what it has for a stack. The store is asked what it has of its names: our state may not know.
 * @throws Failure of reading it or the store; `secrets.no-such` for a stack that takes no secrets
 */
export async function readImport(
  core: Core,
  stack: Stack,
  path: string,
): Promise<{ readonly file: EnvFile; readonly contents: EnvContents }> {
  const { block } = stack;
  const file = readEnvFile(path);
  if (!block) throw failure('secrets.no-such', { known: [], project: stack.project });
  const named = new Set(file.lines.map((l) => l.name.toUpperCase()));
  const names = block.secrets.map((s) => s.name).filter((name) => named.has(name));
  const elsewhere = (await stack.secrets()).filter((s) => s.elsewhere !== undefined);
  const stored = new Map([
    ...elsewhere.map(({ name }) => [name, undefined] as const),
    ...(await storedValues(core, stack, names)),
  ]);
  return { file, contents: sortEnv(file, block, stored) };
}

/** What of a file can be stored. */
interface Takeable extends Pick<EnvContents, 'settings'> {
  readonly secrets: readonly Pick<EnvContents['secrets'][number], 'name' | 'value'>[];
}

/** What a file has that can be taken as it is, by its names in the file; with `doubtful` also what looks wrong. */
export const takeable = ({ secrets, settings }: EnvContents, doubtful = false): string[] => [
  ...secrets.filter((s) => s.problem === undefined && (doubtful || s.doubt === undefined)).map((s) => s.name),
  ...settings.filter((s) => s.problem === undefined).map((s) => s.variable),
];

/** Stores what a file has for a stack, of these names: what another installation uses, short or not. One that fails does not hinder the others. */
export async function takeImport(
  core: Core,
  stack: Stack,
  { secrets, settings }: Takeable,
  names: ReadonlySet<string>,
): Promise<TakenImport> {
  const taken: string[] = [];
  const failed: { name: string; errors: readonly AppError[] }[] = [];
  const warnings: AppError[] = [];
  const attempt = async (name: string, work: () => Promise<readonly AppError[]>): Promise<void> => {
    try {
      warnings.push(...(await work()));
      taken.push(name);
    } catch (error) {
      failed.push({ name, errors: errorsOf(error) });
    }
  };
  for (const { name, value } of secrets.filter((s) => names.has(s.name)))
    await attempt(name, () => stack.setSecret(name, value, undefined, true));
  for (const { variable, name, value } of settings.filter((s) => names.has(s.variable)))
    await attempt(variable, async () => {
      const now = (await core.edges.settings.read()).settings;
      const target = await settingNamed(stack, name, filesOf(stack, now));
      await core.edges.settings.update((before) => withSettingValue(before, target, value));
      return [];
    });
  return { taken, failed, warnings };
}
