/// <reference lib="dom" />
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppBox, buildApp, describeApp, docker } from './app-process.ts';
import { until } from './fake-desktop.ts';

const HOSTILE = path.join(import.meta.dirname, '../fixtures/hostile-stack/compose.yaml');
/** What none of tray, notification and window may show: control and format characters, but for line ends. */
const CONTROL = /[^\P{Cc}\n]|\p{Cf}/u;
const MEGABYTE = 1_000_000;

interface Bridge {
  readonly call: (name: string, input: unknown) => Promise<{ value?: unknown }>;
}

describeApp('a container that says everything', () => {
  const box = new AppBox('app-hostile', 18_415, {}, { files: [HOSTILE], variables: {} });
  const dialogs: string[] = [];
  let page: Page;

  beforeAll(async () => {
    await buildApp();
    await box.cli('down', '--project', box.project).catch(() => undefined); // of a run that was killed
    await box.open();
    await box.status(/^Stopped: /);
    await box.tray.click('Start');
    await box.status(/^Healthy: /, 60_000);
    await docker('exec', `${box.project}-loud-1`, 'touch', '/tmp/bad');
    await box.status(/^Degraded: loud fails its health check/);
  });
  afterAll(async () => {
    await box.cli('down', '--project', box.project);
    await box.close();
  });

  it('is told in a notification as short and plain text', async () => {
    const note = await until('a notification', () => box.desktop.notes[0]);
    expect(note.summary).toBe('loud is unhealthy');
    expect(note.body).toMatch(/^loud has failed its health check/);
    expect(note.body).not.toMatch(/[<>]/);
    expect(note.body).not.toMatch(CONTROL);
    expect(note.body.length).toBeLessThan(400);
  });

  it('is in the tray as short and plain text', async () => {
    const words = [...(await box.tray.words()), JSON.stringify(await box.tray.get('ToolTip'))];
    for (const line of words) {
      expect(line).not.toMatch(CONTROL);
      expect(line.length).toBeLessThan(500);
    }
  });

  it('is shown in the window as text, in every view', async () => {
    await box.tray.activate();
    page = await box.window();
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await page.getByRole('heading', { name: 'Degraded' }).waitFor();
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText('<b>Loud</b>').waitFor();
    for (const key of ['1', '2', '3', ',']) {
      await page.keyboard.press(`Control+${key}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      const text = await page.locator('body').innerText();
      expect(text).not.toMatch(CONTROL);
    }
    await page.getByText('<b>Hostile</b>').first().waitFor();
    expect(await page.locator('img, script:not([src]), b, i').count()).toBe(0);
    expect(dialogs).toEqual([]);
  });

  it('costs no memory that grows: what crosses to the window is bounded', async () => {
    const size = (name: string, input: object): Promise<number> =>
      page.evaluate(
        async ([asked, given]) => {
          const { bridge } = window as unknown as { bridge: Bridge };
          return JSON.stringify(await bridge.call(asked, given)).length;
        },
        [name, input] as const,
      );
    expect(await size('snapshot', {})).toBeLessThan(0.1 * MEGABYTE);
    expect(await size('probe', { project: box.project })).toBeLessThan(0.1 * MEGABYTE);
    const heap = (): Promise<number> => box.app.evaluate(() => process.memoryUsage().rss);
    const before = await heap();
    for (let i = 0; i < 30; i += 1) await size('probe', { project: box.project });
    expect((await heap()) - before).toBeLessThan(60 * MEGABYTE);
    for (const file of ['state/health.jsonl', 'state/state.jsonl', 'logs/app.log'])
      expect(readFileSync(path.join(box.home, file)).length).toBeLessThan(0.5 * MEGABYTE);
  });
});
