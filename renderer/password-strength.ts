/** As main holds it to. */
const LEAST = 16;
/** What a profile's password may be (`pattern` of its secret), short or not. */
const ALLOWED = /^[A-Za-z0-9._~+/=-]{0,256}$/;

export interface Strength {
  readonly word: 'Cannot be saved' | 'Too short' | 'Weak' | 'Fair' | 'Strong';
  /** of a bar, 0 to 4 */
  readonly level: number;
  /** what would make it better; empty where nothing must */
  readonly hint: string;
}

const SETS: readonly (readonly [RegExp, number])[] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/\d/, 10],
  [/[^A-Za-z0-9]/, 10],
];

/**
 * How hard a password is to guess: by its different characters and the sets that they are of, in bits, as an upper
 * bound. Repeated and neighbouring characters count once (`aaaa`, `1234`), and so do what comes again and the words
 * that are tried first. Pure.
 */
export function strengthOf(password: string): Strength {
  if (!ALLOWED.test(password)) {
    return {
      word: 'Cannot be saved',
      level: 1,
      hint: 'At most 256 letters, digits, and . _ ~ + / = -',
    };
  }
  const bits = bitsOf(password);
  if (password.length < LEAST) {
    return {
      word: 'Too short',
      level: 1,
      hint: `${password.length} of at least ${LEAST} characters`,
    };
  }
  if (bits < 50)
    return {
      word: 'Weak',
      level: 2,
      hint: 'Fewer repetitions, rows and well-known words make it stronger.',
    };
  if (bits < 80) return { word: 'Fair', level: 3, hint: 'More characters make it stronger.' };
  return { word: 'Strong', level: 4, hint: '' };
}

/** What everybody tries first, here and elsewhere. */
const WORDS =
  /password|passwort|passw|letta|stack|production|development|research|server|agent|memory|admin|secret|token|master|login|welcome|letmein|changeme|default|database|postgres|docker|local|host|test|user|root|qwerty|asdf|iloveyou|dragon|monkey|(?:19|20)\d\d/g;
const SIGNS: Readonly<Record<string, string>> = { '0': 'o', '3': 'e' };

/** A password as one that guesses sees it: a word is one thing, and what comes again is nothing new. */
function guessed(password: string): string {
  const small = password.toLowerCase();
  // a year is none any more once its zero is a letter
  return small
    .replaceAll(WORDS, '\u0001')
    .replaceAll(/[03]/g, (sign) => SIGNS[sign] ?? sign)
    .replaceAll(WORDS, '\u0001')
    .replaceAll(/(.+?)\1+/g, '$1');
}

function bitsOf(password: string): number {
  const alphabet = SETS.reduce((sum, [set, size]) => sum + (set.test(password) ? size : 0), 0);
  const codes = Array.from(guessed(password), (c) => c.codePointAt(0) ?? 0);
  const fresh = codes.filter((code, i) => i === 0 || Math.abs(code - (codes[i - 1] ?? 0)) > 1);
  const variety = Math.min(fresh.length, new Set(codes).size * 2);
  return alphabet === 0 ? 0 : variety * Math.log2(alphabet);
}
