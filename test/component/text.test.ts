import { describe, expect, test } from 'vitest';
import { logText, plain, plainLines } from '../../renderer/text.ts';
import { since, span, took } from '../../renderer/time.ts';

describe('text of containers', () => {
  test.each([
    ['\u001B[1;31mred\u001B[0m', 'red'],
    ['\u001B]0;title\u0007text', 'text'],
    ['\u001B]8;;http://x\u001B\\link\u001B]8;;\u001B\\', 'link'],
    ['\u009B31mred', 'red'],
    ['a\tb', 'a\tb'],
    ['bell\u0007 del\u007F c1\u0085', 'bell␇ del␡ c1�'],
    ['50 %\r60 %', '50 %␍60 %'],
    ['\u202Etxt.exe', '�txt.exe'],
    ['👩‍💻', '👩‍💻'],
  ])('a log line %j reads %j', (given, shown) => {
    expect(logText(given)).toBe(shown);
  });

  test('a line has an end, and is not cut within a character', () => {
    expect(logText('a'.repeat(10_000))).toHaveLength(10_000);
    expect(logText(`${'a'.repeat(9_999)}😀b`)).toBe(`${'a'.repeat(9_999)}… cut`);
  });

  test('a name is one line', () => {
    expect(plain(' two\nlines\u2028\u202E\u001B[2J ')).toBe('two lines');
  });

  test('an output keeps its lines and its indents', () => {
    expect(plainLines('\n  a\r\n    b\n\n')).toBe('  a\n    b');
  });
});

test('spans of time', () => {
  expect([0, 59_999, 60_000, 3_600_000, 5_400_000, 273_600_000].map(span)).toEqual([
    '0 s',
    '59 s',
    '1 min',
    '1 h',
    '1 h 30 min',
    '3 d 4 h',
  ]);
  expect([84.4, 1_240, 75_000].map(took)).toEqual(['84 ms', '1.2 s', '1 min']);
  expect(since('no time', 0)).toBeUndefined();
});
