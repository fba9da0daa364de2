import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOGS } from './answers.ts';
import { atEnd, fromEnd, lineOf, lines, logOf, openLogs, pageOf } from './log-page.ts';
import { expectSound } from './sound.ts';
import { HOSTILE, STATES } from './states.ts';
import { MISSING, WindowBench, type Given, type WindowPage } from './window.ts';

const ESC = '\u001B';

describe.skipIf(MISSING)('the log', () => {
  let bench: WindowBench;
  beforeAll(async () => {
    bench = await WindowBench.open();
  });
  afterAll(() => bench.close());

  const open = (followLogs: object, given: Partial<Given> = {}): Promise<WindowPage> =>
    openLogs(bench, followLogs, given);

  test('output is text, colours are colours, long lines are cut, levels are words', async () => {
    const shown = await open(pageOf(LOGS));
    const log = logOf(shown);
    await atEnd(shown);
    await log.evaluate((e) => e.scrollTo({ top: 0 }));
    const info = log.getByText('INFO', { exact: true });
    await info.waitFor();
    expect(await info.evaluate((e) => getComputedStyle(e).color)).toMatch(/^oklch/);
    await log
      .getByRole('listitem')
      .filter({ hasText: 'Application startup complete.' })
      .getByText('info', { exact: true })
      .waitFor();
    await log.getByText('<img src=x onerror=alert(1)>').waitFor();
    expect(await log.getByRole('listitem').nth(2).locator('.log-text').textContent()).toBe(
      '<img src=x onerror=alert(1)>red␇�gnp.exe␀',
    );
    expect(await log.getByText('… cut').textContent()).toHaveLength(10_000 + '… cut'.length);
    expect(await log.locator('img').count()).toBe(0);
    await shown.page.getByRole('checkbox', { name: 'Wrap lines' }).uncheck();
    await expectSound(shown);
    await shown.close();
  });

  test('every colour can be read on every other, in light and dark', async () => {
    const codes = [...Array.from({ length: 8 }, (_, i) => i), 60, 62, 67];
    const all = codes.flatMap((bg) => codes.map((fg) => `${ESC}[${30 + fg};${40 + bg}mtext${ESC}[0m `));
    const looks = [1, 2, 3, 4, 7, 9].flatMap((n) =>
      codes.map((fg) => `${ESC}[${n};${30 + fg}mtext${ESC}[0m `),
    );
    const cube = Array.from(
      { length: 256 },
      (_, i) => `${ESC}[38;5;${i}mtext${ESC}[0m ${ESC}[7mtext${ESC}[0m `,
    );
    const rows = [...all, ...looks, ...cube, `${ESC}[2mdim`, `${ESC}[38;2;255;255;0mtrue`];
    const shown = await open(pageOf(lines(0, 22, (n) => rows.slice(n * 30, n * 30 + 30).join(''))));
    await lineOf(shown, 'true').waitFor();
    await expectSound(shown);
    await shown.close();
  });

  test('what is written is followed at the end', async () => {
    const shown = await open(pageOf(lines(0, 200)));
    await lineOf(shown, 'line 199').waitFor();
    await atEnd(shown);
    await shown.pushLogs(lines(200, 300));
    await lineOf(shown, 'line 499').waitFor();
    await atEnd(shown);
    await expect.poll(() => shown.inputs('logsTaken')).toEqual([{ session: await shown.session() }]);
    // of another session nothing is taken
    await shown.push('logs', { session: 'other', lines: lines(500, 1) });
    await shown.pushLogs(lines(501, 1));
    await lineOf(shown, 'line 501').waitFor();
    expect(await lineOf(shown, 'line 500').count()).toBe(0);
    await shown.close();
  });

  test('who has scrolled back stays there, and is led to the end', async () => {
    const shown = await open(pageOf(lines(0, 200)));
    const { page: window } = shown;
    await atEnd(shown);
    await logOf(shown).hover();
    await window.mouse.wheel(0, -1_500);
    const goOn = window.getByRole('button', { name: 'Go to the end' });
    await goOn.waitFor();
    const before = await logOf(shown).evaluate((e) => e.scrollTop);
    await shown.pushLogs(lines(200, 1_234));
    const button = window.getByRole('button', { name: '1,234 new lines, go to the end' });
    await button.waitFor();
    expect(await logOf(shown).evaluate((e) => e.scrollTop)).toBe(before);
    await expectSound(shown);
    await button.click();
    await atEnd(shown);
    await lineOf(shown, 'line 1433').waitFor();
    await expect.poll(() => button.count()).toBe(0);
    await shown.pushLogs(lines(1_434, 5));
    await lineOf(shown, 'line 1438').waitFor();
    await shown.close();
  });

  test('what is not followed, or is being selected, stays', async () => {
    const shown = await open(pageOf(lines(0, 200)));
    await atEnd(shown);
    await shown.page.getByRole('checkbox', { name: 'Follow' }).uncheck();
    await shown.pushLogs(lines(200, 100));
    await shown.page.getByRole('button', { name: '100 new lines, go to the end' }).click();
    await atEnd(shown);
    expect(await shown.page.getByRole('checkbox', { name: 'Follow' }).isChecked()).toBe(true);
    await lineOf(shown, 'line 298').dblclick({ position: { x: 4, y: 4 } });
    await shown.pushLogs(lines(300, 50));
    await shown.page.getByRole('button', { name: '50 new lines, go to the end' }).waitFor();
    expect(await shown.page.evaluate<string>('getSelection().toString().trim()')).toBe('line');
    await shown.close();
  });

  test('lines that are selected are copied as lines', async () => {
    const shown = await open(pageOf(lines(0, 3, (n) => `${ESC}[3${n + 1}mline${ESC}[0m ${n}`)));
    await lineOf(shown, '2').or(logOf(shown).getByText('line 2')).first().waitFor();
    await logOf(shown)
      .locator('ol')
      .evaluate((e) => getSelection()?.selectAllChildren(e));
    await shown.page.keyboard.press('Control+c');
    const copied = await shown.page.evaluate<string>('navigator.clipboard.readText()');
    expect(copied.trim().split('\n')).toHaveLength(3);
    expect(copied).toMatch(/^\d\d:\d\d:\d\d server +line 0\n/);
    await shown.page.getByRole('button', { name: 'Copy shown lines' }).click();
    await expect
      .poll(() => shown.page.evaluate<string>('navigator.clipboard.readText()'))
      .toBe(
        lines(0, 3)
          .map(({ at, text }) => `${at} server ${text}`)
          .join('\n'),
      );
    await shown.close();
  });

  test('search: counts, and leads from hit to hit with keys and buttons', async () => {
    const text = (n: number): string =>
      n % 100 === 50 ? `${ESC}[31mfind${ESC}[0m me, Find Me ${n}` : `line ${n}`;
    const shown = await open(pageOf(lines(0, 1_000, text)));
    const { page: window } = shown;
    const current = logOf(shown).locator('mark[aria-current]');
    const said = window.getByRole('search').getByRole('status');
    await atEnd(shown);
    await window.keyboard.press('Control+f');
    await window.keyboard.type('find me');
    await window.getByText('20 matches').waitFor();
    await window.keyboard.press('Shift+Enter');
    await window.getByText('20 of 20 matches').waitFor();
    await logOf(shown).getByText('Find Me').first().waitFor();
    expect(await current.allTextContents()).toEqual(['Find Me']);
    await window.keyboard.press('Shift+Enter');
    await window.getByText('19 of 20 matches').waitFor();
    // it has a part in colour and one without
    expect(await current.allTextContents()).toEqual(['find', ' me']);
    await logOf(shown).focus();
    await window.keyboard.press('F3');
    await window.keyboard.press('F3');
    await expect.poll(() => said.textContent()).toBe('1 of 20 matches');
    await expect.poll(() => current.first().isVisible()).toBe(true);
    await lineOf(shown, 'line 51').waitFor();
    await window.getByRole('button', { name: 'Next match (F3)' }).click();
    await window.getByRole('button', { name: 'Next match (F3)' }).click();
    await window.keyboard.press('Shift+F3');
    await expect.poll(() => said.textContent()).toBe('2 of 20 matches');
    // what is written meanwhile is found too, and moves nothing
    await shown.pushLogs(lines(1_000, 100, () => 'find me'));
    await window.getByText('2 of 120 matches').waitFor();
    await expectSound(shown);
    await window.getByRole('searchbox').fill('nowhere');
    await window.getByText('0 matches').waitFor();
    expect(await window.getByRole('button', { name: 'Next match (F3)' }).isDisabled()).toBe(true);
    await shown.close();
  });

  test('search: the menu leads to it, from another view and again from the log', async () => {
    const shown = await open(pageOf(lines(0, 3)));
    const { page: window } = shown;
    const isThere = (): Promise<boolean> =>
      window.getByRole('searchbox').evaluate((e) => e === document.activeElement);
    await window.keyboard.press('Control+1');
    await shown.push('show', { view: 'logs', isFinding: true });
    await expect.poll(isThere).toBe(true);
    await logOf(shown).focus();
    expect(await isThere()).toBe(false);
    await shown.push('show', { view: 'logs', isFinding: true });
    await expect.poll(isThere).toBe(true);
    // what asks for the log alone does not
    await logOf(shown).focus();
    await shown.push('show', { view: 'logs' });
    await window.getByRole('heading', { name: 'Logs', level: 1 }).waitFor();
    expect(await isThere()).toBe(false);
    await shown.close();
  });

  test('search: a hit far into a long line is scrolled to', async () => {
    const shown = await open(
      pageOf(lines(0, 600, (n) => (n === 30 ? `${'x'.repeat(9_000)} needle` : `line ${n}`))),
    );
    for (const isWrapped of [true, false]) {
      await shown.page.getByRole('checkbox', { name: 'Wrap lines' }).setChecked(isWrapped);
      await shown.page.getByRole('searchbox').fill('');
      await shown.page.getByRole('searchbox').fill('needle');
      await shown.page.getByText('1 match').waitFor();
      await shown.page.keyboard.press('Enter');
      const mark = logOf(shown).locator('mark[aria-current]');
      await mark.waitFor();
      await expect
        .poll(() =>
          mark.evaluate((e) => {
            const [own, pane] = [e.getBoundingClientRect(), e.closest('.log')!.getBoundingClientRect()];
            return (
              own.top >= pane.top &&
              own.bottom <= pane.bottom &&
              own.left >= pane.left &&
              own.right <= pane.right
            );
          }),
        )
        .toBe(true);
    }
    await shown.close();
  });

  test('levels are filtered, with what belongs to them', async () => {
    const texts = [
      'INFO: one',
      'ERROR: two',
      '  File "x.py", line 1',
      'plain',
      'WARNING: three',
      'DEBUG: four',
    ];
    const shown = await open(pageOf(lines(0, 6, (n) => texts[n] ?? '')));
    const seen = (): Promise<string[]> => logOf(shown).locator('.log-text').allTextContents();
    await lineOf(shown, 'DEBUG: four').waitFor();
    const level = shown.page.getByRole('combobox', { name: 'Level' });
    for (const [words, count] of [
      ['Errors', 2],
      ['Warnings and worse', 3],
      ['Info and worse', 4],
      ['Any that is said', 5],
    ] as const) {
      await level.selectOption(words);
      await expect.poll(async () => (await seen()).length).toBe(count);
    }
    await level.selectOption('Errors');
    await shown.pushLogs(lines(6, 2, (n) => (n === 7 ? 'ERROR: five' : 'INFO: six')));
    await expect.poll(seen).toEqual(['ERROR: two', '  File "x.py", line 1', 'ERROR: five']);
    await expectSound(shown);
    await shown.close();
    const calm = await open(pageOf(lines(0, 6)));
    await calm.page.getByRole('combobox', { name: 'Level' }).selectOption('Errors');
    await calm.page.getByText('None of 6 lines has this level.').waitFor();
    await calm.close();
  });

  test('service and since begin anew, and what was followed ends', async () => {
    const shown = await open(pageOf(lines(0, 3)));
    await lineOf(shown, 'line 2').waitFor();
    const first = await shown.session();
    await shown.answer('followLogs', pageOf(lines(10, 3)));
    await shown.page.getByRole('combobox', { name: 'Since' }).selectOption('15 minutes ago');
    await lineOf(shown, 'line 12').waitFor();
    expect(await lineOf(shown, 'line 2').count()).toBe(0);
    await shown.page.getByRole('combobox', { name: 'Service' }).selectOption('db');
    await expect
      .poll(() => shown.inputs('followLogs'))
      .toMatchObject([
        { project: 'letta-production', services: [], since: 'all' },
        { project: 'letta-production', services: [], since: '15m' },
        { project: 'letta-production', services: ['db'], since: '15m' },
      ]);
    expect(await shown.inputs('unfollowLogs')).toContainEqual({ session: first });
    const last = await shown.session();
    await shown.page.keyboard.press('Control+1');
    await expect.poll(() => shown.inputs('unfollowLogs')).toContainEqual({ session: last });
    await shown.close();
  });

  test('what was chosen stays while the window is open, and another stack begins with all services', async () => {
    const shown = await open(pageOf(lines(0, 3)));
    const { page: window } = shown;
    const chosen = async (): Promise<unknown[]> => [
      ...(await Promise.all(
        ['Service', 'Level', 'Since'].map((name) => window.getByRole('combobox', { name }).inputValue()),
      )),
      await window.getByRole('searchbox').inputValue(),
      await window.getByRole('checkbox', { name: 'Wrap lines' }).isChecked(),
    ];
    await window.getByRole('combobox', { name: 'Service' }).selectOption('redis');
    await window.getByRole('combobox', { name: 'Level' }).selectOption('Errors');
    await window.getByRole('combobox', { name: 'Since' }).selectOption('1 hour ago');
    await window.getByRole('searchbox').fill('ready');
    await window.getByRole('checkbox', { name: 'Wrap lines' }).uncheck();
    await window.keyboard.press('Control+1');
    await window.getByRole('heading', { level: 1, name: 'Logs' }).waitFor({ state: 'detached' });
    await window.keyboard.press('Control+2');
    await window.getByRole('heading', { level: 1, name: 'Logs' }).waitFor();
    expect(await chosen()).toEqual(['redis', 'error', '1h', 'ready', false]);
    expect((await shown.inputs('followLogs')).at(-1)).toMatchObject({ services: ['redis'], since: '1h' });
    await shown.push('snapshot', { ...STATES.running, current: 'other', revision: 2 });
    await expect.poll(chosen).toEqual(['', 'error', '1h', 'ready', false]);
    expect((await shown.inputs('followLogs')).at(-1)).toMatchObject({ project: 'other', services: [] });
    await shown.close();
  });

  test('a service that is asked for again is shown again, whatever was chosen since', async () => {
    const shown = await open(pageOf(lines(0, 3)));
    const service = shown.page.getByRole('combobox', { name: 'Service' });
    for (const _ of [1, 2]) {
      await shown.push('show', { view: 'logs', service: 'redis' });
      await expect.poll(() => service.inputValue()).toBe('redis');
      await service.selectOption('All');
      await expect.poll(() => service.inputValue()).toBe('');
    }
    // the log alone was asked for
    await service.selectOption('db');
    await shown.push('show', { view: 'logs' });
    await shown.page.getByRole('heading', { level: 1, name: 'Logs' }).waitFor();
    expect(await service.inputValue()).toBe('db');
    await shown.close();
  });

  test.each([
    ['stack', { ...STATES.running, current: 'other' }],
    ['engine', { ...STATES.running, engine: { ...STATES.running.engine, url: 'unix:///other.sock' } }],
  ])('another %s begins anew', async (_what, snapshot) => {
    const shown = await open(pageOf(lines(0, 3)));
    await lineOf(shown, 'line 2').waitFor();
    await shown.answer('followLogs', pageOf(lines(10, 3)));
    await shown.push('snapshot', { ...snapshot, revision: 2 });
    await lineOf(shown, 'line 12').waitFor();
    expect(await lineOf(shown, 'line 2').count()).toBe(0);
    await shown.close();
  });

  test('older lines are read page by page, and stay in sight', async () => {
    const shown = await open(pageOf(lines(1_000, 100), true), {
      answers: { olderLogs: pageOf(lines(500, 500), true) },
    });
    const { page: window } = shown;
    await lineOf(shown, 'line 1099').waitFor();
    await atEnd(shown);
    await window.getByRole('button', { name: 'Older lines, load' }).click();
    await lineOf(shown, 'line 999').waitFor();
    expect(await shown.inputs('olderLogs')).toEqual([
      { project: 'letta-production', services: [], since: 'all', before: lines(1_000, 1)[0]?.at },
    ]);
    await expect.poll(() => lineOf(shown, 'line 999').isVisible()).toBe(true);
    expect(await fromEnd(shown)).toBeGreaterThan(1_000);
    await expectSound(shown);
    await shown.answer('olderLogs', pageOf(lines(0, 500)));
    await window.setViewportSize({ width: 1040, height: 720 });
    await window.getByRole('button', { name: 'Older lines, load' }).click();
    await lineOf(shown, 'line 499').waitFor();
    expect(await window.getByRole('button', { name: 'Older lines' }).count()).toBe(0);
    await logOf(shown).evaluate((e) => e.scrollTo({ top: 0 }));
    await lineOf(shown, 'line 0').waitFor();
    expect(await logOf(shown).getByRole('listitem').first().getAttribute('aria-setsize')).toBe('1100');
    await shown.close();
  });

  test('older lines that cannot be read', async () => {
    const errors = [{ code: 'x', data: {}, message: 'The engine does not answer', next: 'Start it.' }];
    const shown = await open(pageOf(lines(1_000, 100), true), { answers: { olderLogs: { errors } } });
    await shown.page.getByRole('button', { name: 'Older lines, load' }).click();
    await shown.page.getByRole('alert').getByText('The engine does not answer').waitFor();
    await shown.page.getByRole('button', { name: 'Older lines, load' }).waitFor();
    await shown.close();
  });

  test('nothing written, and not to be had', async () => {
    const empty = await open(pageOf([]), { snapshot: STATES.first });
    await empty.page.getByText('Nothing was written yet.').waitFor();
    await expectSound(empty);
    await empty.close();
    const errors = [{ code: 'x', data: {}, message: 'The engine does not answer', next: 'Start it.' }];
    const refused = await open({ errors }, { snapshot: STATES.unreachable });
    await refused.page.getByRole('alert').getByText('The engine does not answer').waitFor();
    await expectSound(refused);
    await refused.answer('followLogs', pageOf(lines(0, 3)));
    await refused.page.getByRole('button', { name: 'Try again' }).click();
    await lineOf(refused, 'line 2').waitFor();
    await refused.close();
  });

  test('what ended goes on with the engine, where it was', async () => {
    const shown = await open(pageOf(lines(0, 3)));
    await lineOf(shown, 'line 2').waitFor();
    const ended = [{ code: 'x', data: {}, message: 'The engine is gone', next: 'Start it.' }];
    await shown.pushLogs([], { ended });
    await shown.page.getByRole('alert').getByText('The engine is gone').waitFor();
    await shown.push('snapshot', { ...STATES.unreachable, revision: 2 });
    await shown.answer('followLogs', pageOf(lines(1, 5)));
    await shown.push('snapshot', { ...STATES.running, revision: 3 });
    await lineOf(shown, 'line 5').waitFor();
    expect(await logOf(shown).locator('.log-text').allTextContents()).toEqual(
      lines(0, 6).map(({ text }) => text),
    );
    expect(await shown.page.getByRole('alert').count()).toBe(0);
    await shown.close();
  });

  test('that secrets are left in the lines is said in place of the opposite, and leads to the keys', async () => {
    const shown = await open(pageOf(lines(0, 3)));
    const { page: window } = shown;
    const opposite = window.getByText('Secrets are taken out.');
    await opposite.waitFor();
    const unredacted = [
      { code: 'x', data: {}, message: 'Secrets are not taken out', next: '' },
      { code: 'y', data: {}, message: 'The keychain is locked', next: 'Unlock it.' },
    ];
    await shown.pushLogs([], { unredacted });
    const note = window.getByRole('alert');
    await note.getByText('The keychain is locked').waitFor();
    expect(await opposite.count()).toBe(0);
    await expectSound(shown);
    await shown.answer('saveLogs', { lines: 3, file: '/home/me/x.txt', unredacted });
    await window.getByRole('button', { name: 'Save …' }).click();
    await note.filter({ hasText: 'What was saved' }).getByText('Secrets are not taken out').waitFor();
    await note.getByRole('button', { name: 'Read again' }).click();
    await opposite.waitFor();
    expect(await lineOf(shown, 'line 2').count()).toBe(1);
    await shown.pushLogs([], { unredacted });
    await note.getByRole('button', { name: 'Open the keys' }).click();
    await window.getByRole('heading', { level: 1, name: 'Keys' }).waitFor();
    await window.keyboard.press('Control+2');
    await opposite.waitFor();
    await shown.close();
  });

  test('saving says where, or why not', async () => {
    const shown = await open(pageOf(lines(0, 3)));
    const save = shown.page.getByRole('button', { name: 'Save …' });
    await save.click();
    await expect
      .poll(() => shown.inputs('saveLogs'))
      .toEqual([{ project: 'letta-production', services: [], since: 'all' }]);
    expect(await shown.page.getByText('Saved').count()).toBe(0);
    await shown.answer('saveLogs', { lines: 100_000, file: `/home/me/${HOSTILE}`, unredacted: [] });
    await save.click();
    await shown.page.getByText('Saved 100,000 lines to /home/me/<img src=x onerror=alert(1)>red').waitFor();
    await expectSound(shown);
    const errors = [{ code: 'x', data: {}, message: 'the disk is full', next: 'Make room.' }];
    await shown.answer('saveLogs', { errors });
    await save.click();
    await shown.page.getByRole('alert').getByText('the disk is full').waitFor();
    await shown.close();
  });
});
