import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { AppBox, buildApp, describeApp, docker } from './app-process.ts';

/** A session bus of this file's own, to be ended; no keychain is on it. */
async function ownBus(): Promise<{ readonly daemon: ChildProcess; readonly address: string }> {
  const daemon = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const address = await new Promise<string>((resolve, reject) => {
    daemon.once('error', reject);
    daemon.stdout.once('data', (data: Buffer) => resolve(data.toString().trim()));
  });
  return { daemon, address };
}

describeApp('a session bus', () => {
  let daemon: ChildProcess | undefined;
  let box: AppBox;
  const folder = mkdtempSync(path.join(tmpdir(), 'letta-bus-'));

  beforeAll(buildApp);
  afterEach(async () => {
    await box.wipe();
    await box.close();
  });
  afterAll(() => {
    daemon?.kill();
    rmSync(folder, { recursive: true });
  });

  // Chromium aborts where its own connection ends (dbus/bus.cc, "D-Bus connection was disconnected"): what is tested is
  // that nothing else does, and that it can be started again there and then
  it('that ends takes the app with it, and neither the stack nor anything that was written', async () => {
    const bus = await ownBus();
    ({ daemon } = bus);
    const passphrase = path.join(folder, 'passphrase');
    writeFileSync(passphrase, 'correct horse battery staple\n');
    box = new AppBox('app-bus', 18_414, {
      DBUS_SESSION_BUS_ADDRESS: bus.address,
      LETTA_STACK_PASSPHRASE_FILE: passphrase,
    });
    await box.cli('settings', 'set', 'secretStore', 'file');
    await box.wipe(); // of a run that was killed
    await box.open();
    await box.status(/^Stopped: /);
    await box.tray.click('Start');
    await box.status(/^Healthy: /, 60_000);
    const settings = readFileSync(box.settingsFile, 'utf8');
    const ended = once(box.app.process(), 'exit');
    box.desktop.close();
    daemon.kill();
    await ended;
    expect(await docker('ps', '-q', '--filter', `name=${box.project}`)).toMatch(/^(\w+\n){3}$/);
    expect(readFileSync(box.settingsFile, 'utf8')).toBe(settings);

    box.app = await box.start(['--hidden']);
    const page = await box.window();
    await page.getByRole('heading', { name: 'Healthy' }).waitFor();
    await page.getByRole('region', { name: 'No tray' }).waitFor();
    await page.getByRole('button', { name: 'Stop', exact: true }).first().click();
    await page.getByRole('heading', { name: 'Stopped' }).waitFor();
  });

  it('that is not there at the start: the window opens by itself, and the app works', async () => {
    box = new AppBox('app-bus', 18_414, { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' });
    await box.openDisplay();
    box.app = await box.start(['--hidden']);
    const page = await box.window();
    await page.getByRole('heading', { name: 'Not started yet' }).waitFor();
    await page.getByRole('region', { name: 'No tray' }).waitFor();
    await page.keyboard.press('Control+3');
    await page
      .getByText(/keychain cannot be reached, there is no session bus/)
      .first()
      .waitFor();
  });
});
