import { afterAll, beforeAll, expect, it } from 'vitest';
import { pidOf } from '../setup/pid-of.ts';
import { AppBox, buildApp, describeApp, docker } from './app-process.ts';
import { until } from './fake-desktop.ts';

describeApp('a desktop without notifications', () => {
  const box = new AppBox('app-unseen', 18_417);
  const redis = `${box.project}-redis-1`;

  beforeAll(async () => {
    await buildApp();
    await box.wipe(); // of a run that was killed
    await box.openDesktop({ notifications: false });
    await box.open();
    await box.status(/^Stopped: /);
    await box.tray.click('Start');
    await box.status(/^Healthy: /, 60_000);
    await docker('update', '--restart', 'no', redis);
  });
  afterAll(async () => {
    await box.wipe();
    await box.close();
  });

  const tooltip = async (): Promise<string> => JSON.stringify(await box.tray.get('ToolTip'));

  it('has the news on the icon of the tray until the window was opened, and says so in the settings', async () => {
    await docker('stop', redis);
    await box.status(/^(Degraded|Failed): /);
    const seen = await box.tray.icon();
    await docker('start', redis);
    await box.status(/^Healthy: /);
    const healthy = await box.tray.icon();
    process.kill(await pidOf(redis), 'SIGKILL');
    await box.shows('Not seen yet: redis ended');
    expect(await box.tray.icon()).not.toBe(seen);
    expect(await tooltip()).toContain('redis ended');

    await box.tray.activate();
    const page = await box.window();
    await until('the news are seen', async () =>
      (await box.tray.words()).some((w) => w.startsWith('Not seen yet')) ? undefined : true,
    );
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('Control+,');
    await page.getByText('Nothing on this desktop shows notifications.').waitFor();
    await page.close();
    await docker('start', redis);
    await box.status(/^Healthy: /);
    await box.shows('Not seen yet: redis is well again');
    expect(await box.tray.icon()).not.toBe(healthy);
  });

  it('tells again once something shows them', async () => {
    await box.desktop.showNotifications();
    process.kill(await pidOf(redis), 'SIGKILL');
    const note = await until('a notification', () => box.desktop.notes[0]);
    expect(note.summary).toBe('redis ended');
    await box.tray.activate();
    const page = await box.window();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('Control+,');
    await page.getByRole('heading', { name: 'Notifications' }).waitFor();
    expect(await page.getByText('Nothing on this desktop shows notifications.').count()).toBe(0);
  });
});
