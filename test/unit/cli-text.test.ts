import { describe, expect, test } from 'vitest';
import type { StackState } from '../../main/contract.ts';
import { confirmAll } from '../../main/commands/confirm.ts';
import { exitCode, findingsText } from '../../main/commands/doctor.ts';
import { commandFor } from '../../main/commands/exec.ts';
import { helpOn, helpOnAll } from '../../main/commands/help.ts';
import { historyText } from '../../main/commands/history.ts';
import { Interrupts } from '../../main/commands/interrupts.ts';
import { logText } from '../../main/commands/log-text.ts';
import { opener } from '../../main/commands/open.ts';
import { linesOf, millisecondsOf, regexOf, sinceOf } from '../../main/commands/options.ts';
import { HiddenInput } from '../../main/commands/prompt.ts';
import { secretsText } from '../../main/commands/secrets-list.ts';
import { psText, stateText, urlsText } from '../../main/commands/state-text.ts';
import { makeStyle, styleOf, widthOf } from '../../main/commands/style.ts';
import { commands } from '../../main/commands/table.ts';
import { explain } from '../../main/commands/target.ts';
import { ago, columns, span } from '../../main/commands/text.ts';
import { globalProblem, withoutUserInfo } from '../../main/system/global-settings.ts';
import { parseCommandLine } from '../../main/commands/parse.ts';
import { hasCode } from '../../main/errors.ts';
import type { Confirmation } from '../../main/stack/plan-types.ts';
import { runningState } from './cli-double.ts';

const plain = makeStyle(false);
const NOW = Date.parse('2026-01-31T12:00:00Z');

test('status', () => {
  expect(stateText(runningState, plain, NOW)).toBe(
    `letta-production  ✓ running  All services are well.
profile production 1
retired: Letta archived its V1 server.

SERVICE  STATUS     STARTED    PORTS
db       ✓ healthy  2 h ago    -
nginx    ✓ running  2 min ago  127.0.0.1:8283→80/tcp

  API  http://127.0.0.1:8283/v1/
`,
  );
});

test('status of what does not run shows no address: nothing answers there', () => {
  const services = runningState.services.map((s) => ({ ...s, status: 'stopped' as const, ports: [] }));
  const text = stateText({ ...runningState, status: 'stopped', services }, plain, NOW);
  expect(text).toContain('nginx    · stopped');
  expect(text).not.toContain('http');
});

test('status with causes, probes and an operation', () => {
  const cause = {
    kind: 'health' as const,
    sentence: 'server fails its health check',
    detail: 'connection refused\nagain\u001B[2J',
    log: ['Traceback'],
  };
  const state: StackState = {
    ...runningState,
    status: 'degraded',
    sentence: `${cause.sentence}.`,
    services: [{ name: 'server', status: 'unhealthy', cause, image: 'x', restarts: 0, ports: [] }],
    probes: [
      { id: 'db', label: 'Database answers', ok: true, answer: 'PostgreSQL 15', tookMs: 12, at: '' },
      { id: 'api', label: 'API', ok: false, answer: 'HTTP 502', tookMs: 1200, at: '' },
    ],
    urls: [],
    updateAvailable: '2',
  };
  expect(stateText(state, plain, NOW)).toBe(`letta-production  ! degraded  server fails its health check.
profile production 1
retired: Letta archived its V1 server.
Version 2 of the profile is there: letta-stack plan production shows what it changes.

SERVICE  STATUS       STARTED  PORTS
server   ✗ unhealthy  -        -

server: server fails its health check
  connection refused
  again [2J
  | Traceback

✓ ok    Database answers  PostgreSQL 15  0.01 s
✗ fail  API               HTTP 502       1.20 s
`);
});

test('ps', () => {
  expect(psText(runningState.services, plain, NOW).split('\n')).toEqual([
    'CONTAINER                 SERVICE  STATUS     STARTED    PORTS                  IMAGE',
    'letta-production-db-1     db       ✓ healthy  2 h ago    -                      pgvector/pgvector:0.8.1-pg15',
    'letta-production-nginx-1  nginx    ✓ running  2 min ago  127.0.0.1:8283→80/tcp  nginx:1.27-alpine',
    '',
  ]);
});

