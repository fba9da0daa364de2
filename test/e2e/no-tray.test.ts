import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppBox, buildApp, describeApp } from './app-process.ts';

describeApp('a desktop without a tray', () => {
  const box = new AppBox('app-no-tray', 18_402);

  beforeAll(async () => {
    await buildApp();
    await box.openDesktop({ trayHost: false });
  });
  afterAll(() => box.close());

  it('shows the window although it was started hidden, says what to install, and says it once', async () => {
    box.app = await box.start(['--hidden']);
    const hint = (await box.window()).getByRole('region', { name: 'No tray' });
    await hint.getByText(/AppIndicator/).waitFor();
    await hint.getByRole('button', { name: 'Got it' }).click();
    await hint.waitFor({ state: 'detached' });
    await box.app.close();
    box.app = await box.start(['--hidden']);
    const page = await box.window();
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.getByRole('region', { name: 'No tray' }).count()).toBe(0);
  });
});
