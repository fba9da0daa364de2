import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppOptions } from '../../main/channels.ts';
import { expectSound } from './sound.ts';
import { OPTIONS, STATES } from './states.ts';
import { MISSING, WindowBench, type Given, type WindowPage } from './window.ts';

const REFUSED = { errors: [{ code: 'x', data: {}, message: 'The settings file is locked', next: 'Wait.' }] };

describe.skipIf(MISSING)('settings', () => {
  let bench: WindowBench;
  beforeAll(async () => {
    bench = await WindowBench.open();
  });
  afterAll(() => bench.close());

  async function settings(given: Partial<Given> = {}): Promise<WindowPage> {
    const shown = await bench.page({ snapshot: STATES.running, ...given });
    await shown.page.keyboard.press('Control+,');
    await shown.page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    return shown;
  }

  const withOptions = (change: Partial<AppOptions>): Given => ({
    snapshot: { ...STATES.running, options: { ...OPTIONS, ...change } },
  });

  /** The settings follow the file: the snapshot has them a moment after the call. */
  const told = (shown: WindowPage, revision: number, change: Partial<AppOptions>): Promise<void> =>
    shown.push('snapshot', { ...withOptions(change).snapshot, revision });

  test('the facts, and where things lie', async () => {
    const shown = await settings();
    const { page } = shown;
    await page.getByText('unix:///var/run/docker.sock').waitFor();
    await page.getByText('Letta archived its V1 server.').waitFor();
    await page.getByText('/home/me/.config/letta-stack/settings.json').waitFor();
    await page.getByText('letta-production_home of the engine lab, in /var/lib/docker/volumes').waitFor();
    await page.getByRole('button', { name: 'Show logs folder' }).click();
    expect(await shown.inputs('openLogs')).toEqual([{}]);
    await shown.answer('openLogs', REFUSED);
    await page.getByRole('button', { name: 'Show logs folder' }).click();
    await page.getByRole('alert').getByText('The settings file is locked').waitFor();
    await expectSound(shown);
    await shown.close();
  });

  test('nothing can be changed until main has told how it is', async () => {
    const shown = await settings({ snapshot: STATES.looking });
    expect(await shown.page.locator('main input').count()).toBe(0);
    expect(await shown.page.getByRole('button', { name: 'Show logs folder' }).count()).toBe(0);
    await told(shown, 2, { startAtLogin: true });
    const login = shown.page.getByRole('switch', { name: 'Start at login' });
    await login.waitFor();
    expect(await login.isChecked()).toBe(true);
    await shown.close();
  });

  test('each change asks for itself alone', async () => {
    const shown = await settings(withOptions({ notificationsOff: ['recovered'] }));
    const { page } = shown;
    await page.getByRole('switch', { name: 'Start at login' }).press('Space');
    await page.getByRole('radio', { name: 'Stop it' }).check();
    await page.getByRole('radio', { name: 'Keep it running' }).press('ArrowUp');
    await page.getByRole('radio', { name: 'Dark' }).check();
    await page.getByRole('switch', { name: 'Something is well again' }).click();
    await page.getByRole('switch', { name: 'A service is unhealthy' }).click();
    await page.getByRole('switch', { name: 'The container engine is gone' }).click();
    expect(await shown.inputs('changeOptions')).toEqual([
      { startAtLogin: true },
      { onQuit: 'stop' },
      { onQuit: 'ask' },
      { theme: 'dark' },
      { notificationsOff: [] },
      { notificationsOff: ['unhealthy'] },
      // what was changed a moment ago counts, although no snapshot has it yet
      { notificationsOff: ['unhealthy', 'engine'] },
    ]);
    await shown.close();
  });

  test('every kind of notification has a switch in plain words', async () => {
    const shown = await settings(withOptions({ notificationsOff: ['memory'] }));
    const group = shown.page.getByRole('region', { name: 'Notifications' });
    expect(await group.getByRole('switch').count()).toBe(8);
    for (const [words, isOn] of [
      ['A service is unhealthy', true],
      ['A service ended by itself', true],
      ['A service ran out of memory', false],
      ['A service keeps restarting', true],
      ['The container engine is gone', true],
      ['Something is well again', true],
      ['A long operation is finished', true],
      ['Quiet hours', false],
    ] as const) {
      expect(await group.getByRole('switch', { name: words }).isChecked(), words).toBe(isOn);
    }
    await shown.close();
  });

  test('quiet hours: on, changed once they are whole, and off', async () => {
    const shown = await settings();
    const { page } = shown;
    const isOn = page.getByRole('switch', { name: 'Quiet hours' });
    expect(await page.getByLabel('From', { exact: true }).count()).toBe(0);
    await isOn.click();
    await told(shown, 2, { quietHours: { from: '22:00', to: '07:00' } });
    await page.getByLabel('From', { exact: true }).fill('23:30');
    await page.getByLabel('to', { exact: true }).fill('06:15');
    await page.getByLabel('to', { exact: true }).blur();
    await told(shown, 3, { quietHours: { from: '23:30', to: '06:15' } });
    // not whole: nothing is asked, and what holds comes back
    await page.getByLabel('From', { exact: true }).fill('');
    await page.getByLabel('From', { exact: true }).blur();
    await expect.poll(() => page.getByLabel('From', { exact: true }).inputValue()).toBe('23:30');
    // the same for both is allowed, and says what it means
    await page.getByLabel('From', { exact: true }).fill('06:15');
    await page.getByText('That is no time at all.').waitFor();
    await expectSound(shown);
    await isOn.click();
    expect(await page.getByLabel('From', { exact: true }).count()).toBe(0);
    const inputs = await shown.inputs('changeOptions');
    expect(inputs[0]).toEqual({ quietHours: { from: '22:00', to: '07:00' } });
    expect(inputs).toContainEqual({ quietHours: { from: '23:30', to: '06:15' } });
    expect(inputs.at(-1)).toEqual({ quietHours: null });
    await shown.close();
  });

  test('what was typed is told by itself after a moment, also while the field has the focus', async () => {
    const shown = await settings(withOptions({ quietHours: { from: '22:00', to: '07:00' } }));
    await shown.page.getByLabel('From', { exact: true }).fill('21:45');
    await expect
      .poll(() => shown.inputs('changeOptions'), { timeout: 3_000 })
      .toEqual([{ quietHours: { from: '21:45', to: '07:00' } }]);
    await shown.close();
  });

  test('what is refused is said by its row, and the row shows what holds', async () => {
    const shown = await settings({ answers: { changeOptions: REFUSED } });
    const { page } = shown;
    const login = page.getByRole('switch', { name: 'Start at login' });
    await login.click();
    const alert = page.getByRole('region', { name: 'App' }).getByRole('alert');
    await alert.getByText('The settings file is locked').waitFor();
    expect(await login.isChecked()).toBe(false);
    expect(await page.getByRole('region', { name: 'Notifications' }).getByRole('alert').count()).toBe(0);
    await expectSound(shown);
    await shown.answer('changeOptions', null);
    await login.click();
    expect(await login.isChecked()).toBe(true);
    expect(await alert.count()).toBe(0);
    await shown.close();
  });

  test('what is changed elsewhere is shown', async () => {
    const shown = await settings();
    await told(shown, 2, { onQuit: 'ask', theme: 'light' });
    await expect.poll(() => shown.page.getByRole('radio', { name: 'Ask each time' }).isChecked()).toBe(true);
    // a change that never came to be: the snapshot is what holds
    await shown.page.getByRole('radio', { name: 'Stop it' }).check();
    await expect
      .poll(() => shown.page.getByRole('radio', { name: 'Ask each time' }).isChecked(), { timeout: 3_000 })
      .toBe(true);
    await shown.close();
  });

  test.each<[how: 'shown' | 'unsupported' | 'denied', words: RegExp | undefined, trayMissing?: true]>([
    ['shown', undefined],
    ['unsupported', /Nothing on this desktop shows notifications\..*marked on the icon/],
    ['denied', /The system did not show a notification.*marked on the icon/],
    ['unsupported', /Nothing on this desktop shows notifications\. There is no tray icon either/, true],
    ['denied', /The system did not show a notification.*There is no tray icon either/, true],
  ])('where notifications are %s that is said with them', async (how, words, trayMissing) => {
    const shown = await settings({ snapshot: { ...STATES.running, notifications: how, trayMissing } });
    const note = shown.page.getByRole('region', { name: 'Notifications' }).getByRole('note');
    if (words) await note.getByText(words).waitFor();
    else expect(await note.count()).toBe(0);
    await expectSound(shown);
    await shown.close();
  });
});
