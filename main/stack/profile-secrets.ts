/** Secrets of a profile: who takes them, and the bundles in which they reach a container. Pure. */
import { failure, type Failure } from '../errors.ts';
import { nearest } from '../model/nearest.ts';
import type { Bundle, ProfileBlock, Secret } from './profile-schema.ts';
import { lengthProblem, patternProblem } from './profile-settings.ts';
import { fillTemplate, placeholdersOf } from './profile-template.ts';

/** A secret and the services into whose containers it goes. */
export type SecretOfProfile = Secret & { readonly services: readonly string[] };

/** Where a secret of a stack is kept in the store: a global one is the same for all stacks. */
export const entryOf = (
  project: string,
  { name, scope }: Pick<Secret, 'name' | 'scope'>,
): { readonly scope: string; readonly name: string } => ({
  scope: scope === 'global' ? 'global' : project,
  name,
});

/** Values by the secret's name; what is not set is not there. */
export type SecretValues = Readonly<Record<string, string>>;

/** The secrets that a profile takes, in the block's order. */
export function secretsOf(block: ProfileBlock): SecretOfProfile[] {
  return block.secrets.map((secret) => ({
    ...secret,
    services: [
      ...new Set(block.bundles.filter((b) => namesOf(b).includes(secret.name)).map((b) => b.service)),
    ],
  }));
}

/** That a stack which takes `known` takes no secret of this name; it is not repeated, since it may be a key. */
export const noSuchSecret = (name: string, known: readonly string[]): Failure =>
  failure('secrets.no-such', { known, near: nearest(name, known) });

/** Secrets to be made together with a volume (its key). */
export function generatedSecrets(block: ProfileBlock): { volume: string; names: string[] }[] {
  const byVolume = Map.groupBy(
    block.secrets.filter((secret) => secret.generated),
    (secret) => secret.volume ?? '',
  );
  return [...byVolume].map(([volume, secrets]) => ({ volume, names: secrets.map((s) => s.name) }));
}

/** A secret of several lines is a file of keys: what is longer is something else. Bytes. */
export const LONGEST_SECRET = 1_000_000;

/** Why a text cannot be this secret's value, undefined when it can. Never has the text in it. */
export function secretProblem(secret: Secret, text: string): string | undefined {
  if (text === '') return 'it is empty';
  if (!secret.multiline && /\p{Cc}/u.test(text))
    return 'it has a line break or another control character in it';
  if (text.includes('\0')) return 'it has a zero byte in it';
  if (!text.isWellFormed()) return 'it has half of a character in it';
  // what has one line may be a variable of the container, what has several is a file
  const tooLong = secret.multiline ? fileProblem(text) : lengthProblem(text);
  if (tooLong !== undefined) return tooLong;
  const problem = patternProblem(secret, text);
  if (problem === undefined || secret.role === undefined) return problem;
  // what another installation's database has is nothing that the user can choose here
  const role = secret.role.name;
  return `${problem}; a database that has it is given another one first (\\password ${role} in psql)`;
}

function fileProblem(text: string): string | undefined {
  const { length } = new TextEncoder().encode(text);
  return length > LONGEST_SECRET ? `it has ${length} bytes, and may have ${LONGEST_SECRET}` : undefined;
}

/**
 * The content of every bundle, by the variable that the file's `secrets:` entry takes it from.
 * A line whose secrets are not set is left out, a bundle without any is empty: the plain CLI, too, then puts no
 * file into the container, but wants the variable.
 */
export function bundlesFor(block: ProfileBlock, values: SecretValues): Readonly<Record<string, string>> {
  return Object.fromEntries(block.bundles.map((bundle) => [bundle.variable, contentOf(bundle, values)]));
}

function contentOf(bundle: Bundle, values: SecretValues): string {
  const valueOf = (name: string): string | undefined => values[name] || undefined;
  if (bundle.value !== undefined) return valueOf(bundle.value) ?? '';
  return (bundle.lines ?? [])
    .map((line) => fillTemplate(wholeLine(line), valueOf))
    .filter((line) => line !== undefined)
    .map((line) => `${line}\n`)
    .join('');
}

/** Names of the secrets that are in a bundle. */
export const namesOf = (bundle: Bundle): string[] =>
  bundle.value !== undefined
    ? [bundle.value]
    : (bundle.lines ?? []).flatMap((line) => placeholdersOf(wholeLine(line)));

/** `NAME` stands for `NAME={NAME}`. */
const wholeLine = (line: string): string => (line.includes('=') ? line : `${line}={${line}}`);
