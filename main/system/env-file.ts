import { createHash } from 'node:crypto';
import { lstatSync, unlinkSync } from 'node:fs';
import { failure } from '../errors.ts';
import { readDotenv, type EnvLine } from '../model/dotenv.ts';
import { readRegular, utf8Of } from './files.ts';

/** A file of settings and keys is short; what is longer is something else. Bytes. */
const LONGEST = 1_000_000;

/** What stands behind a `#`. */
export interface Comment {
  readonly text: string;
  /** counted from 1 */
  readonly line: number;
}

export interface EnvFile {
  readonly path: string;
  /** in their order, with every value of a name that comes twice */
  readonly lines: readonly EnvLine[];
  readonly comments: readonly Comment[];
  /** of its content: what is deleted later must be what was read */
  readonly digest: string;
}

/**
 * Reads an env file: quoted values, `export`, line ends of Windows, as Compose reads it. Variables in its values are
 * those of the file alone, never of this process.
 * @throws Failure `model.bad-env-file`, `secrets.import-unreadable`
 */
export function readEnvFile(path: string): EnvFile {
  const content = contentOf(path);
  if (/\.age$/i.test(path)) {
    const reason = content.length === 0 ? 'it is empty' : 'it is not what letta-stack secrets export writes';
    throw failure('secrets.import-unreadable', { file: path, reason });
  }
  const text = utf8Of(content);
  if (text === undefined)
    throw failure('secrets.import-unreadable', { file: path, reason: 'it is no text in UTF-8' });
  const lines: EnvLine[] = [];
  const comments: Comment[] = [];
  const bad = readDotenv(text, {
    lookup: () => undefined,
    values: {},
    onLine: (said) => lines.push(said),
    onComment: (said, line) => comments.push({ text: said, line }),
  });
  if (bad) throw failure('model.bad-env-file', { file: path, ...bad });
  return { path, lines, comments, digest: digestOf(content) };
}

/**
 * Deletes an env file that was read, and nothing else.
 * @throws Failure `secrets.import-kept` where it is another file by now, a link, or cannot be deleted
 */
export function deleteEnvFile({ path, digest }: Pick<EnvFile, 'path' | 'digest'>): void {
  const kept = (reason: string, cause?: unknown): Error =>
    failure('secrets.import-kept', { file: path, reason }, cause);
  try {
    if (lstatSync(path).isSymbolicLink()) throw kept('it is a link to another file');
    if (digestOf(contentOf(path)) !== digest) throw kept('it was changed since it was read');
    unlinkSync(path);
  } catch (e) {
    throw e instanceof Error && 'code' in e ? kept(e.message, e) : e;
  }
}

function contentOf(path: string): Uint8Array {
  const unreadable = (reason: string, cause?: unknown): Error =>
    failure('secrets.import-unreadable', { file: path, reason }, cause);
  try {
    return readRegular(path, LONGEST);
  } catch (e) {
    throw e instanceof Error && 'code' in e ? unreadable(e.message, e) : e;
  }
}

const digestOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
