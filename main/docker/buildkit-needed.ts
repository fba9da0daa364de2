import { readDockerfile, type Instruction } from './dockerfile.ts';

/** A line of a Dockerfile that the engine's classic builder does not understand. */
export interface BuildKitLine {
  /** 1-based */
  readonly line: number;
  readonly text: string;
  /** `RUN --mount`, `a here-document` */
  readonly why: string;
}

/**
 * Flags of BuildKit. Some the classic builder refuses (`RUN --mount`), some it ignores in silence and so builds
 * something else (`ADD --checksum`, `COPY --exclude`): seen with 28.5.
 */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  RUN: ['mount', 'network', 'security', 'device'],
  COPY: ['chmod', 'link', 'parents', 'exclude'],
  ADD: ['chmod', 'link', 'checksum', 'keep-git-dir', 'exclude', 'unpack'],
};

/** Arguments that BuildKit sets by itself; with the classic builder they are empty. */
const AUTOMATIC = /^(BUILD|TARGET)(PLATFORM|OS|ARCH|VARIANT)$/;

/** The lines that need BuildKit, in order; empty when the classic builder can build the file. Pure. */
export function buildKitLines(dockerfile: string): readonly BuildKitLine[] {
  const { directives, instructions } = readDockerfile(dockerfile);
  const syntax = directives
    .filter((d) => d.name === 'syntax')
    .map((d) => ({ line: d.line, text: `# syntax=${d.value}`, why: 'a # syntax line' }));
  const defaults = new Set(
    instructions.flatMap((x) => (x.name === 'ARG' ? (/^(\w+)=/.exec(x.rest)?.[1] ?? []) : [])),
  );
  const found = instructions.flatMap((x) => {
    const why = reason(x, defaults);
    return why === undefined ? [] : [{ line: x.line, text: shorten(`${x.name} ${x.rest}`), why }];
  });
  return [...syntax, ...found];
}

function reason(x: Instruction, defaults: ReadonlySet<string>): string | undefined {
  const { name, rest } = x;
  if (name === 'ONBUILD') {
    const { inner = '', more = '' } = /^(?<inner>\S+)\s*(?<more>.*)$/s.exec(rest)?.groups ?? {};
    return reason({ ...x, name: inner.toUpperCase(), rest: more }, defaults);
  }
  if (name === 'ARG' && AUTOMATIC.test(rest.trim())) return `ARG ${rest.trim()}`;
  if (name === 'FROM') {
    const variable = /^--platform=\$\{?(?<variable>\w+)/.exec(rest)?.groups?.['variable'] ?? '';
    return AUTOMATIC.test(variable) && !defaults.has(variable) ? `FROM --platform=$${variable}` : undefined;
  }
  const known = FLAGS[name];
  if (!known) return undefined;
  const flag = leadingFlags(rest).find((f) => known.includes(f));
  if (flag !== undefined) return `${name} --${flag}`;
  if (x.heredocs.length > 0) return 'a here-document';
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

const shorten = (text: string): string => (text.length > 100 ? `${text.slice(0, 99)}…` : text);
