import { describe, expect, it } from 'vitest';
import { brokenLine, lineAt } from '../../main/system/json-place.ts';

describe('the line on which a text stops to be JSON', () => {
  it.each<[what: string, text: string, line: number | undefined]>([
    ['none', '{\n  "a": [1, 2]\n}\n', undefined],
    ['nothing at all', '', 1],
    ['a comma too much', '{\n  "a": 1,\n}\n', 3],
    ['a comma too few', '{\n  "a": 1\n  "b": 2\n}\n', 3],
    ['the end is missing', '{\n  "a": {\n    "b": 2\n', 4],
    ['a word without quotes', '{\n  "a": 1,\n  "b": dark\n}\n', 3],
    ['a comment', '{\n  // mine\n  "a": 1\n}\n', 2],
    ['more after the end', '{}\n\nx', 3],
    ['Windows lines', '{\r\n  "a": 1,\r\n}\r\n', 3],
  ])('%s', (_what, text, line) => {
    expect(brokenLine(text)).toBe(line);
    if (line !== undefined) expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });
});

describe('the line of a path', () => {
  const text =
    '{\n  "version": 1,\n  "app": {\n    "theme":\n      "pink",\n    "off": [\n      "a",\n      2\n    ]\n  }\n}';
  it.each<[path: (string | number)[], line: number]>([
    [[], 1],
    [['version'], 2],
    [['app', 'theme'], 4],
    [['app', 'off', 1], 8],
    [['app', 'quietHours', 'from'], 3],
    [['stacks'], 1],
  ])('%j', (path, line) => {
    expect(lineAt(text, path)).toBe(line);
  });
});
