/** Checks of single values: their YAML type, and what the text in them has to be. */
import { parseDuration } from './durations.ts';
import { isCidr, isImage, isIp, isPullPolicy } from './formats.ts';
import type { Format, ScalarKind, YamlType } from './kinds.ts';
import { parseRange } from './ports.ts';
import type { Path, Problems } from './problems.ts';
import { MAX_SIZE, parseSize } from './sizes.ts';
import { isMoment, textOf, type Node, type Scalar, type ScalarValue } from './tree.ts';

/** What a value is, in words. */
export function describe(node: Node): string {
  if (node.type === 'mapping') return 'a mapping';
  if (node.type === 'sequence') return 'a list';
  if (node.value === null) return 'empty';
  if (isMoment(node.value)) return 'a date';
  return { string: 'a string', boolean: 'true or false' }[typeof node.value as string] ?? 'a number';
}

const TYPE_WORDS: Readonly<Record<YamlType, string>> = {
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'empty',
};

function hasType(node: Scalar, types: readonly YamlType[]): boolean {
  const { value } = node;
  if (value === null) return types.includes('null');
  if (typeof value === 'bigint') return types.includes('integer') || types.includes('number');
  if (typeof value === 'number')
    return types.includes('number') || (types.includes('integer') && Number.isInteger(value));
  return (
    (typeof value === 'string' || typeof value === 'boolean') && types.includes(typeof value as YamlType)
  );
}

/** Checks one value; false when it cannot be used. */
export function checkScalar(node: Node, kind: ScalarKind, path: Path, problems: Problems): boolean {
  if (node.type !== 'scalar' || !hasType(node, kind.yaml)) {
    const expected = kind.yaml
      .filter((type) => type !== 'null')
      .map((type) => TYPE_WORDS[type])
      .join(' or ');
    problems.add('model.wrong-type', node.at, path, { expected, found: describe(node) });
    return false;
  }
  if (node.value === null) return true;
  return checkMeaning(node, kind, path, problems);
}

function checkMeaning(node: Scalar, kind: ScalarKind, path: Path, problems: Problems): boolean {
  const text = textOf(node);
  if (kind.whole && node.float) {
    problems.add('model.bad-number', node.at, path, { value: text, expected: 'a whole number' });
    return false;
  }
  switch (kind.kind) {
    case 'bool':
      if (typeof node.value === 'boolean' || readBoolean(text) !== undefined) return true;
      problems.add('model.bad-boolean', node.at, path, { value: text });
      return false;
    case 'int':
    case 'float':
    case 'float32':
      return checkNumber(node, kind, path, problems);
    case 'mode':
      if (isWholeNumber(node) || (typeof node.value === 'string' && /^[-+]?[0-7]+$/.test(text))) return true;
      problems.add('model.bad-number', node.at, path, {
        value: text,
        expected: 'an octal number such as 0440',
      });
      return false;
    case 'count':
      if (isWholeNumber(node) || (typeof node.value === 'string' && /^(?:all|[-+]?\d+)$/i.test(text)))
        return true;
      problems.add('model.bad-number', node.at, path, { value: text, expected: 'a number or "all"' });
      return false;
    case 'string':
    case 'bytes':
    case 'duration':
    default:
      return checkText(node, text, kind, path, problems);
  }
}

function checkNumber(node: Scalar, kind: ScalarKind, path: Path, problems: Problems): boolean {
  const text = textOf(node);
  const value = readNumber(text, kind.kind === 'int' && typeof node.value === 'string');
  if (value === undefined) {
    const expected = kind.kind === 'int' ? 'a whole number' : 'a number';
    problems.add('model.bad-number', node.at, path, { value: text, expected });
    return false;
  }
  if (kind.format && !checkFormat(node, text, kind.format, path, problems)) return false;
  const limit = kind.kind === 'int' ? Number.MAX_SAFE_INTEGER : Number.MAX_VALUE;
  const { min = -limit, max = limit } = kind;
  if (value >= min && value <= max) return true;
  problems.add('model.out-of-range', node.at, path, { value: text, min, max });
  return false;
}

function checkText(node: Scalar, text: string, kind: ScalarKind, path: Path, problems: Problems): boolean {
  if (kind.among && !kind.among.includes(text)) {
    problems.add('model.bad-value', node.at, path, { value: text, allowed: kind.among });
    return false;
  }
  return kind.format === undefined || checkFormat(node, text, kind.format, path, problems);
}

function checkFormat(node: Scalar, text: string, format: Format, path: Path, problems: Problems): boolean {
  const value = text;
  switch (format) {
    case 'duration':
      if (parseDuration(text) !== undefined) return true;
      problems.add('model.bad-duration', node.at, path, { value });
      return false;
    case 'size':
      // a whole number may be -1 (no limit); a fraction has no unit it could be a part of
      if (typeof node.value === 'string' ? isSize(text) : isWhole(node.value)) return true;
      problems.add('model.bad-size', node.at, path, { value });
      return false;
    case 'ip':
    case 'hostIp':
      if ((text === '' && format === 'ip') || isIp(text)) return true;
      problems.add('model.bad-ip', node.at, path, { value });
      return false;
    case 'cidr':
      if (text === '' || isCidr(text)) return true;
      problems.add('model.bad-ip', node.at, path, { value });
      return false;
    case 'image':
      if (text === '' || isImage(text)) return true;
      problems.add('model.bad-image', node.at, path, { value });
      return false;
    case 'port':
      if (text === '' || parseRange(text, 0)) return true;
      problems.add('model.bad-port', node.at, path, { value, reason: 'it is not a port from 0 to 65535' });
      return false;
    case 'containerPort':
      if (parseRange(text, 1) && !text.includes('-')) return true;
      problems.add('model.bad-port', node.at, path, { value, reason: 'it is not a port from 1 to 65535' });
      return false;
    case 'pullPolicy':
      if (isPullPolicy(text)) return true;
      problems.add('model.bad-value', node.at, path, {
        value,
        allowed: ['always', 'never', 'missing', 'build', 'refresh', 'daily', 'weekly', 'every_<duration>'],
      });
      return false;
    case 'containerName':
    default:
      if (/[a-zA-Z0-9][a-zA-Z0-9_.-]+/.test(text)) return true;
      problems.add('model.bad-name', node.at, path, {
        name: value,
        allowed: 'two or more letters, digits, dots, hyphens and underscores',
      });
      return false;
  }
}

const isWholeNumber = (node: Scalar): boolean => typeof node.value === 'number' && !node.float;

/** Whether a number is whole and one that the engine can keep (64 bits). */
const isWhole = (value: ScalarValue): boolean =>
  typeof value === 'bigint' ? value <= MAX_SIZE : Number.isSafeInteger(value);

/** Whether a text is a size that the engine can keep (64 bits). */
function isSize(text: string): boolean {
  const bytes = parseSize(text);
  return bytes !== undefined && bytes <= MAX_SIZE;
}

/** The boolean of a text, by the words of YAML 1.1; undefined for any other. */
export function readBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (['true', 'y', 'yes', 'on'].includes(word)) return true;
  return ['false', 'n', 'no', 'off'].includes(word) ? false : undefined;
}

/** The number of a text; undefined when it is none. */
export function readNumber(text: string, whole: boolean): number | undefined {
  const form = whole ? /^[-+]?\d+$/ : /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
  return form.test(text) ? Number(text) : undefined;
}
