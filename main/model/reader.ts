/** What one load shares: the files read so far, the variables asked for, and what was found wrong. */
import { parseFile, type ParsedDocument } from './parse.ts';
import type { PathContext } from './paths.ts';
import { Problems, type Findings, type Path, type Spot } from './problems.ts';
import type { InMemoryFile, LoadOptions } from './types.ts';

/** The state of one load. */
export class Session implements Findings {
  readonly problems = new Problems();
  readonly warnings = new Problems();
  readonly damaged = new Set<string>();
  readonly paths: PathContext;
  /** every file read, in the order of reading */
  readonly files = new Set<string>();
  /** values of secrets and configs that come from variables */
  readonly contents = { secrets: new Map<string, string>(), configs: new Map<string, string>() };
  /** a file could not be read or parsed: what seems to be missing may stand there */
  unread = false;
  readonly #parsed = new Map<string, readonly ParsedDocument[]>();
  readonly #texts: ReadonlyMap<string, string>;

  constructor(options: LoadOptions) {
    this.paths = { path: options.path, home: options.home, source: options.source };
    const inMemory = options.files.filter((file): file is InMemoryFile => typeof file !== 'string');
    this.#texts = new Map(inMemory.map((file) => [file.path, file.content]));
  }

  /** The bytes of a file; undefined, and a problem at `spot`, when it cannot be read. */
  read(file: string, spot: Spot, path: Path): Uint8Array | undefined {
    const bytes = this.readIfThere(file, spot, path);
    if (bytes !== 'missing') return bytes;
    this.unread = true;
    this.problems.add('model.not-found', spot, path, spot.file === file ? {} : { target: file });
    return undefined;
  }

  /** The bytes of a file that may be missing; undefined, and a problem, when it cannot be read. */
  readIfThere(file: string, spot: Spot, path: Path): Uint8Array | undefined | 'missing' {
    try {
      const text = this.#texts.get(file);
      const bytes = text === undefined ? this.paths.source.read(file) : new TextEncoder().encode(text);
      this.files.add(file);
      return bytes;
    } catch (cause) {
      const code = errorCode(cause);
      if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
      this.unread = true;
      const target = spot.file === file ? {} : { target: file };
      if (code === 'EISDIR') this.problems.add('model.is-directory', spot, path, target);
      else if (code === 'EFTYPE' || code === 'EFBIG')
        this.problems.add('model.unfit-file', spot, path, { ...target, isLarge: code === 'EFBIG' });
      else this.problems.add('model.unreadable', spot, path, { ...target, reason: code });
      return undefined;
    }
  }

  /** Whether there is such a file; a folder of that name is none. */
  isFile(file: string): boolean {
    try {
      this.paths.source.read(file);
      return true;
    } catch (cause) {
      return !['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errorCode(cause));
    }
  }

  /** The documents of a Compose file; a file is read and parsed once. */
  parse(file: string, spot: Spot, path: Path): readonly ParsedDocument[] {
    const parsed = this.#parsed.get(file) ?? this.#parse(file, spot, path);
    this.#parsed.set(file, parsed);
    return parsed;
  }

  #parse(file: string, spot: Spot, path: Path): ParsedDocument[] {
    const bytes = this.read(file, spot, path);
    if (!bytes) return [];
    const before = this.problems.size;
    const documents = parseFile(bytes, file, this.problems);
    if (this.problems.size > before) this.unread = true;
    return documents;
  }
}

/** The `code` of a file system's error, or its message. */
export function errorCode(cause: unknown): string {
  if (typeof cause === 'object' && cause !== null && 'code' in cause) return String(cause.code);
  return cause instanceof Error ? cause.message : String(cause);
}
