/** Shorter values would blacken ordinary words; ours have 32 characters. */
const SHORTEST = 8;
const MASK = '•••';

export interface Redactor {
  /** The text without any secret. */
  text(s: string): string;
  /** For text that comes in pieces: a secret across two of them is found too. */
  stream(): RedactedStream;
}

export interface RedactedStream {
  /** What may be shown now; an ending that may become a secret is held back until the next piece. */
  write(piece: string): string;
  /** What was held back. */
  end(): string;
}

/**
 * Removes secrets from text: the values themselves (of 8 characters and more), each line of a value of several lines,
 * and their URL-encoded, JSON-escaped and base64 forms, the latter at any place in what was encoded (`user:password`).
 */
export function redactor(values: readonly string[]): Redactor {
  const patterns = [...new Set(values.flatMap(formsOf))].toSorted((a, b) => b.length - a.length);
  if (patterns.length === 0) return { text: (s) => s, stream: () => ({ write: (s) => s, end: () => '' }) };
  // the longest first, so that a value that begins with another is removed whole
  const any = new RegExp(patterns.map(escaped).join('|'), 'g');
  const text = (s: string): string => s.replaceAll(any, MASK);
  const stream = (): RedactedStream => {
    let held = '';
    return {
      write: (piece) => {
        const all = held + piece;
        const certain = holdBackFrom(all, patterns);
        const { shown, upTo } = redactBefore(all, certain, any);
        held = all.slice(upTo);
        return shown;
      },
      end: () => {
        const rest = text(held);
        held = '';
        return rest;
      },
    };
  };
  return { text, stream };
}

const escaped = (s: string): string => s.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/** Where the first ending begins that may be the beginning of a secret; the length when there is none. */
function holdBackFrom(s: string, patterns: readonly string[]): number {
  const longest = patterns[0]?.length ?? 0;
  for (let i = Math.max(0, s.length - longest + 1); i < s.length; i++) {
    const ending = s.slice(i);
    if (patterns.some((p) => p.length > ending.length && p.startsWith(ending))) return i;
  }
  return s.length;
}

/** Redacts all that begins before `end`; a secret that reaches beyond it is complete and is taken whole. */
function redactBefore(s: string, end: number, any: RegExp): { shown: string; upTo: number } {
  let shown = '';
  let upTo = 0;
  for (const match of s.matchAll(any)) {
    if (match.index >= end) break;
    shown += s.slice(upTo, match.index) + MASK;
    upTo = match.index + match[0].length;
  }
  if (upTo < end) {
    shown += s.slice(upTo, end);
    upTo = end;
  }
  return { shown, upTo };
}

/** Every way in which a value may stand in a text. */
function formsOf(value: string): string[] {
  const lines = value.includes('\n') ? value.split(/\r?\n/).map((line) => line.trim()) : [];
  return [value, ...lines]
    .filter((v) => v.length >= SHORTEST)
    .flatMap((v) => [
      v,
      encodeURIComponent(v),
      encodeURIComponent(v).replaceAll('%20', '+'),
      JSON.stringify(v).slice(1, -1),
      ...base64Forms(v),
    ]);
}

/**
 * The value's base64 digits when 0, 1 or 2 bytes stand before it in a group of three; the digits at either end that
 * also depend on its neighbours are left out.
 */
function base64Forms(value: string): string[] {
  const bytes = new TextEncoder().encode(value);
  return [0, 1, 2].flatMap((before) => {
    const padded = new Uint8Array(before + bytes.length);
    padded.set(bytes, before);
    const digits = btoa(String.fromCharCode(...padded)).replace(/=+$/, '');
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor((padded.length * 8) / 6);
    const certain = digits.slice(first, last);
    return [certain, certain.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
