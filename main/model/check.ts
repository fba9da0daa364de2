/**
 * Whether a tree is a valid Compose file, by the kinds of `spec.ts`. Every problem is named with its place;
 * what is wrong is taken out of the tree, so that what follows can rely on what is left.
 */
import { checkScalar, describe } from './check-scalar.ts';
import type { Kind, ListKind, MapKind, ObjectKind, PairsKind, ScalarKind, YamlType } from './kinds.ts';
import { nearest } from './nearest.ts';
import { damage, isDamaged, type Findings, type Path } from './problems.ts';
import { splitWords } from './shell-words.ts';
import { getKey, isNull, same, stringOf, textOf, type At, type Mapping, type Node } from './tree.ts';

const LETTERS = 'letters, digits, dots, hyphens and underscores';

/** Checks a value; false when it cannot stand here and has to be taken out. */
export function check(node: Node, kind: Kind, path: Path, findings: Findings): boolean {
  const ok = checkKind(node, kind, path, findings);
  if (!ok) damage(findings, path);
  return ok;
}

function checkKind(node: Node, kind: Kind, path: Path, findings: Findings): boolean {
  switch (kind.kind) {
    case 'any':
      return true;
    case 'object':
      return checkObject(node, kind, path, findings);
    case 'map':
      return checkMap(node, kind, path, findings);
    case 'list':
      return checkList(node, kind, path, findings);
    case 'pairs':
      return checkPairs(node, kind, path, findings);
    case 'ssh':
      return checkPairs(node, { ...kind, kind: 'pairs', bare: 'empty' }, path, findings);
    case 'hosts':
      return checkHosts(node, path, findings);
    case 'multi':
      return checkMulti(node, path, findings);
    case 'command':
    case 'test':
      return checkCommand(node, kind.kind, path, findings);
    case 'bytes':
    case 'string':
    case 'bool':
    case 'int':
    case 'float':
    case 'float32':
    case 'duration':
    case 'mode':
    case 'count':
    default:
      return checkOne(node, kind, path, findings);
  }
}

function checkOne(node: Node, kind: ScalarKind, path: Path, findings: Findings): boolean {
  if (kind.kind === 'bytes' && kind.yaml.includes('number') && node.type === 'scalar' && node.float) {
    // the CLI reads whole numbers and texts; a limit it passes over is better said than kept
    findings.warnings.add('model.ignored-key', node.at, path, { key: textOf(node) });
    return false;
  }
  if (kind.orName && node.type === 'mapping') return checkExternalName(node, path, findings);
  return checkScalar(node, kind, path, findings.problems);
}

function wrongType(node: Node, expected: string, path: Path, { problems }: Findings): false {
  problems.add('model.wrong-type', node.at, path, { expected, found: describe(node) });
  return false;
}

/** Checks the values of a mapping, and removes those that cannot stay. */
function checkEntries(node: Mapping, each: (key: string, value: Node, at: At) => boolean): void {
  for (const [key, entry] of node.entries) if (!each(key, entry.node, entry.at)) node.entries.delete(key);
}

function checkObject(node: Node, kind: ObjectKind, path: Path, findings: Findings): boolean {
  if (node.type === 'scalar' && isNull(node) && kind.nullable) return true;
  const single = kind.collapse === undefined ? undefined : kind.fields[kind.collapse];
  if (node.type === 'scalar' && single && kind.short?.(node)) return check(node, single, path, findings);
  // a bad short form is named by the canonical form, with what is wrong in it
  if (node.type === 'scalar' && kind.short?.(node) !== undefined) return true;
  if (node.type !== 'mapping')
    return wrongType(node, kind.short ? 'a mapping or a short form' : 'a mapping', path, findings);
  const collapsed = kind.collapse !== undefined && node.entries.has(kind.collapse);
  const needed = Object.keys(kind.fields).filter((key) => kind.fields[key]?.required && !collapsed);
  const missing = needed.filter((key) => !node.entries.has(key));
  // what could not be read may have been what is missing
  if (!isDamaged(findings, path))
    for (const key of missing) findings.problems.add('model.missing-key', node.at, path, { key });
  checkEntries(node, (key, value, at) => checkField(key, value, at, kind, path, findings));
  // without what it needs, or with that being wrong, it is nothing
  return needed.every((key) => node.entries.has(key));
}

function checkField(
  key: string,
  value: Node,
  at: At,
  kind: ObjectKind,
  path: Path,
  findings: Findings,
): boolean {
  const here = [...path, key];
  const field = Object.hasOwn(kind.fields, key) ? kind.fields[key] : undefined;
  if (field && key !== kind.collapse) return check(value, field, here, findings);
  if (field) return true;
  if (kind.extensible && key.startsWith('x-')) return true;
  const ignored = kind.ignored && Object.hasOwn(kind.ignored, key) ? kind.ignored[key] : undefined;
  if (ignored || kind.open) {
    findings.warnings.add('model.ignored-key', at, here, { key });
    return !ignored || check(value, ignored, here, findings);
  }
  const near = nearest(key, Object.keys(kind.fields));
  findings.problems.add('model.unknown-key', at, here, near === undefined ? { key } : { key, near });
  return false;
}

