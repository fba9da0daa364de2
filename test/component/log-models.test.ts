import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogLineShape } from '../../main/channels.ts';
import { spansOf, type TextLook } from '../../renderer/ansi.ts';
import { levelOf, type Level } from '../../renderer/log-level.ts';
import { ofLevel } from '../../renderer/log-options.ts';
import { partsOf } from '../../renderer/log-parts.ts';
import { hitsIn, nextHit, patternOf } from '../../renderer/log-search.ts';
import {
  EMPTY,
  MOST_CHARS,
  MOST_LINES,
  rejoined,
  withNew,
  withOlder,
  type LogEntry,
} from '../../renderer/log-window.ts';
import { logText } from '../../renderer/text.ts';

describe('how grave a line is', () => {
  const before = 'error';
  test.each<[line: string, level: Level | undefined]>([
    // PostgreSQL
    ['2026-11-26 10:00:00.000 UTC [1] LOG:  database system is ready to accept connections', 'info'],
    ['2026-11-26 10:00:00.000 UTC [29] ERROR:  relation "agents" does not exist at character 15', 'error'],
    ['2026-11-26 10:00:00.000 UTC [29] STATEMENT:  select * from agents', before],
    ['2026-11-26 10:00:00.000 UTC [29] FATAL:  role "root" does not exist', 'error'],
    ['2026-11-26 10:00:00.000 UTC [29] WARNING:  there is no transaction in progress', 'warning'],
    ['2026-11-26 10:00:00.000 UTC [29] NOTICE:  extension "vector" already exists, skipping', 'info'],
    ['2026-11-26 10:00:00.000 UTC [29] DEBUG2:  autovacuum: processing database', 'debug'],
    ["2026-11-26 10:00:00.000 UTC [29] LOG:  statement: SELECT 'ERROR: no'", 'info'],
    ['initdb: warning: enabling "trust" authentication', undefined],
    // Redis, and 8 with logfmt
    ['1:M 26 Nov 2026 10:00:00.000 * Ready to accept connections tcp', 'info'],
    ['1:C 26 Nov 2026 10:00:00.000 # WARNING Memory overcommit must be enabled!', 'warning'],
    ['1:M 26 Nov 2026 10:00:00.000 - DB 0: 1 keys (0 volatile) in 4 slots HT.', 'debug'],
    ['21:C 26 Nov 2026 10:00:00.000 . child', 'debug'],
    ['pid=1 role=master timestamp="2026-11-26T10:00:00.000Z" level=notice message="Ready"', 'info'],
    ['pid=1 role=master level=warning message="oops"', 'warning'],
    // nginx
    ['2026/11/26 10:00:00 [error] 29#29: *1 connect() failed (111: Connection refused)', 'error'],
    ['2026/11/26 10:00:00 [warn] 29#29: a client request body is buffered', 'warning'],
    ['2026/11/26 10:00:00 [notice] 1#1: nginx/1.27.5', 'info'],
    ['2026/11/26 10:00:00 [emerg] 1#1: host not found in upstream "server"', 'error'],
    ['172.18.0.1 - - [26/Nov/2026:10:00:00 +0000] "GET /v1/agents/ HTTP/1.1" 200 2 "-" "curl"', 'info'],
    ['172.18.0.1 - - [26/Nov/2026:10:00:00 +0000] "GET /v1/none HTTP/1.1" 404 9 "-" "curl"', 'warning'],
    ['172.18.0.1 - - [26/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 502 157 "-" "ERROR: x"', 'error'],
    ['/docker-entrypoint.sh: Configuration complete; ready for start up', undefined],
    // Python
    ['INFO:     Application startup complete.', 'info'],
    ['INFO:     172.18.0.5:41314 - "GET /v1/health/ HTTP/1.1" 200 OK', 'info'],
    ['WARNING:  Invalid HTTP request received.', 'warning'],
    ['ERROR:root:it failed', 'error'],
    ['CRITICAL:letta:it is over', 'error'],
    ['2026-11-26 10:00:00,123 - letta.server.db - WARNING - pool is full', 'warning'],
    ['Letta.letta.server.rest_api - ERROR - it failed', 'error'],
    ['2026-11-26 10:00:00.123 | DEBUG    | letta.agent:step:12 - thinking', 'debug'],
    ['2026-11-26 10:00:00,123 ERROR it failed', 'error'],
    ['[2026-11-26 10:00:00 +0000] [1] [INFO] Starting gunicorn', 'info'],
    ['Traceback (most recent call last):', before],
    ['  File "/app/letta/main.py", line 1, in <module>', before],
    // JSON
    ['{"timestamp":"2026-11-26T10:00:00Z","level":"error","message":"it failed"}', 'error'],
    ['{"severity": "WARNING", "message": "hm"}', 'warning'],
    ['{"level":30,"time":1764151200000,"msg":"listening"}', 'info'],
    ['{"level":60,"msg":"gone"}', 'error'],
    ['{"msg":"the level is high"}', undefined],
    // words
    ['', undefined],
    ['ready', undefined],
    ['an error is no ERROR of ours', undefined],
    ['information: none', undefined],
    [`${'x'.repeat(400)} ERROR: far away`, undefined],
  ])('%s', (line, level) => {
    expect(levelOf(line, before)).toBe(level);
  });

  test('what continues nothing says nothing', () => {
    expect(levelOf('  indented')).toBeUndefined();
  });
});

