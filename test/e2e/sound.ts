import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { axe } from '../setup/axe.ts';

/** axe finds nothing in what the app's window shows, in light and dark. */
export async function expectSound(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await axe(page), colorScheme).toEqual([]);
  }
}
