/** Short forms made long, and defaults filled in. */
import { kindOf, type Kind } from './kinds.ts';
import { listToMapping } from './merge.ts';
import { isWrong, type Path, type Problems } from './problems.ts';
import { isNull, scalar, sequence, stringOf, type Entry, type Node, type Sequence } from './tree.ts';

/** The canonical form of a file's tree, which is used up; what does not fit its kind is left as it is, for the check to name. */
export function canonical(node: Node, kind: Kind, path: Path, problems: Problems): Node {
  switch (kind.kind) {
    case 'object': {
      const long = node.type === 'scalar' && kind.short ? kind.short(node) : node;
      if (isWrong(long)) {
        problems.addWrong(long, node.at, path);
        return node;
      }
      return long?.type === 'mapping' ? withChildren(long, kind, path, problems) : node;
    }
    case 'map': {
      const long = node.type === 'sequence' && kind.fromList ? listToMapping(node, kind.fromList) : node;
      return withChildren(long, kind, path, problems);
    }
    case 'list':
      return canonicalList(
        kind.single === 'early' && stringOf(node) !== undefined ? sequence(node.at, [node]) : node,
        kind,
        path,
        problems,
      );
    case 'pairs':
      return kind.early && node.type === 'sequence' ? pairsToMapping(node, path, problems) : node;
    case 'ssh':
      return node.type === 'sequence' ? sshToMapping(node, path, problems) : node;
    case 'any':
    case 'command':
    case 'hosts':
    case 'multi':
    case 'test':
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
      return node;
  }
}

function withChildren(node: Node, kind: Kind, path: Path, problems: Problems): Node {
  if (node.type !== 'mapping') return node;
  for (const [key, entry] of node.entries)
    entry.node = canonical(entry.node, kindOf(kind, key), [...path, key], problems);
  const wrong = kind.kind === 'object' ? kind.early?.(node) : undefined;
  if (wrong) problems.addWrong(wrong, node.at, path);
  return node;
}

function canonicalList(
  node: Node,
  kind: Extract<Kind, { kind: 'list' }>,
  path: Path,
  problems: Problems,
): Node {
  if (node.type !== 'sequence') return node;
  const items: Node[] = [];
  for (const [i, item] of node.items.entries()) {
    const expanded = item.type === 'scalar' ? kind.expand?.(item) : undefined;
    if (isWrong(expanded)) problems.addWrong(expanded, item.at, [...path, i]);
    if (Array.isArray(expanded)) items.push(...expanded);
    else items.push(canonical(item, kind.item, [...path, i], problems));
  }
  return { ...node, items: kind.dropEmpty ? items.filter((item) => stringOf(item) !== '') : items };
}

function pairsToMapping(list: Sequence, path: Path, problems: Problems): Node {
  const entries = new Map<string, Entry>();
  for (const [i, item] of list.items.entries()) {
    const text = stringOf(item);
    if (text === undefined) return list;
    const [key = '', ...value] = text.split('=');
    if (value.length === 0)
      problems.add('model.wrong-type', item.at, [...path, i], {
        expected: 'name=value',
        found: 'a name alone',
      });
    entries.set(key, { at: item.at, node: scalar(item.at, value.join('=')) });
  }
  return { type: 'mapping', at: list.at, entries };
}

function sshToMapping(list: Sequence, path: Path, problems: Problems): Node {
  const entries = new Map<string, Entry>();
  for (const [i, item] of list.items.entries()) {
    const text = stringOf(item);
    if (text === undefined) return list;
    const [key = '', ...value] = text.split('=');
    if (value.length === 0 && key !== 'default')
      problems.add('model.wrong-type', item.at, [...path, i], {
        expected: 'default or name=path',
        found: 'a name alone',
      });
    entries.set(key, { at: item.at, node: scalar(item.at, value.length === 0 ? null : value.join('=')) });
  }
  return { type: 'mapping', at: list.at, entries };
}

/** Fills in what no file has said, once all are merged. */
export function fillDefaults(node: Node, kind: Kind): void {
  if (node.type === 'sequence' && kind.kind === 'list')
    for (const item of node.items) fillDefaults(item, kind.item);
  if (node.type !== 'mapping') return;
  for (const [key, entry] of node.entries)
    if (!isNull(entry.node)) fillDefaults(entry.node, kindOf(kind, key));
  if (kind.kind === 'object') kind.late?.(node);
}
