import path from 'node:path';
import { expect, test } from 'vitest';
import { nodeFiles } from '../../main/system/file-source.ts';
import { settingOf, settingProblem } from '../../main/stack/profile-settings.ts';
import { blockOf } from '../../main/stack/source.ts';
import { argumentsFor, cardsToldOf, DEFAULT_LAUNCH, launchOf } from '../../main/gpu/launch.ts';

const BLOCK = blockOf(nodeFiles, path.join(import.meta.dirname, '../../compose/vllm/compose.yaml'))!;

test('without settings it is what the profile has', () => {
  expect(launchOf((name) => settingOf(BLOCK, name).default)).toEqual(DEFAULT_LAUNCH);
  expect(launchOf(() => undefined)).toEqual(DEFAULT_LAUNCH);
});

const SHARE = 'it is not a share such as 0.90';
const MODEL = 'it is not OWNER/NAME as at Hugging Face';
const GPUS = 'it is not all, nor indices or UUIDs such as 0,1';
test.each<[setting: string, text: string, problem: string | undefined]>([
  ['gpu-share', '0.5', undefined],
  ['gpu-share', '.95', undefined],
  ['gpu-share', '1', undefined],
  ['gpu-share', 'banana', SHARE],
  ['gpu-share', '0', SHARE],
  ['gpu-share', '0.0', SHARE],
  ['gpu-share', '1.5', SHARE],
  ['gpu-share', '90', SHARE],
  ['gpu-share', '0.9 --enforce-eager', SHARE],
  ['model', 'Intel/GLM-4.7-Flash-int4-AutoRound', undefined],
  ['model', '../../x', MODEL],
  ['model', 'no slash here', MODEL],
  ['model', 'a/b/c', MODEL],
  ['model', 'a/..', MODEL],
  ['gpus', 'all', undefined],
  ['gpus', '0,1', undefined],
  ['gpus', 'GPU-18a3e86f-4c0e-cd9f-59c3-55488c4b0c24', undefined],
  ['gpus', '0:1', undefined],
  ['gpus', 'nvidia.com/gpu=0', undefined],
  ['gpus', 'a;b', GPUS],
  ['gpus', '0, 1', GPUS],
])('%s may be "%s"', (name, text, problem) => {
  expect(settingProblem(settingOf(BLOCK, name), text)).toBe(problem);
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
