import { afterAll, beforeAll, it } from 'vitest';
import type { Page } from 'playwright-core';
import { AppBox, buildApp, describeApp } from './app-process.ts';
import { until } from './fake-desktop.ts';
import { expectSound } from './sound.ts';

describeApp('the window of the app', () => {
  const box = new AppBox('app-window', 18_400);
  let page: Page;

  beforeAll(async () => {
    await buildApp();
    await box.wipe(); // of a run that was killed
    await box.open([]);
    page = await box.window();
  });
  afterAll(async () => {
    await box.wipe();
    await box.close();
  });

  const state = (): ReturnType<Page['getByRole']> => page.getByRole('heading', { level: 1 });
  const clipboard = (): Promise<string> => box.app.evaluate(({ clipboard: c }) => c.readText());

  it('shows what a start would do, starts it, and shows how far it is', async () => {
    await page.getByRole('button', { name: 'Start …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/create container app-window-db-1/).waitFor();
    await dialog.getByRole('button', { name: /^start/i }).click();
    await page.getByRole('button', { name: 'Cancel' }).first().waitFor();
    await until(
      'it is healthy',
      async () => ((await state().textContent()) === 'Healthy' ? true : undefined),
      60_000,
    );
  });

  it('shows the services, what they use, and that the probes answered', async () => {
    const services = page.getByRole('region', { name: /services/i });
    for (const name of ['db', 'redis', 'nginx'])
      await services.getByText(name, { exact: true }).first().waitFor();
    await page.getByText('Database answers').first().waitFor();
    await expectSound(page);
  });

  it('copies the address, which it shows', async () => {
    await page.getByText('http://127.0.0.1:18400/').first().waitFor();
    await page.getByRole('button', { name: /copy address/i }).click();
    await until('it is in the clipboard', async () =>
      (await clipboard()) === 'http://127.0.0.1:18400/' ? true : undefined,
    );
  });

  it('shows the logs of all services, and finds words in them', async () => {
    await page.keyboard.press('Control+2');
    await page.getByRole('heading', { name: 'Logs' }).waitFor();
    await page
      .getByText(/database system is ready to accept connections/)
      .first()
      .waitFor();
    await expectSound(page);
  });

  it('runs the doctor', async () => {
    await page.keyboard.press('Control+3');
    await page.getByRole('heading', { name: 'Doctor' }).waitFor();
    await page
      .getByText(/keychain/i)
      .first()
      .waitFor();
    await expectSound(page);
  });

  it('shows the settings, and the keys behind them', async () => {
    await page.keyboard.press('Control+,');
    await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
    await expectSound(page);
    await page.getByRole('region', { name: 'Keys' }).getByRole('button').click();
    await page.getByRole('heading', { name: 'Keys', level: 1 }).waitFor();
    await expectSound(page);
  });

  it('shows at once what the terminal changes in the settings', async () => {
    await page.keyboard.press('Control+1');
    await box.cli('settings', 'set', '--project', box.project, 'greeting', 'changed');
    await box.cli('up', '--project', box.project);
    await page.getByRole('heading', { name: 'Healthy' }).waitFor();
  });

  it('stops it', async () => {
    await page.getByRole('button', { name: 'Stop', exact: true }).first().click();
    await until(
      'it is stopped',
      async () => ((await state().textContent()) === 'Stopped' ? true : undefined),
      30_000,
    );
  });
});
