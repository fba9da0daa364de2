/** What was pasted, made into a key; and whether it can be one. Pure; no message ever has the text in it. */
import { providerOfKey, type ProviderKey } from './providers.ts';

/** Beginnings that say whose a key is, whatever field it was pasted into: with the secret that such a key is for. */
const OWNERS: readonly (readonly [starts: string, secret: string | undefined, words: string])[] = [
  ['sk-ant-', 'ANTHROPIC_API_KEY', 'an Anthropic key'],
  ['sk-or-', 'OPENROUTER_API_KEY', 'an OpenRouter key'],
  ['sk-proj-', 'OPENAI_API_KEY', 'an OpenAI key'],
  ['sk-svcacct-', 'OPENAI_API_KEY', 'an OpenAI key'],
  ['gsk_', 'GROQ_API_KEY', 'a Groq key'],
  ['AIza', 'GEMINI_API_KEY', 'a Google key'],
  ['xai-', 'XAI_API_KEY', 'an xAI key'],
  ['fw_', 'FIREWORKS_API_KEY', 'a Fireworks key'],
  ['tgp_v1_', 'TOGETHER_API_KEY', 'a Together key'],
  ['tvly-', 'TAVILY_API_KEY', 'a Tavily key'],
  ['e2b_', 'E2B_API_KEY', 'an E2B key'],
  ['hf_', 'HF_TOKEN', 'a Hugging Face token'],
  ['AKIA', 'AWS_ACCESS_KEY_ID', 'an AWS access key ID'],
  // it works only with a session token, which the server does not take
  ['ASIA', undefined, 'a temporary AWS key, which the server cannot use'],
  ['ghp_', undefined, 'a GitHub token'],
  ['github_pat_', undefined, 'a GitHub token'],
];

/** Names of what is kept secret; `MAX_TOKENS` is none. */
const SECRET_NAME = /key|token(?!s)|secret|pass|pwd|cred|private|auth|cert|dsn|salt/i;
/** What is no secret: all else may be one. */
const PLAIN_VALUES: readonly RegExp[] = [
  // a word or a number, too short for a key
  /^[\w.:,@+/-]{0,15}$/,
  // an address with no more than a short path
  /^[a-z][a-z\d+]*:\/\/[\w.-]+(:\d+)?(\/[\w.-]{0,15}){0,3}$/i,
  // a path
  /^(~|\.{1,2})?(\/[\w.-]{1,24})+\/?$/,
];

/**
 * Whether something of a name that nobody here knows may be a secret. It errs towards yes: what this says of a file
 * decides whether it may be deleted.
 */
export function looksSecret(name: string, value: string): boolean {
  const text = value.trim();
  if (/^(|true|false|yes|no|on|off|none|null)$/i.test(text)) return false;
  return SECRET_NAME.test(name) || startsAsKey(text) || !PLAIN_VALUES.some((plain) => plain.test(text));
}

