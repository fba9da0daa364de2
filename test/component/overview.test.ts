import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONNECTED, PREVIEW_TO_CONFIRM } from './answers.ts';
import { expectSound } from './sound.ts';
import { HOSTILE, STATES, type StateName } from './states.ts';
import { MISSING, WindowBench, type Called, type WindowPage } from './window.ts';

if (MISSING) console.warn(`window tests are skipped: ${MISSING}`);

/** of the fixtures' stack */
const PROJECT = 'letta-production';
const operate = (kind: string, ...services: string[]): Called => ({
  name: 'operate',
  input: { project: PROJECT, kind, services },
});
const PREVIEWED: Called = { name: 'preview', input: { project: PROJECT } };

interface Expected {
  readonly word: string;
  readonly sentence: string;
  /** the first thing to do, and what it asks of main */
  readonly button?: string;
  readonly asks?: Called;
}

const EXPECTED: Readonly<Record<StateName, Expected>> = {
  running: { word: 'Healthy', sentence: 'All services are well.', button: 'Stop', asks: operate('stop') },
  update: { word: 'Healthy', sentence: 'All services are well.', button: 'Update …', asks: PREVIEWED },
  degraded: {
    word: 'Degraded',
    sentence: 'db fails its health check.',
    button: 'Restart db',
    asks: operate('restart', 'db'),
  },
  missing: {
    word: 'Degraded',
    sentence: 'redis is not running.',
    button: 'Start what is missing',
    asks: operate('up'),
  },
  probe: {
    word: 'Degraded',
    sentence: 'Agents can be counted: HTTP 500',
    button: 'Restart server',
    asks: operate('restart', 'server'),
  },
  failed: {
    word: 'Failed',
    sentence: 'server ended with exit code 3.',
    button: 'Try again',
    asks: operate('up'),
  },
  looping: {
    word: 'Failed',
    sentence: 'server keeps ending and was restarted 7 times.',
    button: 'Restart server',
    asks: operate('restart', 'server'),
  },
  stopped: { word: 'Stopped', sentence: 'Nothing of it is running.', button: 'Start', asks: operate('up') },
  first: {
    word: 'Not started yet',
    sentence: 'No container of it is there.',
    button: 'Start …',
    asks: PREVIEWED,
  },
  none: {
    word: 'Not started yet',
    sentence: 'No container of it is there.',
    button: 'Start …',
    asks: PREVIEWED,
  },
  pulling: {
    word: 'Starting',
    sentence: 'Images, containers',
    button: 'Cancel',
    asks: { name: 'cancel', input: { project: PROJECT } },
  },
  planning: {
    word: 'Starting',
    sentence: 'Images, containers',
    button: 'Cancel',
    asks: { name: 'cancel', input: { project: PROJECT } },
  },
  'pulling, size unknown': {
    word: 'Starting',
    sentence: 'Images, containers',
    button: 'Cancel',
    asks: { name: 'cancel', input: { project: PROJECT } },
  },
  building: {
    word: 'Starting',
    sentence: 'Images, containers',
    button: 'Cancel',
    asks: { name: 'cancel', input: { project: PROJECT } },
  },
  waiting: {
    word: 'Starting',
    sentence: 'Images, containers',
    button: 'Cancel',
    asks: { name: 'cancel', input: { project: PROJECT } },
  },
  stopping: {
    word: 'Stopping',
    sentence: '',
    button: 'Cancel',
    asks: { name: 'cancel', input: { project: PROJECT } },
  },
  cancelled: {
    word: 'Stopped',
    sentence: 'It was cancelled on the way',
    button: 'Start …',
    asks: PREVIEWED,
  },
  starting: { word: 'Starting', sentence: 'server is starting.', button: 'Stop', asks: operate('stop') },
  'start failed': {
    word: 'Stopped',
    sentence: 'Nothing of it is running.',
    button: 'Try again',
    asks: operate('up'),
  },
  'word needed': {
    word: 'Not started yet',
    sentence: 'No container of it is there.',
    button: 'Review and start …',
    asks: PREVIEWED,
  },
  unreachable: {
    word: 'Engine unreachable',
    sentence: 'is not running: connection refused',
    button: 'Find out why',
    asks: { name: 'doctor', input: { project: 'letta-production', only: [] } },
  },
  old: { word: 'Healthy', sentence: 'This is the last known state.' },
  looking: { word: 'Looking …', sentence: 'The engine is asked.' },
  elsewhere: { word: 'Healthy', sentence: 'All services are well.', button: 'Stop', asks: operate('stop') },
  'app server': {
    word: 'Healthy',
    sentence: 'All services are well.',
    button: 'Stop',
    asks: { name: 'operate', input: { project: 'letta-app-server', kind: 'stop', services: [] } },
  },
  hostile: {
    word: 'Degraded',
    sentence: '<img src=x onerror=alert(1)>red gnp.exe fails.',
    button: 'Restart <img src=x onerror=alert(1)>red gnp.exe',
    asks: operate('restart', HOSTILE),
  },
};