function checkMap(node: Node, kind: MapKind, path: Path, findings: Findings): boolean {
  if (node.type === 'sequence' && kind.fromList)
    return checkList(
      node,
      { kind: 'list', item: { kind: 'string', yaml: ['string'] }, distinct: true },
      path,
      findings,
    );
  if (node.type !== 'mapping')
    return wrongType(node, kind.fromList ? 'a mapping or a list' : 'a mapping', path, findings);
  checkEntries(node, (key, value, at) => {
    const here = [...path, key];
    if (kind.names && !kind.names.test(key) && !kind.anyName) {
      findings.problems.add('model.bad-name', at, here, { name: key, allowed: LETTERS });
      return false;
    }
    return (kind.nullable && isNull(value)) || check(value, kind.item, here, findings);
  });
  return true;
}

function checkList(node: Node, kind: ListKind, path: Path, findings: Findings): boolean {
  if (kind.single && stringOf(node) !== undefined) return check(node, kind.item, path, findings);
  if (node.type !== 'sequence')
    return wrongType(node, kind.single ? 'a string or a list' : 'a list', path, findings);
  const seen: Node[] = [];
  node.items = node.items.filter((item, i) => {
    const here = [...path, i];
    const expands = item.type === 'scalar' && kind.expand?.(item) !== undefined;
    if (!expands && !check(item, kind.item, here, findings)) return false;
    const first = kind.distinct ? seen.find((one) => same(one, item)) : undefined;
    if (first) findings.problems.add('model.duplicate-item', item.at, here, { firstLine: first.at.line });
    seen.push(item);
    return !first;
  });
  return true;
}

const PAIR_VALUES: readonly YamlType[] = ['string', 'number', 'boolean', 'null'];

function checkPairs(node: Node, kind: PairsKind, path: Path, findings: Findings): boolean {
  if (node.type === 'mapping') {
    const yaml = kind.mappingOnly ?? PAIR_VALUES;
    checkEntries(node, (key, value) =>
      checkScalar(value, { kind: 'string', yaml }, [...path, key], findings.problems),
    );
    return true;
  }
  if (node.type === 'scalar' || kind.mappingOnly)
    return wrongType(node, kind.mappingOnly ? 'a mapping' : 'a mapping or a list', path, findings);
  const ok = checkList(
    node,
    { kind: 'list', item: { kind: 'string', yaml: ['string'] }, distinct: true },
    path,
    findings,
  );
  for (const [i, item] of node.items.entries()) {
    const name = stringOf(item)?.split('=', 1)[0] ?? '';
    if (kind.bare === 'null' && /\s$/.test(name))
      findings.problems.add('model.bad-variable-name', item.at, [...path, i], { name });
  }
  return ok;
}

function checkHosts(node: Node, path: Path, findings: Findings): boolean {
  const string: Kind = { kind: 'string', yaml: ['string'] };
  if (node.type === 'mapping') {
    checkEntries(node, (host, value, at) => {
      const here = [...path, host];
      if (host === '' || /[:=]/.test(host)) {
        const reason = 'a host name has no colon and no equals sign';
        findings.problems.add('model.bad-host', at, here, { value: host, reason });
        return false;
      }
      return value.type === 'sequence'
        ? check(value, { kind: 'list', item: string }, here, findings)
        : check(value, string, here, findings);
    });
    return true;
  }
  if (node.type !== 'sequence') return wrongType(node, 'a mapping or a list', path, findings);
  if (!checkList(node, { kind: 'list', item: string, distinct: true }, path, findings)) return false;
  node.items = node.items.filter((item, i) => {
    const value = stringOf(item) ?? '';
    if (/^[^=:]+[=:]/.test(value)) return true;
    const reason = /[=:]/.test(value) ? 'the host name is missing' : 'the address is missing';
    findings.problems.add('model.bad-host', item.at, [...path, i], { value, reason });
    return false;
  });
  return true;
}

function checkMulti(node: Node, path: Path, findings: Findings): boolean {
  if (node.type !== 'mapping') return wrongType(node, 'a mapping', path, findings);
  const item: Kind = { kind: 'string', yaml: ['string', 'number', 'boolean'] };
  checkEntries(node, (key, value) =>
    check(value, value.type === 'sequence' ? { kind: 'list', item } : item, [...path, key], findings),
  );
  return true;
}

function checkCommand(node: Node, kind: 'command' | 'test', path: Path, findings: Findings): boolean {
  if (kind === 'command' && isNull(node)) return true;
  const line = stringOf(node);
  if (line !== undefined) {
    if (kind === 'test' || splitWords(line)) return true;
    findings.problems.add('model.bad-command', node.at, path, {});
    return false;
  }
  if (node.type !== 'sequence') return wrongType(node, 'a string or a list', path, findings);
  return checkList(node, { kind: 'list', item: { kind: 'string', yaml: ['string'] } }, path, findings);
}

/** `external: {name: x}`, which the CLI still reads. */
function checkExternalName(node: Mapping, path: Path, { problems, warnings }: Findings): boolean {
  const name = getKey(node, 'name');
  warnings.add('model.deprecated', node.at, path, { reason: 'external.name is an old form of name' });
  for (const [key, { at }] of node.entries)
    if (key !== 'name' && !key.startsWith('x-'))
      problems.add('model.unknown-key', at, [...path, key], { key, near: 'name' });
  return !name || checkScalar(name, { kind: 'string', yaml: ['string'] }, [...path, 'name'], problems);
}
