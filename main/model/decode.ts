/** The checked and canonical tree made the values of `types.ts`: what the CLI prints, in its order. */
import { readBoolean, readNumber } from './check-scalar.ts';
import { formatDuration, parseDuration } from './durations.ts';
import type { Kind, ObjectKind, PairsKind, ScalarKind } from './kinds.ts';
import { splitWords } from './shell-words.ts';
import { parseSize } from './sizes.ts';
import { isMoment, isNull, textOf, type Node, type Scalar } from './tree.ts';

type Values = Record<string, unknown>;

/** A record without inherited names, for names that users choose. */
export const record = <T>(): Record<string, T> => Object.create(null) as Record<string, T>;

/**
 * The value of a node; undefined for what the CLI leaves out (false, 0, empty), unless the kind is kept.
 * @param kind what the node was checked to be
 */
export function decode(node: Node | undefined, kind: Kind): unknown {
  switch (kind.kind) {
    case 'any':
      return plain(node);
    case 'object':
      return decodeObject(node, kind);
    case 'map':
      return decodeMap(node, kind);
    case 'list':
      return decodeList(node, kind);
    case 'pairs':
      return decodePairs(node, kind);
    case 'hosts':
      return decodeHosts(node);
    case 'ssh':
      return decodeSsh(node);
    case 'multi':
      return decodeMulti(node);
    case 'command':
    case 'test':
      return decodeCommand(node, kind.kind);
    case 'string':
    case 'bool':
    case 'int':
    case 'float':
    case 'float32':
    case 'bytes':
    case 'duration':
    case 'mode':
    case 'count':
    default:
      return decodeOne(node, kind);
  }
}

function decodeOne(node: Node | undefined, kind: ScalarKind): unknown {
  if (node?.type !== 'scalar' || node.value === null) return kind.always ? zero(kind) : undefined;
  const value = decodeScalar(node, kind);
  return value === zero(kind) && !kind.keep && !kind.always ? undefined : value;
}

/** What the CLI takes for "not set". */
function zero(kind: ScalarKind): unknown {
  if (kind.kind === 'bool') return false;
  if (kind.kind === 'bytes') return '0';
  if (kind.kind === 'duration') return '0s';
  return kind.kind === 'string' || kind.kind === 'mode' ? '' : 0;
}

function decodeScalar(node: Scalar, kind: ScalarKind): unknown {
  const text = textOf(node);
  switch (kind.kind) {
    case 'string':
      return text;
    case 'bool':
      return readBoolean(text) ?? false;
    case 'int':
      return Math.trunc(Number(text));
    case 'float':
      return readNumber(text, false) ?? 0;
    case 'float32':
      return toFloat32(Number(text));
    case 'bytes':
      return typeof node.value === 'string' ? String(parseSize(text) ?? 0n) : text;
    case 'duration':
      return formatDuration(parseDuration(text) ?? 0n);
    case 'mode':
      return `0${Number(typeof node.value === 'string' ? parseInt(text, 8) : node.value).toString(8)}`;
    case 'count':
    default:
      return text.toLowerCase() === 'all' ? -1 : Number(text);
  }
}

/** The shortest number that is the same in single precision, which is how the CLI keeps it. */
function toFloat32(value: number): number {
  const single = Math.fround(value);
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short;
  }
  return single;
}

function decodeObject(node: Node | undefined, kind: ObjectKind): unknown {
  if (node?.type !== 'mapping' && !kind.always) return undefined;
  const values: Values = {};
  for (const [key, field] of Object.entries(kind.fields)) {
    const entry = node?.type === 'mapping' ? node.entries.get(key) : undefined;
    if (!entry && !field.always) continue;
    const value = decode(entry?.node, field);
    if (value !== undefined) values[key] = value;
  }
  return kind.collapse !== undefined && values[kind.collapse] !== undefined ? values[kind.collapse] : values;
}

function decodeMap(node: Node | undefined, kind: Extract<Kind, { kind: 'map' }>): unknown {
  if (node?.type !== 'mapping' || node.entries.size === 0) return undefined;
  const values = record<unknown>();
  for (const [key, entry] of node.entries) {
    const value = decode(entry.node, kind.item);
    if (value !== undefined || kind.nullable) values[key] = value ?? null;
  }
  return values;
}