describe.skipIf(MISSING)('overview', () => {
  let bench: WindowBench;
  /** shows one state after the other */
  let series: WindowPage;
  beforeAll(async () => {
    bench = await WindowBench.open();
    series = await bench.page({ snapshot: STATES.looking });
  });
  afterAll(() => bench.close());

  test.each(Object.entries(EXPECTED))(
    '%s: says what is, does what is to be done, and is sound',
    async (name, expected) => {
      const { word, sentence, button, asks } = expected;
      await series.become(STATES[name as StateName]);
      const hero = series.page.getByRole('region', { name: 'State of the stack' });
      expect(await hero.getByRole('heading').textContent()).toBe(word);
      expect(await hero.textContent()).toContain(sentence);
      await expectSound(series);
      if (button !== undefined) {
        expect(await series.tabsTo(button), `Tab reaches "${button}"`).toBeGreaterThan(0);
        await series.page.keyboard.press('Enter');
        await expect.poll(() => series.calls()).toContainEqual(asks);
      } else {
        expect(await hero.getByRole('button').and(series.page.locator(':enabled')).count()).toBe(0);
      }
      expect(series.complaints).toEqual([]);
    },
  );

  test('what needs the user’s word is started only with it, and names the plan', async () => {
    const shown = await bench.page({ snapshot: STATES.first, answers: { preview: PREVIEW_TO_CONFIRM } });
    await shown.page.getByRole('button', { name: 'Start …' }).click();
    const dialog = shown.page.getByRole('dialog', { name: 'What will happen' });
    const start = dialog.getByRole('button', { name: 'Start' });
    await dialog.getByRole('checkbox').waitFor();
    await dialog.getByText('at most 1.2 GB, about 4 min at 50 Mbit/s.').waitFor();
    expect(await start.isDisabled()).toBe(true);
    for (const colorScheme of ['light', 'dark'] as const) {
      await shown.page.emulateMedia({ colorScheme });
      expect(await shown.axe()).toEqual([]);
    }
    await shown.page.setViewportSize({ width: 380, height: 260 });
    expect(await shown.overflow()).toBeLessThanOrEqual(0);
    await dialog.getByRole('checkbox').check();
    await start.click();
    expect(await shown.calls()).toContainEqual({
      name: 'operate',
      input: { project: PROJECT, kind: 'up', services: [], agreement: 'plan-2' },
    });
    expect(await dialog.count()).toBe(0);
    await shown.close();
  });

  test('what was previewed is asked of its stack, also where another is shown by now', async () => {
    const shown = await bench.page({ snapshot: STATES.none });
    await shown.page.getByRole('button', { name: 'Start …' }).click();
    const start = shown.page.getByRole('dialog').getByRole('button', { name: 'Start' });
    await expect.poll(() => start.isEnabled()).toBe(true);
    await shown.push('snapshot', { ...STATES.none, current: 'another', revision: 5 });
    await start.click();
    expect(await shown.inputs('operate')).toMatchObject([{ project: PROJECT, kind: 'up' }]);
    await shown.close();
  });

  test('a restart from outside that would leave changes out is asked about', async () => {
    const shown = await bench.page({ snapshot: STATES.running });
    await shown.page.keyboard.press('Control+2');
    await shown.push('show', { view: 'overview', restarted: PROJECT });
    const restart = shown.page.getByRole('dialog', { name: 'Restart' }).getByRole('button', {
      name: /^Restart/,
    });
    await expect.poll(() => restart.isEnabled()).toBe(true);
    expect(await shown.inputs('operate')).toEqual([]);
    await restart.click();
    expect(await shown.inputs('operate')).toMatchObject([
      { project: PROJECT, kind: 'restart', services: [] },
    ]);
    await shown.close();
  });

  test('what failed of a stack that is no longer shown says which, and offers no retry', async () => {
    const snapshot = { ...STATES['start failed'], current: 'another', revision: 5 };
    const shown = await bench.page({ snapshot });
    await shown.page.getByText('Starting of letta-production did not succeed').waitFor();
    expect(await shown.page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
    await shown.close();
  });

  test('the preview says once what is made anew, and leaves waiting out', async () => {
    const shown = await bench.page({ snapshot: STATES.stopped });
    await shown.page.getByRole('button', { name: 'What will happen?' }).click();
    const dialog = shown.page.getByRole('dialog');
    await dialog.getByRole('heading', { name: 'Recreate' }).waitFor();
    expect(await dialog.getByRole('heading', { level: 3 }).allTextContents()).toEqual([
      'Download',
      'Generate',
      'Create',
      'Recreate',
      'Keep as it is',
    ]);
    await shown.page.keyboard.press('Escape');
    expect(await dialog.count()).toBe(0);
    expect(await shown.page.evaluate<string>('document.activeElement.textContent')).toBe('What will happen?');
    await shown.close();
  });

  test('what was stopped for a stack that did not start is said, and started again', async () => {
    const stopped = { project: 'letta-research', title: '<img src=x> Research' };
    const ended = { project: PROJECT, at: '2026-11-10T12:00:00.000Z', outcome: 'failed', stopped } as const;
    const shown = await bench.page({ snapshot: { ...STATES.stopped, ended } });
    const note = shown.page.getByRole('status').filter({ hasText: 'was stopped' });
    await note.getByText('It was stopped for this stack, which did not start.').waitFor();
    await expectSound(shown);
    await note.getByRole('button', { name: /^Start <img.* again$/ }).click();
    await expect
      .poll(() => shown.inputs('switchStack'))
      .toEqual([{ from: PROJECT, to: 'letta-research', isStarted: true }]);
    await shown.close();
  });

  test('a failure can be put away, and the next one is shown', async () => {
    const before = STATES['start failed'];
    const shown = await bench.page({ snapshot: before });
    const alert = shown.page.getByRole('alert');
    expect(await alert.textContent()).toContain('Port 8283 on 127.0.0.1 is taken by node (pid 812)');
    await alert.getByRole('button', { name: 'Dismiss' }).click();
    expect(await alert.count()).toBe(0);
    await shown.page.getByRole('button', { name: 'Start', exact: true }).waitFor();
    const failure = { ...before.failure, at: '2026-11-26T11:00:00.000Z' };
    await shown.push('snapshot', { ...before, revision: 2, failure });
    await alert.waitFor();
    await shown.close();
  });

  test('an older snapshot is ignored', async () => {
    const shown = await bench.page({ snapshot: { ...STATES.running, revision: 5 } });
    await shown.push('snapshot', { ...STATES.stopped, revision: 4 });
    await shown.push('snapshot', { ...STATES.degraded, revision: 6 });
    await shown.page.getByRole('heading', { name: 'Degraded' }).waitFor();
    await shown.push('snapshot', { ...STATES.running, revision: 5 });
    expect(await shown.page.getByRole('heading', { level: 1 }).textContent()).toBe('Degraded');
    await shown.close();
  });

  test('what main refuses is said', async () => {
    const errors = [{ code: 'x', data: {}, message: 'The store is locked', next: 'Unlock it.' }];
    const shown = await bench.page({ snapshot: STATES.running, answers: { copySecret: { errors } } });
    await shown.page.getByRole('button', { name: 'Copy password' }).click();
    const alert = shown.page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toContain('The store is lockedUnlock it.');
    expect(await shown.axe()).toEqual([]);
    expect(await shown.calls()).toEqual([
      { name: 'copySecret', input: { project: PROJECT, name: 'LETTA_SERVER_PASSWORD' } },
    ]);
    await shown.close();
  });

  test('address, example and service buttons do what they say', async () => {
    const shown = await bench.page({ snapshot: STATES.running });
    const { page } = shown;
    await page.getByRole('button', { name: 'Open API' }).click();
    await page.getByRole('button', { name: 'Copy address of API' }).click();
    await page.getByRole('button', { name: 'Restart redis' }).click();
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByRole('tab', { name: 'Python' }).click();
    await page.getByRole('button', { name: 'Copy Python example' }).click();
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toContain(
      'base_url="http://127.0.0.1:8283",',
    );
    expect(await shown.calls()).toEqual([
      { name: 'openUrl', input: { project: PROJECT, index: 0 } },
      { name: 'copyAddress', input: { project: PROJECT, index: 0 } },
      operate('restart', 'redis'),
      { name: 'probe', input: { project: PROJECT } },
    ]);
    expect(shown.complaints).toEqual([]);
    await shown.close();
  });

  test('the connection is tried as a client would, and what came of it is said', async () => {
    const shown = await bench.page({ snapshot: STATES.running });
    const connect = shown.page.getByRole('region', { name: 'Connect' });
    await connect.getByRole('button', { name: 'Test the connection' }).click();
    await connect.getByText('HTTP 200: the password is right').waitFor();
    expect(await shown.calls()).toEqual([{ name: 'testConnection', input: { project: PROJECT } }]);
    const answer = 'HTTP 401: the server refuses the password; it may run with an older one';
    await shown.answer('testConnection', { ...CONNECTED, ok: false, answer });
    await connect.getByRole('button', { name: 'Test the connection' }).click();
    await connect.getByText(answer).waitFor();
    await connect.getByText('Not OK').waitFor();
    await expectSound(shown);
    await shown.close();
  });

  test('the connection is not tried from here where it means something elsewhere', async () => {
    const shown = await bench.page({ snapshot: STATES.elsewhere });
    expect(await shown.page.getByRole('button', { name: /^Test/ }).count()).toBe(0);
    await shown.close();
  });

  test('an App Server has a token and the examples of an OpenAI-compatible API', async () => {
    const answers = { testConnection: { ...CONNECTED, answer: 'HTTP 200: the token is right' } };
    const shown = await bench.page({ snapshot: STATES['app server'], answers });
    const { page } = shown;
    const connect = page.getByRole('region', { name: 'Connect' });
    await connect.getByRole('button', { name: 'Copy token' }).click();
    await connect.getByText('The examples take the token from the variable').waitFor();
    await connect.getByRole('tab', { name: 'TypeScript' }).click();
    await connect.getByRole('button', { name: 'Copy TypeScript example' }).click();
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toContain(
      'baseURL: "http://127.0.0.1:4500/v1",',
    );
    await connect.getByRole('button', { name: 'Test the connection' }).click();
    await connect.getByText('the token is right').waitFor();
    const project = 'letta-app-server';
    expect(await shown.calls()).toEqual([
      { name: 'copySecret', input: { project, name: 'LETTA_APP_SERVER_TOKEN' } },
      { name: 'testConnection', input: { project } },
    ]);
    expect(await connect.getByText(/password/i).count()).toBe(0);
    await expectSound(shown);
    await shown.close();
  });

  test('the password is offered only for a Letta server', async () => {
    const shown = await bench.page({ snapshot: STATES.hostile });
    expect(await shown.page.getByRole('button', { name: 'Copy password' }).count()).toBe(0);
    await shown.close();
  });

  test('an engine elsewhere is reached with a command, not with a browser here', async () => {
    const shown = await bench.page({ snapshot: STATES.elsewhere });
    expect(await shown.page.getByRole('button', { name: /^Open/ }).count()).toBe(0);
    await shown.page.getByText('ssh -N -L 8283:127.0.0.1:8283 me@gpu-box.local').waitFor();
    await shown.page.getByText('on gpu-box.local', { exact: true }).waitFor();
    await shown.close();
  });
});
