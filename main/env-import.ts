/** What a `.env` file has for a stack. Pure; nothing but `value` of a secret holds one. */
import { inventedBecause } from './invented-variables.ts';
import type { EnvLoss } from './key-channels.ts';
import { hasSecret, looksSecret, readKey } from './key-shape.ts';
import type { EnvLine } from './model/dotenv.ts';
import { PROVIDERS } from './providers.ts';
import { secretProblem } from './stack/profile-secrets.ts';
import { isShortPassword, LEAST_PASSWORD } from './stack/stack-keys.ts';
import { settingProblem } from './stack/profile-settings.ts';
import type { ProfileBlock } from './stack/profile-schema.ts';
import type { EnvFile } from './system/env-file.ts';

/** A name of the file that the stack takes as a secret. */
export interface FoundSecret {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  /** it is set already: taking it replaces that */
  readonly isSet: boolean;
  /** the store has this very value */
  readonly isStored: boolean;
  /** a `$` in it stands for nothing: the file alone has the whole of it */
  readonly isCut: boolean;
  /** what was taken off it */
  readonly cleaned: readonly string[];
  /** why it may not be what it should */
  readonly doubt?: string;
  /** why it cannot be taken from a file */
  readonly problem?: string;
}

/** A name of the file that is a setting of the stack. */
export interface FoundSetting {
  /** in the file */
  readonly variable: string;
  /** of the stack */
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly problem?: string;
}

export interface EnvContents {
  readonly secrets: readonly FoundSecret[];
  readonly settings: readonly FoundSetting[];
  /** variables that no server reads */
  readonly invented: readonly { readonly name: string; readonly why: string }[];
  /** names that nothing here takes */
  readonly others: readonly string[];
  /** names without a value */
  readonly empty: readonly string[];
  /** what would be lost with the file, whatever is taken of it */
  readonly losses: readonly EnvLoss[];
}

/** The values that the file has for a name: the last counts, as for Compose. */
interface Values {
  readonly name: string;
  readonly value: string;
  /** all of them */
  readonly values: readonly string[];
  /** there is another one, which would be lost */
  readonly isTwice: boolean;
  readonly isCut: boolean;
}

const SHORT = `a password of the server has at least ${LEAST_PASSWORD} characters: take it only where it is in use`;
const LEFT = 'it was not taken';
const TWICE = 'it is there more than once, with different values';
/** Without the variable's name, which is a part of the key. */
const CUT =
  'a $ in it begins a variable that is set nowhere, and stands for nothing: put the value in single quotes, or write $$';

/**
 * Sorts what a file names. Names of the stack are found in any case: the server takes them so.
 * @param file what stands in it, in its order
 * @param stored the values of the stack's secrets that are set, by name; undefined where another store has it
 */
export function sortEnv(
  { lines, comments }: Pick<EnvFile, 'lines' | 'comments'>,
  block: ProfileBlock,
  stored: ReadonlyMap<string, string | undefined>,
): EnvContents {
  const secrets: FoundSecret[] = [];
  const settings: FoundSetting[] = [];
  const invented: { name: string; why: string }[] = [];
  const losses: EnvLoss[] = [];
  const [others, empty]: [string[], string[]] = [[], []];
  for (const found of valuesByName(lines, block)) {
    const { name, value, values, isTwice, isCut } = found;
    const secret = block.secrets.find((s) => s.name === name);
    const setting = settingFor(block, name);
    const why = inventedBecause(name);
    const isLost = isTwice && (secret !== undefined || setting !== undefined);
    if (isLost) losses.push({ name, why: TWICE });
    else if (!secret && !setting && values.some((its) => looksSecret(name, isCut ? `${its}$` : its)))
      losses.push({ name, why: 'it may be a secret, and nothing here takes it' });
    if (why !== undefined) invented.push({ name, why });
    else if (value.trim() === '' && !isCut) empty.push(name);
    else if (secret) secrets.push(foundSecret(block, secret, found, stored));
    else if (setting) {
      const problem = isCut ? CUT : settingProblem(setting, value);
      const its = { variable: name, name: setting.name, label: setting.label, value };
      settings.push(problem === undefined ? its : { ...its, problem });
    } else others.push(name);
  }
  // what stands there may be a key without its name
  for (const { line } of lines.filter((l) => l.value === undefined))
    losses.push({ line, why: 'it has no = in it' });
  for (const { line } of comments.filter(({ text }) => hasSecret(text)))
    losses.push({ line, why: 'a comment there may have a secret in it' });
  return { secrets, settings, invented, others, empty, losses };
}

