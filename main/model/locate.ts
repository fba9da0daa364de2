/** Where in the files a value of the merged model was written. */
import type { Path } from './problems.ts';
import { getKey, type At, type Node } from './tree.ts';

/** The place of the deepest part of a path that was written; undefined when nothing of it was. */
export function locate(tree: Node, path: Path): At | undefined {
  let place: At | undefined;
  let node: Node | undefined = tree;
  for (const part of path) {
    const entry = node?.type === 'mapping' && typeof part === 'string' ? node.entries.get(part) : undefined;
    const next: Node | undefined =
      typeof part === 'string'
        ? getKey(node, part)
        : node?.type === 'sequence'
          ? node.items[part]
          : undefined;
    if (!next) return place;
    place = entry?.at ?? next.at;
    node = next;
  }
  return place;
}

/** The node at a path, if it was written. */
export function nodeAt(tree: Node, path: Path): Node | undefined {
  let node: Node | undefined = tree;
  for (const part of path)
    node =
      typeof part === 'string'
        ? getKey(node, part)
        : node?.type === 'sequence'
          ? node.items[part]
          : undefined;
  return node;
}
