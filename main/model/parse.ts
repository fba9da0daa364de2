/** The bytes of a Compose file made a tree: YAML with anchors, merge keys, `!reset` and `!override`. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Alias,
  type Document,
  type ParsedNode,
  type Scalar,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import type { Path, Problems } from './problems.ts';
import { mapping, scalar, sequence, type At, type Mapping, type Node } from './tree.ts';
import { resolvePlain } from './yaml-scalars.ts';

/** What a Compose file may weigh, in bytes; real ones stay far below. */
const MAX_BYTES = 8 * 1024 * 1024;
/** How many values aliases may add to a file. */
const MAX_ALIASED = 100_000;

/** How deep values may nest. */
const MAX_DEPTH = 100;

/** One document of a file. */
export interface ParsedDocument {
  readonly root: Node;
  /** its `name:` as it is written, even behind `!reset` */
  readonly name?: string;
  /** where `!reset` and `!override` stand: what earlier files have there is removed */
  readonly resets: readonly (readonly string[])[];
}

/**
 * Reads a file's documents. Problems are added to `problems`, and what is wrong is left out of the tree.
 * A file without any value gives no document.
 */
export function parseFile(bytes: Uint8Array, file: string, problems: Problems): ParsedDocument[] {
  const text = decode(bytes, file, problems);
  if (text === undefined) return [];
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    // every scalar stays text: what it means is decided by the CLI's rules
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  if (!Array.isArray(documents)) return [];
  const parsed: ParsedDocument[] = [];
  for (const document of documents as Document.Parsed[]) {
    const reader = new Reader(file, lines, problems);
    if (document.errors.length > 0) document.errors.forEach((error) => reader.report(error));
    else parsed.push(reader.read(document));
  }
  return parsed;
}

function decode(bytes: Uint8Array, file: string, problems: Problems): string | undefined {
  const start: At = { file, line: 1, column: 1 };
  if (bytes.byteLength > MAX_BYTES) {
    problems.add('model.too-large', start, [], { bytes: bytes.byteLength, limit: MAX_BYTES });
    return undefined;
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    problems.add('model.not-utf8', start, [], {});
    return undefined;
  }
  // oxlint-disable-next-line no-control-regex -- YAML allows no other control characters
  const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.exec(text);
  if (!control) return text;
  const line = text.slice(0, control.index).split('\n');
  const at = { file, line: line.length, column: (line.at(-1)?.length ?? 0) + 1 };
  problems.add('model.not-yaml', at, [], { reason: 'a control character is not allowed' });
  return undefined;
}

type Raw = ParsedNode | Alias.Parsed | null;

/** Turns one document of the YAML library into our tree. */
class Reader {
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #problems: Problems;
  readonly #resets: string[][] = [];
  /** what each alias stands for: an anchor may be set again later in the file */
  readonly #targets = new Map<Alias, ParsedNode>();
  readonly #open = new Set<ParsedNode>();
  #aliased = 0;
  #depth = 0;

  constructor(file: string, lines: LineCounter, problems: Problems) {
    this.#file = file;
    this.#lines = lines;
    this.#problems = problems;
  }

  report(error: YAMLError): void {
    const at = this.#atOffset(error.pos[0]);
    if (error.message.includes('call stack'))
      this.#problems.add('model.too-deep', at, [], { limit: MAX_DEPTH });
    else if (error.code === 'TAB_AS_INDENT') this.#problems.add('model.tab-indent', at, [], {});
    else this.#problems.add('model.not-yaml', at, [], { reason: error.message });
  }

