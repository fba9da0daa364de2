import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
    expect(await shown.calls()).toEqual([{ name: 'logs', input: { services: ['db'], tail: 500 } }]);
    await shown.close();
  });

  test('a service’s log is one click away', async () => {
    const shown = await bench.page({ snapshot: STATES.degraded });
    await shown.page.getByRole('button', { name: 'Show logs of db' }).click();
    await expect
      .poll(() => shown.calls())
      .toEqual([{ name: 'logs', input: { services: ['db'], tail: 500 } }]);
    await shown.close();
  });

  test('logs: output is text, long lines are cut, what is searched is marked', async () => {
    const shown = await bench.page({ snapshot: STATES.running });
    await shown.page.keyboard.press('Control+2');
    const log = shown.page.getByRole('region', { name: 'Log' });
    await log.getByText('INFO: Application startup complete.').waitFor();
    await log.getByText('<img src=x onerror=alert(1)>red␇�gnp.exe␀').waitFor();
    expect(await log.getByText('… cut').textContent()).toHaveLength(10_000 + '… cut'.length);
    expect(await log.locator('img').count()).toBe(0);
    await shown.page.getByRole('searchbox').fill('HTTP/1.1');
    await shown.page.getByText('60 matches').waitFor();
    expect(await log.locator('mark').count()).toBe(60);
    await shown.page.getByRole('checkbox', { name: 'Wrap lines' }).uncheck();
    await expectSound(shown);
    await shown.close();
  });

  test('logs: they are read again only while they are followed', async () => {
    const shown = await bench.page({ snapshot: STATES.running });
    await shown.page.keyboard.press('Control+2');
    const reads = async (): Promise<number> => (await shown.calls()).filter((c) => c.name === 'logs').length;
    await expect.poll(reads, { timeout: 5_000 }).toBeGreaterThan(1);
    await shown.page.getByRole('checkbox', { name: 'Follow' }).uncheck();
    await shown.page.waitForTimeout(300);
    const before = await reads();
    await shown.page.waitForTimeout(2_500);
    expect(await reads()).toBe(before);
    await shown.page.getByRole('button', { name: 'Reload' }).click();
    await expect.poll(reads).toBe(before + 1);
    await shown.close();
  });

  test('logs: nothing written, and not to be had', async () => {
    const empty = await bench.page({ snapshot: STATES.first, answers: { logs: [] } });
    await empty.page.keyboard.press('Control+2');
    await empty.page.getByText('Nothing was written yet.').waitFor();
    await empty.close();
    const errors = [{ code: 'x', data: {}, message: 'The engine does not answer', next: 'Start it.' }];
    const refused = await bench.page({ snapshot: STATES.unreachable, answers: { logs: { errors } } });
    await refused.page.keyboard.press('Control+2');
    await refused.page.getByRole('alert').getByText('The engine does not answer').waitFor();
    await expectSound(refused);
    await refused.close();
  });

  test('doctor: what is wrong comes with what to do, and one can be examined alone', async () => {
    const shown = await bench.page({ snapshot: STATES.running });
    await shown.page.keyboard.press('Control+3');
    await shown.page.getByText('1 problem, 1 warning').waitFor();
    await shown.page.getByText('End that program, or choose another port.').waitFor();
    await shown.page.getByRole('button', { name: 'Again for Ports are free' }).click();
    await expect
      .poll(() => shown.calls())
      .toEqual([
        { name: 'doctor', input: { only: [] } },
        { name: 'doctor', input: { only: ['ports'] } },
      ]);
    await expectSound(shown);
    await shown.close();
  });

  test('doctor: nothing is wrong', async () => {
    const doctor = FINDINGS.map((f) => ({ ...f, status: 'ok' }));
    const shown = await bench.page({ snapshot: STATES.running, answers: { doctor } });
    await shown.page.keyboard.press('Control+3');
    await shown.page.getByText('Nothing is wrong: 3 checks.').waitFor();
    expect(await shown.page.getByText('What to do').count()).toBe(0);
    await shown.close();
  });
});
