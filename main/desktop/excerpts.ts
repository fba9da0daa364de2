import type { Excerpt } from '../channels.ts';
import type { AppError } from '../errors.ts';
import { shownLines } from './shown-lines.ts';

/** So many lines before and after the one that is meant are shown. */
const AROUND = 3;
/** So many pieces of a file are shown. */
const MOST = 40;

/**
 * The parts of the files that problems are in, as an editor shows them. Only of YAML files: an env file is all secrets.
 * @param read the text of a file; undefined where it cannot be read
 */
export function excerptsOf(
  problems: readonly AppError[],
  read: (file: string) => string | undefined,
): Excerpt[] {
  const marks = problems.flatMap(({ data }) => {
    const { file, line, column } = data;
    if (typeof file !== 'string' || typeof line !== 'number' || !/\.ya?ml$/i.test(file)) return [];
    return [{ file, line, ...(typeof column === 'number' && { column }) }];
  });
  const files = Map.groupBy(marks, (m) => m.file);
  return [...files].flatMap(([file, its]) => {
    const lines = read(file)?.split(/\r\n|\r|\n/);
    return lines ? piecesOf(file, shownLines(lines), its) : [];
  });
}

interface Mark {
  readonly line: number;
  readonly column?: number;
}

/** Marks that are near each other are in one piece. */
function piecesOf(file: string, lines: readonly string[], marks: readonly Mark[]): Excerpt[] {
  const pieces: { from: number; to: number }[] = [];
  for (const { line } of marks.toSorted((a, b) => a.line - b.line)) {
    // the file became shorter since it was read
    if (line > lines.length) continue;
    const from = Math.max(1, line - AROUND);
    const to = Math.min(lines.length, line + AROUND);
    const last = pieces.at(-1);
    if (last && from <= last.to + 1) last.to = Math.max(last.to, to);
    else pieces.push({ from, to });
  }
  return pieces.slice(0, MOST).map(({ from, to }) => ({
    file,
    from,
    lines: lines.slice(from - 1, to),
  }));
}
