import { describe, expect, test } from 'vitest';
import type { FindingShape, Setup, SetupStep, StackSetting } from '../../main/channels.ts';
import {
  canChoose,
  clashOf,
  engineSentence,
  firstChoice,
  heldBy,
  isMissing,
  mendOf,
  portWords,
  shownStep,
  skipFrom,
  stepAfter,
  stepBefore,
  STEPS,
  type SetupFacts,
} from '../../renderer/setup-model.ts';
import { FINDINGS, STACK_SETTINGS } from './answers.ts';
import { ENGINE_FACTS, ENGINE_STOPPED, NO_ENGINE, SETUP_STACKS } from './setup-answers.ts';

const facts = (change: Partial<SetupFacts> = {}): SetupFacts => ({
  isEngineThere: true,
  project: 'p',
  findings: [],
  ...change,
});

const unread: FindingShape = {
  id: 'compose-file',
  title: 'Compose file',
  category: 'stack',
  status: 'fail',
  detail: 'source is not set',
};
const port = (name: string, value: string): StackSetting => ({
  ...STACK_SETTINGS.find((s) => s.type === 'port')!,
  name,
  label: name,
  value,
});

describe('the steps of a setup', () => {
  test('lead from one to the next and back', () => {
    const ids = STEPS.map((s) => s.id);
    expect(ids.map(stepAfter)).toEqual([...ids.slice(1), 'start']);
    expect(ids.map(stepBefore)).toEqual([undefined, ...ids.slice(0, -1)]);
  });

  test.each<[string, Setup, Partial<SetupFacts>, SetupStep]>([
    ['one goes on where one was', { step: 'keys', project: 'p' }, {}, 'keys'],
    ['while nobody knows, one stays', { step: 'keys' }, { isEngineThere: undefined }, 'keys'],
    ['without an engine it is the first', { step: 'review' }, { isEngineThere: false }, 'engine'],
    [
      'a start that was begun says itself what is wrong',
      { step: 'start' },
      { isEngineThere: false },
      'start',
    ],
    ['without a stack it is the choice of one', { step: 'review' }, { project: undefined }, 'profile'],
    ['so it is for a start', { step: 'start' }, { project: undefined }, 'profile'],
    ['the choice itself needs none', { step: 'profile' }, { project: undefined }, 'profile'],
  ])('%s', (_, setup, change, step) => expect(shownStep(setup, facts(change))).toBe(step));

  test.each<[SetupStep, Partial<SetupFacts>, RegExp | undefined]>([
    ['engine', {}, undefined],
    ['engine', { isEngineThere: undefined }, /is asked/],
    ['engine', { isEngineThere: false }, /looked for again/],
    ['engine', { project: undefined }, undefined],
    ['profile', { project: undefined }, /Choose/],
    ['keys', {}, undefined],
    ['place', { findings: FINDINGS }, /port is taken/],
    ['place', { findings: undefined }, undefined],
    ['place', { findings: [unread] }, /not set yet/],
    ['place', { findings: [{ ...unread, status: 'warn' }] }, undefined],
    ['place', { findings: FINDINGS.filter((f) => f.id === 'disk') }, undefined],
    ['review', { findings: FINDINGS }, undefined],
  ])('from %s with %j', (step, change, words) => {
    const held = heldBy(step, facts(change));
    if (words === undefined) expect(held).toBeUndefined();
    else expect(held).toMatch(words);
  });

  test.each<[SetupStep, Partial<SetupFacts>, SetupStep | undefined]>([
    ['engine', {}, 'review'],
    ['profile', {}, 'review'],
    ['keys', {}, 'review'],
    ['place', {}, undefined],
    ['review', {}, undefined],
    ['engine', { findings: FINDINGS }, 'place'],
    ['keys', { findings: FINDINGS }, 'place'],
    ['engine', { project: undefined }, 'profile'],
    ['engine', { isEngineThere: false }, undefined],
    ['profile', { project: undefined }, undefined],
  ])('the defaults lead from %s with %j to %s', (step, change, to) =>
    expect(skipFrom(step, facts(change))).toBe(to),
  );
});

test('the recommended stack is chosen, else the first that can be read', () => {
  expect(firstChoice(SETUP_STACKS)).toBe('letta-production');
  const bare = SETUP_STACKS.map((s) => ({ ...s, recommended: undefined })).toReversed();
  expect(firstChoice(bare)).toBe('own');
  expect(firstChoice([])).toBeUndefined();
  const vllm = { verdict: 'not', why: 'There is no card.', steps: [] } as const;
  const noCard = SETUP_STACKS.map((s) => ({ ...s, gpu: { ...vllm, steps: [] }, recommended: undefined }));
  expect(firstChoice(noCard)).toBeUndefined();
  expect(noCard.some(canChoose)).toBe(false);
  expect(SETUP_STACKS.filter(canChoose)).toHaveLength(4);
});

test.each([
  [{ what: 'disk', needed: 2, has: 1 }, true],
  [{ what: 'disk', needed: 2, has: 2 }, false],
  [{ what: 'disk', needed: 2 }, false],
] as const)('%j is missing: %s', (need, is) => expect(isMissing(need)).toBe(is));

test.each([
  [['engine.port-taken'], 'place'],
  [['stack.cancelled', 'engine.port-reserved'], 'place'],
  [['secrets.locked'], 'keys'],
  [['engine.not-running'], 'engine'],
  [['engine.unreachable'], 'engine'],
  [['settings.bad-value'], 'place'],
  [['engine.not-found'], undefined],
  [['engine.disk-full'], undefined],
  [[], undefined],
])('%j is mended in %s', (codes, step) => expect(mendOf(codes)?.step).toBe(step));

test.each([
  [ENGINE_FACTS, /was found/],
  [ENGINE_STOPPED, /Docker Engine is installed/],
  [NO_ENGINE, /nothing here can run them/],
  [{ abilities: [], todo: [] }, /does not answer/],
])('%#: the engine in a sentence', (engine, words) => expect(engineSentence(engine)).toMatch(words));

describe('ports', () => {
  test.each<[StackSetting[], string | undefined]>([
    [[], undefined],
    [[port('Server', '8283'), port('Database', '5432')], undefined],
    [
      [port('Server', '5432'), port('Database', '5432')],
      'Server and Database are both 5432: only one can have it.',
    ],
    [[port('Server', '5432'), { ...port('Pool', '5432'), type: 'integer' }], undefined],
  ])('two settings for one port: %#', (settings, words) => expect(clashOf(settings)).toBe(words));

  test.each<[string, readonly FindingShape[] | undefined, StackSetting[], RegExp]>([
    ['while they are looked at', undefined, [port('Server', '8283')], /Looking/],
    ['of a file that cannot be read', [unread], [port('Server', '8283')], /cannot be told/],
    ['of a stack without any', [], [], /publishes none/],
  ])('%s', (_, findings, settings, words) => expect(portWords(findings, settings)).toMatch(words));
});