test('secrets, findings and history', () => {
  const secret = { label: 'L', scope: 'global' as const, set: false };
  expect(
    secretsText(
      [
        { ...secret, name: 'A', required: true },
        { ...secret, name: 'BB', required: false },
        { ...secret, name: 'C', required: true, set: true, scope: 'stack' },
      ],
      plain,
    ).split('\n'),
  ).toEqual([
    'SECRET  STATE      FOR         NEEDED    WHAT IT IS',
    'A       ! not set  all stacks  required  L',
    'BB      · not set  all stacks  optional  L',
    'C       ✓ set      this stack  required  L',
    '',
  ]);
  const finding = { id: 'ports', title: 'Ports', category: 'stack' as const };
  expect(
    findingsText(
      [
        { ...finding, status: 'ok', detail: 'free' },
        { ...finding, title: 'Disk', status: 'fail', detail: 'full\nreally', fix: 'Tidy up.\nThen again.' },
      ],
      plain,
    ).split('\n'),
  ).toEqual([
    '✓ ok    Ports  free',
    '✗ fail  Disk   full',
    '               really',
    '               fix: Tidy up.',
    '                    Then again.',
    '',
  ]);
  expect(
    historyText([{ at: 'T', kind: 'profile', project: 'p', title: 'p 1', diff: '-a\n+b\n' }], plain),
  ).toBe('T  profile  p  p 1\n  -a\n  +b\n');
});

test.each([
  [[], 0],
  [[['engine', 'ok']], 0],
  [[['ports', 'warn']], 0],
  [[['ports', 'fail']], 1],
  [
    [
      ['ports', 'fail'],
      ['engine', 'fail'],
    ],
    3,
  ],
] as const)('exit code of doctor: %j', (findings, code) => {
  const all = findings.map(([id, status]) => ({
    id,
    status,
    title: '',
    category: 'machine' as const,
    detail: '',
  }));
  expect(exitCode(all)).toBe(code);
});

describe('log lines', () => {
  const line = {
    service: 'db',
    container: 'p-db-1',
    stream: 'stdout' as const,
    at: '2026-01-31T11:00:00.5Z',
  };
  const look = { services: ['db', 'server'], timestamps: false };

  test('aligned, with the time when asked', () => {
    expect(logText({ ...line, text: 'x' }, { ...look, style: plain })).toBe('db     | x\n');
    expect(logText({ ...line, text: 'x' }, { ...look, style: plain, timestamps: true })).toBe(
      'db     | 2026-01-31T11:00:00.5Z x\n',
    );
  });

  test('without colour no escape is left, and none moves the cursor', () => {
    const text = 'a\u001B[31mred\u001B[0m\u001B[2J\u001B]0;title\u0007\tb\r\b';
    expect(logText({ ...line, text }, { ...look, style: plain })).toBe('db     | ared\tb\n');
  });

  test('with colour: a colour of its own for each service, the line closed, matches marked', () => {
    const style = makeStyle(true);
    const first = logText({ ...line, text: 'a\u001B[31mred\u001B[2J' }, { ...look, style });
    expect(first).toBe('\u001B[36mdb     |\u001B[39m a\u001B[31mred\u001B[0m\n');
    const second = logText(
      { ...line, service: 'server', text: 'an error' },
      { ...look, style, grep: /err/gu },
    );
    expect(second).toBe('\u001B[33mserver |\u001B[39m an \u001B[1m\u001B[31merr\u001B[39m\u001B[22mor\n');
  });
});

