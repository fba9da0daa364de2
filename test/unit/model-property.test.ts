import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../main/errors.ts';
import { serviceHash } from '../../main/model/hash.ts';
import { loadProject } from '../../main/model/load.ts';
import { formatJson } from '../../main/model/print.ts';
import type { Project } from '../../main/model/types.ts';
import { loadOptions, memoryFiles } from './memory-files.ts';

/** The project of some files, each a JSON value (JSON is YAML). */
function load(...files: readonly unknown[]): Project {
  const texts = Object.fromEntries(files.map((file, i) => [`/p/${i}.yaml`, JSON.stringify(file)]));
  return loadProject(loadOptions(memoryFiles(texts), { files: Object.keys(texts) })).project;
}
const print = (project: Project): unknown => JSON.parse(formatJson(project)) as unknown;

const word = fc.string({ unit: fc.constantFrom(...Array.from('abcXYZ019._-')), minLength: 1, maxLength: 6 });
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