const ESC = '\u001B';
const look = (line: string): TextLook | undefined => spansOf(line)[0]?.look;

describe('colours', () => {
  test.each<[codes: string, look: TextLook]>([
    ['31', { fg: 'rgb(205 49 49)' }],
    ['92', { fg: 'rgb(35 209 139)' }],
    ['44', { bg: 'rgb(36 114 200)' }],
    ['103', { bg: 'rgb(245 245 67)' }],
    ['38;5;9', { fg: 'rgb(241 76 76)' }],
    ['38;5;16', { fg: 'rgb(0 0 0)' }],
    ['38;5;208', { fg: 'rgb(255 135 0)' }],
    ['48;5;255', { bg: 'rgb(238 238 238)' }],
    ['38;2;1;20;255', { fg: 'rgb(1 20 255)' }],
    ['48;2;1;2;3;1', { bg: 'rgb(1 2 3)', bold: true }],
    ['38:2::1:2:3', { fg: 'rgb(1 2 3)' }],
    ['38:2:1:2:3', { fg: 'rgb(1 2 3)' }],
    ['38:5:208;1', { fg: 'rgb(255 135 0)', bold: true }],
    ['1;2;3;4;7;9', { bold: true, dim: true, italic: true, underline: true, inverse: true, strike: true }],
    ['4:3', { underline: true }],
    ['1;31;0', {}],
    ['1;31;', {}],
    ['', {}],
    // no colours
    ['38;5;256', {}],
    ['38;5;', { fg: 'rgb(0 0 0)' }],
    ['38;2;1;2;300', {}],
    ['38;2;1', {}],
    ['38', {}],
    ['38;9;31', { fg: 'rgb(205 49 49)' }],
    ['58;1', { bold: true }],
    ['8', {}],
    ['5', {}],
    ['999999999999999999999', {}],
  ])('%j', (codes, expected) => {
    expect(look(`${ESC}[${codes}mtext`)).toEqual(expected);
    expect(look(`\u009B${codes}mtext`)).toEqual(expected);
  });

  test('each is ended by its own code', () => {
    const on = `${ESC}[1;2;3;4;7;9;31;41m`;
    const after = Object.entries(look(`${on}${ESC}[22;23;24;27;29;39;49mtext`) ?? {});
    expect(after.filter(([, value]) => value !== undefined && value !== false)).toEqual([]);
  });

  test('what is no colour is taken out, and changes nothing', () => {
    expect(spansOf(`${ESC}[31mred${ESC}[2J${ESC}[3;4H${ESC}]0;title\u0007${ESC}(Bstill`)).toEqual([
      { text: 'red', look: { fg: 'rgb(205 49 49)' } },
      { text: 'still', look: { fg: 'rgb(205 49 49)' } },
    ]);
    expect(look(`${ESC}[?31mtext`)).toEqual({});
    expect(look(`${ESC}[31xtext`)).toEqual({});
    expect(look(`${ESC}mtext`)).toEqual({});
  });

  test('the text is the same whether it is coloured or not', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(ESC, `${ESC}[`, '[', ';', '31', 'm', `${ESC}[1;31m`, '\u009B', `${ESC}]8;;`, '\u202E'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const line = pieces.join('');
        const text = spansOf(line)
          .map((span) => span.text)
          .join('');
        expect(text).toBe(logText(line));
        expect(text).not.toMatch(/[^\P{Cc}\t]|\u202E/u);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('what is searched', () => {
  test.each<[text: string, query: string, hits: [number, number][]]>([
    [
      'a.b A.B axb',
      'a.b',
      [
        [0, 3],
        [4, 7],
      ],
    ],
    ['(x', '(', [[0, 1]]],
    ['a-b [c] ^$ \\', '-b [c] ^$ \\', [[1, 12]]],
    [
      'aaaa',
      'aa',
      [
        [0, 2],
        [2, 4],
      ],
    ],
    ['nothing', 'x', []],
    ['nothing', '', []],
    ['😀 grün', 'GRÜN', [[3, 7]]],
  ])('%j for %j', (text, query, hits) => {
    expect(hitsIn(text, patternOf(query))).toEqual(hits);
  });

  test('is marked across colours', () => {
    const spans = spansOf(`one ${ESC}[31mred li${ESC}[1mne${ESC}[0m end`);
    const text = spans.map((s) => s.text).join('');
    const parts = partsOf(spans, hitsIn(text, patternOf('e')));
    expect(parts.map((p) => (p.hit === undefined ? p.text : `<${p.hit}:${p.text}>`)).join('|')).toBe(
      'on|<0:e>| |r|<1:e>|d li|n|<2:e>| |<3:e>|nd',
    );
    const across = partsOf(spans, hitsIn(text, patternOf('red line end')));
    expect(across.map(({ text: t, hit, look: l }) => [t, hit, l.bold ?? false])).toEqual([
      ['one ', undefined, false],
      ['red li', 0, false],
      ['ne', 0, true],
      [' end', 0, false],
    ]);
  });

  test.each<[what: string, counts: number[], by: 1 | -1, start: number, nth: number | undefined, at: string]>(
    [
      ['the first from where one is', [1, 0, 2], 1, 1, undefined, '2.0'],
      ['in the line where one is', [1, 2], 1, 1, undefined, '1.0'],
      ['the last before where one is', [3, 0, 2], -1, 1, undefined, '0.2'],
      ['the next in the same line', [3], 1, 0, 1, '0.2'],
      ['the previous in the same line', [3], -1, 0, 1, '0.0'],
      ['around the end', [1, 1], 1, 1, 0, '0.0'],
      ['around the beginning', [1, 4], -1, 0, 0, '1.3'],
      ['the only one again', [0, 1], 1, 1, 0, '1.0'],
      ['none', [0, 0], 1, 0, undefined, ''],
      ['nothing', [], 1, 0, undefined, ''],
    ],
  )('leads to %s', (_what, counts, by, start, nth, at) => {
    const lines = counts.map((_, id) => ({ id }) as LogEntry);
    const found = nextHit(lines, ({ id }) => counts[id] ?? 0, { by, start, nth });
    expect(found ? `${found.index}.${found.nth}` : '').toBe(at);
  });
});

const lineAt = (second: number, text = `line ${second}`, service = 'a'): LogLineShape => ({
  service,
  stream: 'stdout',
  at: new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString(),
  text,
});
const from = (first: number, count: number): LogLineShape[] =>
  Array.from({ length: count }, (_, i) => lineAt(first + i));
const texts = ({ entries }: { entries: readonly LogEntry[] }): string[] => entries.map((e) => e.text);
const edges = (window: { entries: readonly LogEntry[] }): string =>
  [window.entries[0]?.text, window.entries.at(-1)?.text].join(' … ');

describe('the lines that the window keeps', () => {
  test('are in the order of time, whichever service is read first', () => {
    let window = withNew(EMPTY, [lineAt(1), lineAt(5), lineAt(3, 'b 3', 'b')], false);
    window = withNew(window, [lineAt(2, 'b 2', 'b'), lineAt(6), lineAt(5, 'b 5', 'b')], false);
    expect(texts(window)).toEqual(['line 1', 'b 2', 'b 3', 'line 5', 'b 5', 'line 6']);
    expect(new Set(window.entries.map((e) => e.id)).size).toBe(6);
  });

  test('are the newest of a burst, and those that were let go are counted and can be had again', () => {
    let window = EMPTY;
    for (let i = 0; i < 50; i += 1) window = withNew(window, from(i * 2_000, 2_000), false);
    expect(window.entries.length).toBe(MOST_LINES);
    expect(edges(window)).toBe('line 50000 … line 99999');
    expect(window).toMatchObject({ letGo: 50_000, newer: 0 });
    window = withOlder(window, { lines: from(45_000, 5_000), hasOlder: true });
    expect(edges(window)).toBe('line 45000 … line 94999');
    expect(window).toMatchObject({ letGo: 45_000, newer: 5_000, hasOlder: true });
    window = withNew(window, from(100_000, 7), true);
    expect(window.newer).toBe(5_007);
  });

  test('stay as they are while older ones are read, and what comes is counted', () => {
    let window = withNew(EMPTY, from(0, MOST_LINES), false);
    window = withNew(window, from(MOST_LINES, 10), true);
    expect(edges(window)).toBe('line 0 … line 49999');
    expect(window).toMatchObject({ letGo: 0, newer: 10 });
  });

  test('are bounded in characters too', () => {
    let window = EMPTY;
    for (let i = 0; i < 30; i += 1)
      window = withNew(
        window,
        Array.from({ length: 100 }, (_, n) => lineAt(i * 100 + n, 'x'.repeat(10_000))),
        false,
      );
    expect(window.size).toBeLessThanOrEqual(MOST_CHARS);
    expect(window.size).toBeGreaterThan(MOST_CHARS * 0.99);
    expect(window.letGo + window.entries.length).toBe(3_000);
    const sum = window.entries.reduce((all, { text }) => all + text.length + 100, 0);
    expect(window.size).toBe(sum);
  });

  test('it is told what cannot be had again', () => {
    let window = withNew(EMPTY, from(0, MOST_LINES + 100), false);
    window = withOlder(window, { lines: from(70, 30), hasOlder: false });
    expect(window).toMatchObject({ letGo: 0, lost: 70, hasOlder: false });
  });

  test('a level is that of the line before, of the same service', () => {
    const window = withNew(
      EMPTY,
      [
        lineAt(1, 'ERROR: it failed'),
        lineAt(2, 'INFO: all is well', 'b'),
        lineAt(3, '  File "x.py", line 1'),
        lineAt(4, '  indented', 'b'),
        lineAt(5, 'plain'),
      ],
      false,
    );
    expect(window.entries.map((e) => e.level)).toEqual(['error', 'info', 'error', 'info', undefined]);
    expect(texts(withNew(window, [lineAt(6, '    more')], false)).length).toBe(6);
    const of = (level: Parameters<typeof ofLevel>[1]): number[] =>
      ofLevel(window.entries, level).map((e) => e.id);
    expect([of('all'), of('error'), of('info'), of('debug')]).toEqual([
      [1, 2, 3, 4, 5],
      [1, 3],
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ]);
  });

  test.each<
    [
      what: string,
      known: LogLineShape[],
      page: LogLineShape[],
      hasOlder: boolean,
      shown: string,
      older: boolean,
    ]
  >([
    ['the first page', [], from(5, 3), true, 'line 5 … line 7', true],
    ['nothing at all', [], [], false, ' … ', false],
    ['a page behind what was pushed already', from(8, 2), from(5, 3), true, 'line 5 … line 9', true],
    ['a page that begins in what is here', from(0, 10), from(8, 5), true, 'line 0 … line 12', false],
    ['a page that has all there is', from(0, 10), from(20, 2), false, 'line 0 … line 21', false],
    ['a page behind a gap', from(0, 10), from(20, 2), true, 'line 20 … line 21', true],
    ['an empty page', from(0, 3), [], false, 'line 0 … line 2', false],
  ])('join %s', (_what, known, page, hasOlder, shown, older) => {
    const window = rejoined(withNew(EMPTY, known, false), { lines: page, hasOlder });
    expect(edges(window)).toBe(shown);
    expect(new Set(texts(window)).size).toBe(window.entries.length);
    expect(window.hasOlder).toBe(older);
  });
});
