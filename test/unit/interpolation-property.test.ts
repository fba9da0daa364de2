import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../main/errors.ts';
import { parseDotenv } from '../../main/model/dotenv.ts';
import { substitute } from '../../main/model/interpolate.ts';

/** A text with variables as what it means, so that its value needs no parsing: the reference. */
type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'plain'; readonly name: string; readonly braces: boolean }
  | { readonly kind: 'operator'; readonly name: string; readonly operator: Operator; readonly word: Part[] };
type Operator = ':-' | '-' | ':+' | '+' | ':?' | '?';
const OPERATORS: readonly Operator[] = [':-', '-', ':+', '+', ':?', '?'];
const VARIABLES = ['A', 'B', 'LONG_1', '_x', 'NOT_SET'];

/** How a user writes it; a dollar sign of the text is doubled. */
function write(parts: readonly Part[]): string {
  return parts
    .map((part, i) => {
      if (part.kind === 'text') return part.text.replaceAll('$', '$$$$');
      if (part.kind === 'operator') return `\${${part.name}${part.operator}${write(part.word)}}`;
      const next = parts[i + 1];
      const runsOn = next?.kind === 'text' && /^\w/.test(next.text);
      return part.braces || runsOn ? `\${${part.name}}` : `$${part.name}`;
    })
    .join('');
}

class Required extends Error {}

/** What it means (compose-spec, section "interpolation"); a word is read even where it is not used. */
function mean(parts: readonly Part[], variables: Readonly<Record<string, string>>): string {
  return parts
    .map((part) => {
      if (part.kind === 'text') return part.text;
      const value = variables[part.name];
      if (part.kind === 'plain') return value ?? '';
      const word = mean(part.word, variables);
      const given = part.operator.startsWith(':') ? Boolean(value) : value !== undefined;
      if (part.operator.endsWith('+')) return given ? word : (value ?? '');
      if (!given && part.operator.endsWith('?')) throw new Required(write(part.word));
      return given ? (value ?? '') : word;
    })
    .join('');
}

/** A text of these characters. */
const textFrom = (
  characters: string,
  lengths: { minLength?: number; maxLength?: number } = {},
): fc.Arbitrary<string> => fc.string({ unit: fc.constantFrom(...Array.from(characters)), ...lengths });

// no braces and line ends in texts: where a brace ends a word is told by the goldens
const plainText = textFrom('ab 1_:-+?$"\\/.é🌍', { minLength: 1, maxLength: 8 }).map((text): Part => ({
  kind: 'text',
  text,
}));
const { parts } = fc.letrec<{ part: Part; parts: Part[] }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    plainText,
    fc.record({
      kind: fc.constant('plain' as const),
      name: fc.constantFrom(...VARIABLES),
      braces: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('operator' as const),
      name: fc.constantFrom(...VARIABLES),
      operator: fc.constantFrom(...OPERATORS),
      word: tie('parts'),
    }),
  ),
  parts: fc.array(tie('part'), { maxLength: 4 }),
}));
const variables = fc.dictionary(
  fc.constantFrom(...VARIABLES.filter((name) => name !== 'NOT_SET')),
  fc.oneof(fc.constant(''), fc.string({ unit: 'grapheme', maxLength: 6 })),
  { noNullPrototype: true },
);

const lookupIn =
  (values: Readonly<Record<string, string>>) =>
  (name: string): string | undefined =>
    Object.hasOwn(values, name) ? values[name] : undefined;
const ignore = (): void => undefined;

describe('interpolation', () => {
  test('means what the specification says', () => {
    fc.assert(
      fc.property(parts, variables, (text, values) => {
        const said = substitute(write(text), lookupIn(values), ignore);
        let meant: string;
        try {
          meant = mean(text, values);
        } catch (e) {
          if (!(e instanceof Required)) throw e;
          expect(said).toMatchObject({ failed: 'required', reason: e.message });
          return;
        }
        expect(said).toBe(meant);
      }),
      { numRuns: 2000 },
    );
  });

  test('gives an escaped text back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(substitute(text.replaceAll('$', '$$$$'), () => 'never', ignore)).toBe(text);
      }),
    );
  });

  test('never interpolates a value again', () => {
    fc.assert(
      fc.property(textFrom('${}A:-x'), (value) => {
        expect(substitute('<${A}$A${A:-x}>', lookupIn({ A: value }), ignore)).toBe(
          `<${value}${value}${value || 'x'}>`,
        );
      }),
    );
  });

  test('answers any text, and tells which variables it asked for', () => {
    fc.assert(
      fc.property(textFrom('${}AB:-+?x \n', { maxLength: 40 }), (text) => {
        const asked: string[] = [];
        const said = substitute(text, lookupIn({ A: 'a' }), (name) => asked.push(name));
        if (typeof said !== 'string') expect(['syntax', 'required']).toContain(said.failed);
        for (const name of asked) expect(text).toContain(name);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('.env', () => {
  const value = textFrom('ab \'"\\$#=:\n\t{}é🌍');

  test('a value in double quotes comes back', () => {
    fc.assert(
      fc.property(value, (text) => {
        const quoted = text.replaceAll(/["\\$]/g, '\\$&').replaceAll('\n', '\\n');
        expect(parseDotenv(`X="${quoted}"\nY=1\n`, '/.env', () => undefined)).toEqual({ X: text, Y: '1' });
      }),
    );
  });

  test('a value in single quotes comes back as it is', () => {
    fc.assert(
      fc.property(
        value.filter((text) => !/['\\]/.test(text)),
        (text) => {
          expect(parseDotenv(`X='${text}'\n`, '/.env', () => 'never')).toEqual({ X: text });
        },
      ),
    );
  });

  test('any text is read or refused as a bad env file', () => {
    fc.assert(
      fc.property(textFrom('AB=\'"#$ {}\\\n\r:-export', { maxLength: 40 }), (text) => {
        try {
          parseDotenv(text, '/.env', () => undefined);
        } catch (e) {
          expect(e).toBeInstanceOf(Failure);
          expect((e as Failure).errors.map((one) => one.code)).toEqual(['model.bad-env-file']);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
