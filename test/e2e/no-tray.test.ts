import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppBox, buildApp, describeApp } from './app-process.ts';
import { until } from './fake-desktop.ts';

describeApp('a desktop without a tray', () => {
  const box = new AppBox('app-no-tray', 18_402);

  beforeAll(async () => {
    await buildApp();
    await box.openDesktop({ trayHost: false });
  });
  afterAll(() => box.close());

  /** A key with Ctrl, as the window gets it from the system: what Playwright presses never comes to a menu. */
  const press = (keyCode: string): Promise<void> =>
    box.app.evaluate(({ BrowserWindow }, code) => {
      const [window] = BrowserWindow.getAllWindows();
      for (const type of ['keyDown', 'keyUp'] as const)
        window?.webContents.sendInputEvent({ type, keyCode: code, modifiers: ['control'] });
    }, keyCode);

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

  it('a key makes the window larger and smaller, and it stays so', async () => {
    const page = await box.window();
    const scale = (): Promise<number> => page.evaluate<number>('devicePixelRatio');
    const becomes = (what: (now: number) => boolean, key: string): Promise<true> =>
      until(`${key} is done`, async () => (what(await scale()) ? true : undefined));
    const whole = await scale();
    for (const larger of ['=', 'Plus', 'numadd']) {
      await press(larger);
      await becomes((now) => now > whole, larger);
      await press('0');
      await becomes((now) => now === whole, '0');
    }
    await press('-');
    await becomes((now) => now < whole, '-');
    await press('0');
    await becomes((now) => now === whole, '0');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('zoom in');
    await page.keyboard.press('Enter');
    await becomes((now) => now > whole, 'the command');
  });

  it('a key closes the window, and another start brings it back as it was', async () => {
    const closed = (await box.window()).waitForEvent('close');
    await press('w');
    await closed;
    await box.second();
    const page = await box.window();
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.evaluate<number>('devicePixelRatio')).toBeGreaterThan(1);
  });

  it('is quit by its commands', async () => {
    const page = await box.window();
    const exit = once(box.app.process(), 'exit');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('quit');
    await page.keyboard.press('Enter').catch(() => {}); // it may be gone before it answers
    expect(await exit).toEqual([0, null]);
  });

  it('is quit by a key', async () => {
    box.app = await box.start(['--hidden']);
    await (await box.window()).getByRole('heading', { level: 1 }).waitFor();
    const exit = once(box.app.process(), 'exit');
    await press('q').catch(() => {});
    expect(await exit).toEqual([0, null]);
  });
});
