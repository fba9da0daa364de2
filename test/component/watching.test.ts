import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HEALTH, UNWATCHED } from './answers.ts';
import { expectSound } from './sound.ts';
import { AT, HOSTILE, STATES } from './states.ts';
import { MISSING, WindowBench, type WindowPage } from './window.ts';

const USE = [
  { service: 'db', cores: 0.0214, memory: 61e6 },
  { service: 'server', cores: 2.1, memory: 1.41e9 },
];
const REFUSED = { errors: [{ code: 'x', data: {}, message: 'The file is broken', next: 'Remove it.' }] };

describe.skipIf(MISSING)('what is watched', () => {
  let bench: WindowBench;
  beforeAll(async () => {
    bench = await WindowBench.open();
  });
  afterAll(() => bench.close());

  const use = (shown: WindowPage, afterMs: number, services: unknown = USE): Promise<void> =>
    shown.push('use', { at: new Date(Date.parse(AT) + afterMs).toISOString(), services });

  test('what services use is watched while the overview can be seen', async () => {
    const shown = await bench.page({ snapshot: STATES.running });
    const watched = (): Promise<unknown[]> => shown.inputs('watchUse');
    await expect.poll(watched).toEqual([{ on: true }]);
    await shown.hide(true);
    await expect.poll(watched).toEqual([{ on: true }, { on: false }]);
    await shown.page.keyboard.press('Control+2');
    await shown.hide(false);
    await shown.page.getByRole('heading', { level: 1, name: 'Logs' }).waitFor();
    expect(await watched()).toHaveLength(2);
    await shown.page.keyboard.press('Control+1');
    await expect.poll(watched).toEqual([{ on: true }, { on: false }, { on: true }]);
    await shown.page.keyboard.press('Control+,');
    await expect.poll(watched).toEqual([{ on: true }, { on: false }, { on: true }, { on: false }]);
    await shown.close();
  });

  test('it is shown where it is known, kept over other views, and goes when nothing more is told', async () => {
    const shown = await bench.page({ snapshot: STATES.running, now: AT, width: 1440, height: 900 });
    const { page } = shown;
    const services = page.getByRole('region', { name: 'Services' });
    const amounts = services.locator('.amount');
    expect(await amounts.count()).toBe(0);
    expect(await services.getByText('%').count()).toBe(0);
    await use(shown, -2_000);
    await use(shown, 0, [...USE, { service: 'stranger', cores: 1, memory: 1 }]);
    await services.getByText('Processor and memory, last 5 minutes').waitFor();
    expect(await amounts.allTextContents()).toEqual([
      'Processor 2.1 %',
      'Memory 61 MB',
      'Processor 210 %',
      'Memory 1.4 GB',
    ]);
    const most = 'Last 5 minutes: processor (line) 210 % at most, memory (dots) 1.4 GB at most';
    await services.getByRole('img', { name: most }).waitFor();
    // right-aligned, under each other
    const rights = await amounts.evaluateAll((all) => all.map((e) => e.getBoundingClientRect().right));
    expect(rights[0]).toBe(rights[2]);
    expect(rights[1]).toBe(rights[3]);
    await expectSound(shown);
    await page.keyboard.press('Control+,');
    await page.keyboard.press('Control+1');
    expect(await services.locator('.plot path').first().getAttribute('d')).toMatch(/^M[\d.]+ [\d.]+h0L/);
    await page.clock.fastForward(15_000);
    await expect.poll(() => amounts.count()).toBe(0);
    await use(shown, 16_000);
    await expect.poll(() => amounts.count()).toBe(4);
    await shown.push('snapshot', { ...STATES.unreachable, revision: 2 });
    await expect.poll(() => amounts.count()).toBe(0);
    await shown.close();
  });

  test('what another stack used is not shown as what this one does', async () => {
    const shown = await bench.page({ snapshot: STATES.running, now: AT });
    const amounts = shown.page.getByRole('region', { name: 'Services' }).locator('.amount');
    await use(shown, 0);
    await expect.poll(() => amounts.count()).toBe(4);
    await shown.push('snapshot', { ...STATES.running, current: 'another', revision: 2 });
    await shown.push('snapshot', { ...STATES.running, revision: 3 });
    await expect.poll(() => amounts.count()).toBe(0);
    await shown.close();
  });

  test('the last 24 hours: strips say in words what they show, and incidents when, how long and why', async () => {
    const shown = await bench.page({ snapshot: STATES.degraded, now: AT });
    const { page } = shown;
    const card = page.getByRole('region', { name: 'Last 24 hours' });
    const strips = card.getByRole('img');
    await strips.first().waitFor();
    const words: (string | null)[] = [];
    for (const strip of await strips.all()) words.push(await strip.getAttribute('aria-label'));
    expect(words).toEqual([
      'not well 15 min, well 22 h 15 min, not watched 1 h 30 min',
      'starting 30 min, well 22 h, not watched 1 h 30 min',
      'not well 30 min, well 22 h, not watched 1 h 30 min',
      'well 21 h 30 min, stopped 1 h, not watched 1 h 30 min',
    ]);
    // told apart by their height
    const heights = new Set<number | undefined>();
    for (const bar of await card.locator('.legend .bar').all())
      heights.add((await bar.boundingBox())?.height);
    expect(heights.size).toBe(5);
    expect(await card.getByRole('listitem').filter({ hasText: 'health check' }).textContent()).toMatch(
      /^\d\d:58\d min, stilldb fails its health check$/,
    );
    expect(await card.getByRole('listitem').filter({ hasText: 'memory' }).textContent()).toMatch(
      /\d\d:3115 minserver: out of memory at 1 GB · came back by itself$/,
    );
    await expectSound(shown);
    await shown.close();
  });

  test('the last 24 hours are read at once, when the state changes, and every minute while they can be seen', async () => {
    const shown = await bench.page({ snapshot: STATES.running, now: AT, answers: { health: UNWATCHED } });
    const { page } = shown;
    const reads = async (): Promise<number> => (await shown.inputs('health')).length;
    await page.getByText('Not watched yet.').waitFor();
    expect(await reads()).toBe(1);
    await shown.answer('health', { ...HEALTH, incidents: [] });
    await shown.push('snapshot', { ...STATES.running, revision: 2 });
    await shown.push('snapshot', { ...STATES.degraded, revision: 3 });
    await page.getByText('Nothing went wrong while it was watched.').waitFor();
    expect(await reads()).toBe(2);
    await page.clock.fastForward(61_000);
    await expect.poll(reads).toBe(3);
    await shown.hide(true);
    await page.clock.fastForward(180_000);
    expect(await reads()).toBe(3);
    await shown.hide(false);
    await expect.poll(reads).toBe(4);
    await shown.answer('health', REFUSED);
    await page.clock.fastForward(61_000);
    await page.getByRole('alert').getByText('The file is broken').waitFor();
    // what was read before stays
    expect(await page.getByRole('region', { name: 'Last 24 hours' }).getByRole('img').count()).toBe(4);
    await shown.close();
  });

  test('hundreds of incidents and names of any kind have their place', async () => {
    const incidents = Array.from({ length: 200 }, (_, i) => ({
      service: HOSTILE,
      from: new Date(Date.parse(AT) - i * 60_000).toISOString(),
      to: new Date(Date.parse(AT) - i * 60_000 + 20_000).toISOString(),
      sentence: `${HOSTILE} ended ${'x'.repeat(300)}`,
    }));
    const health = {
      ...HEALTH,
      services: [{ service: `${HOSTILE}${'y'.repeat(200)}`, bars: HEALTH.services[0]?.bars }],
      incidents,
    };
    const shown = await bench.page({ snapshot: STATES.running, answers: { health } });
    const card = shown.page.getByRole('region', { name: 'Last 24 hours' });
    await card.getByText('195 earlier').waitFor();
    expect(await card.locator('time:visible').count()).toBe(5);
    await expectSound(shown);
    await card.getByText('195 earlier').click();
    expect(await card.locator('time:visible').count()).toBe(200);
    await shown.close();
  });

  test('a view that cannot be drawn says so, and there is a way on', async () => {
    const shown = await bench.page({ snapshot: STATES.stopped });
    const { page } = shown;
    await page.evaluate(`
      window.groupBy = Map.groupBy;
      Map.groupBy = () => { throw new TypeError('it broke') };
    `);
    await page.getByRole('button', { name: 'What will happen?' }).click();
    const alert = page.getByRole('alert');
    await alert.getByText('TypeError: it broke').waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await shown.axe()).toEqual([]);
    }
    await page.setViewportSize({ width: 380, height: 260 });
    expect(await shown.overflow()).toBeLessThanOrEqual(0);
    await alert.getByRole('button', { name: 'Copy details' }).click();
    const details = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(details).toMatch(/^TypeError: it broke\n/);
    expect(details).toContain('at dialog');
    // the rest of the window goes on
    await page.keyboard.press('Control+2');
    await page.getByRole('heading', { level: 1, name: 'Logs' }).waitFor();
    await page.keyboard.press('Control+1');
    await alert.getByText('TypeError: it broke').waitFor();
    await page.evaluate('Map.groupBy = window.groupBy');
    await alert.getByRole('button', { name: 'Reload' }).click();
    await page.getByRole('dialog').getByRole('heading', { name: 'Recreate' }).waitFor();
    await shown.close();
  });
});
