import { describe, expect, it, vi } from 'vitest';
import { CALLS, type CallName } from '../../main/channels.ts';
import { answerCall, answerTo, isOurPage } from '../../main/desktop/answer.ts';
import type { Calls } from '../../main/desktop/calls.ts';
import { failure } from '../../main/errors.ts';

const NAMES = Object.keys(CALLS) as CallName[];
const untouched = (): Calls =>
  Object.fromEntries(NAMES.map((name) => [name, vi.fn(() => Promise.reject(new Error('called')))])) as never;

const codes = (reply: Awaited<ReturnType<typeof answerCall>>): string[] =>
  reply.ok ? [] : reply.errors.map((e) => e.code);

/** What no channel takes. */
const MALFORMED: unknown[] = [
  undefined,
  null,
  0,
  'text',
  [],
  [{}],
  () => 1,
  { unknown: 1 },
  { project: 'p', kind: 'rm -rf', services: [] },
  { project: 'p', kind: 'up', services: 'db' },
  { project: 'p', kind: 'up', services: [''] },
  { project: 'p', kind: 'up', services: Array.from({ length: 201 }, () => 'a') },
  { project: 'p', kind: 'up', services: [], agreement: 1 },
  { project: 'p', kind: 'up', services: [], extra: true },
  { kind: 'up', services: [] },
  { project: '', kind: 'up', services: [] },
  { index: 0 },
  { project: 'p', index: -1 },
  { project: 'p', index: 0.5 },
  { project: 'p', index: '0' },
  { project: 'p', name: '' },
  { project: 'p', name: 'x'.repeat(201) },
  { project: 'p', name: { toString: 'x' } },
  { services: [], tail: 0 },
  { services: [], tail: Number.NaN },
  { services: [], tail: 1e9 },
  { services: [], since: 'ever', session: 's', before: '2026-01-01T00:00:00.000000001Z' },
  { services: [], since: 'all', session: '', before: 'yesterday' },
  { session: 'x'.repeat(101) },
  { only: ['x'.repeat(101)] },
  { token: 't', passphrase: '' },
  { token: 't', passphrase: ['words'] },
  { token: 't', passphrase: 'x'.repeat(1_001) },
  { token: '', passphrase: 'words' },
  { token: 't', passphrase: 'words', file: '/etc/passwd' },
  JSON.parse('{"__proto__": {"polluted": true}, "services": []}'),
];

describe('a call of the window', () => {
  it.each(NAMES.flatMap((name) => MALFORMED.map((input) => [name, input] as const)))(
    '%s refuses %j',
    async (name, input) => {
      const calls = untouched();
      expect(codes(await answerCall(calls, name, input))).toEqual(['ipc.bad-input']);
      expect(calls[name]).not.toHaveBeenCalled();
    },
  );

  it.each(['', 'nothing', '__proto__', 'constructor', 'toString', 7, null, undefined, {}, ['snapshot']])(
    'by the name %j is refused',
    async (name) => {
      expect(codes(await answerCall(untouched(), name, {}))).toEqual(['ipc.unknown-call']);
    },
  );

  it('gives what the contract names and nothing else', async () => {
    const calls = { ...untouched(), doctor: () => Promise.resolve([{ ...FINDING, password: 'secret' }]) };
    expect(await answerCall(calls, 'doctor', { only: [] })).toEqual({ ok: true, value: [FINDING] });
  });

  it('gives an error as a value with its wording', async () => {
    const calls = { ...untouched(), preview: () => Promise.reject(failure('stack.no-stack', {})) };
    expect(await answerCall(calls, 'preview', { project: 'p' })).toMatchObject({
      ok: false,
      errors: [
        { code: 'stack.no-stack', message: expect.stringContaining('No stack'), next: expect.any(String) },
      ],
    });
  });

  it('names the stack that was asked for in what is to be done', async () => {
    const missing = failure('stack.secret-missing', { name: 'A', services: ['db'], volume: 'v' });
    const calls = { ...untouched(), preview: () => Promise.reject(missing) };
    expect(await answerCall(calls, 'preview', { project: 'other' })).toMatchObject({
      errors: [{ next: expect.stringContaining('letta-stack secrets set --project other A') }],
    });
  });

  it('gives what nobody foresaw as an error too', async () => {
    expect(codes(await answerCall(untouched(), 'preview', { project: 'p' }))).toEqual(['stack.unknown']);
  });
});

const FINDING = { id: 'a', title: 'A', category: 'engine' as const, status: 'ok' as const, detail: 'd' };

describe('who may call', () => {
  it.each<[url: string, isMain: boolean, may: boolean]>([
    ['app://window/index.html', true, true],
    ['app://window/', true, true],
    ['app://window/index.html', false, false],
    ['app://elsewhere/index.html', true, false],
    ['https://window/index.html', true, false],
    ['file:///out/renderer/index.html', true, false],
    ['app://window.example/index.html', true, false],
    ['about:blank', true, false],
    ['', true, false],
  ])('%s (main frame: %s): %s', (url, isMain, may) => {
    expect(isOurPage({ url, isMain })).toBe(may);
  });

  const foreign = [
    { url: 'https://example.org/', isMain: true },
    { url: 'app://window/index.html', isMain: false },
    undefined,
  ];

  it.each(NAMES)('%s is answered to no page but ours', async (name) => {
    const calls = untouched();
    const answer = answerTo(calls);
    // whatever is asked, well or not: who asks comes first
    for (const asker of foreign)
      for (const input of [{}, { project: 'p' }, 'text'])
        expect(codes(await answer(name, input, asker))).toEqual(['ipc.wrong-sender']);
    expect(calls[name]).not.toHaveBeenCalled();
    const ours = { url: 'app://window/index.html', isMain: true };
    expect(codes(await answer(name, 'text', ours))).toEqual(['ipc.bad-input']);
  });

  it('not a frame that is gone', () => {
    expect(isOurPage(undefined)).toBe(false);
  });
});