describe('what an option may be', () => {
  test.each([
    ['90', 90_000],
    ['2m', 120_000],
    ['1.5s', 1500],
    ['0', undefined],
    ['-5s', undefined],
    ['soon', undefined],
  ])('a wait of %s', (text, ms) => {
    if (ms === undefined) expect(codeOf(() => millisecondsOf('--wait-timeout', text))).toBe('cli.bad-value');
    else expect(millisecondsOf('--wait-timeout', text)).toBe(ms);
  });

  test.each([
    ['10', 10],
    ['0', 0],
    ['all', undefined],
    ['-1', 'error'],
    ['ten', 'error'],
  ])('--tail %s', (text, lines) => {
    if (lines === 'error') expect(codeOf(() => linesOf('--tail', text))).toBe('cli.bad-value');
    else expect(linesOf('--tail', text)).toBe(lines);
  });

  test.each(['10m', '2026-01-31T12:00:00Z', '2026-01-31'])('--since %s', (text) => {
    expect(sinceOf('--since', text)).toBe(text);
  });

  test.each(['yesterday', '10', '2026-13-45'])('--since %s is refused', (text) => {
    expect(codeOf(() => sinceOf('--since', text))).toBe('cli.bad-value');
  });

  test('--grep', () => {
    expect('a error'.search(regexOf('--grep', 'err|warn'))).toBe(2);
    expect(codeOf(() => regexOf('--grep', '('))).toBe('cli.bad-value');
  });
});

test('exec: sh, the command as it is, or psql with what the container was made with', () => {
  expect(commandFor([])).toEqual(['sh']);
  expect(commandFor(['ls', '-l'])).toEqual(['ls', '-l']);
  const [sh, c, script, ...rest] = commandFor(['psql', '-c', 'select 1']);
  expect([sh, c, ...rest]).toEqual(['sh', '-c', 'sh', 'psql', '-c', 'select 1']);
  expect(script).toContain('PGUSER="${PGUSER:-$POSTGRES_USER}"');
});

test('the way to a browser has no shell in it', () => {
  const url = 'http://x/?a=1&b=$(reboot)';
  expect([opener(url, 'linux'), opener(url, 'darwin'), opener(url, 'win32')]).toEqual([
    ['xdg-open', url],
    ['open', url],
    ['rundll32', 'url.dll,FileProtocolHandler', url],
  ]);
});

describe('a hidden input', () => {
  const typed = (multiline: boolean, ...keys: string[]): [string, string] => {
    const input = new HiddenInput(multiline);
    const ends = keys.map((k) => input.take(k));
    return [input.text, ends.at(-1) ?? 'more'];
  };
  test.each([
    ['keys one by one', false, ['a', 'b', '\r'], 'ab', 'done'],
    ['a paste with a line end: the rest is dropped', false, ['ab\ncd'], 'ab', 'done'],
    ['backspace takes a whole character', false, ['a😀\u007F\r'], 'a', 'done'],
    ['Ctrl-U', false, ['abc\u0015d\r'], 'd', 'done'],
    ['Ctrl-C', false, ['ab\u0003'], 'ab', 'cancelled'],
    ['arrows and marks of a paste are no text', false, ['\u001B[200~ab\u001B[D\u001B[201~\r'], 'ab', 'done'],
    ['several lines end with Ctrl-D', true, ['{\r\n"a"\r', '}\u0004'], '{\n"a"\n}', 'done'],
  ] as const)('%s', (_name, multiline, keys, text, end) => {
    expect(typed(multiline, ...keys)).toEqual([text, end]);
  });
});

