import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keychain } from '../../main/system/secrets.ts';

// A locked keychain whose prompt nobody answers: a call to it never ends.
vi.mock('@napi-rs/keyring', () => {
  const unanswered = (): Promise<never> => new Promise(() => {});
  return {
    AsyncEntry: class {
      readonly getPassword = unanswered;
      readonly setPassword = unanswered;
      readonly deletePassword = unanswered;
    },
  };
});
// the clock of the tests is the global one
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
}));
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const entry = { scope: 'global', name: 'OPENAI_API_KEY' };
const locked = { errors: [{ code: 'secrets.locked', data: { reason: 'unlock prompt was not answered' } }] };

it.each<[string, () => Promise<unknown>]>([
  ['get', () => keychain().get(entry)],
  ['set', () => keychain().set(entry, 'value')],
  ['delete', () => keychain().delete(entry)],
])('%s: a prompt that nobody answers is given up after a minute', async (_, call) => {
  let ended: unknown;
  void call().catch((error: unknown) => (ended = error));
  await vi.dynamicImportSettled();
  await vi.advanceTimersByTimeAsync(59_000);
  expect(ended).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(ended).toMatchObject(locked);
});

it('the keychain is locked by then', async () => {
  const status = keychain().status();
  await vi.dynamicImportSettled();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await status).toBe('locked');
});
