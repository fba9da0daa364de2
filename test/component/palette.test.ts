import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENV_IMPORT, OWN_FILES_WRONG } from './answers.ts';
import { atEnd, lineOf, lines, openLogs, pageOf } from './log-page.ts';
import { expectSound } from './sound.ts';
import { STATES } from './states.ts';
import { MISSING, WindowBench, type Given, type WindowPage } from './window.ts';

/** of the fixtures' stack */
const project = 'letta-production';

describe.skipIf(MISSING)('commands', () => {
  let bench: WindowBench;
  beforeAll(async () => {
    bench = await WindowBench.open();
  });
  afterAll(() => bench.close());

  async function palette(given: Partial<Given> = {}): Promise<WindowPage> {
    const shown = await bench.page({ snapshot: STATES.running, ...given });
    await open(shown);
    return shown;
  }
  const open = (shown: WindowPage): Promise<void> => shown.page.keyboard.press('Control+k');
  const run = async (shown: WindowPage, query: string): Promise<void> => {
    if ((await shown.page.getByRole('dialog').count()) === 0) await open(shown);
    await shown.page.keyboard.type(query);
    await shown.page.keyboard.press('Enter');
  };
  /** What the field says is chosen. */
  const chosen = (shown: WindowPage): Promise<string> =>
    shown.page.evaluate<string>(`(() => {
      const id = document.activeElement.getAttribute('aria-activedescendant');
      const option = id && document.getElementById(id);
      return option ? option.firstChild.textContent + '/' + option.getAttribute('aria-selected') : '';
    })()`);

  test('a key opens it on macOS too, and the sidebar says which', async () => {
    const shown = await bench.page({ snapshot: STATES.running, platform: 'darwin' });
    const button = shown.page.getByRole('button', { name: 'Commands' });
    expect(await button.textContent()).toBe('Commands⌘K');
    expect(await button.getAttribute('aria-keyshortcuts')).toBe('Meta+K');
    await shown.page.keyboard.press('Control+k');
    expect(await shown.page.getByRole('dialog').count()).toBe(0);
    await shown.page.keyboard.press('Meta+k');
    await shown.page.getByRole('dialog', { name: 'Commands' }).waitFor();
    await shown.page.keyboard.press('Escape');
    await button.click();
    await shown.page.getByRole('dialog', { name: 'Commands' }).waitFor();
    // beside it
    await shown.page.mouse.click(5, 5);
    expect(await shown.page.getByRole('dialog').count()).toBe(0);
    expect(await shown.page.evaluate<string>('document.activeElement.textContent')).toBe('Commands⌘K');
    await shown.close();
  });

  test('arrows choose, words narrow, Escape leaves; it is sound', async () => {
    const shown = await palette();
    const { page } = shown;
    const press = (key: string): Promise<void> => page.keyboard.press(key);
    expect(await chosen(shown)).toBe('Restart the stack/true');
    await press('ArrowDown');
    expect(await chosen(shown)).toBe('Stop the stack/true');
    await press('ArrowUp');
    await press('ArrowUp');
    expect(await chosen(shown)).toBe('Quit Letta Stack/true');
    const last = page.getByRole('option', { name: 'Quit Letta Stack' });
    const [own, list] = [await last.boundingBox(), await page.getByRole('listbox').boundingBox()];
    expect((own?.y ?? 0) + (own?.height ?? 0)).toBeLessThanOrEqual((list?.y ?? 0) + (list?.height ?? 0) + 1);
    await press('ArrowDown');
    expect(await chosen(shown)).toBe('Restart the stack/true');
    await page.keyboard.type('of D logs');
    expect(await page.getByRole('option').allTextContents()).toEqual([
      'Show logs of db',
      'Show logs of redis',
    ]);
    expect(await page.getByRole('status').filter({ hasText: '2 commands' }).count()).toBe(1);
    await expectSound(shown);
    await page.keyboard.type('xyz');
    expect(await chosen(shown)).toBe('');
    await page.getByText('No command that is possible now has these words.').waitFor();
    await press('Enter');
    await page.getByRole('combobox').fill('');
    for (const [width, height] of [
      [760, 520],
      [380, 260],
    ] as const) {
      await page.setViewportSize({ width, height });
      const box = await page.getByRole('dialog').boundingBox();
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(height);
    }
    expect(await shown.axe()).toEqual([]);
    await press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await shown.calls()).toEqual([]);
    await shown.close();
  });

  test('commands do what they say', async () => {
    const shown = await palette();
    const { page } = shown;
    await run(shown, 'open api');
    await run(shown, 'copy addr');
    await page.getByText('The address is copied.').waitFor();
    await run(shown, 'password');
    await page.getByText('The password is copied.').waitFor();
    await run(shown, 'logs folder');
    await run(shown, 'dark');
    await run(shown, 'logs of redis');
    await page.getByRole('heading', { level: 1, name: 'Logs' }).waitFor();
    expect(await page.getByRole('combobox', { name: 'Service' }).inputValue()).toBe('redis');
    await run(shown, 'stop nginx');
    await page.getByRole('heading', { level: 1, name: 'Healthy' }).waitFor();
    await run(shown, 'readiness');
    await run(shown, 'doctor');
    await page.getByText('3 problems, 1 warning').waitFor();
    // also where one is there already
    await run(shown, 'run doctor');
    await run(shown, 'login');
    await run(shown, 'on quit: ask');
    await run(shown, 'zoom out');
    await run(shown, 'quit');
    await expect
      .poll(() => shown.calls())
      .toEqual([
        { name: 'openUrl', input: { project, index: 0 } },
        { name: 'copyAddress', input: { project, index: 0 } },
        { name: 'copySecret', input: { project, name: 'LETTA_SERVER_PASSWORD' } },
        { name: 'openLogs', input: {} },
        { name: 'changeOptions', input: { theme: 'dark' } },
        {
          name: 'followLogs',
          input: {
            project: 'letta-production',
            services: ['redis'],
            since: 'all',
            session: expect.any(String),
          },
        },
        { name: 'operate', input: { project, kind: 'stop', services: ['nginx'] } },
        { name: 'probe', input: { project } },
        { name: 'doctor', input: { project: 'letta-production', only: [] } },
        { name: 'doctor', input: { project: 'letta-production', only: [] } },
        { name: 'changeOptions', input: { startAtLogin: true } },
        { name: 'changeOptions', input: { onQuit: 'ask' } },
        { name: 'zoom', input: { by: -1 } },
        { name: 'quit', input: {} },
      ]);
    expect(shown.complaints).toEqual([]);
    await shown.close();
  });

  test('what lies in a card is done, or opened where it lies', async () => {
    const shown = await palette({ answers: { openOwnFile: OWN_FILES_WRONG, chooseImport: ENV_IMPORT } });
    const { page } = shown;
    await run(shown, 'test conn');
    await page.getByText(/: OK\. /).waitFor();
    await run(shown, 'switch');
    await page.getByRole('button', { name: 'Open a Compose file …' }).waitFor();
    expect(await shown.calls()).not.toContainEqual({ name: 'openOwnFile', input: {} });
    await run(shown, 'compose file');
    await page.getByRole('dialog').getByText('is it image?').waitFor();
    await page.keyboard.press('Escape');
    const notes = page.getByRole('region', { name: 'Notifications' });
    expect(await notes.evaluate((e) => e.getBoundingClientRect().top < 0)).toBe(true);
    await run(shown, 'quiet');
    await expect.poll(() => notes.evaluate((e) => e.getBoundingClientRect().top >= 0)).toBe(true);
    // also where one is there already
    await run(shown, 'remove every');
    await page.getByRole('dialog').getByText('letta-production_pgdata').waitFor();
    await page.keyboard.press('Escape');
    await run(shown, 'remove every');
    await page.getByRole('dialog').getByText('letta-production_pgdata').waitFor();
    await page.keyboard.press('Escape');
    await run(shown, 'env file');
    await page.getByRole('dialog', { name: 'Import' }).waitFor();
    await page.keyboard.press('Escape');
    await run(shown, 'all keys');
    await page.getByRole('dialog', { name: 'Remove all keys' }).waitFor();
    await page.keyboard.press('Escape');
    await run(shown, 'podman');
    const engine = page.getByRole('region', { name: 'Engine' });
    await expect
      .poll(() => engine.evaluate((e) => e.getBoundingClientRect().top < innerHeight / 2))
      .toBe(true);
    await run(shown, 'curl');
    await page.getByText('The curl example is copied.').waitFor();
    await run(shown, 'apply');
    await page.getByRole('dialog', { name: 'What will happen' }).waitFor();
    const calls = (await shown.calls()).map((c) => c.name);
    expect(calls.filter((name) => name === 'openOwnFile')).toHaveLength(1);
    expect(calls).not.toContain('removeStack');
    expect(shown.complaints).toEqual([]);
    await shown.close();
  });

  test('the log does by its commands what its buttons do, while it is open', async () => {
    const shown = await openLogs(bench, pageOf(lines(0, 200), true), {
      answers: {
        saveLogs: { file: '/tmp/x.log', lines: 200, unredacted: [] },
        olderLogs: pageOf(lines(-50, 50)),
      },
    });
    const { page } = shown;
    const field = page.getByRole('searchbox', { name: 'Search' });
    await atEnd(shown);
    await run(shown, 'save');
    await page.getByText('Saved 200 lines to /tmp/x.log').waitFor();
    await run(shown, 'copy shown');
    await page.getByText('The shown lines are copied.').waitFor();
    const copied = (await page.evaluate<string>('navigator.clipboard.readText()')).split('\n');
    expect([copied.length, copied[0]]).toEqual([200, expect.stringMatching(/ server line 0$/)]);
    await run(shown, 'not wrap');
    expect(await page.getByRole('checkbox', { name: 'Wrap lines' }).isChecked()).toBe(false);
    await run(shown, 'not follow');
    expect(await page.getByRole('checkbox', { name: 'Follow' }).isChecked()).toBe(false);
    await run(shown, 'search the logs');
    expect(await field.evaluate((e) => e === document.activeElement)).toBe(true);
    await page.keyboard.type('line 7');
    await page.getByText('11 matches').waitFor();
    await run(shown, 'next match');
    const [next] = await page.getByText(/^\d+ of 11 matches$/).allTextContents();
    await run(shown, 'prev');
    await expect.poll(() => page.getByText(/^\d+ of 11 matches$/).allTextContents()).not.toEqual([next]);
    await run(shown, 'older');
    await lineOf(shown, 'line -1').waitFor();
    await run(shown, 'end of the logs');
    await lineOf(shown, 'line 199').waitFor();
    await atEnd(shown);
    await run(shown, 'level err');
    await page.getByText('None of 250 lines has this level.').waitFor();
    await run(shown, '1 hour');
    expect(await page.getByRole('combobox', { name: 'Since' }).inputValue()).toBe('1h');
    await page.keyboard.press('Control+1');
    await open(shown);
    expect(await page.getByRole('option', { name: /^Save|^Wrap/ }).count()).toBe(0);
    // elsewhere what it does is found all the same, and leads there
    await run(shown, 'wrap');
    await page.getByRole('heading', { level: 1, name: 'Logs' }).waitFor();
    expect(shown.complaints).toEqual([]);
    await shown.close();
  });

  test('the doctor does by its commands what the buttons beside what is wrong do', async () => {
    const shown = await bench.page({ snapshot: STATES.running });
    await shown.page.keyboard.press('Control+3');
    await shown.page.getByRole('heading', { name: 'What is wrong' }).waitFor();
    await run(shown, 'nginx anew');
    await expect.poll(() => shown.inputs('repair')).toEqual([{ project, id: 'nginx' }]);
    await expect.poll(() => shown.inputs('doctor').then((all) => all.length)).toBe(2);
    await shown.page.getByRole('status').filter({ hasText: 'problem' }).waitFor();
    await run(shown, 'ports examine');
    await expect
      .poll(() => shown.inputs('doctor').then((all) => all.at(-1)))
      .toEqual({
        project,
        only: ['ports'],
      });
    await shown.page.getByRole('status').filter({ hasText: 'problem' }).waitFor();
    // it asks where the button asks
    await run(shown, 'reset the password');
    await shown.page.getByRole('dialog', { name: 'Reset the password' }).waitFor();
    expect(await shown.page.getByRole('dialog').count()).toBe(1);
    await shown.page.keyboard.press('Escape');
    await shown.page.keyboard.press('Control+1');
    await open(shown);
    expect(await shown.page.getByRole('option', { name: /Examine again/ }).count()).toBe(0);
    await shown.close();
  });

  test('a log that ended is read again', async () => {
    const errors = [{ code: 'x', data: {}, message: 'The engine is gone', next: 'Start it.' }];
    const shown = await openLogs(bench, { errors });
    await shown.page.getByText('The engine is gone').waitFor();
    await run(shown, 'read again');
    await expect.poll(() => shown.inputs('followLogs').then((all) => all.length)).toBe(2);
    await shown.close();
  });

  test('what is asked first is asked on the overview, and cancelling is there', async () => {
    const shown = await palette({ snapshot: STATES.first });
    await shown.page.keyboard.press('Escape');
    await shown.page.keyboard.press('Control+3');
    await run(shown, 'start');
    await shown.page.getByRole('dialog', { name: 'What will happen' }).waitFor();
    // what asks is answered first
    await open(shown);
    expect(await shown.page.getByRole('dialog').count()).toBe(1);
    await shown.page.keyboard.press('Escape');
    await shown.push('snapshot', { ...STATES.pulling, revision: 2 });
    await shown.page.getByRole('heading', { level: 1, name: 'Starting' }).waitFor();
    await run(shown, 'cancel');
    await expect.poll(() => shown.calls()).toContainEqual({ name: 'cancel', input: { project } });
    await shown.close();
  });

  test('what main refuses is said where it was asked for', async () => {
    const errors = [{ code: 'x', data: {}, message: 'The store is locked', next: 'Unlock it.' }];
    const shown = await palette({ answers: { copySecret: { errors }, operate: { errors } } });
    const { page } = shown;
    await run(shown, 'password');
    await page.getByRole('dialog').getByRole('alert').getByText('The store is locked').waitFor();
    expect(await shown.axe()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+3');
    await run(shown, 'restart db');
    await page.getByRole('main').getByRole('alert').getByText('The store is locked').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await shown.close();
  });

  test('a pointer chooses, and the list follows the stack', async () => {
    const shown = await palette();
    const { page } = shown;
    await page.getByRole('option', { name: 'Copy password' }).hover();
    expect(await chosen(shown)).toBe('Copy password/true');
    await shown.push('snapshot', { ...STATES.first, revision: 2 });
    await page.getByRole('option', { name: 'Start …' }).waitFor();
    expect(await page.getByRole('option', { name: 'Restart db' }).count()).toBe(0);
    await page.getByRole('option', { name: 'Go to Settings' }).click();
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    await shown.close();
  });

  test('what leads elsewhere closes it', async () => {
    const shown = await palette();
    await shown.push('show', { view: 'logs' });
    await shown.page.getByRole('heading', { level: 1, name: 'Logs' }).waitFor();
    expect(await shown.page.getByRole('dialog').count()).toBe(0);
    await shown.close();
  });

  test('Ctrl+F leads to the search of the log', async () => {
    const shown = await bench.page({ snapshot: STATES.running });
    // from anywhere, but not away from what asks something
    await open(shown);
    await shown.page.keyboard.press('Control+f');
    expect(await shown.page.getByRole('dialog', { name: 'Commands' }).isVisible()).toBe(true);
    await shown.page.keyboard.press('Escape');
    await shown.page.keyboard.press('Control+f');
    await shown.page.getByRole('heading', { level: 1, name: 'Logs' }).waitFor();
    await shown.page.keyboard.type('HTTP/1.1');
    await shown.page.getByText('60 matches').waitFor();
    // what was looked for is replaced by what is typed next
    await shown.page.keyboard.press('Control+f');
    await shown.page.keyboard.type('startup');
    await shown.page.getByText('1 match', { exact: true }).waitFor();
    await shown.close();
  });
});