describe('confirmations', () => {
  const asks: Confirmation = { kind: 'other-engine', subject: 'b', text: 'Another engine.' };
  const deletes: Confirmation = { kind: 'delete-volume', subject: 'v', text: 'Deletes v.' };
  const gives: Confirmation = { kind: 'give-keys', subject: 'A, B', text: 'Gives A and B to app.' };
  const whole: Confirmation = { kind: 'remove-stack', subject: 'p', text: 'Removes all of p.' };
  const ask = (yes: boolean, line: string | undefined) => ({
    yes: () => Promise.resolve(yes),
    line: () => Promise.resolve(line),
  });

  test.each([
    ['nobody can be asked', [asks], { yes: false, typed: [] }, false],
    ['--yes', [asks], { yes: true, typed: [] }, true],
    ['asked: yes', [asks], { yes: false, typed: [], ask: ask(true, '') }, true],
    ['asked: no', [asks], { yes: false, typed: [], ask: ask(false, '') }, false],
    ['--yes does not delete', [deletes], { yes: true, typed: [] }, 'refused'],
    ['--yes-delete of another', [deletes], { yes: true, typed: ['w'] }, 'refused'],
    ['--yes-delete', [deletes], { yes: false, typed: ['v'] }, true],
    ['typed', [deletes], { yes: false, typed: [], ask: ask(true, ' v ') }, true],
    ['typed wrong', [deletes], { yes: true, typed: [], ask: ask(true, 'yes') }, 'refused'],
    ['input ended', [deletes], { yes: true, typed: [], ask: ask(true, undefined) }, 'refused'],
    ['--yes gives no key', [gives], { yes: true, typed: [] }, 'refused'],
    ['--give of one of them', [gives], { yes: true, typed: [], give: ['A'] }, 'refused'],
    ['--give', [gives], { yes: false, typed: [], give: ['B', 'A'] }, true],
    ['a key, asked: yes', [gives], { yes: false, typed: [], ask: ask(true, '') }, true],
    ['a key, asked: no', [gives], { yes: true, typed: [], ask: ask(false, '') }, 'refused'],
    [
      'the name of the stack is for all that its text lists',
      [whole, deletes],
      { yes: false, typed: ['p'] },
      true,
    ],
    ['a name of a volume is not', [whole, deletes], { yes: true, typed: ['v'] }, 'refused'],
    ['the name of the stack, typed', [whole], { yes: false, typed: [], ask: ask(false, 'p') }, true],
    ['yes is not the name', [whole], { yes: true, typed: [], ask: ask(true, 'y') }, 'refused'],
    ['both', [asks, deletes], { yes: true, typed: ['v'] }, true],
  ] as const)('%s', async (_name, confirmations, answers, result) => {
    const answer = confirmAll(confirmations, answers);
    if (result === 'refused') {
      const isRemoval = confirmations.some((c) => c.kind === 'remove-stack');
      const isOfKeys = confirmations.some((c) => c.kind === 'give-keys');
      const refused = isOfKeys ? 'stack.keys-not-given' : 'stack.delete-not-confirmed';
      const code = isRemoval ? 'stack.removal-not-confirmed' : refused;
      await expect(answer).rejects.toSatisfy((e) => hasCode(e, code));
    } else expect(await answer).toBe(result);
  });
});

describe('Ctrl-C', () => {
  const watched = () => {
    const seen: string[] = [];
    const interrupts = new Interrupts({
      leave: (code) => void seen.push(`leave ${code}`),
      cancelling: () => void seen.push('cancelling'),
    });
    return { seen, interrupts };
  };

  test('ends the process when nothing is under way', () => {
    const { seen, interrupts } = watched();
    interrupts.interrupt();
    expect(seen).toEqual(['leave 130']);
  });

  test('cancels an operation; the second one leaves; afterwards it ends the process', async () => {
    const { seen, interrupts } = watched();
    const aborted = await interrupts.cancellable(async (signal) => {
      interrupts.interrupt();
      interrupts.interrupt();
      return signal.aborted;
    });
    interrupts.interrupt('SIGTERM');
    expect([aborted, ...seen]).toEqual([true, 'cancelling', 'leave 130', 'leave 130']);
  });

  test('belongs to the program that has the terminal; SIGTERM is passed on', async () => {
    const { seen, interrupts } = watched();
    await interrupts.ignored(
      async () => {
        interrupts.interrupt('SIGINT');
        interrupts.interrupt('SIGTERM');
      },
      () => void seen.push('terminated'),
    );
    await interrupts.ignored(async () => interrupts.interrupt('SIGTERM'));
    expect(seen).toEqual(['terminated', 'leave 130']);
  });
});

test('an error about the first word names profiles and services', () => {
  const parsed = parseCommandLine(['up', 'ngnix'], () => ['production']);
  if (parsed.kind !== 'call') throw new Error('not understood');
  const noService = { code: 'stack.no-such-service', data: { service: 'ngnix', known: ['db', 'nginx'] } };
  const other = { code: 'stack.no-such-service', data: { service: 'x', known: [] } };
  expect(explain([noService, other], parsed.call, () => ['production'])).toEqual([
    {
      code: 'cli.neither',
      data: { name: 'ngnix', profiles: ['production'], services: ['db', 'nginx'], near: 'nginx' },
    },
    other,
  ]);
  expect(explain([{ code: 'stack.no-stack', data: {} }], parsed.call, () => ['production'])).toEqual([
    { code: 'stack.no-such-profile', data: { id: 'ngnix', known: ['production'] } },
  ]);
});

