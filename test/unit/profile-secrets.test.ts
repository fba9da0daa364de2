import { describe, expect, it } from 'vitest';
import { readProfileBlock } from '../../main/stack/profile.ts';
import { bundlesFor, generatedSecrets, secretProblem, secretsOf } from '../../main/stack/profile-secrets.ts';

const own = { scope: 'stack', required: true, generated: true, volume: 'data' };
const block = readProfileBlock(
  {
    title: 'T',
    summary: 'S',
    version: '1',
    secrets: [
      { name: 'DB_PASSWORD', label: 'Database', ...own, pattern: '[A-Za-z0-9]{8,}' },
      { name: 'TOKEN', label: 'Token', ...own },
      { name: 'API_KEY', label: 'API key', scope: 'global' },
      { name: 'ACCOUNT', label: 'Account', scope: 'global', multiline: true },
      { name: 'UNUSED', label: 'Unused', scope: 'global', required: true },
    ],
    bundles: [
      { variable: 'DB_BUNDLE', service: 'db', value: 'DB_PASSWORD' },
      { variable: 'ACCOUNT_FILE', service: 'server', value: 'ACCOUNT' },
      {
        variable: 'SERVER_BUNDLE',
        service: 'server',
        lines: [
          'URI=postgresql://me:{DB_PASSWORD}@db/x',
          'TOKEN',
          'API_KEY',
          'BOTH={TOKEN}/{API_KEY}',
          'FIXED=yes',
        ],
      },
    ],
  },
  'f',
);

describe('secretsOf', () => {
  it('says which services take each', () => {
    expect(secretsOf(block).map(({ name, services }) => [name, services])).toEqual([
      ['DB_PASSWORD', ['db', 'server']],
      ['TOKEN', ['server']],
      ['API_KEY', ['server']],
      ['ACCOUNT', ['server']],
      ['UNUSED', []],
    ]);
  });
});

describe('generatedSecrets', () => {
  it('groups them by the volume that they are made with', () => {
    expect(generatedSecrets(block)).toEqual([{ volume: 'data', names: ['DB_PASSWORD', 'TOKEN'] }]);
  });
});

describe('bundlesFor', () => {
  it('leaves out what is not set', () => {
    expect(bundlesFor(block, {})).toEqual({ DB_BUNDLE: '', ACCOUNT_FILE: '', SERVER_BUNDLE: 'FIXED=yes\n' });
    expect(bundlesFor(block, { DB_PASSWORD: 'pw', TOKEN: 't', API_KEY: '' })).toEqual({
      DB_BUNDLE: 'pw',
      ACCOUNT_FILE: '',
      SERVER_BUNDLE: 'URI=postgresql://me:pw@db/x\nTOKEN=t\nFIXED=yes\n',
    });
  });

  it('takes values as they are', () => {
    const bundles = bundlesFor(block, {
      TOKEN: '$& {API_KEY} = "#',
      API_KEY: 'k',
      ACCOUNT: '{\n "a": 1\n}\n',
    });
    expect(bundles['SERVER_BUNDLE']).toBe(
      'TOKEN=$& {API_KEY} = "#\nAPI_KEY=k\nBOTH=$& {API_KEY} = "#/k\nFIXED=yes\n',
    );
    expect(bundles['ACCOUNT_FILE']).toBe('{\n "a": 1\n}\n');
  });
});

describe('secretProblem', () => {
  const byName = (name: string) => secretsOf(block).find((s) => s.name === name)!;
  it.each<[string, string, string | undefined]>([
    ['DB_PASSWORD', 'abcdefgh1', undefined],
    ['DB_PASSWORD', 'abcdefg%1', 'it does not match [A-Za-z0-9]{8,}'],
    ['DB_PASSWORD', 'abcdefgh1 ', 'it does not match [A-Za-z0-9]{8,}'],
    ['DB_PASSWORD', 'abcdefgh1\n', 'it has a line break or another control character in it'],
    ['API_KEY', 'sk-any_thing!', undefined],
    ['API_KEY', '', 'it is empty'],
    ['API_KEY', 'a\r', 'it has a line break or another control character in it'],
    ['ACCOUNT', 'a\nb\n', undefined],
    ['ACCOUNT', 'a\0b', 'it has a zero byte in it'],
    ['API_KEY', 'a\ud800', 'it has half of a character in it'],
  ])('%s = %j: %s', (name, text, problem) => {
    expect(secretProblem(byName(name), text)).toBe(problem);
  });

  it('says what to do with the password that another installation gave its role', () => {
    const password = { ...byName('DB_PASSWORD'), looks: 'digits', role: { service: 'db', name: 'letta' } };
    expect(secretProblem(password, 'abcdefg%1')).toBe(
      String.raw`it is not digits; a database that has it is given another one first (\password letta in psql)`,
    );
  });

  it('has room for what a variable of a container, or a file of keys, may hold', () => {
    const problemOf = (name: string, length: number) => secretProblem(byName(name), 'ü'.repeat(length / 2));
    expect(problemOf('API_KEY', 65_536)).toBeUndefined();
    expect(problemOf('API_KEY', 65_538)).toBe(
      'it has 65538 bytes, and a variable of a container at most 65536',
    );
    expect(problemOf('ACCOUNT', 1_000_000)).toBeUndefined();
    expect(problemOf('ACCOUNT', 1_000_002)).toBe('it has 1000002 bytes, and may have 1000000');
  });
});
