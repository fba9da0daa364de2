/** As main holds it to. */
export const LEAST = 16;

export interface Strength {
  readonly word: 'Too short' | 'Weak' | 'Fair' | 'Strong';
  /** of a bar, 0 to 4 */
  readonly level: number;
  readonly isEnough: boolean;
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
  const bits = bitsOf(password);
  if (password.length < LEAST) {
    return {
      word: 'Too short',
      level: 1,
      isEnough: false,
      hint: `${password.length} of at least ${LEAST} characters`,
    };
  }
  if (bits < 50)
    return {
      word: 'Weak',
      level: 2,
      isEnough: true,
      hint: 'Fewer repetitions, rows and well-known words make it stronger.',
    };
  if (bits < 80) return { word: 'Fair', level: 3, isEnough: true, hint: 'More characters make it stronger.' };
  return { word: 'Strong', level: 4, isEnough: true, hint: '' };
}

/** What everybody tries first, here and elsewhere. */
const WORDS =
  /password|passwort|passw|letta|stack|production|development|research|server|agent|memory|admin|secret|token|master|login|welcome|letmein|changeme|default|database|postgres|docker|local|host|test|user|root|qwerty|asdf|iloveyou|dragon|monkey|(?:19|20)\d\d/g;
const SIGNS: Readonly<Record<string, string>> = { '@': 'a', '0': 'o', '3': 'e', $: 's' };
/** Longer ones are as strong; characters. */
const LOOKED_AT = 256;

/** A password as one that guesses sees it: a word is one thing, and what comes again is nothing new. */
function guessed(password: string): string {
  const small = password.slice(0, LOOKED_AT).toLowerCase();
  // a year is none any more once its zero is a letter
  return small
    .replaceAll(WORDS, '\u0001')
    .replaceAll(/[@03$]/g, (sign) => SIGNS[sign] ?? sign)
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
