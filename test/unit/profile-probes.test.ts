import { describe, expect, it } from 'vitest';
import { execVerdict, httpVerdict, probesOf } from '../../main/stack/probes.ts';
import { readProfileBlock } from '../../main/stack/profile.ts';

const exec = {
  kind: 'exec' as const,
  id: 'redis',
  label: 'Redis',
  service: 'redis',
  command: ['redis-cli', 'ping'],
};

describe('probesOf', () => {
  const block = readProfileBlock(
    {
      title: 'T',
      summary: 'S',
      version: '1',
      settings: [{ name: 'port', label: 'Port', type: 'port', default: 80, variable: 'PORT' }],
      probes: [{ kind: 'http', id: 'page', label: 'Page', url: 'http://127.0.0.1:{port}/' }, exec],
    },
    'f',
  );

  it('puts the settings into addresses', () => {
    expect(probesOf(block, { PORT: '81' }, true)).toEqual([
      { kind: 'http', id: 'page', label: 'Page', url: 'http://127.0.0.1:81/' },
      exec,
    ]);
  });

  it('asks no published address of an engine that is elsewhere', () => {
    expect(probesOf(block, {}, false)).toEqual([exec]);
  });
});

const REFUSED =
  'connection to server at "db" (10.0.0.2), port 5432 failed: FATAL:  password authentication failed';

describe('execVerdict', () => {
  const pong = { ...exec, expect: '^PONG' };
  it.each([
    ['the answer', exec, { exitCode: 0, stdout: 'PONG\n', stderr: '' }, true, 'PONG'],
    ['the expected answer', pong, { exitCode: 0, stdout: 'PONG\n', stderr: 'warning' }, true, 'PONG'],
    ['another answer', pong, { exitCode: 0, stdout: 'LOADING', stderr: '' }, false, 'LOADING, not ^PONG'],
    ['no answer', pong, { exitCode: 0, stdout: '', stderr: '' }, false, 'nothing, not ^PONG'],
    [
      'the error before the output',
      exec,
      { exitCode: 1, stdout: 'half', stderr: 'no route\n' },
      false,
      'no route',
    ],
    ['the output', exec, { exitCode: 1, stdout: 'half', stderr: '' }, false, 'half'],
    ['the exit code', exec, { exitCode: 137, stdout: '', stderr: ' ' }, false, 'exit code 137'],
    ['one line', exec, { exitCode: 1, stdout: '', stderr: 'a\n  b\n\nc\n' }, false, 'a; b; c'],
    [
      'once what psql says twice',
      exec,
      { exitCode: 2, stdout: '', stderr: `psql: error: ${REFUSED}\n${REFUSED}\n` },
      false,
      `psql: error: ${REFUSED}`,
    ],
    ['not all', exec, { exitCode: 0, stdout: 'x'.repeat(400), stderr: '' }, true, `${'x'.repeat(299)}…`],
  ])('says %s', (_, probe, result, ok, answer) => {
    expect(execVerdict(probe, result)).toEqual({ ok, answer });
  });
});

describe('httpVerdict', () => {
  it.each([
    [200, true],
    [204, true],
    [301, false],
    [502, false],
  ])('%i: %s', (status, ok) => {
    expect(httpVerdict(status)).toEqual({ ok, answer: `HTTP ${status}` });
  });
});
