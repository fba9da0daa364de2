import { describe, expect, test } from 'vitest';
import type { AppError } from '../../main/errors.ts';
import { errorsOf } from './memory-files.ts';

const service = (keys: string): string => `services:
  a:
    image: a
    ${keys}
`;

describe('valid near-misses', () => {
  test.each([
    ['tabs behind a value and in a text', 'services:\n  a:\n    image: a\t# tab\n    command: "x\\ty"\n'],
    ['the same key in two mappings', 'services: { a: { image: a }, b: { image: a } }\n'],
    [
      'two merge keys in one list',
      'x-a: &a { image: a }\nx-b: &b { tty: true }\nservices: { a: { <<: [*a, *b] } }\n',
    ],
    ['an alias used twice', 'services: { a: &a { image: a }, b: *a }\n'],
    ['a BOM and CRLF', '\uFEFFservices:\r\n  a:\r\n    image: a\r\n'],
    ['only a name', 'name: x\n'],
    ['the largest port', service('ports: ["65535:65535", "0:1"]')],
    ['ranges of equal length', service('ports: ["8000-8001:80-81", "9000-9005:90"]')],
    ['an IPv6 address', service('ports: ["[::1]:80:80"]')],
    ['a fraction of a duration', service('stop_grace_period: 1.5s')],
    ['a size without a unit', service('mem_limit: 1000000')],
    [
      'an image with host, port, tag and digest',
      `services: { a: { image: "h.example:5000/a_b/c-d:T1.0@sha256:${'0'.repeat(64)}" } }\n`,
    ],
    ['an image of nothing but a build', 'services: { a: { build: . } }\n'],
    ['an x- key anywhere', service('x-any: { a: [1] }\n    healthcheck: { test: x, x-more: 1 }')],
    [
      'a service that nobody needs in a profile',
      'services: { a: { image: a }, b: { image: b, profiles: [x], env_file: none } }\n',
    ],
    [
      'a dependency that need not be',
      'services: { a: { image: a, depends_on: { b: { condition: service_started, required: false } } }, b: { image: b, profiles: [x] } }\n',
    ],
    [
      'a diamond of dependencies',
      'services: { a: { image: a, depends_on: [b, c] }, b: { image: b, depends_on: [d] }, c: { image: c, depends_on: [d] }, d: { image: d } }\n',
    ],
    ['a required variable that is set', service('hostname: ${SET:?no}')],
    ['an escaped dollar', service('hostname: $${NOT_A_VARIABLE')],
    ['an env file that may be missing', service('env_file: [{ path: none.env, required: false }]')],
  ])('%s', (_name, text) => {
    expect(errorsOf({ '/p/compose.yaml': text }, { variables: { SET: 'x' } })).toEqual([]);
  });
});

describe('hostile input is bounded', () => {
  const timed = (text: string): { errors: readonly AppError[]; ms: number; mib: number } => {
    const before = process.memoryUsage().heapUsed;
    const start = performance.now();
    const errors = errorsOf({ '/p/compose.yaml': text });
    return {
      errors,
      ms: performance.now() - start,
      mib: (process.memoryUsage().heapUsed - before) / 2 ** 20,
    };
  };

  test('an anchor bomb', () => {
    const names = Array.from('abcdefghijklmnopqrst');
    const lines = names.map((n, i) =>
      i === 0
        ? 'x-a: &a [x,x,x,x,x,x,x,x,x]'
        : `x-${n}: &${n} [${Array(9)
            .fill(`*${names[i - 1]}`)
            .join(',')}]`,
    );
    const { errors, ms, mib } = timed(`${lines.join('\n')}\nservices: { a: { image: a } }\n`);
    expect(errors.map((e) => e.code)).toEqual(['model.alias-bomb']);
    expect(ms).toBeLessThan(2000);
    expect(mib).toBeLessThan(300);
  });

  test('an anchor bomb of merge keys', () => {
    const lines = Array.from({ length: 25 }, (_, i) =>
      i === 0
        ? 'x-0: &m0 { k: v }'
        : `x-${i}: &m${i} { a${i}: *m${i - 1}, b${i}: *m${i - 1}, <<: *m${i - 1} }`,
    );
    const { errors, ms } = timed(`${lines.join('\n')}\nservices: { a: { image: a } }\n`);
    expect(errors.map((e) => e.code)).toEqual(['model.alias-bomb']);
    expect(ms).toBeLessThan(2000);
  });

  test('10 MB of YAML', () => {
    const line = '  k: { image: a, labels: { a: b, c: d } }\n';
    const text = `services:\n${Array.from({ length: (10 * 2 ** 20) / line.length }, (_, i) => line.replace('k', `k${i}`)).join('')}`;
    const { errors, ms, mib } = timed(text);
    expect(errors.map((e) => e.code)).toEqual(['model.too-large']);
    expect(ms).toBeLessThan(2000);
    expect(mib).toBeLessThan(300);
  });

  test('deep nesting', () => {
    const { errors, ms } = timed(
      `services: { a: { image: a, labels: ${'['.repeat(20_000)}${']'.repeat(20_000)} } }\n`,
    );
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.every((e) => e.code.startsWith('model.'))).toBe(true);
    expect(ms).toBeLessThan(2000);
  });

  test('nested defaults', () => {
    const value = `${'${A:-'.repeat(5000)}x${'}'.repeat(5000)}`;
    const { ms } = timed(service(`hostname: "${value}"`));
    expect(ms).toBeLessThan(2000);
  });

  test('5,000 services', () => {
    const text = `services:\n${Array.from({ length: 5000 }, (_, i) => `  s${i}: { image: a${i ? `, depends_on: [s${i - 1}]` : ''} }\n`).join('')}`;
    const { errors, ms } = timed(text);
    expect(errors).toEqual([]);
    expect(ms).toBeLessThan(2000);
  });
});
