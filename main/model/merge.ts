/** A later file over an earlier one (compose-spec, section "merge"): by the kind that stands at each place. */
import { kindOf, type Kind, type ListKind, type UniqueBy } from './kinds.ts';
import { isWrong, type Path, type Problems } from './problems.ts';
import {
  getKey,
  isNull,
  same,
  scalar,
  sequence,
  stringOf,
  textOf,
  type Entry,
  type Mapping,
  type Node,
  type Sequence,
} from './tree.ts';
import { parseVolume } from './volumes.ts';

const ANY: Kind = { kind: 'any' };

/** `over` merged over `base`; both are used up. */
export function merge(base: Node, over: Node, kind: Kind, path: Path, problems: Problems): Node {
  switch (kind.merge) {
    case 'override':
      return over;
    case 'sequence':
      return sequence(over.at, [...toItems(base), ...toItems(over)]);
    case 'hosts':
      return mergeHosts(base, over);
    case 'logging':
      if (!sameDriver(base, over)) return over;
      break;
    case 'ipam':
      if (base.type === 'sequence' && over.type === 'sequence')
        return mergePools(base, over, kind, path, problems);
      break;
    case undefined:
  }
  const long = toMapping(kind, over);
  const longBase = toMapping(kind, base);
  if (isNull(long)) return longBase;
  if (longBase.type === 'mapping' && long.type === 'mapping')
    return mergeMappings(longBase, long, kind, path, problems);
  if (longBase.type === 'sequence' && long.type === 'sequence')
    return { ...longBase, items: [...longBase.items, ...long.items] };
  if (longBase.type !== 'scalar') {
    const earlier = `${longBase.at.file}:${longBase.at.line}`;
    problems.add('model.cannot-merge', over.at, path, { earlier });
  }
  return long;
}

function mergeMappings(base: Mapping, over: Mapping, kind: Kind, path: Path, problems: Problems): Mapping {
  const entries = new Map<string, Entry>(base.entries);
  for (const [key, entry] of over.entries) {
    const before = entries.get(key);
    const node = before
      ? merge(before.node, entry.node, kindOf(kind, key), [...path, key], problems)
      : entry.node;
    entries.set(key, { at: entry.at, node });
  }
  return { ...base, entries };
}

/** Short forms that have to become mappings before they can merge. */
function toMapping(kind: Kind, node: Node): Node {
  if (kind.kind === 'object' && kind.short && node.type === 'scalar') {
    const long = kind.short(node);
    return long === undefined || isWrong(long) ? node : long;
  }
  if (kind.kind === 'map' && kind.fromList && node.type === 'sequence')
    return listToMapping(node, kind.fromList);
  return node;
}

/** A list of names as a mapping; anything that is not a name stays a list, for the check to name it. */
export function listToMapping(list: Sequence, fromList: (name: Node & { type: 'scalar' }) => Node): Node {
  const entries = new Map<string, Entry>();
  for (const item of list.items) {
    if (item.type !== 'scalar' || typeof item.value !== 'string') return list;
    entries.set(item.value, { at: item.at, node: fromList(item) });
  }
  return { type: 'mapping', at: list.at, entries };
}

/** A mapping as sorted `key=value` texts; a text as a list of one. */
function toItems(node: Node): Node[] {
  if (node.type === 'sequence') return node.items;
  if (node.type === 'scalar') return typeof node.value === 'string' ? [node] : [];
  const items: { text: string; node: Node }[] = [];
  for (const [key, { at, node: value }] of node.entries)
    for (const one of value.type === 'sequence' ? value.items : [value]) {
      const text = isNull(one) || one.type !== 'scalar' ? key : `${key}=${textOf(one)}`;
      items.push({ text, node: scalar(at, text) });
    }
  return items.toSorted((a, b) => (a.text < b.text ? -1 : 1)).map((item) => item.node);
}