test.each([
  ['engine', 'unix:///run/docker.sock', true],
  ['engine', 'ssh://me@host', true],
  ['engine', 'ssh://me@[::1]:22', true],
  ['engine', 'ssh://me:word@host', false],
  ['engine', 'tcp://u:p@ss/w@host:2376', false],
  ['engine', 'desktop-linux', true],
  ['engine', 'two words', false],
  ['engine', '', false],
  ['mirror', 'hub.example.test:5000', true],
  ['mirror', 'https://hub.example.test', false],
  ['secretStore', 'file', true],
  ['secretStore', 'paper', false],
  ['current', 'letta-production', true],
  ['current', 'Letta', false],
] as const)('%s = %j: %j', (key, value, ok) => {
  expect(globalProblem(key, value) === undefined).toBe(ok);
});

test('an address is repeated without the password that it was refused for', () => {
  expect(withoutUserInfo('tcp://u:p@ss/w@host:2376')).toBe('tcp://•••@host:2376');
  expect(withoutUserInfo('two words')).toBe('two words');
});

describe('colour', () => {
  const stream = (isTTY: boolean) => ({ isTTY, hasColors: () => true });
  test.each([
    ['a terminal', true, {}, true],
    ['no terminal', false, {}, false],
    ['NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR means nothing', true, { NO_COLOR: '' }, true],
  ])('%s', (_name, tty, env, colour) => {
    expect(styleOf(stream(tty), env).colour).toBe(colour);
  });
});

test('columns, spans and widths', () => {
  expect(columns([['漢字', 'b'], ['a', 'cc', 'd'], []], ' ')).toBe(' 漢字  b\n a     cc  d\n\n');
  expect([0, 215, 12_340, 59_960, 125_000, 3_720_000].map(span)).toEqual([
    '0.00 s',
    '0.21 s',
    '12.3 s',
    '60.0 s',
    '2 min 05 s',
    '1 h 02 min',
  ]);
  expect([5e3, 720e3, 10_800e3, 345_600e3].map(ago)).toEqual(['5 s', '12 min', '3 h', '4 days']);
  expect(widthOf('\u001B[31m漢a\u001B[0m')).toBe(3);
});

describe('help', () => {
  test('names every command that is not hidden', () => {
    for (const c of commands) expect(helpOnAll().includes(`  ${c.name} `)).toBe(!c.hidden);
  });

  test.each(commands.filter((c) => !c.hidden).map((c) => [c.name, c] as const))('of %s', (_name, command) => {
    const text = helpOn(command);
    expect(text).toContain(`Usage: letta-stack ${command.name}`);
    for (const name of Object.keys(command.options)) expect(text).toContain(`--${name}`);
    for (const example of command.examples) expect(text).toContain(example);
    expect(Math.max(...text.split('\n').map((l) => l.length))).toBeLessThanOrEqual(120);
  });

  test('-f is shown where it means that: behind logs it follows', () => {
    const logs = helpOn(commands.find((c) => c.name === 'logs')!);
    expect(logs).toContain('-f, --follow');
    expect(logs).not.toContain('-f, --file');
    expect(helpOn(commands.find((c) => c.name === 'ps')!)).toContain('-f, --file');
  });
});

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (e) {
    return (e as { errors?: { code: string }[] }).errors?.[0]?.code;
  }
  return undefined;
}

test('an address that only the engine’s machine can reach says how to get there', () => {
  const url = 'http://127.0.0.1:81/';
  const urls = [
    { label: 'API', url: 'http://box:80/' },
    { label: 'Page', url, on: 'box' },
    { label: 'Help', url, on: 'box', tunnel: 'ssh -L 81:127.0.0.1:81 me@box' },
  ];
  expect(urlsText({ urls })).toBe(
    [
      '  API   http://box:80/',
      '  Page  http://127.0.0.1:81/ on box',
      '  Help  http://127.0.0.1:81/ on box; from here: ssh -L 81:127.0.0.1:81 me@box',
      '',
    ].join('\n'),
  );
});
