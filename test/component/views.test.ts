import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Remedy } from '../../main/channels.ts';
import { FINDINGS } from './answers.ts';
import { expectSound } from './sound.ts';
import { STATES } from './states.ts';
import { MISSING, WindowBench } from './window.ts';

describe.skipIf(MISSING)('views', () => {
  let bench: WindowBench;
  beforeAll(async () => {
    bench = await WindowBench.open();
  });
  afterAll(() => bench.close());

  test.each([
    ['linux', 'Control', 'Ctrl+2'],
    ['darwin', 'Meta', '⌘2'],
  ])('keys lead to each view on %s', async (platform, modifier, words) => {
    const shown = await bench.page({ snapshot: STATES.running, platform });
    expect(await shown.page.locator('kbd').allTextContents()).toContain(words);
    for (const [key, title] of [
      ['2', 'Logs'],
      ['3', 'Doctor'],
      [',', 'Settings'],
      ['1', 'Healthy'],
    ] as const) {
      await shown.page.keyboard.press(`${modifier}+${key}`);
      await shown.page.getByRole('heading', { level: 1, name: title }).waitFor();
    }
    expect(await shown.page.locator('[aria-current=page]').textContent()).toContain('Overview');
    await shown.close();
  });

  test('the tray leads to the log of a service', async () => {
    const shown = await bench.page({ snapshot: STATES.running });
    await shown.push('show', { view: 'logs', service: 'db' });
    await shown.page.getByRole('heading', { level: 1, name: 'Logs' }).waitFor();
    expect(await shown.page.getByRole('combobox', { name: 'Service' }).inputValue()).toBe('db');
    expect(await shown.calls()).toMatchObject([
      { name: 'followLogs', input: { project: 'letta-production', services: ['db'], since: 'all' } },
    ]);
    await shown.close();
  });

  test('a service’s log is one click away', async () => {
    const shown = await bench.page({ snapshot: STATES.degraded });
    await shown.page.getByRole('button', { name: 'Show logs of db' }).click();
    await expect
      .poll(() => shown.calls())
      .toMatchObject([
        { name: 'followLogs', input: { project: 'letta-production', services: ['db'], since: 'all' } },
      ]);
    await shown.close();
  });

  test('doctor: what is wrong comes with what to do, and one can be examined alone', async () => {
    const shown = await bench.page({ snapshot: STATES.running });
    await shown.page.keyboard.press('Control+3');
    await shown.page.getByText('3 problems, 1 warning').waitFor();
    await shown.page.getByText('End that program, or choose another port.').waitFor();
    await shown.page.getByRole('button', { name: 'Again for Ports are free' }).click();
    await expect
      .poll(() => shown.calls())
      .toEqual([
        { name: 'doctor', input: { project: 'letta-production', only: [] } },
        { name: 'doctor', input: { project: 'letta-production', only: ['ports'] } },
      ]);
    await expectSound(shown);
    await shown.close();
  });

  test('doctor: another port is taken with a button, and the check is run again by itself', async () => {
    const shown = await bench.page({ snapshot: STATES.running });
    await shown.page.keyboard.press('Control+3');
    await shown.page.getByRole('button', { name: 'Use port 8284 instead' }).click();
    await expect
      .poll(() => shown.calls())
      .toEqual([
        { name: 'doctor', input: { project: 'letta-production', only: [] } },
        { name: 'changeSetting', input: { project: 'letta-production', name: 'port', value: '8284' } },
        { name: 'doctor', input: { project: 'letta-production', only: ['ports'] } },
      ]);
    const errors = [{ code: 'x', data: {}, message: 'The settings are locked', next: 'Wait.' }];
    await shown.answer('changeSetting', { errors });
    await shown.page.getByRole('button', { name: 'Use port 8284 instead' }).click();
    await shown.page.getByRole('alert').getByText('The settings are locked').waitFor();
    await shown.close();
  });

  const ALL = { name: 'doctor', input: { project: 'letta-production', only: [] } };
  const repaired = (id: string) => ({ name: 'repair', input: { project: 'letta-production', id } });

  test('doctor: what changes data or a role is done after its question, and everything is examined again', async () => {
    const shown = await bench.page({ snapshot: STATES.running });
    await shown.page.keyboard.press('Control+3');
    const button = shown.page.getByRole('button', { name: 'Reset the password …' });
    const dialog = shown.page.getByRole('dialog', { name: 'Reset the password' });
    await button.click();
    await dialog.getByText('No data changes.').waitFor();
    await expectSound(shown);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(await shown.calls()).toEqual([ALL]);
    await button.click();
    await dialog.getByRole('button', { name: 'Do it' }).click();
    await expect.poll(() => shown.calls()).toEqual([ALL, repaired('database-password'), ALL]);
    expect(await dialog.count()).toBe(0);
    const errors = [{ code: 'x', data: {}, message: 'Another process works on it', next: 'Wait.' }];
    await shown.answer('repair', { errors });
    await button.click();
    await dialog.getByRole('button', { name: 'Do it' }).click();
    await shown.page.getByRole('alert').getByText('Another process works on it').waitFor();
    await shown.close();
  });

  test('doctor: what changes neither is done at once', async () => {
    const shown = await bench.page({ snapshot: STATES.running });
    await shown.page.keyboard.press('Control+3');
    await shown.page.getByRole('button', { name: 'Make nginx anew' }).click();
    await expect.poll(() => shown.calls()).toEqual([ALL, repaired('nginx'), ALL]);
    await shown.close();
  });

  test('doctor: a better value is set with a button', async () => {
    const remedy = { do: 'use-value', setting: 'address', value: '127.0.0.1' };
    const doctor = [
      { ...FINDINGS[2], remedy },
      { ...FINDINGS[0], id: 'changes', status: 'ok' },
    ];
    const shown = await bench.page({ snapshot: STATES.running, answers: { doctor } });
    await shown.page.keyboard.press('Control+3');
    await shown.page.getByRole('button', { name: 'Set address to 127.0.0.1' }).click();
    await expect
      .poll(() => shown.calls())
      .toEqual([
        ALL,
        {
          name: 'changeSetting',
          input: { project: 'letta-production', name: 'address', value: '127.0.0.1' },
        },
        { name: 'doctor', input: { project: 'letta-production', only: ['ports', 'changes'] } },
      ]);
    await shown.close();
  });

  const REMEDIES: readonly (readonly [Remedy, string, (page: Page) => Locator])[] = [
    [
      { do: 'start' },
      'Start what is missing …',
      (page) => page.getByRole('dialog', { name: 'What will happen' }),
    ],
    [{ do: 'apply' }, 'Apply changes …', (page) => page.getByRole('dialog', { name: 'What will happen' })],
    [
      { do: 'open-setting', name: 'workers' },
      'Open the setting workers',
      (page) => page.locator('#setting-workers:focus'),
    ],
    [
      { do: 'choose-engine' },
      'Choose another engine',
      (page) => page.getByRole('radio', { name: 'Find it by itself' }),
    ],
    [
      { do: 'open-card', card: 'keys' },
      'Open the keys',
      (page) => page.getByRole('heading', { level: 1, name: 'Keys' }),
    ],
    [
      { do: 'open-card', card: 'stack' },
      'Choose another profile',
      (page) => page.getByRole('button', { name: 'Open a Compose file …' }),
    ],
    [{ do: 'open-card', card: 'gpu' }, 'Look at the graphics card', (page) => page.locator('#card-gpu')],
    [
      { do: 'logs', service: 'db' },
      'Show logs of db',
      (page) => page.getByRole('heading', { level: 1, name: 'Logs' }),
    ],
  ];
  test.each(REMEDIES)('doctor: %j has a button that leads to it', async (remedy, words, there) => {
    const doctor = FINDINGS.map((f) => ({ ...f, status: 'fail', fix: 'Do it.', remedy }));
    const shown = await bench.page({ snapshot: STATES.running, answers: { doctor: doctor.slice(0, 1) } });
    await shown.page.keyboard.press('Control+3');
    await shown.page.getByRole('button', { name: words }).waitFor();
    await expectSound(shown);
    await shown.page.getByRole('button', { name: words }).click();
    await there(shown.page).waitFor();
    await shown.close();
  });

  test('doctor: a folder is opened by main, which looks itself where; a command is copied', async () => {
    const doctor = [
      { ...FINDINGS[0], id: 'stray-folder', remedy: { do: 'open-folder', folder: '/home/ada/.letta' } },
      { ...FINDINGS[1], remedy: { do: 'copy', command: 'docker image prune' } },
    ].map((f) => ({ ...f, status: 'warn', fix: 'Do it.' }));
    const shown = await bench.page({ snapshot: STATES.running, answers: { doctor } });
    await shown.page.keyboard.press('Control+3');
    await shown.page.getByRole('button', { name: 'Open /home/ada/.letta' }).click();
    await expect
      .poll(() => shown.inputs('openFinding'))
      .toEqual([{ project: 'letta-production', id: 'stray-folder' }]);
    await shown.page.getByRole('button', { name: 'Copy the command' }).click();
    await shown.page.getByRole('button', { name: 'Copied the command' }).waitFor();
    await shown.close();
  });

  test('doctor: what could not be looked at counts neither way', async () => {
    const doctor = FINDINGS.map((f, i) => ({ ...f, status: i === 0 ? 'skip' : 'ok' }));
    const shown = await bench.page({ snapshot: STATES.running, answers: { doctor } });
    await shown.page.keyboard.press('Control+3');
    await shown.page.getByText('Nothing is wrong: 5 checks. 1 could not look.').waitFor();
    await shown.page.getByText('Skipped').waitFor();
    await shown.close();
  });

  test('doctor: nothing is wrong', async () => {
    const doctor = FINDINGS.map((f) => ({ ...f, status: 'ok' }));
    const shown = await bench.page({ snapshot: STATES.running, answers: { doctor } });
    await shown.page.keyboard.press('Control+3');
    await shown.page.getByText('Nothing is wrong: 6 checks.').waitFor();
    expect(await shown.page.getByText('What to do').count()).toBe(0);
    await shown.close();
  });
});
