import { expect } from 'vitest';
import type { Locator } from 'playwright-core';
import type { LogLineShape } from '../../main/channels.ts';
import { AT, STATES } from './states.ts';
import type { Given, WindowBench, WindowPage } from './window.ts';

/** Lines of a second each, the first one at `AT` and `first` seconds. */
export const lines = (
  first: number,
  count: number,
  text = (n: number): string => `line ${n}`,
): LogLineShape[] =>
  Array.from({ length: count }, (_, i) => ({
    service: 'server',
    stream: 'stdout',
    at: new Date(Date.parse(AT) + (first + i) * 1000).toISOString(),
    text: text(first + i),
  }));

export const pageOf = (all: LogLineShape[], hasOlder = false): object => ({ lines: all, hasOlder });

/** The window at its logs, which begin with a page. */
export async function openLogs(
  bench: WindowBench,
  followLogs: object,
  given: Partial<Given> = {},
): Promise<WindowPage> {
  const shown = await bench.page({
    snapshot: STATES.running,
    ...given,
    answers: { followLogs, ...given.answers },
  });
  await shown.page.keyboard.press('Control+2');
  await shown.page.getByRole('heading', { level: 1, name: 'Logs' }).waitFor();
  return shown;
}

export const logOf = (shown: WindowPage): Locator => shown.page.getByRole('region', { name: 'Log' });

/** A line that says exactly this. */
export const lineOf = (shown: WindowPage, text: string): Locator =>
  logOf(shown).locator('.log-text').getByText(text, { exact: true });

/** How far it is from its end, in pixels. */
export const fromEnd = (shown: WindowPage): Promise<number> =>
  logOf(shown).evaluate((e) => e.scrollHeight - e.scrollTop - e.clientHeight);

export const atEnd = (shown: WindowPage): Promise<void> =>
  expect.poll(() => fromEnd(shown).then((px) => px < 4)).toBe(true);
