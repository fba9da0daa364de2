import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { candidates, type Sources } from '../../main/commands/candidates.ts';
import { commands } from '../../main/commands/table.ts';
import { runCli } from './cli-double.ts';

const sources: Sources = {
  profiles: () => ['production', 'research'],
  services: (words) => Promise.resolve(words.length === 0 ? ['db', 'server'] : words.map((w) => `of:${w}`)),
  secrets: () => Promise.resolve(['OPENAI_API_KEY']),
  settings: () => Promise.resolve(['engine', 'port']),
  models: () => Promise.resolve(['Qwen/Qwen3-8B', 'openai/gpt-oss-20b']),
};

const complete = async (...words: string[]): Promise<string[]> =>
  (await candidates(words, sources)).map((c) => c.value);

describe('candidates', () => {
  const cases: [words: string[], values: string[]][] = [
    [['pro'], ['profiles']],
    [['--form'], ['--format']],
    [
      ['up', ''],
      ['production', 'research', 'db', 'server'],
    ],
    [['up', 'production', ''], ['of:production']],
    [['up', 'db', ''], ['server']],
    [
      ['-f', 'a.yaml', 'up', ''],
      ['of:--file', 'of:a.yaml'],
    ],
    [
      ['up', '--project', 'mine', ''],
      ['of:--project', 'of:mine'],
    ],
    // behind logs, -f follows and takes no file
    [
      ['logs', '-f', ''],
      ['production', 'research', 'db', 'server'],
    ],
    [['logs', 'production', '-f', ''], ['of:production']],
    [
      ['-f', 'a.yaml', 'logs', '-f', ''],
      ['of:--file', 'of:a.yaml'],
    ],
    [['logs', '--file', ''], []],
    [['up', '-f', ''], []],
    [['up', '--wait'], ['--wait-timeout']],
    [
      ['up', '--pull', ''],
      ['missing', 'always', 'never'],
    ],
    [['up', '--pull=a'], ['--pull=always']],
    // as bash splits it
    [['up', '--pull', '=', 'a'], ['always']],
    [
      ['up', '--pull', '='],
      ['missing', 'always', 'never'],
    ],
    [['up', '--wait-timeout', ''], []],
    [['-f', ''], []],
    [
      ['config', '--format', ''],
      ['yaml', 'json', 'text'],
    ],
    [
      ['status', ''],
      ['production', 'research'],
    ],
    [['status', 'production', ''], []],
    [
      ['secrets', 's'],
      ['set', 'show'],
    ],
    [['secrets', 'p'], ['production']],
    [['secrets', 'set', 'O'], ['OPENAI_API_KEY']],
    [['settings', 'set', 'production', 'p'], ['port']],
    [['exec', 'production', ''], ['of:production']],
    [['exec', 'db', ''], []],
    [
      ['compose', ''],
      ['production', 'research'],
    ],
    [['compose', 'production', '--', 'p'], []],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['completion', 'bash', ''], []],
    [['gpu', '--model', 'open'], ['openai/gpt-oss-20b']],
    [['gpu', '--model=Q'], ['--model=Qwen/Qwen3-8B']],
    [['gpu', '--max-length', ''], []],
    [['help', 'ver'], ['version']],
    [['nope', ''], []],
  ];
  test.each(cases)('%j', async (words, values) => {
    expect(await complete(...words)).toEqual(values);
  });

  test('every command, and no hidden one', async () => {
    const first = commands.filter((c) => !c.hidden && !c.name.includes(' ')).map((c) => c.name);
    expect(await complete('')).toEqual(first);
  });
});

describe('the script, in bash', () => {
  const folder = mkdtempSync(join(tmpdir(), 'letta-completion-'));
  beforeAll(async () => {
    const { stdout } = await runCli(['completion', 'bash']);
    writeFileSync(join(folder, 'script'), stdout);
    const bin = join(import.meta.dirname, '../../main/bin.ts');
    const node = [process.execPath, '--no-warnings', bin].join(' ');
    writeFileSync(join(folder, 'letta-stack'), `#!/bin/sh\nexec ${node} "$@"\n`, { mode: 0o755 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What bash offers for the last word, as readline would ask the function. */
  const offered = (...words: string[]): string[] => {
    const program = `. "$1/script"; shift; COMP_WORDS=(letta-stack "$@"); COMP_CWORD=$#; _letta_stack; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const env = {
      ...process.env,
      PATH: `${folder}:${process.env['PATH']}`,
      LETTA_STACK_HOME: join(folder, 'home'),
    };
    const out = execFileSync('bash', ['-c', program, 'bash', folder, ...words], { env, encoding: 'utf8' });
    return out.split('\n').filter((l) => l !== '');
  };

  test.each([
    [['stat'], ['status']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['status', 'prod'], ['production']],
    [['stop', 'production', 'ngi'], ['nginx']],
    [['secrets', 'set', 'production', 'OPENAI'], ['OPENAI_API_KEY']],
    [['config', '--format', '=', 'y'], ['yaml']],
    [['up', '--force'], ['--force-recreate']],
  ])('%j', (words, values) => {
    expect(offered(...words)).toEqual(values);
  });

  test('is registered, and offers files where it has nothing', () => {
    const said = execFileSync('bash', ['-c', '. "$1/script"; complete -p letta-stack', 'bash', folder], {
      encoding: 'utf8',
    });
    expect(said).toBe('complete -o default -F _letta_stack letta-stack\n');
  });
});
