import { describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../main/commands/parse.ts';
import { commands } from '../../main/commands/table.ts';
import { say } from '../../main/errors.ts';

const profiles = (): readonly string[] => ['production', 'research'];

function call(line: string) {
  const parsed = parseCommandLine(line.split(' '), profiles);
  if (parsed.kind !== 'call') throw new Error(JSON.stringify(parsed));
  return parsed.call;
}

describe('which stack and which services', () => {
  const cases: [
    line: string,
    command: string,
    profile: string | undefined,
    values: string[],
    rest: string[],
  ][] = [
    ['up', 'up', undefined, [], []],
    ['up production', 'up', 'production', [], []],
    ['up production db redis', 'up', 'production', ['db', 'redis'], []],
    ['up db production', 'up', undefined, ['db', 'production'], []],
    ['-f a.yaml up production', 'up', undefined, ['production'], []],
    ['--project mine up production', 'up', undefined, ['production'], []],
    ['up -f a.yaml db', 'up', undefined, ['db'], []],
    ['secrets', 'secrets', undefined, [], []],
    ['secrets production', 'secrets', 'production', [], []],
    ['secrets set KEY', 'secrets set', undefined, ['KEY'], []],
    ['--format json secrets set production KEY', 'secrets set', 'production', ['KEY'], []],
    ['settings set production port 9283', 'settings set', 'production', ['port', '9283'], []],
    ['settings set port 9283', 'settings set', undefined, ['port', '9283'], []],
    ['exec db', 'exec', undefined, ['db'], []],
    ['exec production db', 'exec', 'production', ['db'], []],
    ['exec db ls -l --all', 'exec', undefined, ['db'], ['ls', '-l', '--all']],
    ['exec production db -- ls -- x', 'exec', 'production', ['db'], ['ls', '--', 'x']],
    ['exec -u root production db sh -c x', 'exec', 'production', ['db'], ['sh', '-c', 'x']],
    ['exec production -u root db ls -u x', 'exec', 'production', ['db'], ['ls', '-u', 'x']],
    ['exec production -T -- db ls', 'exec', 'production', ['db'], ['ls']],
    ['exec db -u root', 'exec', undefined, ['db'], ['-u', 'root']],
    ['exec -f a.yaml production -u x ls', 'exec', undefined, ['production'], ['-u', 'x', 'ls']],
    ['-p mine exec production -u x ls', 'exec', undefined, ['production'], ['-u', 'x', 'ls']],
    ['-f a.yaml exec production ls', 'exec', undefined, ['production'], ['ls']],
    ['compose production -- ps --all -f x', 'compose', 'production', [], ['ps', '--all', '-f', 'x']],
    ['compose --', 'compose', undefined, [], []],
    ['completion bash', 'completion', undefined, ['bash'], []],
  ];
  test.each(cases)('%s', (line, command, profile, values, rest) => {
    const got = call(line);
    expect([got.command.name, got.profile, got.values, got.rest]).toEqual([command, profile, values, rest]);
  });
});

describe('options', () => {
  test('before and behind the command, repeated, with =', () => {
    const got = call('-f a.yaml --debug up -f b.yaml --file=c.yaml --wait-timeout 90s production');
    expect(got.list('file')).toEqual(['a.yaml', 'b.yaml', 'c.yaml']);
    expect(got.text('wait-timeout')).toBe('90s');
    expect([got.flag('debug'), got.flag('yes')]).toEqual([true, false]);
  });

  test('-f is a file before logs and follows behind it', () => {
    const got = call('-f a.yaml logs -f --file b.yaml db');
    expect([got.list('file'), got.flag('follow'), got.values]).toEqual([['a.yaml', 'b.yaml'], true, ['db']]);
  });

  test('options of exec between the profile and the service are its own', () => {
    const got = call('exec production -u root --workdir=/ db ls');
    expect([got.text('user'), got.text('workdir')]).toEqual(['root', '/']);
  });

  test('the last of an option that is not repeatable wins', () => {
    expect(call('up --pull always --pull never').text('pull')).toBe('never');
  });

  test('a name that is not in the table is a mistake of ours', () => {
    expect(() => call('up').flag('deep')).toThrow(TypeError);
  });
});

describe('what cannot be understood', () => {
  const cases: [line: string, code: string, data: Record<string, unknown>][] = [
    ['upp', 'cli.unknown-command', { name: 'upp', near: 'up' }],
    ['zzzzzz', 'cli.unknown-command', { name: 'zzzzzz' }],
    ['secrets sett KEY', 'cli.unknown-command', { name: 'secrets sett', near: 'secrets set' }],
    ['help upp', 'cli.unknown-command', { near: 'up' }],
    ['up --wait-timeuot 5', 'cli.unknown-option', { option: '--wait-timeuot', near: '--wait-timeout' }],
    ['--formt json up', 'cli.unknown-option', { option: '--formt', near: '--format' }],
    ['up -x', 'cli.unknown-option', { option: '-x', command: 'up' }],
    ['up --wait-timeout', 'cli.missing-value', { option: '--wait-timeout', value: 'TIME' }],
    ['up --wait-timeout --yes', 'cli.missing-value', { option: '--wait-timeout' }],
    ['up --yes=no', 'cli.unwanted-value', { option: '--yes', value: 'no' }],
    ['up --pull sometimes', 'cli.bad-choice', { what: '--pull', value: 'sometimes' }],
    ['ps --format jsno', 'cli.bad-choice', { what: '--format', near: 'json' }],
    ['ps --format yaml', 'cli.bad-choice', { what: '--format' }],
    ['secrets show KEY --format json', 'cli.bad-choice', { what: '--format' }],
    ['completion csh', 'cli.bad-choice', { what: 'SHELL', value: 'csh' }],
    ['completion', 'cli.missing-argument', { argument: 'SHELL' }],
    ['exec', 'cli.missing-argument', { argument: 'SERVICE' }],
    ['exec production', 'cli.missing-argument', { argument: 'SERVICE' }],
    ['secrets set', 'cli.missing-argument', { argument: 'NAME' }],
    ['settings set production port', 'cli.missing-argument', { argument: 'VALUE' }],
    ['status production db', 'cli.extra-argument', { argument: 'db' }],
    ['version x', 'cli.extra-argument', { argument: 'x' }],
    ['status prodution', 'stack.no-such-profile', { id: 'prodution', known: ['production', 'research'] }],
    ['secrets set prodution KEY', 'stack.no-such-profile', { id: 'prodution' }],
    ['-f a.yaml status x', 'cli.extra-argument', { argument: 'x' }],
    ['compose production ps', 'cli.no-separator', { argument: 'ps' }],
  ];
  test.each(cases)('%s', (line, code, data) => {
    const parsed = parseCommandLine(line.split(' '), profiles);
    expect(parsed.kind === 'errors' && parsed.errors).toEqual([
      { code, data: expect.objectContaining(data) },
    ]);
  });

  test('all problems of a command line are told together', () => {
    const parsed = parseCommandLine(['up', '--nope', '--pull', 'x', '--yes=1'], profiles);
    const codes = parsed.kind === 'errors' && parsed.errors.map((e) => e.code);
    expect(codes).toEqual(['cli.unknown-option', 'cli.unwanted-value', 'cli.bad-choice']);
  });
});

describe('a key that was typed behind the name of a secret is not repeated', () => {
  const set = { command: 'secrets set', usage: 'letta-stack secrets set [PROFILE] NAME' };
  test.each([
    ['secrets set production OPENAI_API_KEY sk-canary', set],
    ['secrets set OPENAI_API_KEY sk-canary', set],
    ['secrets set sk-canary OPENAI_API_KEY', set],
    ['secrets set OPENAI_API_KEY --sk-canary', set],
    ['secrets set OPENAI_API_KEY --debug=sk-canary', set],
    ['secrets OPENAI_API_KEY sk-canary', set],
    ['secrets OPENAI_API_KEY=sk-canary', set],
    ['-f a.yaml secrets unset sk-canary NAME', { command: 'secrets unset' }],
    ['secrets show OPENAI_API_KEY sk-canary', { command: 'secrets show' }],
  ])('%s', (line, data) => {
    const parsed = parseCommandLine(line.split(' '), profiles);
    const errors = parsed.kind === 'errors' ? parsed.errors : [];
    expect(errors).toEqual([{ code: 'cli.secret-typed', data: expect.objectContaining(data) }]);
    expect(JSON.stringify(errors.map((e) => say(e)))).not.toMatch(/canary|OPENAI/);
  });
});

test.each([
  ['', undefined],
  ['--help', undefined],
  ['help', undefined],
  ['help secrets set', 'secrets set'],
  ['up --help', 'up'],
  ['exec production --help', 'exec'],
  ['up -h --nope', undefined],
  ['--help up', 'up'],
  // asked for help, nobody minds what is missing
  ['secrets set --help', 'secrets set'],
])('help: %j', (line, command) => {
  const parsed = parseCommandLine(line === '' ? [] : line.split(' '), profiles);
  if (line.includes('--nope')) expect(parsed).toMatchObject({ kind: 'help', command: { name: 'up' } });
  else
    expect(parsed).toEqual({
      kind: 'help',
      ...(command && { command: expect.objectContaining({ name: command }) }),
    });
});

test.each(['--version', '-V', '--format json --version', '-V --format json', '--version up --pull x'])(
  '%s is the command of that name',
  (line) => {
    const got = call(line);
    expect([got.command.name, got.values, got.text('format')]).toEqual([
      'version',
      [],
      line.includes('json') ? 'json' : undefined,
    ]);
  },
);

test('a version is asked for before a command, not behind it', () => {
  expect(parseCommandLine(['up', '--version'], profiles)).toMatchObject({
    errors: [{ code: 'cli.unknown-option' }],
  });
  expect(parseCommandLine(['--version', '--help'], profiles)).toEqual({ kind: 'help' });
});

describe('the table itself', () => {
  test.each(commands.map((c) => [c.name, c] as const))('%s', (_name, command) => {
    const letters = Object.values(command.options).flatMap((o) => o.short ?? []);
    expect(new Set(letters).size).toBe(letters.length);
    expect(command.hidden === true || command.examples.length > 0).toBe(true);
    // every example is a command line that is understood as this command
    for (const example of command.examples) {
      const words = example
        .replace(/ [<>].*/, '')
        .replaceAll(/["']/g, '')
        .split(' ')
        .slice(1);
      expect(call(words.join(' ')).command.name).toBe(command.name);
    }
    // only the last argument may take all that follow, and none that must be there stands behind one that need not
    const first = command.arguments.findIndex((a) => a.optional);
    expect(command.arguments.slice(first).every((a) => first < 0 || a.optional)).toBe(true);
    expect(command.arguments.slice(0, -1).every((a) => !a.many)).toBe(true);
  });

  test.each(commands.map((c) => [c.name, c] as const))('%s can be loaded', async (_name, command) => {
    expect(typeof (await command.load()).run).toBe('function');
  });
});
