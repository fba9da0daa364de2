/**
 * What a plain YAML scalar means to the CLI: YAML 1.2's words with YAML 1.1's numbers (octal `0440`, binary,
 * underscores) and dates. Source: the behaviour of go-yaml v3, which the CLI reads files with.
 */
import type { Moment, Scalar } from './tree.ts';

type Meaning = Pick<Scalar, 'value' | 'float'>;

const WORDS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, { value: null }] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, { value: true }] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, { value: false }] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, { value: NaN, float: true }] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map(
    (word) => [word, { value: Infinity, float: true }] as const,
  ),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, { value: -Infinity, float: true }] as const),
]);

const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const MAX_INT = 2n ** 63n - 1n;
const MAX_UINT = 2n ** 64n - 1n;

/** The value of a plain scalar; anything that is nothing else is a string. */
export function resolvePlain(text: string): Meaning {
  const word = WORDS.get(text);
  if (word) return word;
  if (!/^[-+.\d]/.test(text)) return { value: text };
  const moment = parseMoment(text);
  if (moment) return { value: moment };
  const digits = text.replaceAll('_', '');
  const integer = parseInteger(digits);
  if (integer !== undefined) return { value: integer };
  // `.5_0` keeps its underscore, and so is a string
  const float = text.startsWith('.') ? text : digits;
  if (FLOAT.test(float) && Number.isFinite(Number(float))) return { value: Number(float), float: true };
  return { value: text };
}

/** Reads decimal, `0x`, `0o`, `0b` and octal (`0440`) integers of up to 64 bits. */
function parseInteger(text: string): number | bigint | undefined {
  const match = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9]\d*))$/.exec(text);
  if (!match) return undefined;
  const [, sign, hex, binary, octal, decimal] = match;
  const size = BigInt(
    hex !== undefined
      ? `0x${hex}`
      : binary !== undefined
        ? `0b${binary}`
        : octal !== undefined
          ? `0o${octal}`
          : (decimal ?? '0'),
  );
  const value = sign === '-' ? -size : size;
  if (value < -MAX_INT - 1n || value > (sign === '+' ? MAX_INT : MAX_UINT)) return undefined;
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

const MOMENT =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d+)?(Z|[-+]\d\d:\d\d)| (\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d+)?)?$/;

/** Reads a date, or a date and a time, with or without an offset. */
function parseMoment(text: string): Moment | undefined {
  const match = MOMENT.exec(text);
  if (!match) return undefined;
  const [, year = '', month = '', day = ''] = match;
  const hour = Number(match[4] ?? match[9] ?? 0);
  const minute = Number(match[5] ?? match[10] ?? 0);
  const second = Number(match[6] ?? match[11] ?? 0);
  const fraction = (match[7] ?? match[12] ?? '').replace(/\.?0+$/, '').slice(0, 10);
  const lastDay = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  const valid =
    Number(month) >= 1 &&
    Number(month) <= 12 &&
    Number(day) >= 1 &&
    Number(day) <= lastDay &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  if (!valid) return undefined;
  const two = (n: number | string) => String(n).padStart(2, '0');
  const offset = match[8] === undefined || /[-+]00:00/.test(match[8]) ? 'Z' : match[8];
  return {
    rfc3339: `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}${fraction}${offset}`,
  };
}
