import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { AppBox, buildApp, describeApp, docker } from './app-process.ts';
import { until } from './fake-desktop.ts';

describeApp('settings broken by hand', () => {
  const box = new AppBox('app-settings', 18_411);
  let page: Page;
  let sound: string;

  beforeAll(async () => {
    await buildApp();
    // as an editor would show it
    const content: unknown = JSON.parse(readFileSync(box.settingsFile, 'utf8'));
    writeFileSync(box.settingsFile, `${JSON.stringify(content, null, 2)}\n`);
    await box.open([]);
    page = await box.window();
    await box.status(/^Stopped: /);
    sound = readFileSync(box.settingsFile, 'utf8');
  });
  afterAll(() => box.close());
  beforeEach(async () => {
    writeFileSync(box.settingsFile, sound);
    await noWarning();
    await themeIs('system');
  });

  const themeIs = (theme: string): Promise<true> =>
    until(`the theme is ${theme}`, async () =>
      (await box.app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)) === theme ? true : undefined,
    );
  const noWarning = (): Promise<void> =>
    page.getByText('The settings cannot be read').waitFor({ state: 'detached' });
  /** What the window says of the settings, once it does. */
  const said = (words: string): Promise<void> =>
    page.getByRole('alert').filter({ hasText: 'The settings cannot be read' }).getByText(words).waitFor();

  const filesThere = (): string[] => readdirSync(path.dirname(box.settingsFile)).toSorted();

  it.each<[what: string, broken: (text: string) => string, words: string]>([
    ['not JSON', (text) => text.replace('"version": 1,', '"version": 1'), 'line 3: Expected'],
    [
      'a value that there is not',
      (text) => text.replace('{', '{\n  "app": { "theme": "pink" },'),
      'line 2: app.theme',
    ],
    ['nothing', () => '', 'line 1: Unexpected end of JSON input'],
  ])(
    '%s: file and line are said, nothing is done or overwritten, and a repair is seen at once',
    async (_what, broken, words) => {
      const text = broken(sound);
      writeFileSync(box.settingsFile, text);
      await said(words);
      await said(`The settings in ${box.settingsFile}`);
      await said(`Repair ${box.settingsFile}`);
      // what was shown before is shown still
      await box.status(/^Stopped: /);

      await page.keyboard.press('Control+,');
      await page.getByRole('radio', { name: 'Dark' }).click();
      await page
        .getByRole('alert')
        .getByText(/Nothing was changed: the settings/)
        .waitFor();
      await box.tray.click('Start');
      await page.getByText('Starting did not succeed').waitFor();
      expect(await docker('ps', '-aq', '--filter', `name=${box.project}`)).toBe('');
      expect(readFileSync(box.settingsFile, 'utf8')).toBe(text);
      expect(filesThere()).toEqual(['settings.json']);

      writeFileSync(box.settingsFile, sound.replace('{', '{\n  "app": { "theme": "dark" },'));
      await noWarning();
      await themeIs('dark');
      await page.getByRole('button', { name: 'Dismiss' }).click();
    },
  );

  it('while the app was not there: it says so from the start', async () => {
    await box.app.close();
    const text = sound.replace('"current":', 'current:');
    writeFileSync(box.settingsFile, text);
    await box.open([]);
    page = await box.window();
    await said('line 3: ');
    expect(readFileSync(box.settingsFile, 'utf8')).toBe(text);
    writeFileSync(box.settingsFile, sound);
    await noWarning();
    await page.keyboard.press('Control+,');
    await page.getByText(box.project).first().waitFor();
    await box.status(/^Stopped: /);
  });
});
