import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { argumentsFor, cardsToldOf, DEFAULT_LAUNCH, launchOf } from '../../main/gpu/launch.ts';

test('without settings it is what the profile has', () => {
  const { 'x-letta-stack': block } = parse(readFileSync('compose/vllm/compose.yaml', 'utf8')) as {
    'x-letta-stack': { settings: { name: string; default: string | number }[] };
  };
  const defaultOf = (name: string): string => String(block.settings.find((s) => s.name === name)?.default);
  expect(launchOf(defaultOf)).toEqual(DEFAULT_LAUNCH);
  expect(launchOf(() => undefined)).toEqual(DEFAULT_LAUNCH);
});

test('settings are taken, and what is no number is not', () => {
  const settings: Record<string, string> = {
    'max-length': '8192',
    'gpu-share': '0.5',
    gpus: '1',
    'vllm-arguments': '-tp 2',
  };
  expect(launchOf((name) => settings[name])).toEqual({
    context: 8192,
    share: 0.5,
    gpus: '1',
    arguments: '-tp 2',
  });
  expect(launchOf(() => 'banana')).toMatchObject({ context: 16_384, share: 0.9 });
});

test.each([
  ['', 1],
  ['--enforce-eager', 1],
  ['--tensor-parallel-size 2', 2],
  ['--enforce-eager --tensor-parallel-size=4 --max-num-seqs 64', 4],
  ['-tp 2', 2],
  // the last counts
  ['-tp 2 --tensor-parallel-size 4', 4],
  ['--tensor-parallel-size-of-mine 8', 1],
])('the arguments "%s" split over %s', (text, cards) => {
  expect(cardsToldOf({ ...DEFAULT_LAUNCH, arguments: text })).toBe(cards);
});

test.each([
  ['', 2, '--tensor-parallel-size 2'],
  ['--enforce-eager', 2, '--enforce-eager --tensor-parallel-size 2'],
  ['-tp 4 --enforce-eager', 2, '--enforce-eager --tensor-parallel-size 2'],
  ['--enforce-eager -tp=4 --max-num-seqs 64', 1, '--enforce-eager --max-num-seqs 64'],
  ['-tp 2', 1, ''],
])('"%s" for %s cards', (text, cards, wanted) => {
  expect(argumentsFor({ ...DEFAULT_LAUNCH, arguments: text }, cards)).toBe(wanted);
});
