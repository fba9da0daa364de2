/**
 * Variables in values: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?message}`,
 * `${NAME?message}`, `${NAME:+other}`, `${NAME+other}`, nested, and `$$` for a dollar sign
 * (compose-spec, section "interpolation").
 */
import { damage, type Findings, type Path } from './problems.ts';
import { scalar, type At, type Entry, type Node } from './tree.ts';

/** The value of a variable, or undefined when it is not set. */
export type Lookup = (name: string) => string | undefined;

/** Why a text could not be interpolated; a reason as it was written, since its variables may hold what is secret. */
export type Failed =
  | { readonly failed: 'syntax' }
  | { readonly failed: 'required'; readonly variable: string; readonly reason: string };

/** Told of each variable that a text asks for; `missing` when it is empty for want of a value. */
export type OnVariable = (name: string, missing: boolean) => void;

// after a dollar: another one, a name, `{name}` or `{name operator text}`; the text reaches to the line's
// last brace and is cut at the right one below. A `{` that begins none of these is an error.
const VARIABLE = /\$(?:(\$)|([_a-z][_a-z0-9]*)|\{(?:([_a-z][_a-z0-9]*(?::?[-+?][^\n]*)?)\}|()))/gi;
const PARTS = /^([_a-z][_a-z0-9]*)(?:(:?)([-+?])([^]*))?$/i;

/** How deep defaults may nest. */
const MAX_DEPTH = 100;

/**
 * Replaces the variables of a text; the first failure ends it.
 * @param onVariable told of each variable on the way
 * @param depth how many defaults this text stands in
 */
export function substitute(
  template: string,
  lookup: Lookup,
  onVariable: OnVariable,
  depth = 0,
): string | Failed {
  if (depth > MAX_DEPTH) return { failed: 'syntax' };
  let result = '';
  let from = 0;
  const variable = new RegExp(VARIABLE);
  for (let match = variable.exec(template); match; match = variable.exec(template)) {
    const part = replace(match, lookup, onVariable, depth);
    if ('failed' in part) return part;
    result += template.slice(from, match.index) + part.value;
    from = match.index + part.length;
    variable.lastIndex = from;
  }
  return result + template.slice(from);
}

/** What stands for a match, and how much of the match it stands for. */
type Part = { readonly value: string; readonly length: number };

function replace(
  match: RegExpExecArray,
  lookup: Lookup,
  onVariable: OnVariable,
  depth: number,
): Part | Failed {
  const [whole, escaped, name, braced] = match;
  if (escaped !== undefined) return { value: '$', length: whole.length };
  if (name !== undefined) return { value: plain(name, lookup, onVariable), length: whole.length };
  if (braced === undefined) return { failed: 'syntax' };
  const end = closingBrace(whole);
  const parts = PARTS.exec(end < 0 ? braced : whole.slice(2, end));
  if (!parts) return { failed: 'syntax' };
  const [, variable = '', colon, operator, word = ''] = parts;
  const value =
    operator === undefined
      ? plain(variable, lookup, onVariable)
      : operate(variable, colon === ':', operator, word, lookup, onVariable, depth);
  if (typeof value !== 'string') return value;
  return { value, length: end < 0 ? whole.length : end + 1 };
}

function plain(name: string, lookup: Lookup, onVariable: OnVariable): string {
  const value = lookup(name);
  onVariable(name, value === undefined);
  return value ?? '';
}

function operate(
  name: string,
  orEmpty: boolean,
  operator: string,
  word: string,
  lookup: Lookup,
  onVariable: OnVariable,
  depth: number,
): string | Failed {
  // the CLI reads the text behind the operator even when it is not used
  const alternative = substitute(word, lookup, onVariable, depth + 1);
  if (typeof alternative !== 'string') return alternative;
  onVariable(name, false);
  const value = lookup(name);
  const given = value !== undefined && !(orEmpty && value === '');
  if (operator === '+') return given ? alternative : (value ?? '');
  if (operator === '-') return given ? value : alternative;
  return given ? value : { failed: 'required', variable: name, reason: word };
}

/** The index of the brace that closes the first one; a brace takes the character behind it with it. */
function closingBrace(text: string): number {
  let open = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '}' && --open === 0) return i;
    if (text[i] === '{') {
      open++;
      i++;
    }
  }
  return -1;
}

/** What a load knows of variables: their values, and which of them the files asked for. */
export class Variables {
  readonly lookup: Lookup;
  readonly #values: Readonly<Record<string, string>>;
  readonly #findings: Findings;
  readonly #used: Map<string, boolean>;

  constructor(
    values: Readonly<Record<string, string>>,
    findings: Findings,
    used = new Map<string, boolean>(),
  ) {
    this.#values = values;
    this.lookup = (name) => (Object.hasOwn(values, name) ? values[name] : undefined);
    this.#findings = findings;
    this.#used = used;
  }

  /** The value of a name that a file takes as it is, without `${}`: noted as asked for. */
  take(name: string): string | undefined {
    const value = this.lookup(name);
    this.#used.set(name, value === undefined || (this.#used.get(name) ?? false));
    return value;
  }

  /** These values over others (an included file has an `.env` of its own); one record of names. */
  over(values: Readonly<Record<string, string>>): Variables {
    return new Variables({ ...values, ...this.#values }, this.#findings, this.#used);
  }

  /** Names that were asked for, sorted; only those without a value and a default when `missing`. */
  names(missing: boolean): string[] {
    return [...this.#used]
      .filter(([, isMissing]) => isMissing || !missing)
      .map(([name]) => name)
      .toSorted();
  }

  /** One text with its variables replaced; undefined, and a problem, when that fails. */
  text(template: string, at: At, path: Path): string | undefined {
    const { problems, warnings } = this.#findings;
    const result = substitute(template, this.lookup, (name, missing) => {
      this.#used.set(name, missing || (this.#used.get(name) ?? false));
      if (missing) warnings.add('model.unset-variable', at, path, { variable: name });
    });
    if (typeof result === 'string') return result;
    damage(this.#findings, path);
    if (result.failed === 'syntax') problems.add('model.bad-interpolation', at, path, { value: template });
    else {
      this.#used.set(result.variable, true);
      const { variable, reason } = result;
      problems.add('model.required-variable', at, path, { variable, reason });
    }
    return undefined;
  }

  /** A tree with the variables of all its strings replaced, without those that fail; keys stay. */
  tree<N extends Node>(node: N, path: Path): N;
  tree(node: Node, path: Path): Node {
    return this.#replaced(node, path) ?? scalar(node.at, null);
  }

  #replaced(node: Node, path: Path): Node | undefined {
    if (node.type === 'scalar') {
      if (typeof node.value !== 'string' || !node.value.includes('$')) return node;
      const text = this.text(node.value, node.at, path);
      return text === undefined ? undefined : scalar({ ...node.at, template: node.value }, text);
    }
    if (node.type === 'sequence') {
      const items = node.items.map((item, i) => this.#replaced(item, [...path, i]));
      return { ...node, items: items.filter((item) => item !== undefined) };
    }
    const entries = new Map<string, Entry>();
    for (const [key, entry] of node.entries) {
      const value = this.#replaced(entry.node, [...path, key]);
      if (value) entries.set(key, { at: entry.at, node: value });
    }
    return { ...node, entries };
  }
}
