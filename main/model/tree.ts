/** A Compose file as a tree whose every node knows where it was written. */

/** A place in a file; line and column are 1-based. */
export interface At {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** the value as it was written, where its variables were replaced: errors show this, never what a variable holds */
  readonly template?: string;
}

/** A moment, written as a bare date. */
export interface Moment {
  readonly rfc3339: string;
}

export type ScalarValue = string | number | bigint | boolean | null | Moment;

export interface Scalar {
  readonly type: 'scalar';
  readonly at: At;
  value: ScalarValue;
  /** written as a floating-point number, even when its value is whole */
  readonly float?: boolean;
}
export interface Entry {
  /** where the key stands */
  readonly at: At;
  node: Node;
}
export interface Mapping {
  readonly type: 'mapping';
  readonly at: At;
  readonly entries: Map<string, Entry>;
}
export interface Sequence {
  readonly type: 'sequence';
  readonly at: At;
  items: Node[];
}
export type Node = Scalar | Mapping | Sequence;

export const scalar = (at: At, value: ScalarValue, float = false): Scalar =>
  float ? { type: 'scalar', at, value, float } : { type: 'scalar', at, value };

/** A mapping whose keys all stand at `at`. */
export function mapping(at: At, entries: Readonly<Record<string, Node | ScalarValue>> = {}): Mapping {
  const made: Mapping = { type: 'mapping', at, entries: new Map() };
  for (const [key, value] of Object.entries(entries)) setKey(made, key, value);
  return made;
}

export const sequence = (at: At, items: Node[]): Sequence => ({ type: 'sequence', at, items });

/** Adds or replaces a key; a new key stands where the mapping does. */
export function setKey(target: Mapping, key: string, value: Node | ScalarValue): void {
  const at = target.entries.get(key)?.at ?? target.at;
  target.entries.set(key, { at, node: isNode(value) ? value : scalar(at, value) });
}

export const getKey = (node: Node | undefined, key: string): Node | undefined =>
  node?.type === 'mapping' ? node.entries.get(key)?.node : undefined;

export const isNull = (node: Node | undefined): boolean =>
  node === undefined || (node.type === 'scalar' && node.value === null);

export const stringOf = (node: Node | undefined): string | undefined =>
  node?.type === 'scalar' && typeof node.value === 'string' ? node.value : undefined;

export const isMoment = (value: ScalarValue): value is Moment => typeof value === 'object' && value !== null;

const isNode = (value: Node | ScalarValue): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value;

/** A copy that shares no container with the original. */
export function clone<N extends Node>(node: N): N {
  if (node.type === 'scalar') return { ...node };
  if (node.type === 'sequence') return { ...node, items: node.items.map(clone) };
  const entries = new Map<string, Entry>();
  for (const [key, entry] of node.entries) entries.set(key, { at: entry.at, node: clone(entry.node) });
  return { ...node, entries };
}

/** Removes what stands at a path, if anything does. */
export function remove(tree: Node, path: readonly string[]): void {
  const [key, ...rest] = path;
  if (tree.type !== 'mapping' || key === undefined) return;
  if (rest.length === 0) tree.entries.delete(key);
  else {
    const next = getKey(tree, key);
    if (next) remove(next, rest);
  }
}

/** Whether two trees say the same, wherever they were written. */
export function same(a: Node, b: Node): boolean {
  if (a.type === 'scalar') return b.type === 'scalar' && sameScalar(a, b);
  if (a.type === 'sequence')
    return (
      b.type === 'sequence' &&
      a.items.length === b.items.length &&
      a.items.every((item, i) => same(item, b.items[i] as Node))
    );
  if (b.type !== 'mapping' || a.entries.size !== b.entries.size) return false;
  for (const [key, entry] of a.entries) {
    const other = b.entries.get(key);
    if (!other || !same(entry.node, other.node)) return false;
  }
  return true;
}

function sameScalar(a: Scalar, b: Scalar): boolean {
  if (isMoment(a.value) && isMoment(b.value)) return a.value.rfc3339 === b.value.rfc3339;
  return a.value === b.value;
}

/** A scalar as the text that the CLI makes of it: `0x10` is `16`, `1.0` is `1`, `1e-5` is `1e-05`. */
export function textOf({ value, float }: Scalar): string {
  if (value === null) return '';
  if (isMoment(value)) return value.rfc3339;
  return typeof value === 'number' && float ? floatText(value) : String(value);
}

/** A floating-point number as Go writes it: with an exponent below 1e-4 and from 1e6 on. */
function floatText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  if (Number(exponent) >= -4 && Number(exponent) < 6) return String(value);
  return `${digits}e${exponent.replace(/^([-+])(\d)$/, '$10$2')}`;
}

/** A path as people write it: `services.db.ports[0]`. */
export const keyPath = (path: readonly (string | number)[]): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
