import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppBox, buildApp, describeApp } from './app-process.ts';
import { until } from './fake-desktop.ts';

/** What the app writes, each on a disk of its own. */
const FOLDERS = ['config', 'state', 'logs'];

describeApp('a disk that is full', () => {
  const box = new AppBox('app-full', 18_412);
  const folders = FOLDERS.map((name) => path.join(box.home, name));
  const mounted: string[] = [];
  let page: Page;

  beforeAll(async () => {
    await buildApp();
    const settings = readFileSync(box.settingsFile);
    for (const folder of folders) {
      mkdirSync(folder, { recursive: true });
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=0700', 'tmpfs', folder]);
      mounted.push(folder);
    }
    writeFileSync(box.settingsFile, settings);
    await box.open([]);
    page = await box.window();
    await box.status(/^Stopped: /);
    // each is answered with its second button
    await box.app.evaluate(({ dialog }) => {
      const boxes: string[] = [];
      Object.assign(globalThis, { boxes });
      dialog.showMessageBox = ((options: Electron.MessageBoxOptions) => {
        boxes.push(`${options.message}: ${options.buttons?.join(', ')}`);
        return Promise.resolve({ response: 1, checkboxChecked: false });
      }) as never;
    });
    await page.keyboard.press('Control+,');
  });
  afterAll(async () => {
    await box.app?.close();
    for (const folder of mounted) execFileSync('umount', [folder]);
    await box.close();
  });

  const ballast = (folder: string): string => path.join(folder, 'ballast');
  /** To the last byte: also what a file has allocated and not used. */
  function fill(folder: string): void {
    for (let i = 0; i < 20 && statfsSync(folder).bavail > 0; i += 1) {
      const { bavail, bsize } = statfsSync(folder);
      try {
        appendFileSync(ballast(folder), Buffer.alloc(bavail * bsize));
      } catch (error) {
        // the app took some of it in this moment
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
    expect(statfsSync(folder).bavail).toBe(0);
  }
  const settings = (): { app?: Record<string, unknown> } =>
    JSON.parse(readFileSync(box.settingsFile, 'utf8')) as { app?: Record<string, unknown> };
  const log = (): string => readFileSync(path.join(box.home, 'logs', 'app.log'), 'utf8');
  const choose = (theme: string): Promise<void> => page.getByRole('radio', { name: theme }).click();
  const themeIs = (theme: string): Promise<true> =>
    until(`the theme is ${theme}`, async () =>
      (await box.app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)) === theme ? true : undefined,
    );

  it('refuses a change, says why, and leaves the settings whole; the app goes on', async () => {
    await choose('Light');
    await themeIs('light');
    const before = readFileSync(box.settingsFile, 'utf8');
    folders.forEach(fill);
    await choose('Dark');
    const alert = page.getByRole('alert');
    await alert.getByText(/^The disk is full, and this could not be written: ENOSPC/).waitFor();
    await alert.getByText(/^Free some space and try it again/).waitFor();
    expect(readFileSync(box.settingsFile, 'utf8')).toBe(before);
    expect(await page.getByRole('radio', { name: 'Light' }).isChecked()).toBe(true);
    // what else is written meanwhile
    await box.app.evaluate(({ powerMonitor }) => powerMonitor.emit('resume'));
    await box.app.evaluate(() => void Promise.reject(new Error('nobody foresaw it')));
    await box.status(/^Stopped: /);
    await page.keyboard.press('Control+3');
    await page
      .getByText(/keychain/i)
      .first()
      .waitFor();
  });

  it('takes it again once there is space', async () => {
    await page.keyboard.press('Control+,');
    for (const folder of folders) rmSync(ballast(folder));
    await choose('Dark');
    await themeIs('dark');
    expect(settings().app).toMatchObject({ theme: 'dark' });
    expect(await page.getByRole('alert').count()).toBe(0);
    await box.app.evaluate(() => void Promise.reject(new Error('a second one')));
    await until('the log is written again', () =>
      readFileSync(path.join(box.home, 'logs', 'app.log'), 'utf8').includes('a second one')
        ? true
        : undefined,
    );
  });

  it('told the first error that nobody foresaw, once, and copied its details', async () => {
    const boxes = await box.app.evaluate(() => (globalThis as unknown as { boxes: string[] }).boxes);
    expect(boxes).toEqual(['Something went wrong in Letta Stack: Continue, Copy details']);
    const copied = await box.app.evaluate(({ clipboard }) => clipboard.readText());
    expect(copied).toMatch(/^Error: nobody foresaw it\n\s+at /);
  });

  it('keeps a change that only the history has no space for', async () => {
    fill(path.join(box.home, 'state'));
    const isSaid = (): boolean => log().includes('the history could not note it');
    // what is left of its last page holds a few lines
    for (let i = 0; i < 40 && !isSaid(); i += 1) {
      const [name, theme] = i % 2 === 0 ? (['Light', 'light'] as const) : (['Dark', 'dark'] as const);
      await choose(name);
      await themeIs(theme);
      expect(settings().app).toMatchObject({ theme });
    }
    expect(isSaid()).toBe(true);
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});