function decodeList(node: Node | undefined, kind: Extract<Kind, { kind: 'list' }>): unknown {
  const items = node?.type === 'sequence' ? node.items : node && !isNull(node) && kind.single ? [node] : [];
  const values = items.map((item) => decode(item, always(kind.item))).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : values;
}

/** An element of a list is printed even when it is empty. */
const always = (kind: Kind): Kind => (kind.kind === 'object' ? kind : { ...kind, always: true });

function decodePairs(node: Node | undefined, kind: PairsKind): unknown {
  const values = record<string | null>();
  const bare = kind.bare === 'null' ? null : '';
  if (node?.type === 'mapping')
    for (const [key, { node: value }] of node.entries)
      values[key] = value.type !== 'scalar' || value.value === null ? bare : textOf(value);
  if (node?.type === 'sequence')
    for (const item of node.items) {
      const [key = '', ...value] = item.type === 'scalar' ? textOf(item).split('=') : [];
      values[key] = value.length === 0 ? bare : value.join('=');
    }
  return Object.keys(values).length === 0 ? undefined : values;
}

function decodeHosts(node: Node | undefined): unknown {
  const hosts: string[] = [];
  const add = (host: string, address: string) => hosts.push(`${host}=${address.replace(/^\[(.+)\]$/, '$1')}`);
  if (node?.type === 'mapping')
    for (const [host, { node: value }] of node.entries)
      for (const one of value.type === 'sequence' ? value.items : [value])
        add(host, one.type === 'scalar' ? textOf(one) : '');
  if (node?.type === 'sequence')
    for (const item of node.items) {
      const text = item.type === 'scalar' ? textOf(item) : '';
      const [, host = '', addresses = ''] =
        /^([^=]*)=([^]*)$/.exec(text) ?? /^([^:]*):([^]*)$/.exec(text) ?? [];
      for (const address of addresses.split(',')) add(host, address);
    }
  const written = node?.type === 'mapping' ? node.entries.size : hosts.length;
  return written === 0 ? undefined : hosts.toSorted(compare);
}

function decodeSsh(node: Node | undefined): unknown {
  if (node?.type !== 'mapping' || node.entries.size === 0) return undefined;
  return [...node.entries]
    .map(([id, { node: path }]) => (isNull(path) || path.type !== 'scalar' ? id : `${id}=${textOf(path)}`))
    .toSorted(compare);
}

function decodeMulti(node: Node | undefined): unknown {
  if (node?.type !== 'mapping') return undefined;
  const values = record<string[]>();
  for (const [key, { node: value }] of node.entries) {
    const texts = (value.type === 'sequence' ? value.items : [value]).map((item) =>
      item.type === 'scalar' ? textOf(item) : '',
    );
    if (texts.length > 0) values[key] = texts;
  }
  return Object.keys(values).length === 0 ? undefined : values;
}

function decodeCommand(node: Node | undefined, kind: 'command' | 'test'): unknown {
  if (node?.type === 'sequence')
    return node.items.length === 0 && kind === 'test'
      ? undefined
      : node.items.map((item) => (item.type === 'scalar' ? textOf(item) : ''));
  const line = node?.type === 'scalar' && node.value !== null ? textOf(node) : undefined;
  if (kind === 'test') return line === undefined ? undefined : ['CMD-SHELL', line];
  return line === undefined ? null : splitWords(line);
}

/** Any value as it is. */
export function plain(node: Node | undefined): unknown {
  if (node === undefined) return null;
  if (node.type === 'sequence') return node.items.map(plain);
  if (node.type === 'scalar') return isMoment(node.value) ? node.value.rfc3339 : node.value;
  const values = record<unknown>();
  for (const [key, entry] of node.entries) values[key] = plain(entry.node);
  return values;
}

/** The order of the CLI's maps: by code point. */
export function compare(a: string, b: string): number {
  if (a === b) return 0;
  const left = Array.from(a);
  const right = Array.from(b);
  const i = left.findIndex((character, place) => character !== right[place]);
  if (i < 0) return -1;
  return (left[i]?.codePointAt(0) ?? -1) - (right[i]?.codePointAt(0) ?? -1);
}
