import { stripVTControlCharacters, styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** How text looks on one stream. Signs always stand beside words, so nothing is lost without colour. */
export interface Style {
  readonly colour: boolean;
  readonly paint: (format: Format, text: string) => string;
  readonly signs: Signs;
}

export interface Signs {
  readonly done: string;
  readonly failed: string;
  readonly warning: string;
  readonly waiting: string;
  readonly ellipsis: string;
  readonly spinner: readonly string[];
  readonly full: string;
  readonly empty: string;
}

const unicode: Signs = {
  done: '✓',
  failed: '✗',
  warning: '!',
  waiting: '·',
  ellipsis: '…',
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
  full: '█',
  empty: '░',
};
const ascii: Signs = {
  done: '+',
  failed: 'x',
  warning: '!',
  waiting: '.',
  ellipsis: '~',
  spinner: ['|', '/', '-', '\\'],
  full: '#',
  empty: '-',
};

export function makeStyle(colour: boolean, onlyAscii = false): Style {
  return {
    colour,
    paint: (format, text) => (colour ? styleText(format, text, { validateStream: false }) : text),
    signs: onlyAscii ? ascii : unicode,
  };
}

/** Colour on a terminal that has it, unless NO_COLOR is set (no-color.org); the kernel's console has no such signs. */
export function styleOf(
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'hasColors'>,
  env: Readonly<Record<string, string | undefined>>,
): Style {
  const off = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  return makeStyle(stream.isTTY && !off && stream.hasColors({ ...env }), env['TERM'] === 'linux');
}

/** Columns of a text on a terminal, as far as we print: escapes have none, wide characters two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const c of stripVTControlCharacters(text)) width += isWide(c.codePointAt(0) ?? 0) ? 2 : 1;
  return width;
}

/** East Asian wide characters and emoji (Unicode Standard Annex 11, the blocks that matter). */
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff)
  );
}

/** Cuts unpainted text to a width. */
export function fit(text: string, width: number, ellipsis: string): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  for (const c of text) {
    if (widthOf(kept + c) > width - 1) break;
    kept += c;
  }
  return width > 0 ? kept + ellipsis : '';
}

/** Takes out what could move the cursor or worse: a name or an answer of a container is not ours. */
export function harmless(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}
