import { expect } from 'vitest';
import type { WindowPage } from './window.ts';

/**
 * axe finds nothing, in light as it is and in dark in a window of 380 × 260 (a small one at 200 %), and nothing is cut
 * off there and in a small one.
 */
export async function expectSound(shown: WindowPage): Promise<void> {
  const { page } = shown;
  expect(await shown.axe()).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  for (const [width, height] of [
    [760, 520],
    [380, 260],
  ] as const) {
    await page.setViewportSize({ width, height });
    expect(await shown.overflow(), `${width} wide`).toBeLessThanOrEqual(0);
  }
  expect(await shown.axe()).toEqual([]);
  expect(shown.complaints).toEqual([]);
}