function mergeHosts(base: Node, over: Node): Node {
  const items = toItems(base);
  return sequence(over.at, [
    ...items,
    ...toItems(over).filter((item) => !items.some((one) => same(one, item))),
  ]);
}

function sameDriver(base: Node, over: Node): boolean {
  const [before, after] = [getKey(base, 'driver'), getKey(over, 'driver')];
  return !before || !after || isNull(over) || same(before, after);
}

/** Address pools merge by subnet; others are added. */
function mergePools(base: Sequence, over: Sequence, kind: Kind, path: Path, problems: Problems): Node {
  const item = kind.kind === 'list' ? kind.item : ANY;
  const subnet = (node: Node) => stringOf(getKey(node, 'subnet'));
  const pools: Node[] = [];
  for (const before of base.items)
    for (const after of over.items) {
      const place = pools.findIndex((pool) => subnet(pool) === subnet(after));
      if (subnet(after) !== subnet(before) && place < 0) pools.push(after);
      else {
        const merged = merge(before, after, item, path, problems);
        const existing = pools.findIndex((pool) => subnet(pool) === subnet(merged));
        if (existing >= 0) pools[existing] = merged;
        else pools.push(merged);
      }
    }
  return sequence(over.at, pools);
}

/** Removes elements that a later one replaces (ports, mounts, `NAME=value`…), in the whole tree, in place. */
export function enforceUnique(node: Node, kind: Kind): Node {
  if (node.type === 'mapping') {
    for (const [key, entry] of node.entries) entry.node = enforceUnique(entry.node, kindOf(kind, key));
    return node;
  }
  const by = kind.kind === 'list' || kind.kind === 'pairs' ? (kind as ListKind).unique : undefined;
  if (node.type !== 'sequence' || by === undefined) return node;
  const places = new Map<string, number>();
  const items: Node[] = [];
  for (const item of node.items) {
    const key = identity(item, by);
    const place = key === undefined ? undefined : places.get(key);
    if (place !== undefined) items[place] = item;
    else {
      if (key !== undefined) places.set(key, items.length);
      items.push(item);
    }
  }
  return { ...node, items };
}

/** What makes an element the same as another; undefined for what cannot stand here. */
function identity(item: Node, by: UniqueBy): string | undefined {
  if (by === 'port') return portIdentity(item);
  if (item.type === 'scalar') return item.value === null ? undefined : scalarIdentity(textOf(item), by);
  if (by === 'envFile') return stringOf(getKey(item, 'path'));
  const target = stringOf(getKey(item, 'target'));
  if (by === 'target' || by === 'device') return target;
  const source = stringOf(getKey(item, 'source')) ?? '';
  if (by === 'secret') return target ?? `/run/secrets/${source}`;
  return by === 'config' ? (target ?? `/${source}`) : undefined;
}

function scalarIdentity(text: string, by: UniqueBy): string | undefined {
  switch (by) {
    case 'key':
      return text.split('=', 1)[0];
    case 'target': {
      const volume = parseVolume(text);
      return isWrong(volume) ? undefined : volume.target;
    }
    case 'device':
      return text.split(':')[1] ?? text;
    case 'secret':
      return `/run/secrets/${text}`;
    case 'config':
      return `/${text}`;
    case 'envFile':
    case 'expose':
    case 'port':
    default:
      return text;
  }
}

function portIdentity(port: Node): string | undefined {
  if (port.type === 'scalar') return port.value === null ? undefined : textOf(port);
  const part = (key: string, otherwise: string) => {
    const value = getKey(port, key);
    // the CLI tells 8080 and "8080" apart
    return value?.type === 'scalar' ? `${typeof value.value} ${textOf(value)}` : otherwise;
  };
  const target = getKey(port, 'target');
  if (target?.type !== 'scalar') return undefined;
  return [
    part('host_ip', 'string 0.0.0.0'),
    part('published', ''),
    textOf(target),
    part('protocol', 'string tcp'),
  ].join(' ');
}
