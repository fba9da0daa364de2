import { findNodeAtLocation, parseTree, type ParseError } from 'jsonc-parser';

/** Line, counted from 1, on which a text stops to be JSON; undefined where it does not. */
export function brokenLine(text: string): number | undefined {
  const errors: ParseError[] = [];
  parseTree(text, errors, { disallowComments: true });
  const [first] = errors;
  return first && lineOf(text, first.offset);
}

/** Line, counted from 1, of what stands at a path; where nothing does, of the deepest part of it that there is. */
export function lineAt(text: string, path: readonly (string | number)[]): number {
  const tree = parseTree(text);
  if (!tree) return 1;
  for (let length = path.length; length > 0; length -= 1) {
    const node = findNodeAtLocation(tree, path.slice(0, length));
    // its property begins where its name is
    if (node) return lineOf(text, (node.parent?.type === 'property' ? node.parent : node).offset);
  }
  return 1;
}

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;
