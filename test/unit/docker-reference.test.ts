import { expect, test } from 'vitest';
import { atMirror, familiar, familiarName, parseReference } from '../../main/docker/reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

test.each<[string, object, string]>([
  ['redis', { registry: 'docker.io', path: 'library/redis', tag: 'latest' }, 'redis:latest'],
  ['redis:7-alpine', { registry: 'docker.io', path: 'library/redis', tag: '7-alpine' }, 'redis:7-alpine'],
  ['letta/letta:0.16.8', { registry: 'docker.io', path: 'letta/letta', tag: '0.16.8' }, 'letta/letta:0.16.8'],
  ['docker.io/library/redis:7', { registry: 'docker.io', path: 'library/redis', tag: '7' }, 'redis:7'],
  ['index.docker.io/a/b', { registry: 'docker.io', path: 'a/b', tag: 'latest' }, 'a/b:latest'],
  ['ghcr.io/a/b/c:1', { registry: 'ghcr.io', path: 'a/b/c', tag: '1' }, 'ghcr.io/a/b/c:1'],
  ['localhost/x', { registry: 'localhost', path: 'x', tag: 'latest' }, 'localhost/x:latest'],
  ['localhost:5000/x:1', { registry: 'localhost:5000', path: 'x', tag: '1' }, 'localhost:5000/x:1'],
  ['[::1]:5000/x:1', { registry: '[::1]:5000', path: 'x', tag: '1' }, '[::1]:5000/x:1'],
  [`redis@${DIGEST}`, { registry: 'docker.io', path: 'library/redis', digest: DIGEST }, `redis@${DIGEST}`],
  [
    `r.test/x:1@${DIGEST}`,
    { registry: 'r.test', path: 'x', tag: '1', digest: DIGEST },
    `r.test/x:1@${DIGEST}`,
  ],
])('%s', (text, parts, short) => {
  const parsed = parseReference(text);
  expect(parsed).toEqual(parts);
  expect(parsed && familiar(parsed)).toBe(short);
});

test.each([
  '',
  ':1',
  'Redis',
  'a/Redis',
  'redis:',
  'redis:a b',
  'redis@sha256:12',
  'a//b',
  '-a',
  'a/b:x:y',
  'redis:7?x=1',
])('%j is no reference', (text) => {
  expect(parseReference(text)).toBeUndefined();
});

test.each([
  ['redis:7', 'm.test:5000', 'm.test:5000/library/redis', 'm.test:5000/library/redis:7'],
  ['letta/letta:1', 'm.test/hub/', 'm.test/hub/letta/letta', 'm.test/hub/letta/letta:1'],
  ['ghcr.io/a/b:1', 'm.test', 'm.test/a/b', 'm.test/a/b:1'],
])('%s at the mirror %s is %s', (ref, mirror, name, whole) => {
  const parsed = parseReference(ref);
  if (!parsed) throw new Error('no reference');
  expect(familiarName(atMirror(parsed, mirror))).toBe(name);
  expect(familiar(atMirror(parsed, mirror))).toBe(whole);
});
