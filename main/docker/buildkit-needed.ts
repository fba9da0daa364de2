import { readDockerfile, type Instruction } from './dockerfile.ts';

/** A line of a Dockerfile that the engine's classic builder does not understand. */
export interface BuildKitLine {
  /** 1-based */
  readonly line: number;
  readonly text: string;
  /** `RUN --mount`, `a here-document` */
  readonly why: string;
}

/** Flags that only BuildKit knows (Dockerfile reference; the classic builder's `dispatchers.go` refuses them). */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  RUN: ['mount', 'network', 'security', 'device'],
  COPY: ['chmod', 'link', 'parents', 'exclude'],
  ADD: ['chmod', 'link', 'checksum', 'keep-git-dir', 'exclude', 'unpack'],
};

/** Set by BuildKit alone; they count only until the file declares a default of its own. */
const PLATFORM_ARG = /\$\{?(BUILD|TARGET)(PLATFORM|OS|ARCH|VARIANT)\b/;

/** The lines that need BuildKit, in order; empty when the classic builder can build the file. Pure. */
export function buildKitLines(dockerfile: string): readonly BuildKitLine[] {
  const { directives, instructions } = readDockerfile(dockerfile);
  const syntax = directives
    .filter((d) => d.name === 'syntax')
    .map((d) => ({ line: d.line, text: `# syntax=${d.value}`, why: 'a # syntax line' }));
  const found = instructions.flatMap((x) => {
    const why = reason(x);
    return why === undefined ? [] : [{ line: x.line, text: shorten(`${x.name} ${x.rest}`), why }];
  });
  return [...syntax, ...found];
}

function reason({ name, rest }: Instruction): string | undefined {
  if (name === 'ONBUILD') {
    const { inner = '', more = '' } = /^(?<inner>\S+)\s*(?<more>.*)$/s.exec(rest)?.groups ?? {};
    return reason({ line: 0, name: inner.toUpperCase(), rest: more });
  }
  if (name === 'FROM' && rest.startsWith('--platform=') && PLATFORM_ARG.test(rest.split(/\s/)[0] ?? ''))
    return 'FROM --platform with a variable of BuildKit';
  const known = FLAGS[name];
  if (!known) return undefined;
  const flag = leadingFlags(rest).find((f) => known.includes(f));
  if (flag !== undefined) return `${name} --${flag}`;
  if (isHeredoc(name, rest)) return 'a here-document';
  if (name === 'ADD' && /(^|\s)(git@|\S+\.git([#?]\S*)?(\s|$))/.test(rest)) return 'ADD of a git repository';
  return undefined;
}

/** `--mount=… --network=none cmd` → mount, network */
function leadingFlags(rest: string): readonly string[] {
  const flags: string[] = [];
  for (const word of rest.trim().split(/\s+/)) {
    const name = /^--(?<name>[a-z-]+)(=|$)/.exec(word)?.groups?.['name'];
    if (name === undefined) break;
    flags.push(name);
  }
  return flags;
}

/**
 * In COPY and ADD a `<<WORD` is a here-document. In RUN the classic builder hands it to the shell, which then
 * misses the lines that follow: it needs BuildKit there too, but not where it stands in quotes, or is `<<<`.
 */
function isHeredoc(name: string, rest: string): boolean {
  if (rest.trimStart().startsWith('[')) return false;
  const bare =
    name === 'RUN'
      ? rest.replace(/'[^']*'|"(\\.|[^"\\])*"/g, (q, _x, at: number) =>
          rest.slice(0, at).endsWith('<<') || rest.slice(0, at).endsWith('<<-') ? q : '',
        )
      : rest;
  return /(?<![<\d$(])<<-?\s*["']?[A-Za-z_]/.test(bare);
}

const shorten = (text: string): string => (text.length > 100 ? `${text.slice(0, 99)}…` : text);
