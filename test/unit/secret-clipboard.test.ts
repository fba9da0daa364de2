import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CLEARED_AFTER_MS, SecretClipboard } from '../../main/desktop/secret-clipboard.ts';

let text = '';
const clipboard = new SecretClipboard({
  copy: (secret) => Promise.resolve(void (text = secret)),
  copied: () => Promise.resolve(text),
  clear: () => Promise.resolve(void (text = '')),
  report: (error) => expect.unreachable(String(error)),
});
beforeEach(() => {
  vi.useFakeTimers();
  text = '';
});
afterEach(() => vi.useRealTimers());
const after = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

it('is cleared after its time', async () => {
  await clipboard.copy('secret');
  await after(CLEARED_AFTER_MS - 1);
  expect(text).toBe('secret');
  await after(1);
  expect(text).toBe('');
});

it('keeps what was copied since', async () => {
  await clipboard.copy('secret');
  text = 'of the user';
  await after(CLEARED_AFTER_MS);
  expect(text).toBe('of the user');
});

it('counts from the last one', async () => {
  await clipboard.copy('one');
  await after(CLEARED_AFTER_MS / 2);
  await clipboard.copy('two');
  await after(CLEARED_AFTER_MS / 2);
  expect(text).toBe('two');
  await after(CLEARED_AFTER_MS / 2);
  expect(text).toBe('');
});

it('is cleared when the app ends, and only of what is ours', async () => {
  await clipboard.copy('secret');
  await clipboard.close();
  expect(text).toBe('');
  text = 'of the user';
  await clipboard.close();
  expect(text).toBe('of the user');
});