  read(document: Document.Parsed): ParsedDocument {
    this.#bind(document.contents, new Map());
    const root = this.#convert(document.contents, []);
    const written = isMap(document.contents) ? document.contents.get('name', true) : undefined;
    return {
      root: root ?? scalar(this.#at(document.contents), null),
      resets: this.#resets,
      ...(isScalar(written) && written.source !== undefined && { name: written.source }),
    };
  }

  /** Finds what each alias stands for, in the order of the file. */
  #bind(node: Raw, anchors: Map<string, ParsedNode>): void {
    if (node === null) return;
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target) this.#targets.set(node, target);
      return;
    }
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isSeq(node)) for (const item of node.items) this.#bind(item, anchors);
    if (isMap(node))
      for (const pair of node.items) {
        this.#bind(pair.key, anchors);
        this.#bind(pair.value, anchors);
      }
  }

  /** `undefined` for a value that `!reset` removes or that cannot be read. */
  #convert(node: Raw, path: Path): Node | undefined {
    if (node === null) return scalar({ file: this.#file, line: 1, column: 1 }, null);
    if (isAlias(node)) return this.#expand(node, path);
    if (this.#depth > 0 && ++this.#aliased > MAX_ALIASED) {
      if (this.#aliased === MAX_ALIASED + 1)
        this.#problems.add('model.alias-bomb', this.#at(node), path, { limit: MAX_ALIASED });
      return undefined;
    }
    if (path.length > MAX_DEPTH) {
      this.#problems.add('model.too-deep', this.#at(node), [], { limit: MAX_DEPTH });
      return undefined;
    }
    if (node.tag === '!reset') {
      this.#resets.push(path.map(String));
      return undefined;
    }
    if (node.tag === '!override') this.#resets.push(path.map(String));
    if (isScalar(node)) return this.#scalar(node, path);
    if (isSeq(node)) {
      const items = node.items.map((item, i) => this.#convert(item as Raw, [...path, i]));
      return sequence(
        this.#at(node),
        items.filter((item) => item !== undefined),
      );
    }
    return this.#mapping(node, path);
  }

  #expand(alias: Alias.Parsed, path: Path): Node | undefined {
    const target = this.#targets.get(alias);
    const name = alias.source;
    if (!target) {
      this.#problems.add('model.not-yaml', this.#at(alias), path, {
        reason: `there is no anchor &${name} above`,
      });
      return undefined;
    }
    if (this.#open.has(target)) {
      this.#problems.add('model.alias-cycle', this.#at(alias), path, { name });
      return undefined;
    }
    this.#open.add(target);
    this.#depth++;
    const expanded = this.#convert(target, path);
    this.#depth--;
    this.#open.delete(target);
    return expanded;
  }

  #mapping(node: YAMLMap.Parsed, path: Path): Mapping {
    const made = mapping(this.#at(node));
    const merged: Mapping[] = [];
    // an anchored mapping is open while it is read: an alias in it to itself would never end
    this.#open.add(node);
    for (const pair of node.items) {
      const key = this.#key(pair.key, path);
      if (key === undefined) continue;
      if (key.merge) {
        merged.push(...this.#merged(pair.value, path));
        continue;
      }
      const first = made.entries.get(key.name);
      if (first) {
        this.#problems.add('model.duplicate-key', key.at, [...path, key.name], {
          key: key.name,
          firstLine: first.at.line,
        });
        continue;
      }
      const value = this.#convert(pair.value, [...path, key.name]);
      if (value)
        made.entries.set(key.name, { at: key.at, node: pair.value === null ? at(value, key.at) : value });
    }
    this.#open.delete(node);
    for (const source of merged)
      for (const [key, entry] of source.entries) if (!made.entries.has(key)) made.entries.set(key, entry);
    return made;
  }

  /** The mappings that a merge key (`<<`) brings in, the strongest first. */
  #merged(node: Raw, path: Path): Mapping[] {
    const value = this.#convert(node, path);
    if (value?.type === 'mapping') return [value];
    if (value?.type === 'sequence' && value.items.every((item) => item.type === 'mapping'))
      return value.items;
    if (value)
      this.#problems.add('model.not-yaml', value.at, path, {
        reason: 'a merge key (<<) takes a mapping or a list of mappings',
      });
    return [];
  }

  #key(node: Raw, path: Path): { name: string; at: At; merge: boolean } | undefined {
    const target = node !== null && isAlias(node) ? this.#targets.get(node) : node;
    const at = this.#at(node);
    if (!target || !isScalar(target)) {
      this.#problems.add('model.bad-key', at, path, { key: target ? 'of several values' : 'of this line' });
      return undefined;
    }
    const text = target.source;
    const plain = target.type === 'PLAIN' && target.tag === undefined;
    if (plain && typeof resolvePlain(text).value !== 'string') {
      this.#problems.add('model.bad-key', at, [...path, text], { key: text === '' ? 'of this line' : text });
      return undefined;
    }
    return { name: text, at, merge: plain && text === '<<' };
  }

  #scalar(node: Scalar.Parsed, path: Path): Node | undefined {
    const at = this.#at(node);
    // the library has its own idea of the value where a tag is written
    const text = node.source;
    const tag = node.tag?.replace('tag:yaml.org,2002:', '!!');
    const plain = node.type === 'PLAIN' ? resolvePlain(text) : { value: text };
    if (tag === undefined) return scalar(at, plain.value, plain.float);
    // the CLI takes a value behind a tag of its own for text
    if (tag === '!override' || tag === '!' || tag === '!!str') return scalar(at, text);
    if (tag === '!!binary' && /^[\sA-Za-z0-9+/=]*$/.test(text)) return scalar(at, fromBase64(text));
    const meant = resolvePlain(text);
    const fits =
      (tag === '!!int' && typeof meant.value === 'number' && !meant.float) ||
      (tag === '!!float' && typeof meant.value === 'number') ||
      (tag === '!!bool' && typeof meant.value === 'boolean') ||
      (tag === '!!null' && meant.value === null);
    if (fits) return scalar(at, meant.value, tag === '!!float' || meant.float);
    this.#problems.add('model.bad-tag', at, path, { tag });
    return undefined;
  }

  #at(node: Raw): At {
    return this.#atOffset(node?.range?.[0] ?? 0);
  }

  #atOffset(offset: number): At {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line: Math.max(1, line), column: Math.max(1, col) };
  }
}

/** A value that is not written stands where its key does. */
const at = (node: Node, place: At): Node => ({ ...node, at: place });

/** Base64 as the text of its bytes. */
const fromBase64 = (text: string): string =>
  new TextDecoder().decode(Uint8Array.from(atob(text.replaceAll(/\s/g, '')), (c) => c.codePointAt(0) ?? 0));
