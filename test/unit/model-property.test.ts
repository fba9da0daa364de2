import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../main/errors.ts';
import { parseDotenv } from '../../main/model/dotenv.ts';
import { serviceHash } from '../../main/model/hash.ts';
import { substitute } from '../../main/model/interpolate.ts';
import { loadProject } from '../../main/model/load.ts';
import { formatJson } from '../../main/model/print.ts';
import type { Project } from '../../main/model/types.ts';
import { loadOptions, memoryFiles } from './memory-files.ts';

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
      if (!given && part.operator.endsWith('?')) throw new Required(word);
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

/** The project of some files, each a JSON value (JSON is YAML). */
function load(...files: readonly unknown[]): Project {
  const texts = Object.fromEntries(files.map((file, i) => [`/p/${i}.yaml`, JSON.stringify(file)]));
  return loadProject(loadOptions(memoryFiles(texts), { files: Object.keys(texts) })).project;
}
const print = (project: Project): unknown => JSON.parse(formatJson(project)) as unknown;

const word = textFrom('abcXYZ019._-', { minLength: 1, maxLength: 6 });
const names = fc.constantFrom('A', 'B', 'C', 'D');
const pairs = fc.dictionary(names, word, { noNullPrototype: true });
/** The keys of a service that merge one by one. */
const service = fc.record(
  {
    hostname: word,
    user: word,
    working_dir: word,
    tty: fc.boolean(),
    command: fc.array(word, { maxLength: 3 }),
    environment: pairs,
    labels: pairs,
    sysctls: pairs,
    storage_opt: pairs,
    healthcheck: fc.record(
      { test: word, retries: fc.nat(9), interval: fc.constant('5s') },
      { requiredKeys: [] },
    ),
    stop_grace_period: fc.nat(90).map((s) => `${s}s`),
  },
  { requiredKeys: [], noNullPrototype: true },
);
type Json = Record<string, unknown>;
const isMap = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** Merge as these keys have it: mappings by key, all else replaced. */
const over = (base: Json, later: Json): Json => {
  const merged: Json = { ...base };
  for (const [key, value] of Object.entries(later)) {
    const before = merged[key];
    merged[key] = isMap(before) && isMap(value) ? over(before, value) : value;
  }
  return merged;
};
const file = (keys: Json): Json => ({ services: { web: { image: 'i', ...keys } } });

describe('merge', () => {
  const runs = { numRuns: 150 };

  test('an empty file changes nothing', () => {
    fc.assert(
      fc.property(service, (a) => {
        const alone = formatJson(load(file(a)));
        expect(formatJson(load(file(a), { services: {} }))).toBe(alone);
        expect(formatJson(load(file(a), { services: { web: {} } }))).toBe(alone);
      }),
      runs,
    );
  });

  test('a file over itself is itself', () => {
    fc.assert(
      fc.property(service, (a) => {
        expect(print(load(file(a), file(a)))).toEqual(print(load(file(a))));
      }),
      runs,
    );
  });

  test('the later file wins, key by key', () => {
    fc.assert(
      fc.property(service, service, (a, b) => {
        expect(print(load(file(a), file(b)))).toEqual(print(load(file(over(a, b)))));
      }),
      runs,
    );
  });

  test('is associative where mappings merge by key', () => {
    fc.assert(
      fc.property(service, service, service, (a, b, c) => {
        expect(print(load(file(a), file(b), file(c)))).toEqual(print(load(file(a), file(over(b, c)))));
      }),
      runs,
    );
  });

  test('extends is merge', () => {
    fc.assert(
      fc.property(service, service, (a, b) => {
        const extended = load({ services: { base: { image: 'i', ...a }, web: { extends: 'base', ...b } } });
        expect(extended.services['web']).toEqual(load(file(a), file(b)).services['web']);
      }),
      runs,
    );
  });

  test('the order of keys changes neither the print nor the hash', () => {
    const reversed = (value: unknown): unknown =>
      isMap(value)
        ? Object.fromEntries(
            Object.entries(value)
              .toReversed()
              .map(([key, inner]) => [key, reversed(inner)]),
          )
        : value;
    fc.assert(
      fc.property(service, (a) => {
        const one = load(file(a));
        const other = load(reversed(file(a)));
        expect(formatJson(other)).toBe(formatJson(one));
        const hash = (project: Project): string => {
          const web = project.services['web'];
          if (!web) throw new Error('no service');
          return serviceHash(project, 'web', web);
        };
        expect(hash(other)).toBe(hash(one));
      }),
      runs,
    );
  });

  test('a printed project loads to itself', () => {
    fc.assert(
      fc.property(service, (a) => {
        const printed = formatJson(load(file(a)));
        expect(formatJson(load(JSON.parse(printed)))).toBe(printed);
      }),
      runs,
    );
  });
});

describe('any file', () => {
  const line = fc.constantFrom(
    'services:',
    '  a:',
    '    image: a',
    '    ports: ["80:80"]',
    '    ports: [80, {target: 1}]',
    '    environment: {A: 1, B: }',
    '    environment: [A=1, B]',
    '    volumes: ["v:/v", "/x"]',
    '    depends_on: [a, b]',
    '    extends: b',
    '    <<: *x',
    '    labels: &x {a: *x}',
    '    command: "a \'b"',
    '  b: &x {image: b}',
    '  b: !reset null',
    '    cpus: ${A:-x}',
    '    deploy: {replicas: -1, resources: {limits: {cpus: a}}}',
    'volumes: {v: , w: {external: {name: x}}}',
    'include: [1.yaml, {path: []}]',
    'networks: !override []',
    '- x',
    '\t',
    '...',
    '---',
    '{',
    'x-a: [1, 2',
    '? [a]',
    'null',
  );

  test('is read or refused with errors of the model that name the file', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const source = memoryFiles({ '/p/compose.yaml': lines.join('\n') });
        try {
          formatJson(loadProject(loadOptions(source)).project);
        } catch (e) {
          if (!(e instanceof Failure)) throw e;
          for (const error of e.errors) {
            expect(error.code).toMatch(/^model\./);
            expect(String(error.data['file'])).toMatch(/^\/p\//);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});
