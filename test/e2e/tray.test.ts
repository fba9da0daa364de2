import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pidOf } from '../setup/pid-of.ts';
import { AppBox, buildApp, describeApp, docker } from './app-process.ts';
import { until } from './fake-desktop.ts';

describeApp('the app in its tray', () => {
  const box = new AppBox('app-e2e', 18_395);
  const container = (service: string): string => `${box.project}-${service}-1`;

  beforeAll(async () => {
    await buildApp();
    await box.wipe(); // of a run that was killed
    await box.open();
  });
  afterAll(async () => {
    await box.wipe();
    await box.close();
  });

  it('shows a stack that was never started, and starts it', async () => {
    await box.status(/^Stopped: /);
    const stopped = await box.tray.icon();
    expect(await box.tray.words()).toEqual([
      expect.stringMatching(/^Stopped: /),
      'Start',
      'Open window',
      'Doctor',
      'Settings',
      'Quit',
    ]);
    await box.tray.click('Start');
    await box.status(/^Starting/);
    expect(await box.tray.words()).toContain('Cancel');
    await box.status(/^Healthy: /, 60_000);
    expect(await box.tray.icon()).not.toBe(stopped);
    expect(await docker('inspect', '--format', '{{.State.Health.Status}}', container('nginx'))).toBe(
      'healthy\n',
    );
  });

  it('shows that a service is gone, and that it is back', async () => {
    await docker('kill', container('redis'));
    expect(await box.status(/^(Degraded|Failed): /)).toContain('redis');
    await box.tray.click('redis', 'Start');
    await box.status(/^Healthy: /);
  });

  it('opens its window by a second start, but not by one at login, and by the tray', async () => {
    const heard = box.app.evaluate(
      ({ app }) => new Promise<void>((resolve) => app.once('second-instance', () => resolve())),
    );
    await box.second(['--hidden']);
    await heard;
    expect(box.app.windows()).toEqual([]);
    await box.second();
    const page = await box.window();
    await page.getByRole('heading', { name: 'Healthy' }).waitFor();
    const closed = page.waitForEvent('close');
    await box.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await closed;
    await box.tray.activate();
    await (await box.window()).getByRole('heading', { name: 'Healthy' }).waitFor();
  });

  it('brings its window to the front as it is', async () => {
    const page = await box.window();
    await page.keyboard.press('Control+,');
    const settings = page.getByRole('heading', { level: 1, name: 'Settings' });
    await settings.waitFor();
    // what main sent before it answers has arrived by then
    const asked = (): Promise<unknown> => page.evaluate('bridge.call("snapshot", {})');
    await box.tray.activate();
    await asked();
    expect(await settings.isVisible()).toBe(true);
    await box.tray.click('Open window');
    await asked();
    expect(await settings.isVisible()).toBe(true);
  });

  it('shows what the terminal does as its own', async () => {
    const running = box.cli('restart', '--project', box.project);
    await box.status(/^Restarting/);
    await running;
    await box.status(/^Healthy: /);
  });

  it('cancels what the terminal does', async () => {
    const ended = box.cli('up', '--project', box.project, '--force-recreate').then(
      () => 0,
      (error: { code?: number }) => error.code,
    );
    await box.status(/^Starting/);
    await box.tray.click('Cancel');
    expect(await ended).toBe(130);
    await box.status(/^(Healthy|Degraded|Failed|Stopped): /);
    await box.cli('up', '--project', box.project);
    await box.status(/^Healthy: /, 60_000);
  });

  it('shows a start that makes something anew before it is done', async () => {
    await box.cli('stop', '--project', box.project);
    await box.status(/^Stopped: /);
    await box.cli('settings', 'set', '--project', box.project, 'greeting', 'another');
    const nginx = (): Promise<string> =>
      docker('inspect', '--format', '{{.Id}} {{.State.Running}}', container('nginx'));
    const before = await nginx();
    await box.tray.click('Start');
    const page = await box.window();
    const dialog = page.getByRole('dialog', { name: 'What will happen' });
    await dialog.getByRole('heading', { name: 'Recreate' }).waitFor();
    await box.status(/^Stopped: /);
    expect(await nginx()).toBe(before);
    await dialog.getByRole('button', { name: 'Start' }).click();
    await box.status(/^Healthy: /, 60_000);
    expect(await nginx()).not.toContain(before.split(' ')[0]);
  });

  it('asks about a restart that would leave out what was changed', async () => {
    await (await box.window()).close();
    await box.cli('settings', 'set', '--project', box.project, 'greeting', 'a third');
    const startedAt = (): Promise<string> =>
      docker('inspect', '--format', '{{.State.StartedAt}}', container('nginx'));
    const before = await startedAt();
    await box.tray.click('Restart');
    const dialog = (await box.window()).getByRole('dialog', { name: 'Restart' });
    await dialog.getByText('A restart alone does not take what was changed').waitFor();
    expect(await startedAt()).toBe(before);
    await dialog.getByRole('button', { name: 'Restart only' }).click();
    await until('another start', async () => ((await startedAt()) === before ? undefined : true));
    await box.status(/^Healthy: /, 60_000);
    await box.cli('settings', 'set', '--project', box.project, 'greeting', 'another');
  });

  it('stops it from the menu, and tells nothing of it', async () => {
    await (await box.window()).close(); // in front of it nothing is told
    const before = box.desktop.notes.length;
    await box.tray.click('Stop');
    await box.status(/^Stopped: /);
    await until('the containers are stopped', async () =>
      (await docker('ps', '-q', '--filter', `name=${box.project}`)) === '' ? true : undefined,
    );
    // what ends by itself after it is told as late, so that a word of the stop would be there by then
    await docker('update', '--restart', 'no', container('db'));
    await docker('start', container('db'));
    process.kill(await pidOf(container('db')), 'SIGKILL');
    await until('a notification', () => box.desktop.notes.find((n) => n.summary === 'db ended'));
    expect(box.desktop.notes.slice(before).map((n) => n.summary)).toEqual(['db ended']);
  });

  it('goes on while it tells that a command failed', async () => {
    await box.tray.click('Start');
    await box.status(/^Healthy: /);
    await box.app.evaluate(({ shell }) => {
      shell.openExternal = () => Promise.reject(new Error('there is no browser'));
    });
    await box.tray.click('Open Letta');
    const log = path.join(box.home, 'logs', 'app.log');
    await until(
      'it is told',
      () => /a command of the tray failed/.test(readFileSync(log, 'utf8')) || undefined,
    );
    await docker('kill', container('redis'));
    await box.status(/^(Degraded|Failed): /);
    await box.tray.click('redis', 'Start');
    await box.status(/^Healthy: /);
  });

  it('quits and leaves the stack as it is', async () => {
    const process = box.app.process();
    const ended = new Promise<number | null>((resolve) => process.once('exit', resolve));
    await box.tray.click('Quit').catch(() => {}); // it may be gone before it answers
    expect(await ended).toBe(0);
    expect(await docker('inspect', '--format', '{{.State.Running}}', container('db'))).toBe('true\n');
  });
});
