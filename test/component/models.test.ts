import { describe, expect, test } from 'vitest';
import { memoryText } from '../../main/channels.ts';
import { coresText } from '../../renderer/amounts.ts';
import { matching } from '../../renderer/command-filter.ts';
import { commandsOf, type Command } from '../../renderer/commands.ts';
import { logCommandsOf } from '../../renderer/log-commands.ts';
import { runsOf, stripSummary } from '../../renderer/health-model.ts';
import { withPortsOf } from '../../renderer/preview-model.ts';
import { plotPath, topOf } from '../../renderer/plot.ts';
import { recentTime } from '../../renderer/time.ts';
import { usageOf, withUse, type UseHistory } from '../../renderer/use-history.ts';
import { doctorCommandsOf } from '../../renderer/doctor-commands.ts';
import { FINDINGS } from './answers.ts';
import { HOSTILE, STATES, type StateName } from './states.ts';

describe('amounts', () => {
  test.each([
    [-0.1, '0.0 %'],
    [0, '0.0 %'],
    [0.0214, '2.1 %'],
    [0.9994, '99.9 %'],
    [0.9996, '100 %'],
    [2.124, '212 %'],
  ])('%s cores are %s', (cores, words) => expect(coresText(cores)).toBe(words));

  test.each([
    [0, '0.0 MB'],
    [412_345, '0.4 MB'],
    [960_000, '1 MB'],
    [412_345_678, '412 MB'],
    [999_600_000, '1.0 GB'],
    [1_240_000_000, '1.2 GB'],
  ])('%s bytes are %s', (bytes, words) => expect(memoryText(bytes)).toBe(words));
});

test('a port of the stack that is stopped first is free by then', () => {
  const of = (project: string, code = 'engine.port-taken') => ({
    code,
    data: { project },
    message: '',
    next: '',
  });
  const warnings = [of('now'), of('another'), of('now', 'model.unknown-key')];
  const preview = { steps: [], warnings, confirmations: [], agreement: '', unchanged: [] };
  expect(withPortsOf(preview, 'now').warnings).toEqual(warnings.slice(1));
  expect(withPortsOf(preview, undefined).warnings).toEqual(warnings);
});

describe('what is used', () => {
  const T = Date.parse('2026-11-26T10:00:00.000Z');
  const told = (at: number, cores: number, service = 'db') => ({
    at: new Date(at).toISOString(),
    services: [{ service, cores, memory: 1e6 }],
  });

  test('five minutes are kept', () => {
    let history: UseHistory = [];
    for (let s = 0; s <= 400; s += 2) history = withUse(history, told(T + s * 1000, s));
    expect(history).toHaveLength(150);
    expect(usageOf(history, 'db', T + 401_000)?.cores[0]?.value).toBe(102);
    expect(usageOf(history, 'db', T + 401_000)?.memory[0]?.value).toBe(1e6);
  });

  test('it is unknown where nothing, or nothing new, was told', () => {
    const history = withUse([], told(T, 0.5));
    expect(usageOf(history, 'db', T + 9_000)?.now.cores).toBe(0.5);
    expect(usageOf(history, 'db', T + 11_000)).toBeUndefined();
    expect(usageOf(history, 'redis', T)).toBeUndefined();
    expect(usageOf([], 'db', T)).toBeUndefined();
    expect(withUse(history, { at: 'no time', services: [] })).toBe(history);
  });

  test('a clock that is set back begins anew', () => {
    const history = withUse(withUse([], told(T, 1)), told(T - 3_600_000, 2));
    expect(history.map((s) => s.services.get('db')?.cores)).toEqual([2]);
  });

  test('the plot ends at the right, idles at the bottom, and is broken where nothing was told', () => {
    const drawn = (points: { at: number; value: number }[]): string => plotPath(points, topOf.cores(points));
    expect(drawn([])).toBe('');
    expect(drawn([{ at: T, value: 0 }])).toBe('M94.5 20.5h0');
    const path = drawn([
      { at: T - 150_000, value: 0 },
      { at: T - 148_000, value: 0.5 },
      { at: T - 2_000, value: 1 },
      { at: T, value: 0 },
    ]);
    expect(path).toBe('M46.5 20.5h0L47.1 11.0M93.9 1.5h0L94.5 20.5');
  });

  test('memory has room above it, in which it is seen to grow', () => {
    const steady = [{ at: T, value: 5e6 }];
    expect(plotPath(steady, topOf.memory(steady))).toBe('M94.5 6.9h0');
    expect(topOf.memory([])).toBeGreaterThan(0);
  });
});

