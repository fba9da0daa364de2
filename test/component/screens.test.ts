// Every view with what matters of a state, large and small, in light and dark; and every control of it by keyboard.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STATES } from './states.ts';
import { MISSING, WindowBench, type WindowPage } from './window.ts';

const VIEWS = { Overview: '1', Logs: '2', Doctor: '3', Settings: ',' } as const;
type View = keyof typeof VIEWS;
const VIEW_NAMES = Object.keys(VIEWS) as View[];

const SIZES = [
  { width: 1440, height: 900 },
  { width: 760, height: 520 },
] as const;
const SHOWN = ['running', 'degraded', 'failed', 'pulling', 'first', 'none', 'unreachable'] as const;
/** Of these the buttons differ. */
const REACHED = ['running', 'failed', 'pulling'] as const;

/** Runs in the page: what Tab should lead to, each by a number of its own; radio buttons of a group are one stop. */
const MARK = `(() => {
  const groups = new Set();
  let count = 0;
  for (const e of document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')) {
    const hidden = !e.checkVisibility({ visibilityProperty: true }) || e.disabled || e.tabIndex < 0;
    if (hidden || e.closest('[inert]')) continue;
    if (e.type === 'radio') {
      if (groups.has(e.name)) continue;
      groups.add(e.name);
      for (const other of document.getElementsByName(e.name)) other.dataset.stop = String(count);
    }
    e.dataset.stop = String(count);
    count += 1;
  }
  return count;
})()`;

describe.skipIf(MISSING)('screens', () => {
  let bench: WindowBench;
  beforeAll(async () => {
    bench = await WindowBench.open();
  });
  afterAll(() => bench.close());

  async function open(view: View, state: (typeof SHOWN)[number]): Promise<WindowPage> {
    const shown = await bench.page({ snapshot: STATES[state] });
    await shown.page.keyboard.press(`Control+${VIEWS[view]}`);
    await shown.page.locator('[aria-current=page]').filter({ hasText: view }).waitFor();
    return shown;
  }

  test.each(VIEW_NAMES.flatMap((view) => SHOWN.map((state) => [view, state] as const)))(
    '%s, %s: sound at both sizes, in light and dark',
    async (view, state) => {
      const shown = await open(view, state);
      for (const size of SIZES) {
        await shown.page.setViewportSize(size);
        expect(await shown.overflow(), `${size.width} wide`).toBeLessThanOrEqual(0);
        for (const colorScheme of ['light', 'dark'] as const) {
          await shown.page.emulateMedia({ colorScheme });
          expect(await shown.axe(), `${size.width} wide, ${colorScheme}`).toEqual([]);
        }
      }
      expect(shown.complaints).toEqual([]);
      await shown.close();
    },
  );

  test.each(VIEW_NAMES.flatMap((view) => REACHED.map((state) => [view, state] as const)))(
    '%s, %s: Tab leads to all that can be done',
    async (view, state) => {
      const shown = await open(view, state);
      const count = await shown.page.evaluate<number>(MARK);
      expect(count).toBeGreaterThan(5);
      const reached = new Set<string>();
      for (let i = 0; i < count + 5; i += 1) {
        await shown.page.keyboard.press('Tab');
        const stop = await shown.page.evaluate<string | undefined>('document.activeElement?.dataset.stop');
        if (stop !== undefined) reached.add(stop);
      }
      const missed = await shown.page.evaluate<string[]>(
        `[...document.querySelectorAll('[data-stop]')].filter((e) => !${JSON.stringify([...reached])}.includes(e.dataset.stop)).map((e) => e.outerHTML.slice(0, 120))`,
      );
      expect(missed).toEqual([]);
      await shown.close();
    },
  );
});
