/** JSON as Go's encoder writes it, which is what the CLI prints and hashes. */
import { compare } from './decode.ts';
import type { Kind, ObjectKind } from './kinds.ts';

const ANY: Kind = { kind: 'any' };
const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/**
 * The JSON of a value of the model: keys of objects in the specification's order, names of maps sorted.
 * @param margin the indentation of the line on which the value begins; without it all is on one line
 */
export function toJson(value: unknown, kind: Kind, margin?: string): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return listToJson(value, kind, margin);
  if (kind.kind === 'object') {
    const printed = kind.printAs?.(value as Record<string, unknown>);
    return printed === undefined
      ? objectToJson(value as Record<string, unknown>, kind, margin)
      : quote(printed);
  }
  const item = kind.kind === 'map' ? kind.item : ANY;
  const entries = Object.entries(value).toSorted(([a], [b]) => compare(a, b));
  return writeObject(
    entries.map(([key, one]) => [key, toJson(one, item, deeper(margin))] as const),
    margin,
  );
}

/** An object from keys and values that are JSON already. */
export function writeObject(entries: readonly (readonly [string, string])[], margin?: string): string {
  const space = margin === undefined ? '' : ' ';
  return block(
    '{',
    entries.map(([key, value]) => `${quote(key)}:${space}${value}`),
    '}',
    margin,
  );
}

function objectToJson(values: Readonly<Record<string, unknown>>, kind: ObjectKind, margin?: string): string {
  const entries: (readonly [string, string])[] = [];
  for (const [key, field] of Object.entries(kind.fields))
    if (values[key] !== undefined)
      entries.push([kind.jsonNames?.[key] ?? key, toJson(values[key], field, deeper(margin))]);
  return writeObject(entries, margin);
}

function listToJson(values: readonly unknown[], kind: Kind, margin?: string): string {
  // of a list that it does not know, the CLI cannot tell empty from missing
  if (values.length === 0 && kind.kind === 'any') return 'null';
  const item = kind.kind === 'list' ? kind.item : ANY;
  const parts = values.map((value) => toJson(value, item, deeper(margin)));
  return block('[', parts, ']', margin);
}

function block(open: string, parts: readonly string[], close: string, margin?: string): string {
  if (parts.length === 0) return open + close;
  if (margin === undefined) return open + parts.join(',') + close;
  return `${open}\n${parts.map((part) => `${margin}  ${part}`).join(',\n')}\n${margin}${close}`;
}

const deeper = (margin: string | undefined): string | undefined =>
  margin === undefined ? undefined : `${margin}  `;

const quote = (text: string): string =>
  JSON.stringify(text).replaceAll(/[<>&\u2028\u2029]/g, (character) => ESCAPES[character] ?? character);
