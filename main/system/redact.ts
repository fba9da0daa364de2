/** Shorter values would blacken ordinary words; ours have 32 characters. */
const SHORTEST = 8;
const MASK = '•••';
/** Characters of one regular expression; V8 refuses one of some hundred thousand ("too large"). */
const LARGEST = 20_000;

export interface Redactor {
  /** The text without any secret. */
  text(s: string): string;
}

/**
 * Removes secrets from text: the values themselves (of 8 characters and more), each line of a value of several lines,
 * and their URL-encoded, JSON-escaped and base64 forms, the latter at any place in what was encoded (`user:password`).
 */
export function redactor(values: readonly string[]): Redactor {
  const patterns = [...new Set(values.flatMap(formsOf))].toSorted((a, b) => b.length - a.length);
  // the longest first, so that a value that begins with another is removed whole
  const sought = groupsOf(patterns).map(([first = '', ...others]) =>
    others.length === 0 ? first : new RegExp([first, ...others].map(escaped).join('|'), 'g'),
  );
  return { text: (s) => sought.reduce<string>((rest, any) => rest.replaceAll(any, MASK), s) };
}

/** In their order; each group fits into one regular expression, or is a single pattern that may be longer. */
function groupsOf(patterns: readonly string[]): string[][] {
  const groups: string[][] = [];
  let room = 0;
  for (const pattern of patterns) {
    if (pattern.length > room) {
      groups.push([]);
      room = LARGEST;
    }
    groups.at(-1)?.push(pattern);
    room -= pattern.length;
  }
  return groups;
}

const escaped = (s: string): string => s.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/** Every way in which a value may stand in a text. */
function formsOf(value: string): string[] {
  const lines = value.includes('\n') ? value.split(/\r?\n/).map((line) => line.trim()) : [];
  return [value, ...lines]
    .filter((v) => v.length >= SHORTEST)
    .flatMap((v) => [
      v,
      encodeURIComponent(v),
      encodeURIComponent(v).replaceAll('%20', '+'),
      // as others do it, Python among them (RFC 3986, section 2.2)
      encodeURIComponent(v).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
      JSON.stringify(v).slice(1, -1),
      ...base64Forms(v),
    ]);
}

/**
 * The value's base64 digits when 0, 1 or 2 bytes stand before it in a group of three; the digits at either end that
 * also depend on its neighbours are left out.
 */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value);
  return [0, 1, 2].flatMap((before) => {
    const padded = Buffer.concat([Buffer.alloc(before), bytes]);
    const digits = padded.toString('base64').replace(/=+$/, '');
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor((padded.length * 8) / 6);
    const certain = digits.slice(first, last);
    return [certain, certain.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
