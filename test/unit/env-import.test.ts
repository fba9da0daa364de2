import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Failure } from '../../main/errors.ts';
import { placeOfLoss } from '../../main/key-channels.ts';
import { foundText } from '../../main/commands/secrets-import.ts';
import { lossesOf, mayBeDeleted, sortEnv, type EnvContents } from '../../main/env-import.ts';
import { blockOf } from '../../main/stack/source.ts';
import { deleteEnvFile, readEnvFile } from '../../main/system/env-file.ts';
import { nodeFiles } from '../../main/system/file-source.ts';
import { takeable } from '../../main/take-import.ts';

const BLOCK = blockOf(nodeFiles, path.join(import.meta.dirname, '../../compose/production/compose.yaml'))!;
const sorted = (values: Record<string, string>, stored: Record<string, string> = {}): EnvContents =>
  sortEnv(
    {
      lines: Object.entries(values).map(([name, value], i) => ({ name, value, line: i + 1, isCut: false })),
      comments: [],
    },
    BLOCK,
    new Map(Object.entries(stored)),
  );
/** As a file has it. */
const contentsOf = (text: string, stored: Record<string, string> = {}): EnvContents => {
  writeFileSync(file, text);
  return sortEnv(readEnvFile(file), BLOCK, new Map(Object.entries(stored)));
};
const valuesOf = (from: string): Record<string, string | undefined> =>
  Object.fromEntries(readEnvFile(from).lines.map((l) => [l.name, l.value]));
const OPENAI = 'sk-proj-0123456789abcdef';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'letta-stack-test-'));
  file = path.join(folder, '.env');
  onTestFinished(() => rmSync(folder, { recursive: true }));
});
const code = (work: () => unknown): string => {
  try {
    work();
    return 'ok';
  } catch (e) {
    return e instanceof Failure ? (e.errors[0]?.code ?? '') : String(e);
  }
};

describe('a .env file', () => {
  it('is read with quotes, export, comments and line ends of Windows', () => {
    const lines = [
      '\uFEFF# my keys',
      `export OPENAI_API_KEY="${OPENAI}"`,
      `ANTHROPIC_API_KEY='sk-ant-0123456789' # mine`,
      'OLLAMA_BASE_URL=http://host.docker.internal:11434',
      'GROQ_API_KEY=',
      'LETTA_POOL_SIZE=20',
      'MY_OWN=${OPENAI_API_KEY}',
      '',
    ];
    writeFileSync(file, lines.join('\r\n'));
    expect(valuesOf(file)).toEqual({
      OPENAI_API_KEY: OPENAI,
      ANTHROPIC_API_KEY: 'sk-ant-0123456789',
      OLLAMA_BASE_URL: 'http://host.docker.internal:11434',
      GROQ_API_KEY: '',
      LETTA_POOL_SIZE: '20',
      MY_OWN: OPENAI,
    });
  });

  it('takes nothing of this process’s environment', () => {
    writeFileSync(file, 'HOME\nA=${HOME}\n');
    expect(valuesOf(file)).toEqual({ HOME: undefined, A: '' });
  });

  it.each<[what: string, make: () => void, expected: string]>([
    ['is not there', () => undefined, 'secrets.import-unreadable'],
    ['is none', () => writeFileSync(file, 'sk-secret with words\n'), 'model.bad-env-file'],
    ['is no text', () => writeFileSync(file, Uint8Array.of(0x41, 0x3d, 0xff)), 'secrets.import-unreadable'],
    ['is too long for one', () => writeFileSync(file, 'A=1\n'.repeat(300_000)), 'secrets.import-unreadable'],
  ])('that %s is refused', (_, make, expected) => {
    make();
    expect(code(() => readEnvFile(file))).toBe(expected);
  });

  it('is deleted alone, and only as it was read', () => {
    writeFileSync(file, 'A=1\n');
    const other = path.join(folder, 'other');
    writeFileSync(other, 'A=1\n');
    const read = readEnvFile(file);
    writeFileSync(file, 'A=2\n');
    expect(code(() => deleteEnvFile(read))).toBe('secrets.import-kept');
    deleteEnvFile(readEnvFile(file));
    expect([existsSync(file), existsSync(other)]).toEqual([false, true]);
    symlinkSync(other, file);
    expect(code(() => deleteEnvFile(readEnvFile(file)))).toBe('secrets.import-kept');
    expect([existsSync(file), existsSync(other)]).toEqual([true, true]);
  });
});

