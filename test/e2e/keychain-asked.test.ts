import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppBox, buildApp, describeApp } from './app-process.ts';
import { until } from './fake-desktop.ts';

/** A copy of the tests' Electron with the package's fuse for which Chromium asks the keychain. */
async function withCookieEncryption(box: AppBox): Promise<string> {
  const folder = path.join(box.folder, 'electron');
  cpSync(path.dirname(box.electron), folder, { recursive: true });
  const copy = path.join(folder, path.basename(box.electron));
  await flipFuses(copy, { version: FuseVersion.V1, [FuseV1Options.EnableCookieEncryption]: true });
  return copy;
}

describeApp('the keychain', () => {
  // where Chromium would take the Secret Service
  const box = new AppBox('app-keychain', 18_416, { XDG_CURRENT_DESKTOP: 'GNOME' });
  let monitor: ChildProcess;
  let heard = '';

  beforeAll(async () => {
    await buildApp();
    box.electron = await withCookieEncryption(box);
    await box.openDesktop();
    const address = box.environment()['DBUS_SESSION_BUS_ADDRESS'] ?? '';
    monitor = spawn('dbus-monitor', ['--address', address, "destination='org.freedesktop.secrets'"], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    monitor.stdout?.setEncoding('utf8').on('data', (text: string) => (heard += text));
    await until('the monitor listens', () => (heard === '' ? undefined : true));
  });
  afterAll(async () => {
    monitor.kill();
    await box.close();
  });

  /** Methods of the Secret Service that somebody called. */
  const calls = (): string[] =>
    [...heard.matchAll(/^method call .*member=(\w+)$/gm)].map(([, member = '']) => member);

  it('is asked nothing by a start, with or without a window', async () => {
    await box.open();
    await box.status(/^Stopped: /);
    await box.tray.activate();
    const page = await box.window();
    await page.getByRole('heading', { level: 1 }).waitFor();
    // a cookie is what Chromium would ask the keychain for a key for
    await box.app.evaluate(({ session }) =>
      session.defaultSession.cookies.set({
        url: 'https://example.org/',
        name: 'a',
        value: 'b',
        expirationDate: 4e9,
      }),
    );
    await box.app.evaluate(({ session }) => session.defaultSession.cookies.flushStore());
    expect(calls()).toEqual([]);
  });

  it('is asked by what needs it', async () => {
    const page = await box.window();
    await page.keyboard.press('Control+3');
    await until('the keychain was asked', () => (calls().includes('OpenSession') ? true : undefined));
  });
});