describe('the last 24 hours', () => {
  test('bars of one kind are one run', () => {
    expect(runsOf(['well', 'well', 'ill', 'well'])).toEqual([
      { bar: 'well', first: 0, count: 2 },
      { bar: 'ill', first: 2, count: 1 },
      { bar: 'well', first: 3, count: 1 },
    ]);
    expect(runsOf([])).toEqual([]);
  });

  test('a strip in words says what matters first', () => {
    expect(stripSummary(['unwatched', 'well', 'well', 'well', 'well', 'stopped', 'ill', 'ill'], 15)).toBe(
      'not well 30 min, well 1 h, stopped 15 min, not watched 15 min',
    );
    expect(stripSummary(['starting', 'starting', 'well'], 15)).toBe('starting 30 min, well 15 min');
  });

  test('times of yesterday say so', () => {
    const now = new Date(2026, 10, 26, 10).getTime();
    const iso = (...at: [number, number, number]): string => new Date(2026, 10, ...at).toISOString();
    expect(recentTime(iso(26, 9, 58), now)).toBe('09:58');
    expect(recentTime(iso(25, 23, 5), now)).toBe('yesterday 23:05');
    expect(recentTime('no time', now)).toBeUndefined();
  });
});

describe('commands', () => {
  const titles = (name: StateName, isAsking = false): string[] =>
    commandsOf({ snapshot: STATES[name], failure: STATES[name].failure, isAsking, ofView: [] }).map(
      (c) => c.title,
    );
  const ALL_VIEWS = ['Go to Overview', 'Go to Logs', 'Go to Doctor', 'Go to Settings', 'Go to Keys'];
  const VIEWS = [...ALL_VIEWS, 'Search the logs'];
  const ALWAYS = ['Zoom in', 'Zoom out', 'Actual size', 'Quit Letta Stack'];
  const MACHINE = ['Choose an engine …', 'Look at the graphics cards'];
  const app = (...ofStack: string[]): string[] => [
    'Run doctor',
    'Set up',
    'Switch to another stack …',
    'Open a Compose file …',
    'Import from a file …',
    ...MACHINE,
    'Show logs folder',
    'Remove all keys …',
    ...ofStack,
    'Start at login',
    'Choose notifications …',
    'Set quiet hours …',
    'On quit: Stop it',
    'On quit: Ask each time',
    'Theme: Light',
    'Theme: Dark',
    ...ALWAYS,
  ];
  const REMOVE = 'Remove everything …';
  const LOGS = ['db', 'redis', 'server', 'nginx'].map((name) => `Show logs of ${name}`);
  const EXAMPLES = ['curl', 'Python', 'TypeScript'].map((name) => `Copy ${name} example`);
  const CONNECT = ['Copy address of API', 'Copy password', ...EXAMPLES];
  const TEST = ['Copy address of API', 'Test the connection', 'Copy password', ...EXAMPLES];

  test('all of a healthy stack', () => {
    expect(titles('running')).toEqual([
      'Restart the stack',
      'Stop the stack',
      'Apply changes …',
      ...VIEWS,
      'Open API',
      ...TEST,
      'Check readiness',
      ...['db', 'redis', 'server', 'nginx'].flatMap((name) => [
        `Restart ${name}`,
        `Stop ${name}`,
        `Show logs of ${name}`,
      ]),
      ...app(REMOVE),
    ]);
  });

  test.each<[StateName, string[]]>([
    ['pulling', ['Cancel', ...VIEWS, ...CONNECT, ...app()]],
    ['first', ['Start …', ...VIEWS, ...CONNECT, ...app(REMOVE)]],
    ['none', ['Start …', ...VIEWS, ...app(REMOVE)]],
    ['looking', [...VIEWS, 'Run doctor', 'Import from a file …', ...MACHINE, 'Remove all keys …', ...ALWAYS]],
    ['old', [...VIEWS, 'Open API', ...TEST, ...LOGS, ...app()]],
    ['unreachable', ['Find out why', ...VIEWS, 'Open API', ...TEST, ...LOGS, ...app()]],
  ])('%s', (name, expected) => expect(titles(name)).toEqual(expected));

  test('no title is there twice, whatever the state', () => {
    for (const name of Object.keys(STATES) as StateName[]) {
      expect(new Set(titles(name)).size, name).toBe(titles(name).length);
    }
  });

  test('nothing is begun while something is asked', () => {
    expect(titles('running', true).filter((t) => /^(Start(?! at login)|Stop|Restart|Check)/.test(t))).toEqual(
      [],
    );
  });

  test('an address elsewhere is not opened here, and no other server has the password', () => {
    expect(titles('elsewhere')).not.toContain('Open API');
    expect(titles('elsewhere')).toContain('Copy command that reaches API');
    expect(titles('hostile')).not.toContain('Copy password');
  });

  test('what opens an App Server is called a token', () => {
    expect(titles('app server')).toContain('Copy token');
    expect(titles('app server')).not.toContain('Copy password');
  });

  test('of the doctor what can be done about what is wrong', () => {
    const copied = { ...FINDINGS[1]!, remedy: { do: 'copy', command: 'docker image prune' } as const };
    expect(doctorCommandsOf([...FINDINGS, copied]).map(({ title, deed }) => [title, deed])).toEqual(
      [
        ['Room on the disk: Examine again', 'again', 'disk'],
        ['Ports are free: Use port 8284 instead', 'mend', 'ports'],
        ['Ports are free: Examine again', 'again', 'ports'],
        ['Database takes the stored password: Reset the password …', 'mend', 'database-password'],
        ['Database takes the stored password: Examine again', 'again', 'database-password'],
        ['Configuration of nginx: Make nginx anew', 'mend', 'nginx'],
        ['Configuration of nginx: Examine again', 'again', 'nginx'],
        ['Room on the disk: Copy the command'],
        ['Room on the disk: Examine again', 'again', 'disk'],
      ].map(([title, act, id]) => [
        title,
        act === undefined
          ? { do: 'copy', text: 'docker image prune', what: 'command' }
          : { do: 'doctor', act: { act, id } },
      ]),
    );
  });

  test('of the log what its view can do as it is now', () => {
    const filter = { service: '', level: 'all', since: 'all', query: '', isWrapped: true } as const;
    const given = {
      filter,
      isFollowed: true,
      hasLines: false,
      isAtEnd: true,
      isSaving: false,
      hasOlder: false,
      hasMatches: false,
      isLacking: false,
    };
    const LEVELS = ['Errors', 'Warnings and worse', 'Info and worse', 'Any that is said'];
    const SINCE = ['The last start', '24 hours ago', '1 hour ago', '15 minutes ago'];
    const filters = (levels: string[], since: string[]): string[] => [
      ...levels.map((title) => `Log level: ${title}`),
      ...since.map((title) => `Logs since: ${title}`),
    ];
    const found = (change: Partial<typeof given>): string[] =>
      logCommandsOf({ ...given, ...change }).map((c) => c.title);
    expect(found({})).toEqual([
      'Save the logs …',
      'Do not follow the logs',
      'Do not wrap lines',
      ...filters(LEVELS, SINCE),
    ]);
    const other = { service: 'db', level: 'error', since: '1h', query: 'x', isWrapped: false } as const;
    expect(
      logCommandsOf({
        filter: other,
        isFollowed: false,
        hasLines: true,
        isAtEnd: false,
        isSaving: true,
        hasOlder: true,
        hasMatches: true,
        isLacking: true,
      }).map((c) => c.title),
    ).toEqual([
      'Copy the shown lines',
      'Follow the logs',
      'Wrap lines',
      'Next match',
      'Previous match',
      'Go to the end of the logs',
      'Load older lines',
      'Read the logs again',
      'Show logs of all services',
      ...filters(
        ['All', ...LEVELS.slice(1)],
        ['The beginning', 'The last start', '24 hours ago', '15 minutes ago'],
      ),
    ]);
    // an empty log has no end to go to
    expect(found({ isAtEnd: false })).not.toContain('Go to the end of the logs');
  });

  test('names are text, and the name itself is asked for', () => {
    const restart = commandsOf({
      snapshot: STATES.hostile,
      failure: undefined,
      isAsking: false,
      ofView: [],
    })[0];
    expect(restart?.title).toBe('Restart <img src=x onerror=alert(1)>red gnp.exe');
    expect(restart?.deed).toMatchObject({ ask: { request: { services: [HOSTILE] } } });
  });

  test('every word is to be found; what begins so comes first', () => {
    const command = (title: string, words?: string): Command => ({
      title,
      ...(words !== undefined && { words }),
      deed: { do: 'open logs' },
    });
    const all = [
      command('Run doctor', 'examine'),
      command('Show logs of db'),
      command('Restart db'),
      command('Stop db'),
      command('Go to Doctor'),
    ];
    const found = (query: string): string[] => matching(all, query).map((c) => c.title);
    expect(found('')).toEqual(all.map((c) => c.title));
    expect(found('  REST  ')).toEqual(['Restart db']);
    expect(found('db sto')).toEqual(['Stop db']);
    expect(found('do')).toEqual(['Run doctor', 'Go to Doctor']);
    expect(found('go do')).toEqual(['Go to Doctor']);
    expect(found('examine')).toEqual(['Run doctor']);
    expect(found('st db')).toEqual(['Stop db', 'Restart db']);
    expect(found('xyzzy')).toEqual([]);
  });
});
