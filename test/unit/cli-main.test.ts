import { deletesVolumes } from '../../main/commands/compose.ts';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import * as shapes from '../../main/commands/json-shapes.ts';
import { commands } from '../../main/commands/table.ts';
import { GpuReport, Operation, ServiceState, Snapshot, StackState } from '../../main/contract.ts';
import { appError, failure } from '../../main/errors.ts';
import { sealAge } from '../../main/system/age.ts';
import { loadProject } from '../../main/model/load.ts';
import { noSuchSecret } from '../../main/stack/profile-secrets.ts';
import type { SecretState } from '../../main/stack/stack-types.ts';
import { FakeCore, fakeTerminal, logLines, runCli, runningState } from './cli-double.ts';
import { loadOptions, memoryFiles } from './memory-files.ts';

describe('--format json prints exactly the documented shape', () => {
  const cases: [line: string, shape: z.ZodType][] = [
    ['profiles', shapes.ProfilesJson],
    ['plan', shapes.PlanJson],
    ['up', StackState],
    ['down', StackState],
    ['remove production --yes-delete letta-production', shapes.RemoveJson],
    ['start', StackState],
    ['stop db', StackState],
    ['restart', StackState],
    ['cancel', Operation.nullable()],
    ['ps', z.array(ServiceState)],
    ['status --deep', Snapshot],
    ['open', shapes.OpenJson],
    ['settings', shapes.SettingsJson],
    ['settings get engine', shapes.SettingJson],
    ['settings set production port 9283', shapes.SettingJson],
    ['settings unset production port', shapes.SettingJson],
    ['secrets', shapes.SecretsJson],
    ['secrets set OPENAI_API_KEY', shapes.SecretSetJson],
    ['secrets unset OPENAI_API_KEY', shapes.SecretUnsetJson],
    ['history', shapes.HistoryJson],
    ['doctor', shapes.DoctorJson],
    ['gpu', GpuReport],
    ['gpu --model Qwen/Qwen3-8B --max-length 32768', GpuReport],
    ['version', shapes.VersionJson],
  ];
  test.each(cases)('%s', async (line, shape) => {
    const at = fakeTerminal({ stdin: 'sk-proj-0123456789abcdef\n' });
    const { code, stdout, stderr } = await runCli(
      [...line.split(' '), '--format', 'json'],
      new FakeCore(),
      at,
    );
    expect([code, stderr]).toEqual([0, '']);
    const printed: unknown = JSON.parse(stdout);
    expect(shape.parse(printed)).toEqual(printed);
  });

  const model = () =>
    Promise.resolve(
      loadProject(
        loadOptions(memoryFiles({ '/p/compose.yaml': 'services: { b: { image: b }, a: { image: a } }' })),
      ),
    );

  test.each([
    ['*', ['a', 'b']],
    ['b', ['b']],
  ])('config --hash %s', async (wanted, services) => {
    const fake = new FakeCore({ load: model });
    const { stdout } = await runCli(['config', '--hash', wanted, '--format', 'json'], fake);
    const printed = shapes.HashesJson.parse(JSON.parse(stdout));
    expect(Object.keys(printed)).toEqual(services);
    expect((await runCli(['config', '--hash', wanted], fake)).stdout).toBe(
      services.map((s) => `${s} ${printed[s]}\n`).join(''),
    );
  });

  test('every command has JSON in its help, or refuses to print it, as the README says', async () => {
    const shown = commands.filter((c) => !c.hidden);
    const without = shown.filter((c) => c.formats !== undefined && !c.formats.includes('json'));
    expect(shown.filter((c) => c.json === undefined)).toEqual(without);
    const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
    const [names = ''] = /`exec`.* have text only/.exec(readme) ?? [];
    expect([...names.matchAll(/`([^`]+)`/g)].map((m) => String(m[1])).toSorted()).toEqual(
      without.map((c) => c.name).toSorted(),
    );
    const asked = ['exec --format json db', 'compose --format json -- ps'];
    for (const line of asked) expect(await runCli(line.split(' '))).toMatchObject({ code: 2, stdout: '' });
  });

  test('commands that go on print one value on a line', async () => {
    const logs = await runCli(['logs', '--format=json']);
    const lines = logs.stdout.trimEnd().split('\n');
    expect(lines.map((l) => shapes.LogLineJson.parse(JSON.parse(l)))).toEqual(logLines);
    const watched = await runCli(['status', '--watch', '--format=json']);
    const snapshots = watched.stdout
      .trimEnd()
      .split('\n')
      .map((l) => Snapshot.parse(JSON.parse(l)));
    expect(snapshots.map((s) => [s.revision, s.stacks[0]?.status])).toEqual([
      [1, 'running'],
      [2, 'degraded'],
    ]);
  });

  test('errors are JSON on stderr, with the exit code of the table', async () => {
    const refused = new FakeCore({
      up: () => Promise.reject(failure('engine.half-open', { endpoint: 'x', ms: 5 })),
    });
    const { code, stdout, stderr } = await runCli(['up', '--format', 'json'], refused);
    expect([code, stdout]).toEqual([3, '']);
    expect(shapes.ErrorsJson.parse(JSON.parse(stderr)).errors[0]?.code).toBe('engine.half-open');
    const misspelt = await runCli(['upp', '--format', 'json']);
    expect(misspelt.code).toBe(2);
    expect(shapes.ErrorsJson.parse(JSON.parse(misspelt.stderr)).errors[0]?.code).toBe('cli.unknown-command');
    const traced = await runCli(['up', '--format', 'json', '--debug'], refused);
    expect(shapes.ErrorsJson.parse(JSON.parse(traced.stderr)).debug).toContain('cli-main.test.ts');
  });

  test('a log with secrets in it is printed, and stderr says so', async () => {
    const fake = new FakeCore({
      logs: async function* ({ onUnredacted }) {
        onUnredacted?.([appError('secrets.left-in', {})]);
        yield* logLines;
      },
    });
    const { code, stdout, stderr } = await runCli(['logs'], fake);
    expect([code, stdout]).toEqual([0, (await runCli(['logs'])).stdout]);
    expect(stderr).toMatch(/^warning: Secrets are not taken out of these lines/);
    const json = await runCli(['logs', '--format', 'json'], fake);
    expect(shapes.WarningsJson.parse(JSON.parse(json.stderr)).warnings[0]?.code).toBe('secrets.left-in');
  });

  test('warnings are JSON on stderr', async () => {
    const warned = new FakeCore({
      up: (_request, io) => {
        const data = { model: 'm', parser: 'hermes', wanted: 'mistral' };
        io.onWarning?.(appError('gpu.other-parser', data));
        return Promise.resolve(runningState);
      },
    });
    const { stderr } = await runCli(['up', 'production', '--format', 'json'], warned);
    expect(shapes.WarningsJson.parse(JSON.parse(stderr)).warnings).toEqual([
      // it names the stack as it was named
      expect.objectContaining({
        code: 'gpu.other-parser',
        next: 'Set its own: letta-stack settings set production tool-parser mistral',
      }),
    ]);
  });
});

describe('text', () => {
  test('what a plan warns of names the stack as it was named', async () => {
    const warning = appError('gpu.other-parser', { model: 'm', parser: 'hermes', wanted: 'mistral' });
    const plan = await new FakeCore().stack.plan({});
    const warned = new FakeCore({ plan: () => Promise.resolve({ ...plan, warnings: [warning] }) });
    const next = 'letta-stack settings set production tool-parser mistral';
    expect((await runCli(['plan', 'production'], warned)).stdout).toContain(next);
    const json = await runCli(['plan', 'production', '--format', 'json'], warned);
    expect(shapes.PlanJson.parse(JSON.parse(json.stdout)).warnings[0]?.next).toContain(next);
  });

  test('an error says what happened and what to do, and nothing goes to stdout', async () => {
    const { code, stdout, stderr } = await runCli(['upp']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      'error: There is no command "upp". Did you mean up?\n       letta-stack --help shows all commands.\n',
    );
  });

  test.each([
    [['logs', 'production'], 'letta-stack start production db'],
    [['logs', '--file', 'a b.yaml', '--project', 'p'], "letta-stack start --file 'a b.yaml' --project p db"],
    [
      ['logs', '-f', '--file', 'a.yaml', '--env-file', 'dev env', '--profile', 'x', '--profile', 'y'],
      "letta-stack start --file a.yaml --env-file 'dev env' --profile x --profile y db",
    ],
    [['logs', '--profile', 'x'], 'letta-stack start --profile x db'],
    [['logs'], 'letta-stack start db'],
  ])('%j: what to do next names the stack as it was named', async (argv, command) => {
    const stopped = new FakeCore({
      logs: () => {
        throw failure('stack.not-running', { service: 'db', status: 'stopped' });
      },
    });
    const { stderr } = await runCli(argv, stopped);
    expect(stderr).toContain(`Start it with: ${command}\n`);
    const json = await runCli([...argv, '--format', 'json'], stopped);
    expect(shapes.ErrorsJson.parse(JSON.parse(json.stderr)).errors[0]?.next).toBe(
      `Start it with: ${command}`,
    );
  });

  test.each([
    [['doctor', 'production'], 'letta-stack settings production names its settings'],
    [['doctor'], 'letta-stack settings names its settings'],
  ])('%j: how to repair it names the stack as it was named', async (argv, fix) => {
    expect((await runCli(argv)).stdout).toContain(`fix: ${fix}\n`);
    const json = shapes.DoctorJson.parse(JSON.parse((await runCli([...argv, '--format', 'json'])).stdout));
    expect(json[0]?.fix).toBe(fix);
  });

  test('a stack that is named by a project alone needs its profile or its file', async () => {
    const never = new FakeCore({
      up: () => Promise.reject(failure('stack.not-applied', { project: 'mine' })),
    });
    const { stderr } = await runCli(['up', '--project', 'mine'], never);
    expect(stderr).toContain('its profile (letta-stack up production)');
    expect(stderr).toContain('its file (letta-stack up -f FILE --project mine)');
  });

  test('what nobody foresaw is an error of its own; --debug shows where it came from', async () => {
    const broken = new FakeCore({ status: () => Promise.reject(new RangeError('too far')) });
    expect(await runCli(['ps'], broken)).toMatchObject({ code: 1, stderr: expect.stringMatching(/too far/) });
    const { stderr } = await runCli(['ps', '--debug'], broken);
    expect(stderr).toContain('RangeError: too far\n    at ');
  });

  test('up: where it answers, that it is retired, once, and how to stop it', async () => {
    const { code, stdout } = await runCli(['up', 'production']);
    expect([code, stdout]).toEqual([
      0,
      `letta-production is running. All services are well.
  API  http://127.0.0.1:8283/v1/
retired: Letta archived its V1 server.
Stop it with: letta-stack stop production  (down removes its containers too; data stays)
`,
    ]);
  });

  test('up passes on what was asked', async () => {
    const fake = new FakeCore();
    await runCli(
      ['-f', 'a.yaml', 'up', 'db', '--pull', 'never', '--wait-timeout', '90s', '--env-file', '/e'],
      fake,
    );
    expect(fake.calls).toEqual([
      ['stack', { files: ['/home/me/a.yaml'], envFiles: ['/e'], directory: '/home/me' }],
      ['up', { services: ['db'], pull: 'never', waitTimeoutMs: 90_000 }],
    ]);
  });

  test('an empty project name is refused, whatever the command reads', async () => {
    const fake = new FakeCore();
    const { code, stderr } = await runCli(['down', '--project', ''], fake);
    expect([code, fake.calls]).toEqual([2, []]);
    expect(stderr).toContain('"" is not a project name');
  });

  test('without a terminal nothing is confirmed, unless it was said in advance', async () => {
    const asked: boolean[] = [];
    const asking = new FakeCore({
      up: async (_request, io) => {
        asked.push(await io.confirm([{ kind: 'other-engine', subject: 'x', text: 'Another engine.' }]));
        return runningState;
      },
    });
    await runCli(['up'], asking);
    await runCli(['up', '--yes'], asking);
    expect(asked).toEqual([false, true]);
  });

  test('a volume is deleted only when its name was typed', async () => {
    const stray = await runCli(['down', '--volumes', 'a', '--yes-delete', 'b']);
    expect(stray).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes-delete b') });
  });

  test('a removal says what goes, also by a word given in advance; its end says what it has left', async () => {
    const text = 'Everything of letta-production is removed for good:\n  kept: network front (used by x)';
    const asking = new FakeCore({
      remove: async (io) => {
        await io.confirm([{ kind: 'remove-stack', subject: 'letta-production', text }]);
      },
    });
    const { stdout, stderr } = await runCli(['remove', '--yes-delete', 'letta-production'], asking);
    expect(stderr).toBe(`${text}\n`);
    const asJson = await runCli(['remove', '--yes-delete', 'letta-production', '--format', 'json'], asking);
    expect(asJson.stderr).toBe('');
    expect(stdout).toMatch(
      /is removed, .* but for what was listed as kept\..* another secret store, old versions .* volumes without a name/,
    );
  });

  test('logs that match, and a pattern that is none', async () => {
    expect((await runCli(['logs', '--grep', 'GET|POST'])).stdout).toBe('nginx | GET / 200\n');
    expect(await runCli(['logs', '--grep', '('])).toMatchObject({ code: 2, stdout: '' });
  });

  test('help goes to stdout', async () => {
    expect(await runCli([])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('Commands:'),
    });
    // the order in which the core looks
    expect((await runCli([])).stdout).toMatch(
      /none is named: the current stack,[^]*the Compose file of this/,
    );
    expect((await runCli(['help', 'secrets', 'set'])).stdout).toContain(
      'Usage: letta-stack secrets set [PROFILE] NAME',
    );
  });
});

describe('settings', () => {
  test('of a stack, by name, checked by their type; unset takes them back', async () => {
    const fake = new FakeCore();
    expect((await runCli(['settings', 'set', 'production', 'port', '9283'], fake)).stdout).toBe(
      'port = 9283  (taken with the next: letta-stack up production)\n',
    );
    expect(fake.settings.stacks).toEqual({
      'letta-production': { profile: 'production', variables: { LETTA_STACK_PORT: '9283' } },
    });
    expect((await runCli(['settings', 'get', 'production', 'port'], fake)).stdout).toBe('9283\n');
    expect((await runCli(['settings'], fake)).stdout).toContain('  * port  9283  Port (default: 8283)\n');
    expect(await runCli(['settings', 'set', 'production', 'port', '0'], fake)).toMatchObject({ code: 2 });
    await runCli(['settings', 'unset', 'production', 'port'], fake);
    expect(fake.settings.stacks['letta-production']?.variables).toEqual({});
    expect((await runCli(['settings', 'get', 'production', 'port'], fake)).stdout).toBe('8283\n');
  });

  test('that are as the stack was brought up already are not said to be taken', async () => {
    const fake = new FakeCore();
    fake.applied = { variables: { LETTA_STACK_PORT: '8283' } };
    const said = async (...change: string[]): Promise<string> =>
      (await runCli(['settings', ...change], fake)).stdout;
    expect(await said('set', 'production', 'port', '9283')).toContain('taken with the next');
    expect(await said('unset', 'production', 'port')).toBe('port = 8283\n');
    expect(await said('unset', 'production', 'port')).toBe('port = 8283\n');
    fake.applied = { variables: { LETTA_STACK_PORT: '9283' } };
    expect(await said('unset', 'production', 'port')).toContain('taken with the next');
  });

  test('for everything', async () => {
    const fake = new FakeCore();
    expect(await runCli(['settings', 'set', 'secretStore', 'file'], fake)).toMatchObject({
      code: 0,
      stdout: 'secretStore = file\nSecrets in the other store stay there; none is copied.\n',
    });
    expect(fake.settings.secretStore).toBe('file');
    expect(await runCli(['settings', 'set', 'secretStore', 'paper'], fake)).toMatchObject({ code: 2 });
    await runCli(['settings', 'unset', 'secretStore'], fake);
    expect(fake.settings).toEqual({ version: 1, stacks: {} });
    expect((await runCli(['settings', 'get', 'mirror'], fake)).stdout).toBe('');
    expect(await runCli(['settings', 'get', 'production', 'nope'], fake)).toMatchObject({ code: 2 });
  });
});

describe('secrets', () => {
  test('from stdin, without its one line end', async () => {
    const fake = new FakeCore();
    const at = fakeTerminal({ stdin: ' two\nlines\n\n' });
    const { code, stdout, stderr } = await runCli(['secrets', 'set', 'OPENAI_API_KEY'], fake, at);
    expect([code, fake.values.get('OPENAI_API_KEY')]).toEqual([0, ' two\nlines\n']);
    expect(stderr).toContain('may be wrong: ');
    expect(stdout).not.toContain('two');
  });

  test.each<[given: string, doubt: string | undefined]>([
    ['sk-proj-0123456789abcdef', undefined],
    ['x', 'keys of OpenAI begin with sk-'],
    ['"sk-proj-0123456789abcdef"', 'it has quotes around it'],
    [' sk-proj-0123456789abcdef', 'it has a space, a line break or what cannot be seen around it'],
    ['sk-proj-0123456789\u200Babcdef', 'character 19 of it is no plain letter, digit or sign'],
  ])('what may be no key is stored as it is given, with a warning: %j', async (given, doubt) => {
    const fake = new FakeCore();
    const at = fakeTerminal({ stdin: `${given}\n` });
    const { code, stdout, stderr } = await runCli(['secrets', 'set', 'OPENAI_API_KEY'], fake, at);
    expect([code, fake.values.get('OPENAI_API_KEY')]).toEqual([0, given]);
    if (doubt === undefined) expect(stderr).toBe('');
    else
      expect(stderr).toContain(
        `warning: OPENAI_API_KEY is stored as it was given, and may be wrong: ${doubt}`,
      );
    expect(stdout + stderr).not.toContain('0123456789');
  });

  test('typed, and never shown', async () => {
    const fake = new FakeCore();
    const at = fakeTerminal({ tty: true });
    const done = runCli(['secrets', 'set', 'OPENAI_API_KEY'], fake, at);
    await until(() => at.stdin.raw);
    at.stdin.write('sk-canary\r');
    expect((await done).code).toBe(0);
    expect(fake.values.get('OPENAI_API_KEY')).toBe('sk-canary');
    expect(at.stdout.text + at.stderr.text).not.toContain('sk-canary');
    expect(at.stdin.raw).toBe(false);
  });

  test('what is empty or unknown is refused before anything is kept', async () => {
    const fake = new FakeCore();
    expect(
      await runCli(['secrets', 'set', 'OPENAI_API_KEY'], fake, fakeTerminal({ stdin: '\n' })),
    ).toMatchObject({
      code: 2,
    });
    expect(await runCli(['secrets', 'set', 'NOPE'], fake, fakeTerminal({ stdin: 'x' }))).toMatchObject({
      code: 2,
    });
    expect(fake.values.size).toBe(0);
  });

  test.each(['set', 'unset', 'show'])('a key in the place of the name is not repeated: %s', async (what) => {
    for (const typed of ['OPENAI_API_KEY=sk-canary', 'sk-canary']) {
      const { code, stdout, stderr } = await runCli(
        ['secrets', what, 'production', typed, '--debug'],
        new FakeCore({ unsetSecret: (name) => Promise.reject(noSuchSecret(name, ['OPENAI_API_KEY'])) }),
        fakeTerminal({ stdin: 'x' }),
      );
      expect(code).toBe(2);
      expect(stdout + stderr).not.toContain('canary');
    }
    const near = await runCli(
      ['secrets', 'set', 'OPENAI_API_KY'],
      new FakeCore(),
      fakeTerminal({ stdin: 'x' }),
    );
    expect(near.stderr).toContain('Did you mean OPENAI_API_KEY?');
  });

  test('a value that looks like an option is told how it is given', async () => {
    const { code, stderr } = await runCli(['settings', 'set', 'vllm', 'vllm-arguments', '--foo 2']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('stands after --')]);
  });

  test("a provider's key can be set where the current stack is a file that takes none", async () => {
    const fake = new FakeCore();
    Object.assign(fake.stack, { block: undefined, project: 'mine' });
    const at = fakeTerminal({ stdin: 'sk-1' });
    const { code, stderr } = await runCli(['secrets', 'set', 'OPENAI_API_KEY'], fake, at);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('takes no secrets')]);
    expect(fake.calls).toContainEqual(['stack', expect.objectContaining({ profile: 'production' })]);
  });

  test.each([
    ['bytes that are no text', Buffer.from([0x73, 0x6b, 0xff, 0xfe]), 'no text in UTF-8'],
    ['more than any secret has', Buffer.alloc(1_000_003, 'x'), 'more than 1000000 bytes'],
  ])('%s are refused', async (_name, bytes, problem) => {
    const fake = new FakeCore();
    const at = fakeTerminal();
    at.stdin.end(bytes);
    const { code, stderr } = await runCli(['secrets', 'set', 'OPENAI_API_KEY'], fake, at);
    expect([code, fake.values.size]).toEqual([2, 0]);
    expect(stderr).toContain(problem);
  });

  const confirming = () =>
    new FakeCore({
      setSecret: (name, _value, confirmed) =>
        confirmed === name
          ? Promise.resolve([])
          : Promise.reject(
              failure('secrets.confirm-unreadable', { name, unreadable: 'all keys', volume: 'v' }),
            ),
    });

  test.each([
    ['its name', 'OPENAI_API_KEY\n', 0],
    ['something else', 'yes\n', 2],
  ])('data that becomes unreadable: %s typed', async (_name, typed, code) => {
    const at = fakeTerminal({ tty: true });
    const done = runCli(['secrets', 'set', 'OPENAI_API_KEY'], confirming(), at);
    await until(() => at.stdin.raw);
    at.stdin.write('value\r');
    await until(() => at.stderr.text.includes('Type OPENAI_API_KEY to go on: '));
    at.stdin.write(typed);
    expect((await done).code).toBe(code);
    expect(at.stderr.text).toContain('all keys');
  });

  test('what the user should know of it is said, and it is set all the same', async () => {
    const untold = appError('secrets.password-untold', { name: 'OPENAI_API_KEY', service: 'db' });
    const fake = new FakeCore({ setSecret: () => Promise.resolve([untold]) });
    const { code, stderr } = await runCli(
      ['secrets', 'set', 'OPENAI_API_KEY'],
      fake,
      fakeTerminal({ stdin: 'value' }),
    );
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('warning: OPENAI_API_KEY must be the password'),
    ]);
  });

  test('data that becomes unreadable: refused without a terminal', async () => {
    const at = fakeTerminal({ stdin: 'value' });
    expect((await runCli(['secrets', 'set', 'OPENAI_API_KEY'], confirming(), at)).code).toBe(2);
  });

  test('show prints the value alone', async () => {
    const fake = new FakeCore();
    fake.values.set('OPENAI_API_KEY', 'sk-1');
    expect((await runCli(['secrets', 'show', 'OPENAI_API_KEY'], fake)).stdout).toBe('sk-1\n');
    expect((await runCli(['secrets', 'show', 'CREDENTIALS'], fake)).code).toBe(1);
  });

  test('import says what a file has, stores what is of the stack, and deletes it where that is asked for', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'letta-stack-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, '.env');
    const write = (): void =>
      writeFileSync(
        file,
        'export OPENAI_API_KEY="sk-proj-canary-01234567"\r\nLETTA_POOL_SIZE=9\r\nMINE=1\r\n',
      );
    const imported = async (
      args: readonly string[],
      fake = new FakeCore(),
      at = fakeTerminal({ stdin: '' }),
    ) => {
      const ended = await runCli(['secrets', 'import', 'production', file, ...args], fake, at);
      expect(ended.stdout + ended.stderr).not.toContain('canary');
      return { ...ended, stored: fake.values.get('OPENAI_API_KEY') };
    };
    write();
    const text = await imported([]);
    expect([text.code, text.stored, existsSync(file)]).toEqual([0, 'sk-proj-canary-01234567', true]);
    for (const words of [
      'OPENAI_API_KEY',
      'LETTA_POOL_SIZE: it is LETTA_PG_POOL_SIZE',
      'MINE',
      'still has them',
    ])
      expect(text.stdout).toContain(words);
    const { stdout } = await imported(['--delete', '--format', 'json']);
    expect(shapes.SecretsImportJson.parse(JSON.parse(stdout))).toEqual({
      file,
      taken: ['OPENAI_API_KEY'],
      left: [],
      invented: ['LETTA_POOL_SIZE'],
      others: ['MINE'],
      deleted: true,
    });
    expect(existsSync(file)).toBe(false);
    expect((await imported([])).code).toBe(2);
    // asked twice, and both times without a word
    write();
    const at = fakeTerminal({ tty: true });
    const done = imported([], new FakeCore(), at);
    await until(() => at.stdout.text.includes('[y/N]') || at.stderr.text.includes('[y/N]'));
    at.stdin.write('n\r');
    expect(await done).toMatchObject({ code: 1, stored: undefined });
    expect(existsSync(file)).toBe(true);
  });

  test('import deletes no file that has what is stored nowhere, and asks by its name', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'letta-stack-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, '.env');
    writeFileSync(file, 'OPENAI_API_KEY=sk-proj-0123456789abcdef\nDATABASE_BACKUP_PASSWORD=canary\n');
    const fake = new FakeCore();
    const args = ['secrets', 'import', 'production', file];
    const text = await runCli([...args, '--yes', '--delete'], fake);
    expect([text.code, fake.values.get('OPENAI_API_KEY')]).toEqual([1, 'sk-proj-0123456789abcdef']);
    expect(text.stderr).toContain(
      `${file} was not deleted: it has what is stored nowhere: DATABASE_BACKUP_PASSWORD`,
    );
    expect(text.stdout + text.stderr).not.toContain('canary');
    const { code, stdout } = await runCli([...args, '--delete', '--format', 'json'], fake);
    expect([code, shapes.SecretsImportJson.parse(JSON.parse(stdout))]).toMatchObject([
      1,
      { left: ['DATABASE_BACKUP_PASSWORD'], deleted: false },
    ]);
    // all else is stored already: the one question is that for the file
    const at = fakeTerminal({ tty: true });
    const done = runCli(args, fake, at);
    await until(() => at.stderr.text.includes('[y/N]'));
    expect(at.stderr.text).toContain('DATABASE_BACKUP_PASSWORD would be lost. Delete ');
    at.stdin.write('n\r');
    expect((await done).code).toBe(0);
    expect(existsSync(file)).toBe(true);
  });

  test('export asks the store for every name, whatever the state knows, and says what it misses', async () => {
    const state = (name: string, set: boolean): SecretState => ({
      name,
      label: name,
      scope: name === 'TOKEN' ? 'stack' : 'global',
      required: name === 'TOKEN',
      set,
    });
    // one that only the store knows, one that only the state knows, and one that neither does
    const secrets = [state('OPENAI_API_KEY', false), state('CREDENTIALS', true), state('OTHER', false)];
    // and one that the stack makes with its first start, which settings are none of
    secrets.push(state('TOKEN', false));
    const fake = new FakeCore({ secrets: () => Promise.resolve(secrets) });
    fake.settings = { version: 1, stacks: { 'letta-production': { variables: { PORT: '1' } } } };
    fake.values.set('OPENAI_API_KEY', 'sk-1');
    const { env, folder } = withPassphrase();
    const exported = async (...args: string[]): Promise<string> => {
      const at = fakeTerminal();
      const terminal = { ...at.terminal, cwd: folder, env };
      return (await runCli(['secrets', 'export', ...args], fake, { ...at, terminal })).stdout;
    };
    expect(shapes.SecretsExportJson.parse(JSON.parse(await exported('a.age', '--format', 'json')))).toEqual({
      file: join(folder, 'a.age'),
      names: ['global/OPENAI_API_KEY'],
      missing: ['global/CREDENTIALS'],
    });
    fake.applied = { variables: {} };
    expect(await exported('b.age')).toContain(
      'Not in the secret store, and so not in it:\n  global/CREDENTIALS\n  letta-production/TOKEN\n',
    );
  });

  test('import puts back what export writes, and leaves what is set', async () => {
    const { env, folder } = withPassphrase();
    const file = join(folder, 'keys.age');
    const run = (fake: FakeCore, ...argv: string[]) => {
      const at = fakeTerminal({ stdin: '' });
      const terminal = { ...at.terminal, cwd: folder, env };
      return runCli(['secrets', ...argv, file], fake, { ...at, terminal });
    };
    const entries = {
      'global/OPENAI_API_KEY': 'sk-canary',
      'global/CREDENTIALS': '{"canary":\n1}\n',
      'mine/X': 'x',
    };
    const sealed = await sealAge(entries, PASSPHRASE, 1);
    writeFileSync(file, sealed);

    const lost = new FakeCore();
    lost.values.set('CREDENTIALS', 'another');
    const { code, stdout, stderr } = await run(lost, 'import');
    expect([code, stdout]).toEqual([
      0,
      `Secrets that it takes\n  global/OPENAI_API_KEY\n\nLeft out, since another value is set\n  global/CREDENTIALS\n\nOf no stack that is meant here\n  mine/X\n1 of 1 are stored. ${file} stays as it is.\n`,
    ]);
    expect([...lost.values]).toEqual([
      ['CREDENTIALS', 'another'],
      ['OPENAI_API_KEY', 'sk-canary'],
    ]);
    expect(stdout + stderr).not.toContain('canary');

    const again = await run(lost, 'import', '--delete', '--format', 'json');
    expect([again.code, shapes.SecretsImportJson.parse(JSON.parse(again.stdout))]).toEqual([
      1,
      { file, taken: [], left: ['global/CREDENTIALS'], invented: [], others: ['mine/X'], deleted: false },
    ]);
    expect(readFileSync(file)).toEqual(Buffer.from(sealed));

    const secrets = () => Promise.resolve([]);
    const none = await run(new FakeCore({ secrets }), 'import');
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('that any stack here can take')]);
  });
});

const PASSPHRASE = 'a passphrase of the test';

function withPassphrase(): { folder: string; env: Record<string, string> } {
  const folder = mkdtempSync(join(tmpdir(), 'letta-stack-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const passphrase = join(folder, 'passphrase');
  writeFileSync(passphrase, `${PASSPHRASE}\n`, { mode: 0o600 });
  return { folder, env: { LETTA_STACK_PASSPHRASE_FILE: passphrase } };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('what compose is not passed on to do', () => {
  test.each([
    [['down', '-v'], true],
    [['down', '--volumes'], true],
    [['--profile', 'x', 'down', '-t', '5', '-v'], true],
    [['down', '-tv'], true],
    [['down', '--volumes=true'], true],
    [['down', '--volumes=1'], true],
    [['down', '--volumes=t'], true],
    [['down', '--volumes=TRUE'], true],
    [['down', '-v=1'], true],
    [['down', '-v=true'], true],
    [['down', '-v='], true],
    [['down', '--volumes=false'], false],
    [['down', '-v=0'], false],
    [['down', '-v=F'], false],
    [['down'], false],
    [['down', '--remove-orphans'], false],
    [['ps', '-a'], false],
    [['logs', '--tail', '5', '-f'], false],
  ])('%j deletes volumes: %s', (args, deletes) => {
    expect(deletesVolumes(args)).toBe(deletes);
  });
});
