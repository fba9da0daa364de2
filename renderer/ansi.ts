import { ANSI } from '../main/channels.ts';
import { cutLine, readable } from './text.ts';

/** How a part of a line is drawn; a colour is one of CSS. */
export interface TextLook {
  readonly fg?: string | undefined;
  readonly bg?: string | undefined;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly strike?: boolean;
  readonly inverse?: boolean;
}

export interface Span {
  readonly text: string;
  readonly look: TextLook;
}

const PLAIN: TextLook = {};
const CSI = ['\u001B[', '\u009B'];

/**
 * A line of a container's output in parts of one look each (ECMA-48, SGR; xterm's colours). Together they are the text
 * that `logText` gives: every other sequence is taken out, and what hides a text ("conceal") hides nothing here.
 *
 * Of our own, not of a library: those in use (anser, ansi_up) take every sequence apart by themselves, others than
 * colours too, and those stay neutralised by the one expression that knows them.
 */
export function spansOf(line: string): Span[] {
  const text = cutLine(line);
  const spans: Span[] = [];
  let look = PLAIN;
  let from = 0;
  const add = (to: number): void => {
    if (to > from) spans.push({ text: readable(text.slice(from, to)), look });
  };
  for (const { 0: sequence, index } of text.matchAll(ANSI)) {
    add(index);
    from = index + sequence.length;
    const codes = codesOf(sequence);
    if (codes) look = withCodes(look, codes);
  }
  add(text.length);
  return spans;
}

/** The codes of a sequence that chooses a look; undefined for any other. */
function codesOf(sequence: string): string[] | undefined {
  const csi = CSI.find((start) => sequence.startsWith(start));
  return csi === undefined ? undefined : /^([\d;:]*)m$/.exec(sequence.slice(csi.length))?.[1]?.split(';');
}

function withCodes(before: TextLook, codes: readonly string[]): TextLook {
  let look = before;
  for (let i = 0; i < codes.length; i += 1) {
    // `38:2::1:2:3` has its arguments in itself, `38;2;1;2;3` behind it
    const [code = '', ...own] = (codes[i] ?? '').split(':');
    const n = Number(code);
    if (n === 38 || n === 48) {
      const args = own.length > 0 ? own : codes.slice(i + 1);
      const { colour, taken } = extended(args, own.length > 0);
      if (own.length === 0) i += taken;
      look = { ...look, [n === 38 ? 'fg' : 'bg']: colour };
    } else {
      look = withCode(look, n, own[0]);
    }
  }
  return look;
}

function withCode(look: TextLook, n: number, style: string | undefined): TextLook {
  switch (n) {
    case 0:
      return PLAIN;
    case 1:
      return { ...look, bold: true };
    case 2:
      return { ...look, dim: true };
    case 3:
      return { ...look, italic: true };
    case 4:
      return { ...look, underline: style !== '0' };
    case 7:
      return { ...look, inverse: true };
    case 9:
      return { ...look, strike: true };
    case 21:
      return { ...look, underline: true };
    case 22:
      return { ...look, bold: false, dim: false };
    case 23:
      return { ...look, italic: false };
    case 24:
      return { ...look, underline: false };
    case 27:
      return { ...look, inverse: false };
    case 29:
      return { ...look, strike: false };
    case 39:
      return { ...look, fg: undefined };
    case 49:
      return { ...look, bg: undefined };
  }
  if (n >= 30 && n <= 37) return { ...look, fg: paletteColour(n - 30) };
  if (n >= 40 && n <= 47) return { ...look, bg: paletteColour(n - 40) };
  if (n >= 90 && n <= 97) return { ...look, fg: paletteColour(n - 82) };
  if (n >= 100 && n <= 107) return { ...look, bg: paletteColour(n - 92) };
  return look;
}

/** The colour of `5;n` and `2;r;g;b`, and how many arguments it took; with colons there may be a colour space first. */
function extended(args: readonly string[], isOwn: boolean): { colour: string | undefined; taken: number } {
  const [kind, ...rest] = args;
  if (kind === '5') return { colour: paletteColour(Number(rest[0] ?? Number.NaN)), taken: 2 };
  if (kind !== '2') return { colour: undefined, taken: 1 };
  const [r, g, b] = (isOwn && rest.length > 3 ? rest.slice(1) : rest).map(Number);
  return { colour: colourOf(r, g, b), taken: 4 };
}

const LEVELS = [0, 95, 135, 175, 215, 255];
/** The sixteen that a terminal chooses itself; the theme makes them readable. */
const SIXTEEN: readonly (readonly [number, number, number])[] = [
  [0, 0, 0],
  [205, 49, 49],
  [13, 188, 121],
  [229, 229, 16],
  [36, 114, 200],
  [188, 63, 188],
  [17, 168, 205],
  [229, 229, 229],
  [102, 102, 102],
  [241, 76, 76],
  [35, 209, 139],
  [245, 245, 67],
  [59, 142, 234],
  [214, 112, 214],
  [41, 184, 219],
  [255, 255, 255],
];

/** xterm's 256 colours: sixteen, a cube of six levels, 24 greys. */
function paletteColour(n: number): string | undefined {
  if (!Number.isInteger(n) || n < 0 || n > 255) return undefined;
  if (n < 16) return colourOf(...(SIXTEEN[n] ?? []));
  if (n >= 232) return colourOf(...Array.from({ length: 3 }, () => 8 + 10 * (n - 232)));
  const at = n - 16;
  return colourOf(LEVELS[Math.floor(at / 36)], LEVELS[Math.floor(at / 6) % 6], LEVELS[at % 6]);
}

function colourOf(...rgb: readonly (number | undefined)[]): string | undefined {
  const isColour = rgb.length === 3 && rgb.every((n) => n !== undefined && Number.isInteger(n) && n <= 255);
  return isColour ? `rgb(${rgb.join(' ')})` : undefined;
}
