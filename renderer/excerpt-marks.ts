import type { Excerpt, OwnFiles } from '../main/channels.ts';

type Said = OwnFiles['problems'][number];

export interface Row {
  /** in the file, from 1 on */
  readonly number: number;
  readonly before: string;
  /** from the place of the first problem to the end of its word; empty where there is none */
  readonly marked: string;
  readonly after: string;
  readonly problems: readonly Said[];
}

export interface Piece {
  readonly file: string;
  readonly from: number;
  readonly rows: readonly Row[];
}

/** Pieces of files with the problems at their lines; `rest` are those whose line is in no piece. */
export function marksOf(
  excerpts: readonly Excerpt[],
  said: readonly Said[],
): { pieces: readonly Piece[]; rest: readonly Said[] } {
  const placed = new Set<Said>();
  const pieces = excerpts.map(({ file, from, lines }) => ({
    file,
    from,
    rows: lines.map((text, i): Row => {
      const number = from + i;
      const problems = said.filter(({ data }) => data['file'] === file && data['line'] === number);
      problems.forEach((p) => placed.add(p));
      const column = problems[0]?.data['column'];
      return { number, problems, ...split(text, typeof column === 'number' ? column : undefined) };
    }),
  }));
  return { pieces, rest: said.filter((s) => !placed.has(s)) };
}

/** A line at a column (from 1 on): what stands there is marked, as far as the next space or colon. */
function split(text: string, column: number | undefined): Pick<Row, 'before' | 'marked' | 'after'> {
  if (column === undefined || column > text.length) return { before: text, marked: '', after: '' };
  const start = column - 1;
  const length = Math.max(1, /^[^\s:,\]}]*/.exec(text.slice(start))?.[0].length ?? 1);
  return {
    before: text.slice(0, start),
    marked: text.slice(start, start + length),
    after: text.slice(start + length),
  };
}

/** What a problem says where it stands at its line: without the place before it, of which the key path stays. */
export function noteText({ message, data }: Said): string {
  const { file, line, column, path } = data;
  const place = [file, line, column]
    .flatMap((part) => (part === undefined ? [] : [String(part as string | number)]))
    .join(':');
  const ofKey = typeof path === 'string' && path !== '' ? ` (${path})` : '';
  const prefix = `${place}${ofKey}: `;
  if (!message.startsWith(prefix)) return message;
  return `${ofKey === '' ? '' : `${String(path)}: `}${message.slice(prefix.length)}`;
}

/** What is said of a file that can be used, with what its warnings ask to be looked at. */
export const soundText = (warnings: number): string =>
  warnings === 0
    ? 'Nothing is wrong with it.'
    : `It can be used, with ${warnings === 1 ? 'one thing' : `${warnings} things`} to look at.`;

/** `compose.yaml, from line 12 on` */
export const placeText = (file: string, from: number): string =>
  `${file.split(/[\\/]/).at(-1) ?? file}, from line ${from} on`;