/**
 * What is in the file and would be nowhere else once it is deleted.
 * @param taken names that were stored
 */
export function lossesOf(
  { secrets, settings, losses }: EnvContents,
  taken: ReadonlySet<string>,
): readonly EnvLoss[] {
  const left = [
    ...secrets
      .filter((s) => s.isCut || (!s.isStored && !taken.has(s.name)))
      .map((s) => ({ name: s.name, why: s.isCut ? CUT : (s.problem ?? s.doubt ?? LEFT) })),
    ...settings
      .filter((s) => !taken.has(s.variable))
      .map((s) => ({ name: s.variable, why: s.problem ?? LEFT })),
  ];
  return [...left, ...losses.filter((loss) => left.every((l) => !('name' in loss) || l.name !== loss.name))];
}

/** A file that has the whole of a key which was read cut is deleted by its owner, and not from here. */
export const mayBeDeleted = ({ secrets }: EnvContents): boolean => secrets.every((s) => !s.isCut);

/** By the name that the stack has for it, in the order of the file. */
function valuesByName(lines: readonly EnvLine[], block: ProfileBlock): Values[] {
  const known = new Set([
    ...block.secrets.map((s) => s.name),
    ...block.settings.map((s) => s.variable),
    ...PROVIDERS.flatMap((p) => p.settings).map((s) => s.variable),
  ]);
  const byName = Map.groupBy(
    lines.filter((l) => l.value !== undefined),
    ({ name }) => (known.has(name.toUpperCase()) ? name.toUpperCase() : name),
  );
  return [...byName].map(([name, its]) => {
    // an empty one may only have been forgotten: that nothing is meant is not for us to say
    const full = its.filter((l) => l.isCut || l.value?.trim() !== '');
    const last = full.at(-1);
    const isEmptied = last !== undefined && last !== its.at(-1);
    return {
      name,
      value: last?.value ?? '',
      values: full.map((l) => l.value ?? ''),
      isTwice: isEmptied || new Set(full.map((l) => l.value)).size > 1,
      isCut: full.some((l) => l.isCut),
    };
  });
}

function foundSecret(
  block: ProfileBlock,
  secret: ProfileBlock['secrets'][number],
  { value: text, isTwice, isCut }: Values,
  all: ReadonlyMap<string, string | undefined>,
): FoundSecret {
  const { name, label } = secret;
  const read = readKey(name, text);
  const { value, cleaned } = read;
  const isShort = isShortPassword(block, name, value);
  const doubt = isCut ? CUT : (read.doubt ?? (isTwice ? TWICE : undefined) ?? (isShort ? SHORT : undefined));
  const isSet = all.has(name);
  const isStored = all.get(name) === value;
  const problem = isCut && value === '' ? CUT : problemOf(secret, value, { isSet, isStored });
  return {
    name,
    label,
    value,
    isSet,
    isStored,
    isCut,
    cleaned,
    ...(doubt !== undefined && { doubt }),
    ...(problem !== undefined && { problem }),
  };
}

/** Why it is not taken, whatever the user says. What data was made with is not replaced in passing. */
function problemOf(
  secret: ProfileBlock['secrets'][number],
  value: string,
  { isSet, isStored }: Pick<FoundSecret, 'isSet' | 'isStored'>,
): string | undefined {
  if (isStored) return 'it is stored already';
  if (isSet && secret.volume !== undefined) return 'another is set, and data may have been made with it';
  return secretProblem(secret, value);
}

/** The setting that a variable is, by the profile's own name for it or by the server's. */
function settingFor(block: ProfileBlock, variable: string): ProfileBlock['settings'][number] | undefined {
  const known = PROVIDERS.flatMap((p) => p.settings).find((s) => s.variable === variable);
  return block.settings.find((s) => s.variable === variable || s.name === known?.name);
}