/** Whether a comment may have a secret in it: an assignment that was put aside, or a word as no language has it. */
export function hasSecret(comment: string): boolean {
  const assigned = [...comment.matchAll(/([\w.-]+)\s*=\s*(\S+)/g)];
  return (
    assigned.some(([, name = '', value = '']) => SECRET_NAME.test(name) && looksSecret(name, value)) ||
    comment.split(/[\s"'`()=,]+/).some((word) => startsAsKey(word) || isMixed(word))
  );
}

const startsAsKey = (text: string): boolean =>
  [...OWNERS.map(([starts]) => starts), 'sk-'].some((starts) => text.startsWith(starts));

/** Letters and digits in one long word that is no address and no path. */
const isMixed = (word: string): boolean =>
  /^(?=.*[A-Za-z])(?=.*\d)\S{16,}$/.test(word) && looksSecret('', word);

/** A key as it will be stored, with what was taken off it, and what about it may be wrong. */
export interface ReadKey {
  readonly value: string;
  /** `quotes around it`, … */
  readonly cleaned: readonly string[];
  /** why it may not be what it should; it can be stored all the same */
  readonly doubt?: string;
}

/**
 * Takes off a pasted text what is not of the key: spaces, quotes, `Bearer `, and the name of the variable before it.
 * @param name of the secret that it is for
 */
export function cleanKey(name: string, text: string): Pick<ReadKey, 'value' | 'cleaned'> {
  const cleaned = new Set<string>();
  let value = trimmed(text);
  const without = (what: string, pattern: RegExp): void => {
    const key = pattern.exec(value)?.groups?.['key'];
    if (key === undefined) return;
    cleaned.add(what);
    value = trimmed(key);
  };
  const line = /^(?:export\s+)?(?<name>\w+)\s*=\s*(?<key>[^]+)$/.exec(value)?.groups;
  if (line?.['name'] === name) {
    cleaned.add(`${name}= before it`);
    value = trimmed(line['key'] ?? '');
  }
  without('“Bearer” before it', BEARER);
  // of a line of JSON or of a program, with what ends it
  without('quotes around it', /^["'`“‘«](?<key>[^]+)["'`”’»][,;]?$/);
  without('“Bearer” before it', BEARER);
  return { value, cleaned: [...cleaned] };
}

const BEARER = /^(?:authorization:\s*)?bearer\s+(?<key>[^]+)$/i;

/** Without spaces and line ends around it, and what web pages put there that cannot be seen. */
const trimmed = (text: string): string =>
  text.replaceAll(/^[\s\u200B-\u200D\uFEFF]+|[\s\u200B-\u200D\uFEFF]+$/g, '');

/**
 * Reads a pasted key of a provider. What cannot be a key at all is for `secretProblem`, which every secret is held to.
 * @param isOwnAddress the provider's calls go to an address that the user chose: it may ask for any key
 */
export function readKey(name: string, text: string, isOwnAddress = false): ReadKey {
  const known = providerOfKey(name);
  if (known?.key.multiline) return { value: text.trim(), cleaned: [], ...doubtOf(jsonDoubt(text)) };
  // a password is what it is
  if (!known) return { value: text, cleaned: [] };
  const read = cleanKey(name, text);
  const odd = oddCharacter(read.value);
  if (isOwnAddress) return { ...read, ...doubtOf(odd) };
  return { ...read, ...doubtOf(keyDoubt(known.key, known.provider.title, read.value) ?? odd) };
}

const doubtOf = (doubt: string | undefined): Pick<ReadKey, 'doubt'> => (doubt === undefined ? {} : { doubt });

function keyDoubt(
  { name, starts, shape, looks }: ProviderKey,
  title: string,
  value: string,
): string | undefined {
  const owner = OWNERS.find(([its]) => value.startsWith(its));
  if (owner && owner[1] !== name) return `this looks like ${owner[2]}`;
  if (/\s/.test(value)) return 'there is a space or a line break in it';
  if (starts && !starts.some((its) => value.startsWith(its)))
    return `keys of ${title} begin with ${starts.join(' or ')}`;
  if (shape && !shape.test(value)) return `it is not ${looks ?? 'what it should be'}`;
  if (value.length < SHORTEST) return `it has only ${value.length} characters`;
  return undefined;
}

/** What stands in no key and cannot be sent in a header: many of these cannot even be seen. By its place, counted from 1. */
function oddCharacter(value: string): string | undefined {
  const place = Array.from(value).findIndex((character) => !/[\s!-~]/.test(character));
  return place < 0 ? undefined : `character ${place + 1} of it is no plain letter, digit or sign`;
}

/** No provider has shorter keys, in characters. */
const SHORTEST = 16;

function jsonDoubt(text: string): string | undefined {
  try {
    const read: unknown = JSON.parse(text);
    const has = (key: string): boolean => typeof read === 'object' && read !== null && key in read;
    return has('client_email') && has('private_key')
      ? undefined
      : 'it is not the key file of a service account';
  } catch {
    return 'it is not JSON: paste the whole key file';
  }
}
