/**
 * Env files: `.env`, `env_file`, `label_file` (compose-spec, "env_file format"). Values may be quoted, may
 * use variables, and may be left out to be taken from the environment.
 */
import { failure } from '../errors.ts';
import { substitute, type Lookup, type OnVariable } from './interpolate.ts';

/** What is wrong with an env file; never with the text of the line, which may hold a secret. */
export interface BadLine {
  readonly line: number;
  readonly reason: string;
}

/** What one statement of an env file says. */
export interface EnvLine {
  readonly name: string;
  /** undefined: the name stands alone, and the environment has no such variable */
  readonly value: string | undefined;
  /** on which it begins, counted from 1 */
  readonly line: number;
  /** its value asks for a variable that is set nowhere: nothing stands in its place */
  readonly isCut: boolean;
}

export interface DotenvOptions {
  /** variables that win over those of the file */
  readonly lookup: Lookup;
  readonly onVariable?: OnVariable;
  /** told of each statement in its order, of a name that comes twice too */
  readonly onLine?: (said: EnvLine) => void;
  /** told of each comment: its text behind the `#`, and its line counted from 1 */
  readonly onComment?: (text: string, line: number) => void;
  /** the values so far: added to, and seen by `${NAME}` */
  readonly values: Record<string, string>;
}

/**
 * The names and values of an env file.
 * @param text its content
 * @param file what messages call it
 * @param lookup variables that its values may use, before those of the file itself
 * @throws Failure `model.bad-env-file`
 */
export function parseDotenv(text: string, file: string, lookup: Lookup): Record<string, string> {
  const values: Record<string, string> = {};
  const bad = readDotenv(text, { lookup, values });
  if (bad) throw failure('model.bad-env-file', { file, line: bad.line, reason: bad.reason });
  return values;
}

/** Reads an env file into `options.values`; the first line that cannot be read ends it. */
export function readDotenv(text: string, options: DotenvOptions): BadLine | undefined {
  let rest = text.replace(/^\uFEFF/, '');
  let isCut = false;
  const noting: DotenvOptions = {
    ...options,
    onVariable: (name, missing) => {
      isCut ||= missing;
      options.onVariable?.(name, missing);
    },
  };
  const lineOf = (place: string): number => text.slice(0, text.length - place.length).split('\n').length;

  for (;;) {
    rest = rest.replace(/^(?:\s+|#[^\n]*)+/, (skipped: string) => {
      const first = lineOf(rest);
      for (const [i, part] of skipped.split('\n').entries()) {
        const comment = part.indexOf('#');
        if (comment >= 0) options.onComment?.(part.slice(comment + 1), first + i);
      }
      return '';
    });
    if (rest === '') return undefined;
    const line = lineOf(rest);
    const statement = rest.replace(/^export\s+/, '');
    const match = /^([\p{L}\p{N}_.\-[\]\t\v\f\r \u0085\u00a0]*)([=:\n]|$)/u.exec(statement);
    if (!match) return { line, reason: 'a name has only letters, digits, _, ., -, [ and ]' };
    const name = (match[1] ?? '').trimEnd();
    if (name.includes(' ')) return { line, reason: 'a name has no space in it' };
    const behind = statement.slice(match[0].length).replace(/^[\t\v\f\r \u0085\u00a0]+/, '');
    if (match[2] !== '=' && match[2] !== ':') {
      const inherited = options.lookup(name);
      if (inherited !== undefined) options.values[name] = inherited;
      options.onLine?.({ name, value: inherited, line, isCut: false });
      rest = behind;
      continue;
    }
    isCut = false;
    const value = readValue(behind, noting, line);
    if ('reason' in value) return { line, reason: value.reason };
    options.values[name] = value.value;
    options.onLine?.({ name, value: value.value, line, isCut });
    rest = value.rest;
  }
}

type Read = { readonly value: string; readonly rest: string } | { readonly reason: string };

function readValue(text: string, options: DotenvOptions, at: number): Read {
  const quote = text[0];
  if (quote !== '"' && quote !== "'") {
    const [line = ''] = text.split('\n', 1);
    const [written = '', ...behind] = line.split(' #');
    if (behind.length > 0) options.onComment?.(behind.join(' #'), at);
    return expand(written.trimEnd(), text.slice(line.length + 1), options);
  }
  const end = closingQuote(text, quote);
  if (end < 0) return { reason: `a value's quote (${quote}) is not closed` };
  const inside = text.slice(1, end).replaceAll(`\\${quote}`, quote);
  const rest = text.slice(end + 1);
  return quote === "'" ? { value: inside, rest } : expand(unescape(inside), rest, options);
}

/** The first quote that no backslash stands before (a backslash may itself be escaped). */
function closingQuote(text: string, quote: string): number {
  for (let i = 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === quote) return i;
  }
  return -1;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
  '\\': '\\',
  // a dollar sign that begins no variable
  $: '$$',
};

/** The escapes of a text in double quotes: `\n`, `\t`, `\$`, `\0123` (octal) and their like. */
const unescape = (text: string): string =>
  text.replaceAll(/\\(?:([abcfnrtv$"\\])|0(\d{0,3}))/g, (whole, letter?: string, octal?: string) => {
    if (letter !== undefined) return ESCAPES[letter] ?? whole;
    const code = /^[0-7]{3}$/.test(octal ?? '') ? parseInt(octal ?? '', 8) : 256;
    return code <= 255 ? String.fromCodePoint(code) : `\\${octal ?? ''}`;
  });

function expand(text: string, rest: string, options: DotenvOptions): Read {
  const own = options.values;
  const lookup: Lookup = (name) => options.lookup(name) ?? (Object.hasOwn(own, name) ? own[name] : undefined);
  const value = substitute(text, lookup, options.onVariable ?? (() => undefined));
  if (typeof value === 'string') return { value, rest };
  if (value.failed === 'syntax') return { reason: 'a variable cannot be read; a plain dollar sign is $$' };
  return { reason: `the variable ${value.variable} is needed${value.reason ? `: ${value.reason}` : ''}` };
}

/** Reads an env file of the format `raw`: one `NAME=value` a line, taken as it is. */
export function readRaw(text: string, options: DotenvOptions): BadLine | undefined {
  for (const [i, full] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = full.trimStart();
    if (line === '' || line.startsWith('#')) continue;
    const [name = '', ...value] = line.split('=');
    if (name === '') return { line: i + 1, reason: 'there is no name before the equals sign' };
    if (/[ \t]/.test(name)) return { line: i + 1, reason: 'a name has no space in it' };
    const inherited = value.length === 0 ? options.lookup(name) : value.join('=');
    if (inherited !== undefined) options.values[name] = inherited;
  }
  return undefined;
}
