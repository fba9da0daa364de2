/** One instruction of a Dockerfile with its continued lines joined. */
export interface Instruction {
  /** 1-based, of its first line */
  readonly line: number;
  /** `RUN` */
  readonly name: string;
  /** what follows the name, continuation marks taken out */
  readonly rest: string;
  /** end words of its here-documents: `RUN <<EOF` has one */
  readonly heredocs: readonly string[];
}

export interface Dockerfile {
  /** `# name=value` lines before the first instruction or comment (Dockerfile reference, "Parser directives") */
  readonly directives: readonly { readonly line: number; readonly name: string; readonly value: string }[];
  readonly instructions: readonly Instruction[];
}

/** A shell word of its own that starts a here-document (moby/buildkit's parser asks for the same). */
const HEREDOC = /(?<=^|\s)\d*<<-?(["']?)(?<word>[A-Za-z_][\w.]*)\1(?=\s|$)/g;
/** Quoted text, other than the quoted word of a here-document. */
const QUOTED = /(?<!<<-?)(?:'[^']*'|"(?:\\.|[^"\\])*")/g;

/** Reads a Dockerfile's lines into instructions: comments, continuations, `escape` and here-documents. Pure. */
export function readDockerfile(text: string): Dockerfile {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const directives = readDirectives(lines);
  const escape = directives.find((d) => d.name === 'escape')?.value ?? '\\';
  const instructions: Instruction[] = [];
  for (let i = directives.length; i < lines.length; i++) {
    if (isBlankOrComment(lines[i])) continue;
    const first = i;
    let joined = '';
    for (; i < lines.length; i++) {
      const line = (lines[i] ?? '').trimEnd();
      if (i > first && isBlankOrComment(line)) continue; // allowed between continued lines
      if (!line.endsWith(escape)) {
        joined += line;
        break;
      }
      joined += line.slice(0, -1);
    }
    const { name = '', rest = '' } = /^\s*(?<name>\S+)\s*(?<rest>.*)$/s.exec(joined)?.groups ?? {};
    const heredocs = heredocsOf(name, rest);
    instructions.push({ line: first + 1, name: name.toUpperCase(), rest, heredocs });
    for (const word of heredocs) i = endOfHeredoc(lines, i, word);
  }
  return { directives, instructions };
}

/** Only these instructions take here-documents, and not in their JSON form. */
function heredocsOf(name: string, rest: string): readonly string[] {
  if (!/^(RUN|COPY|ADD)$/i.test(name) || rest.startsWith('[')) return [];
  return [...rest.replace(QUOTED, "''").matchAll(HEREDOC)].map((m) => m.groups?.['word'] ?? '');
}

function readDirectives(lines: readonly string[]): Dockerfile['directives'] {
  const found: { line: number; name: string; value: string }[] = [];
  for (const [i, line] of lines.entries()) {
    const { name, value } = /^\s*#\s*(?<name>[A-Za-z]+)\s*=\s*(?<value>\S.*?)\s*$/.exec(line)?.groups ?? {};
    if (name === undefined || value === undefined) break;
    found.push({ line: i + 1, name: name.toLowerCase(), value });
  }
  return found;
}

const isBlankOrComment = (line: string | undefined): boolean => /^\s*(#|$)/.test(line ?? '');

/** The line of a here-document's end word; where there is none, the line it began on. */
function endOfHeredoc(lines: readonly string[], start: number, word: string): number {
  const end = lines.findIndex((line, i) => i > start && line.trim() === word);
  return end < 0 ? start : end;
}