describe('what a file has for a stack', () => {
  it('is sorted by what becomes of it', () => {
    const contents = sorted(
      {
        OPENAI_API_KEY: OPENAI,
        ANTHROPIC_API_KEY: OPENAI,
        GROQ_API_KEY: '',
        OLLAMA_BASE_URL: 'http://host.docker.internal:11434',
        LETTA_STACK_PORT: '99999',
        LETTA_CORE_MEMORY_LIMIT: '1',
        letta_pool_size: '1',
        POSTGRES_USER: 'letta',
      },
      { OPENAI_API_KEY: 'sk-another' },
    );
    expect(contents.secrets.map(({ value: _value, ...s }) => s)).toEqual([
      { name: 'OPENAI_API_KEY', label: 'OpenAI', isSet: true, isStored: false, isCut: false, cleaned: [] },
      {
        name: 'ANTHROPIC_API_KEY',
        label: 'Anthropic',
        isSet: false,
        isStored: false,
        isCut: false,
        cleaned: [],
        doubt: 'this looks like an OpenAI key',
      },
    ]);
    expect(contents.settings).toMatchObject([
      { variable: 'OLLAMA_BASE_URL', name: 'ollama-url' },
      { variable: 'LETTA_STACK_PORT', name: 'port', problem: 'it is more than 65535' },
    ]);
    expect(contents.invented.map((i) => i.name)).toEqual(['LETTA_CORE_MEMORY_LIMIT', 'letta_pool_size']);
    expect([contents.others, contents.empty]).toEqual([['POSTGRES_USER'], ['GROQ_API_KEY']]);
    expect(takeable(contents)).toEqual(['OPENAI_API_KEY', 'OLLAMA_BASE_URL']);
    expect(takeable(contents, true)).toContain('ANTHROPIC_API_KEY');
  });

  it.each([
    'LETTA_ARCHIVAL_MEMORY_ENABLED',
    'LETTA_RECALL_MEMORY_ENABLED',
    'LETTA_FALLBACK_ENABLED',
    'LETTA_CORE_MEMORY_LIMIT',
    'LETTA_POOL_SIZE',
  ])('%s is invented', (name) => {
    expect(sorted({ [name]: 'true' }).invented).toEqual([{ name, why: expect.any(String) }]);
  });

  it.each<[name: string, value: string, stored: string | undefined, problem: string | undefined]>([
    ['LETTA_SERVER_PASSWORD', 'a-password-of-mine', undefined, undefined],
    [
      'LETTA_SERVER_PASSWORD',
      'with a space',
      undefined,
      'it is not 8 to 256 letters, digits and . _ ~ + / = -',
    ],
    ['LETTA_ENCRYPTION_KEY', 'x'.repeat(32), undefined, undefined],
    [
      'LETTA_ENCRYPTION_KEY',
      'x'.repeat(32),
      'y'.repeat(32),
      'another is set, and data may have been made with it',
    ],
    ['LETTA_ENCRYPTION_KEY', 'x'.repeat(32), 'x'.repeat(32), 'it is stored already'],
  ])('%s %j, stored: %s', (name, value, stored, problem) => {
    const [found] = sorted({ [name]: value }, stored === undefined ? {} : { [name]: stored }).secrets;
    expect(found?.problem).toBe(problem);
  });

  it.each([
    ['LETTA_DB_PASSWORD', 'another is set, and data may have been made with it'],
    ['OPENAI_API_KEY', undefined],
  ])('%s of another store, whose value nobody knows here', (name, problem) => {
    const lines = [{ name, value: OPENAI.replaceAll('-', ''), line: 1, isCut: false }];
    const { secrets } = sortEnv({ lines, comments: [] }, BLOCK, new Map([[name, undefined]]));
    expect(secrets).toMatchObject([{ isSet: true, isStored: false }]);
    expect(secrets[0]?.problem).toBe(problem);
  });

  it('a password that is too short to be chosen is a doubt: it may be in use', () => {
    const contents = sorted({ LETTA_SERVER_PASSWORD: '12345678' });
    expect(contents.secrets[0]?.doubt).toMatch(/at least 16 characters/);
    expect([takeable(contents), takeable(contents, true)]).toEqual([[], ['LETTA_SERVER_PASSWORD']]);
    expect(sorted({ LETTA_SERVER_PASSWORD: 'x'.repeat(16) }).secrets[0]?.doubt).toBeUndefined();
  });

  it('is of the stack in any case, as for the server', () => {
    const { secrets, settings, others } = sorted({ openai_api_key: OPENAI, Ollama_Base_Url: 'http://a:1' });
    expect([secrets.map((s) => s.name), settings.map((s) => s.variable), others]).toEqual([
      ['OPENAI_API_KEY'],
      ['OLLAMA_BASE_URL'],
      [],
    ]);
  });

  const TWICE = 'it is there more than once, with different values';
  const COMMENT = 'a comment there may have a secret in it';
  const UNKNOWN = 'it may be a secret, and nothing here takes it';
  it.each<[what: string, text: string, lost: readonly [at: string | number, why: string][]]>([
    [
      'a good key and no secret beside it',
      `OPENAI_API_KEY=${OPENAI}\nPOSTGRES_USER=letta\nMAX_TOKENS=4096\n`,
      [],
    ],
    ['a doubtful key', 'OPENAI_API_KEY=myownkey', [['OPENAI_API_KEY', 'keys of OpenAI begin with sk-']]],
    [
      'another key of data than the stored',
      `LETTA_ENCRYPTION_KEY=${'x'.repeat(32)}`,
      [['LETTA_ENCRYPTION_KEY', 'another is set, and data may have been made with it']],
    ],
    ['the stored key of data', `LETTA_ENCRYPTION_KEY=${'y'.repeat(32)}`, []],
    ['a password of something else', 'DATABASE_BACKUP_PASSWORD=x', [['DATABASE_BACKUP_PASSWORD', UNKNOWN]]],
    ['one that no server reads', 'LETTA_REDIS_PASSWORD=x', [['LETTA_REDIS_PASSWORD', UNKNOWN]]],
    ['an address with a password', 'MINE=postgres://me:hunter2@db/x', [['MINE', UNKNOWN]]],
    ['a key under a name of one’s own', `MINE=${OPENAI}`, [['MINE', UNKNOWN]]],
    ['random letters and digits', 'MINE=9f86d081884c7d659a2feaa0', [['MINE', UNKNOWN]]],
    [
      'a key twice',
      `OPENAI_API_KEY=sk-0123456789abcdef\nOPENAI_API_KEY=${OPENAI}`,
      [['OPENAI_API_KEY', TWICE]],
    ],
    [
      'a key twice in two cases',
      `openai_api_key=sk-0123456789abcdef\nOPENAI_API_KEY=${OPENAI}`,
      [['OPENAI_API_KEY', TWICE]],
    ],
    ['a key that is emptied below', `OPENAI_API_KEY=${OPENAI}\nOPENAI_API_KEY=`, [['OPENAI_API_KEY', TWICE]]],
    ['the same key twice', `OPENAI_API_KEY=${OPENAI}\nOPENAI_API_KEY="${OPENAI}"`, []],
    [
      'an address twice',
      'OLLAMA_BASE_URL=http://a:1\nOLLAMA_BASE_URL=http://b:1',
      [['OLLAMA_BASE_URL', TWICE]],
    ],
    ['a bad setting', 'LETTA_STACK_PORT=99999', [['LETTA_STACK_PORT', 'it is more than 65535']]],
    [
      'a token of three parts',
      'MINE=eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYSJ9.c2lnbmF0dXJl',
      [['MINE', UNKNOWN]],
    ],
    [
      'an address that is a key',
      'HOOK=https://hooks.example/services/T0/B0/abcdefgh12345678abcd',
      [['HOOK', UNKNOWN]],
    ],
    [
      'a connection string',
      'STORAGE="DefaultEndpointsProtocol=https;AccountKey=abc+def=="',
      [['STORAGE', UNKNOWN]],
    ],
    ['a number and letters', 'BOT=123456789:AAHabcdefgh-ijklmnop', [['BOT', UNKNOWN]]],
    ['words', 'WALLET=abandon ability able about above absent absorb', [['WALLET', UNKNOWN]]],
    ['one that is set again below', `MINE=${OPENAI}\nMINE=x`, [['MINE', UNKNOWN]]],
    [
      'plain ones',
      'A=http://host.docker.internal:11434/v1\nB=/home/anna/letta/data\nC=Europe/Berlin\nD=3.5',
      [],
    ],
    [
      'comments of a person',
      '# see https://platform.openai.com/api-keys\n# the key: ask the admin\nA=1 # a default',
      [],
    ],
    ['a key in a comment', `A=1\n# ANTHROPIC_API_KEY=sk-ant-0123456789`, [[2, COMMENT]]],
    ['a password in a comment', '# DB_PASSWORD=hunter2', [[1, COMMENT]]],
    ['an old key behind a value', `A=1\nOPENAI_API_KEY=${OPENAI} # was gsk_0123456789`, [[2, COMMENT]]],
    ['an old key behind quotes', `OPENAI_API_KEY="${OPENAI}" # 9f86d081884c7d659a2feaa0`, [[1, COMMENT]]],
    ['a key without a name', '# mine\nsk-ant-api03-0123456789', [[2, 'it has no = in it']]],
  ])('with %s names what would be lost with it', (_, text, lost) => {
    const contents = contentsOf(text, { LETTA_ENCRYPTION_KEY: 'y'.repeat(32) });
    const losses = lossesOf(contents, new Set(takeable(contents)));
    expect(losses).toEqual(
      lost.map(([at, why]) => (typeof at === 'number' ? { line: at, why } : { name: at, why })),
    );
  });

  it('a line without a name is told where it stands', () => {
    const said = foundText(contentsOf('A=1\nsk-ant-api03-0123456789\nMY_TOKEN=abcdef\n'), new Set());
    expect(said).toContain('Left out\n  line 2: it has no = in it\n');
    expect(said).toContain('Not of this stack\n  A\n  MY_TOKEN: it may be a secret');
  });

  const CUT =
    'a $ in it begins a variable that is set nowhere, and stands for nothing: put the value in single quotes, or write $$';
  it.each<[what: string, line: string, value: string, doubt: string | undefined]>([
    ['alone', `OPENAI_API_KEY=${OPENAI}$tail-of-the-key`, `${OPENAI}-of-the-key`, CUT],
    ['in double quotes', `OPENAI_API_KEY="${OPENAI}\${tail}"`, OPENAI, CUT],
    ['in single quotes', `OPENAI_API_KEY='${OPENAI}$tail'`, `${OPENAI}$tail`, undefined],
    ['twice', `OPENAI_API_KEY=${OPENAI}$$tail`, `${OPENAI}$tail`, undefined],
    ['of a variable of the file', `MINE=abc\nOPENAI_API_KEY=${OPENAI}$MINE`, `${OPENAI}abc`, undefined],
    ['with a default of its own', `OPENAI_API_KEY=${OPENAI}\${MINE:-abc}`, `${OPENAI}abc`, undefined],
  ])('a $ in a key, %s', (_, line, value, doubt) => {
    const contents = contentsOf(line);
    expect(contents.secrets).toMatchObject([{ value, ...(doubt !== undefined && { doubt }) }]);
    expect(takeable(contents).includes('OPENAI_API_KEY')).toBe(doubt === undefined);
    // whatever was taken and stored of it, the file has the true one
    expect([mayBeDeleted(contents), lossesOf(contents, new Set(['OPENAI_API_KEY']))]).toEqual(
      doubt === undefined ? [true, []] : [false, [{ name: 'OPENAI_API_KEY', why: CUT }]],
    );
    expect(lossesOf(contentsOf(line, { OPENAI_API_KEY: value }), new Set())).toHaveLength(
      doubt === undefined ? 0 : 1,
    );
  });

  it('that is nothing but a $ and its variable is not empty', () => {
    const contents = contentsOf('OPENAI_API_KEY=$abc\nOLLAMA_BASE_URL=http://$host:1\nMY_TOKEN=$abc\n');
    expect([contents.empty, takeable(contents, true)]).toEqual([[], []]);
    expect(lossesOf(contents, new Set()).map(placeOfLoss)).toEqual([
      'OPENAI_API_KEY',
      'OLLAMA_BASE_URL',
      'MY_TOKEN',
    ]);
  });

  it('of a key twice, the other value is lost even where it is taken in spite of the doubt', () => {
    const contents = contentsOf(`OPENAI_API_KEY=sk-0123456789abcdef\nOPENAI_API_KEY=${OPENAI}`);
    expect(contents.secrets).toMatchObject([{ value: OPENAI, doubt: TWICE }]);
    expect(lossesOf(contents, new Set(takeable(contents, true)))).toEqual([
      { name: 'OPENAI_API_KEY', why: TWICE },
    ]);
  });
});
