import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appliedOf, makeReady } from '../../main/stack/ready.ts';
import {
  appliedSource,
  blockOf,
  configContents,
  loadSource,
  profileSource,
  type StackSource,
} from '../../main/stack/source.ts';
import type { AppliedProfile } from '../../main/system/types.ts';
import { memoryFiles } from './memory-files.ts';
import { MemoryStore, newState } from './helpers/secrets.ts';

const EDGES = { path: posix, home: '/home/me' };
const BLOCK = `
x-letta-stack:
  title: T
  summary: S
  version: "3"
  settings: [{ name: port, label: Port, type: port, default: 80, variable: PORT }]
`;
const bundled = (files: Record<string, string>, chosen = {}): StackSource =>
  profileSource('mine', '/p/compose.yaml', '/p', memoryFiles(files), chosen);
const text = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes);

describe('a bundled profile', () => {
  const yaml = `name: p\n${BLOCK}services:\n  a: { image: "app:1", ports: ["\${PORT}:80"], environment: { FROM: "\${HOME:-nowhere}" } }\n`;

  it('takes its variables from the settings alone', () => {
    const source = bundled({ '/p/compose.yaml': yaml }, { PORT: '8080' });
    const { services } = loadSource(source, EDGES).project;
    expect(services['a']?.ports?.[0]?.published).toBe('8080');
    expect(services['a']?.environment).toEqual({ FROM: 'nowhere' });
    expect(source.block?.version).toBe('3');
  });

  it('has the defaults of its settings', () => {
    expect(bundled({ '/p/compose.yaml': yaml }).variables).toEqual({ PORT: '80' });
  });
});

describe('the block of a file', () => {
  it.each<[what: string, yaml: string, title: string | undefined]>([
    ['with one', `services: {}\n${BLOCK}`, 'T'],
    ['with none', 'services: {}\n', undefined],
    ['that is no YAML', 'services: [\n', undefined],
    ['that is empty', '', undefined],
    ['of anchors', `x-a: &a { title: T, summary: S, version: "1" }\nx-letta-stack: { <<: *a }\n`, 'T'],
  ])('%s', (_what, yaml, title) => {
    expect(blockOf(memoryFiles({ '/f': yaml }), '/f')?.title).toBe(title);
  });

  it('of a file that is not there', () => {
    expect(blockOf(memoryFiles({}), '/f')).toBeUndefined();
  });
});

describe('contents of configs', () => {
  it('come from the text, the variable and the file, with line ends of Unix', () => {
    const files = {
      '/p/compose.yaml': [
        'name: p',
        'services: { a: { image: "app:1", configs: [text, variable, file, raw] } }',
        'configs:',
        '  text: { content: "in ${PLACE}" }',
        '  variable: { environment: PLACE }',
        '  file: { file: ./f.txt }',
        '  raw: { file: ./raw.bin }',
        '',
      ].join('\n'),
      '/p/f.txt': 'one\r\ntwo\r\n',
    };
    const raw = Uint8Array.of(0xff, 13, 10, 0);
    const source = {
      ...bundled({}),
      source: memoryFiles({ ...files, '/p/raw.bin': raw }),
      variables: { PLACE: 'here' },
    };
    const contents = configContents(loadSource(source, EDGES), source);
    expect(text(contents.get('text'))).toBe('in here');
    expect(text(contents.get('variable'))).toBe('here');
    expect(text(contents.get('file'))).toBe('one\ntwo\n');
    expect(contents.get('raw')).toEqual(raw);
  });

  it.each([
    ['gone', {}, 'model.not-found'],
    ['a folder', { '/p/f.txt/in-it': '' }, 'model.is-directory'],
  ])('says where a file is named that is %s', (_what, there, code) => {
    const file = 'name: n\nservices: { a: { image: x, configs: [c] } }\nconfigs: { c: { file: ./f.txt } }\n';
    const source = { ...bundled({}), source: memoryFiles({ '/p/compose.yaml': file, ...there }) };
    const data = { file: '/p/compose.yaml', path: 'configs.c.file', target: '/p/f.txt' };
    expect(() => configContents(loadSource(source, EDGES), source)).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ code, data })] }) as Error,
    );
  });
});

describe('what was applied', () => {
  const files = {
    '/p/compose.yaml': [
      'name: p',
      'services:',
      '  a: { image: "app:${TAG:?}", environment: { HOST: "${SHELL_NAME:-}" }, configs: [c] }',
      '  b: { image: "app:1", profiles: [extra] }',
      'configs: { c: { file: ./c.txt } }',
      '',
    ].join('\n'),
    '/p/c.txt': 'as applied',
    '/p/.env': 'TAG=from-env-file\nUNUSED=secret\n',
  };
  const env = { SHELL_NAME: 'from-shell', PATH: '/bin' };
  const source: StackSource = {
    directory: '/p',
    files: ['/p/compose.yaml'],
    envFiles: [],
    composeProfiles: ['extra'],
    variables: { TAG: 'from-env-file', UNUSED: 'secret', ...env },
    chosen: {},
    source: memoryFiles(files),
  };
  const applied = (): AppliedProfile => {
    const edges = { ...EDGES, secretStore: new MemoryStore().open, state: newState(), disk: source.source };
    return appliedOf(makeReady(edges, 'p', source));
  };

  it('keeps files and names, and no value of the environment', () => {
    const kept = applied();
    expect(Object.keys(kept.contents)).toEqual(['/p/compose.yaml', '/p/c.txt']);
    expect(kept.environment).toEqual(['SHELL_NAME', 'TAG']);
    expect(JSON.stringify(kept)).not.toMatch(/from-shell|from-env-file|secret/);
  });

  it('gives the same model when the files have changed or gone', () => {
    const now = memoryFiles({ '/p/compose.yaml': 'services: {}', '/p/.env': files['/p/.env'] });
    const again = appliedSource(applied(), now, env);
    const [before, after] = [loadSource(source, EDGES), loadSource(again, EDGES)];
    expect(after.project).toEqual(before.project);
    expect(Object.keys(after.project.services)).toEqual(['a', 'b']);
    expect(text(configContents(after, again).get('c'))).toBe('as applied');
  });

  it('gives the files only what they used of the environment', () => {
    expect(appliedSource(applied(), source.source, env).variables).toEqual({
      TAG: 'from-env-file',
      SHELL_NAME: 'from-shell',
    });
  });

  it('names an env file that is gone', () => {
    const named = { ...applied(), envFiles: ['/p/own.env'] };
    expect(() => appliedSource(named, source.source, env)).toThrow(/own\.env/);
  });

  it('of a bundled profile takes nothing from the environment', () => {
    const kept = { ...applied(), profile: 'mine', variables: { TAG: 'chosen' } };
    expect(appliedSource(kept, source.source, env).variables).toEqual({ TAG: 'chosen' });
  });
});
