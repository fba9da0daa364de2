import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppSnapshot } from '../../main/channels.ts';
import {
  ENGINE_CHOICE,
  OWN_FILES,
  OWN_FILES_WRONG,
  PREVIEW_NOTHING,
  PREVIEW_PORT,
  REMOVAL,
  RESTART_PREVIEW,
  STACK_SETTINGS,
} from './answers.ts';
import { expectSound } from './sound.ts';
import { STATES } from './states.ts';
import { MISSING, WindowBench, type Given, type WindowPage } from './window.ts';

const refused = (message: string): object => ({
  errors: [{ code: 'x', data: {}, message, next: 'Nothing was changed: give another value.' }],
});
const PROJECT = 'letta-production';

describe.skipIf(MISSING)('settings of the stack', () => {
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
  const card = (shown: WindowPage, name: string) => shown.page.getByRole('region', { name, exact: true });
  const seen = (revision: number, settingsSeen: number, from: AppSnapshot = STATES.running): AppSnapshot => ({
    ...from,
    revision,
    settingsSeen,
  });

  test('a folder is chosen in a dialog; a refused one stays to be corrected, and who chooses none changes nothing', async () => {
    const source = { ...STACK_SETTINGS[0]!, name: 'source', label: 'Source', type: 'folder', value: '' };
    const shown = await settings({
      answers: {
        stackSettings: [source],
        choosePath: '/home/me/letta',
        changeSetting: refused('No checkout'),
      },
    });
    const choose = shown.page.getByRole('button', { name: 'Choose … Source' });
    await choose.click();
    await shown.page.getByRole('alert').getByText('No checkout').waitFor();
    expect(await shown.page.getByLabel('Source', { exact: true }).inputValue()).toBe('/home/me/letta');
    await shown.answer('choosePath', null);
    await choose.click();
    await expect.poll(() => shown.inputs('choosePath')).toEqual([{ kind: 'folder' }, { kind: 'folder' }]);
    expect(await shown.inputs('changeSetting')).toEqual([
      { project: PROJECT, name: 'source', value: '/home/me/letta' },
    ]);
    await shown.close();
  });

  test('a setting is kept when it is saved, told by its terminal name, and goes back to its default', async () => {
    const shown = await settings({ answers: { preview: PREVIEW_PORT } });
    const { page } = shown;
    const port = page.getByLabel('Port', { exact: true });
    expect(await port.inputValue()).toBe('9283');
    await card(shown, 'Settings of the stack').getByText('port, changed; the default is 8283').waitFor();
    await port.fill('9999');
    // only typed: Escape takes it back
    await port.press('Escape');
    expect(await port.inputValue()).toBe('9283');
    expect(await shown.inputs('changeSetting')).toEqual([]);
    await port.fill('9999');
    await shown.answer(
      'stackSettings',
      STACK_SETTINGS.map((s) => (s.name === 'port' ? { ...s, value: '9999' } : s)),
    );
    await port.press('Enter');
    await expect.poll(() => page.getByRole('button', { name: 'Save Port' }).count()).toBe(0);
    expect(await port.inputValue()).toBe('9999');
    await page.getByRole('button', { name: 'Default for Port' }).click();
    await expect
      .poll(() => shown.inputs('changeSetting'))
      .toEqual([
        { project: PROJECT, name: 'port', value: '9999' },
        { project: PROJECT, name: 'port', value: null },
      ]);
    await shown.close();
  });

  test('what a change makes anew is said, and leads to the preview', async () => {
    const shown = await settings({ answers: { preview: PREVIEW_PORT } });
    const { page } = shown;
    const pending = card(shown, 'Settings of the stack').getByRole('status');
    await pending.getByText('nginx is made anew').waitFor();
    expect(await pending.textContent()).toContain('configuration changed');
    for (const summary of await page.locator('.setting-group > summary').all()) await summary.click();
    await expectSound(shown);
    await pending.getByRole('button', { name: 'Apply changes …' }).click();
    const dialog = page.getByRole('dialog', { name: 'What will happen' });
    await dialog.getByText('recreate container letta-production-nginx-1').waitFor();
    await dialog.getByRole('button', { name: 'Apply' }).click();
    expect(await shown.inputs('operate')).toEqual([
      { project: 'letta-production', kind: 'up', services: [], agreement: 'plan-3' },
    ]);
    await shown.close();
  });

  test.each<[string, Partial<Given>, string]>([
    ['nothing changed', { answers: { preview: PREVIEW_NOTHING } }, 'What is there is as it is set here.'],
    ['nothing is there yet', { snapshot: STATES.first }, 'the first start takes what is set here'],
    ['it cannot be applied', { answers: { preview: refused('The port is no port') } }, 'The port is no port'],
  ])('%s: it is said', async (_, given, words) => {
    const shown = await settings(given);
    await card(shown, 'Settings of the stack').getByText(words).waitFor();
    await shown.close();
  });

  test('a refused value is said by its field, which keeps it to be corrected', async () => {
    const shown = await settings({
      answers: { changeSetting: refused('Port cannot be used: it is no number') },
    });
    const port = shown.page.getByLabel('Port', { exact: true });
    await port.fill('x');
    await shown.page.getByRole('button', { name: 'Save Port' }).click();
    await card(shown, 'Settings of the stack').getByRole('alert').getByText('it is no number').waitFor();
    expect([await port.inputValue(), await port.getAttribute('aria-invalid')]).toEqual(['x', 'true']);
    await expectSound(shown);
    await port.fill('1234');
    const alerts = card(shown, 'Settings of the stack').getByRole('alert');
    await expect.poll(() => alerts.count()).toBe(0);
    await shown.close();
  });

  test('what the terminal changes is shown at once, and what is being typed stays', async () => {
    const shown = await settings();
    const port = shown.page.getByLabel('Port', { exact: true });
    await shown.answer(
      'stackSettings',
      STACK_SETTINGS.map((s) => (s.name === 'port' ? { ...s, value: '7000' } : s)),
    );
    await shown.push('snapshot', seen(2, 5));
    await expect.poll(() => port.inputValue()).toBe('7000');
    await port.fill('71');
    await shown.answer('stackSettings', STACK_SETTINGS);
    await shown.push('snapshot', seen(3, 6));
    await expect.poll(async () => (await shown.inputs('stackSettings')).length).toBeGreaterThan(2);
    expect(await port.inputValue()).toBe('71');
    await shown.close();
  });

  test('a switch takes effect at once', async () => {
    const shown = await settings();
    await shown.page.getByText('Models and behaviour').click();
    await shown.page.getByRole('switch', { name: 'Debug output of the server' }).click();
    expect(await shown.inputs('changeSetting')).toEqual([{ project: PROJECT, name: 'debug', value: 'true' }]);
    await shown.close();
  });

  test('engine: a context is checked before it is used; why not is said; the choice is sound', async () => {
    const shown = await settings({ answers: { chooseEngine: refused('gpu-box does not answer') } });
    const { page } = shown;
    const engine = card(shown, 'Engine');
    await engine.getByText('cannot be used: Unexpected end of JSON input').waitFor();
    expect(await engine.getByRole('button', { name: 'Check and use it' }).count()).toBe(0);
    await engine.getByRole('radio', { name: 'Context gpu-box' }).check();
    await engine.getByRole('button', { name: 'Check and use it' }).click();
    await engine.getByRole('alert').getByText('gpu-box does not answer').waitFor();
    await expectSound(shown);
    await engine.getByRole('radio', { name: 'An address' }).check();
    await engine.getByLabel('Address', { exact: true }).fill('tcp://127.0.0.1:2375');
    await shown.answer('chooseEngine', null);
    await shown.answer('engineChoice', { ...ENGINE_CHOICE, setting: 'tcp://127.0.0.1:2375' });
    await page.keyboard.press('Enter');
    await expect
      .poll(() => shown.inputs('chooseEngine'))
      .toEqual([{ engine: 'gpu-box' }, { engine: 'tcp://127.0.0.1:2375' }]);
    await expect.poll(() => engine.getByRole('button', { name: 'Check and use it' }).count()).toBe(0);
    expect(await engine.getByLabel('Address', { exact: true }).inputValue()).toBe('tcp://127.0.0.1:2375');
    await shown.close();
  });

  test('engine: what wins over the choice is said, and a mirror is kept and taken away', async () => {
    const shown = await settings({
      answers: { engineChoice: { ...ENGINE_CHOICE, wins: 'DOCKER_HOST', mirror: 'mirror.example:5000' } },
    });
    const engine = card(shown, 'Engine');
    await engine.getByText('The app was started with DOCKER_HOST').waitFor();
    await engine.getByRole('button', { name: 'None for Registry mirror' }).click();
    await engine.getByLabel('Registry mirror').fill('other.example');
    await engine.getByRole('button', { name: 'Save Registry mirror' }).click();
    expect(await shown.inputs('changeMirror')).toEqual([{ mirror: null }, { mirror: 'other.example' }]);
    await shown.close();
  });

  test('another stack: both sides are shown before anything is done', async () => {
    const shown = await settings({ answers: { preview: { ...PREVIEW_NOTHING, agreement: 'plan-other' } } });
    const { page } = shown;
    const stacks = card(shown, 'Stack');
    await stacks.getByText('The block names no title').waitFor();
    await stacks.getByRole('button', { name: /^Switch … to <img/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('db, redis, server, nginx').first().waitFor();
    await dialog.getByText('nothing of it is deleted').waitFor();
    await expectSound(shown);
    await dialog.getByRole('button', { name: 'Stop and start' }).click();
    await expect
      .poll(() => shown.inputs('switchStack'))
      .toEqual([{ from: PROJECT, to: 'own', isStarted: true, agreement: 'plan-other' }]);
    await page.getByRole('heading', { level: 1, name: 'Healthy' }).waitFor();
    await shown.close();
  });

  test('a Compose file of one’s own: what is wrong stands at its line, and is looked at again', async () => {
    const shown = await settings({ answers: { openOwnFile: OWN_FILES_WRONG } });
    const { page } = shown;
    await page.getByRole('button', { name: 'Open a Compose file …' }).click();
    const wrong = page.getByRole('dialog', { name: 'The file cannot be used yet' });
    await wrong.getByText('3 things are to be corrected in it.').waitFor();
    const lines = wrong
      .getByRole('list', { name: 'Lines of /home/me/own/compose.yaml' })
      .getByRole('listitem');
    expect(await lines.nth(3).textContent()).toContain('is it image?');
    expect(await lines.nth(3).locator('mark').textContent()).toBe('imagee');
    expect(await lines.nth(6).textContent()).toContain('99999 is no port');
    await wrong.getByRole('alert').getByText('a variable is not set: DOMAIN').waitFor();
    await expectSound(shown);
    await wrong.getByRole('button', { name: 'Check again' }).click();
    const sound = page.getByRole('dialog', { name: 'own' });
    await sound.getByText('2 services: db, web. Nothing is wrong with it.').waitFor();
    await expectSound(shown);
    await sound.getByRole('button', { name: 'Use it …' }).click();
    await page.getByRole('dialog', { name: /^Switch to <img/ }).waitFor();
    await shown.close();
  });

  test('the file of a stack that is known is checked; who chooses none changes nothing', async () => {
    const shown = await settings({ answers: { openOwnFile: null, ownFiles: OWN_FILES_WRONG } });
    await shown.page.getByRole('button', { name: 'Open a Compose file …' }).click();
    await shown.page.getByRole('button', { name: 'Check file of broken' }).click();
    const dialog = shown.page.getByRole('dialog', { name: 'The file cannot be used yet' });
    await shown.answer('ownFiles', OWN_FILES);
    await dialog.getByRole('button', { name: 'Check again' }).click();
    await shown.page.getByText('Nothing is wrong with it.').waitFor();
    expect(await shown.inputs('ownFiles')).toEqual([{ project: 'broken' }, { project: 'own' }]);
    await shown.close();
  });

  test('another stack can only be shown, and what is refused is said', async () => {
    const shown = await settings({ answers: { switchStack: refused('letta-production is busy') } });
    await shown.page.getByRole('button', { name: 'Switch … to broken' }).click();
    const dialog = shown.page.getByRole('dialog', { name: 'Switch to broken' });
    await dialog.getByRole('button', { name: 'Only show it' }).click();
    await dialog.getByRole('alert').getByText('letta-production is busy').waitFor();
    expect(await shown.inputs('switchStack')).toEqual([{ from: PROJECT, to: 'broken', isStarted: false }]);
    await shown.close();
  });

  test('everything goes only for the name that is typed, and for the list that is shown', async () => {
    const shown = await settings();
    const { page } = shown;
    await page.getByRole('button', { name: 'Remove everything …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Remove everything of letta-production' });
    for (const words of [
      'letta-production-db-1',
      'letta-production_front',
      'letta-production_pgdata (61 MB, made 2026-11-26',
      'abababababab of letta-production-redis-1',
      'LETTA_ENCRYPTION_KEY',
      'volume shared',
    ])
      await dialog.getByText(words).first().waitFor();
    const remove = dialog.getByRole('button', { name: 'Remove everything' });
    const field = dialog.getByRole('textbox');
    expect(await remove.isDisabled()).toBe(true);
    await field.fill('letta-productio');
    await field.press('Enter');
    expect([await remove.isDisabled(), await shown.inputs('removeStack')]).toEqual([true, []]);
    await expectSound(shown);

    // the list changed since: it is shown anew, and the name is to be typed again
    await shown.answer('removeStack', refused('What there is is not what was shown'));
    await shown.answer('removal', { ...REMOVAL, volumes: [{ name: 'new-volume' }], agreement: 'removal-2' });
    await field.fill(PROJECT);
    await remove.click();
    await dialog.getByRole('alert').getByText('not what was shown').waitFor();
    await dialog.getByText('new-volume').waitFor();
    expect([await field.inputValue(), await remove.isDisabled()]).toEqual(['', true]);

    await shown.answer('removeStack', null);
    await field.fill(PROJECT);
    await remove.click();
    await page.getByRole('heading', { level: 1, name: 'Healthy' }).waitFor();
    expect(await shown.inputs('removeStack')).toEqual([
      { project: PROJECT, typed: PROJECT, agreement: 'removal-1' },
      { project: PROJECT, typed: PROJECT, agreement: 'removal-2' },
    ]);
    await shown.close();
  });

  test.each<[string, unknown, string]>([
    [
      'there is nothing of it',
      { ...REMOVAL, containers: [], networks: [], volumes: [], nameless: [], secrets: [], isKnown: false },
      'There is nothing of it.',
    ],
    ['it cannot be looked at', refused('The keychain is locked'), 'The keychain is locked'],
  ])('removing where %s: it is said, and nothing can be typed', async (_, removal, words) => {
    const shown = await settings({ answers: { removal } });
    await shown.page.getByRole('button', { name: 'Remove everything …' }).click();
    const dialog = shown.page.getByRole('dialog');
    await dialog.getByText(words).waitFor();
    expect(await dialog.getByRole('textbox').count()).toBe(0);
    await expectSound(shown);
    await shown.close();
  });

  test('nothing can be removed while something is done', async () => {
    const shown = await settings({ snapshot: STATES.pulling });
    expect(await shown.page.getByRole('button', { name: 'Remove everything …' }).isDisabled()).toBe(true);
    await shown.close();
  });

  test('restart: what it does; and that it does not take what was changed', async () => {
    const shown = await bench.page({ snapshot: STATES.running, answers: { preview: PREVIEW_NOTHING } });
    const { page } = shown;
    const dialog = page.getByRole('dialog', { name: 'Restart' });
    const open = (): Promise<void> =>
      page.getByRole('button', { name: 'Restart', exact: true }).first().click();
    await open();
    await dialog.getByText('db, redis, server, nginx').waitFor();
    await expectSound(shown);
    await page.emulateMedia({ colorScheme: 'light' });
    await dialog.getByRole('button', { name: 'Restart', exact: true }).click();
    await shown.answer('preview', PREVIEW_PORT);
    await open();
    await dialog.getByText('nginx is made anew').waitFor();
    await expectSound(shown);
    await dialog.getByRole('button', { name: 'Restart only' }).click();
    expect(await shown.inputs('operate')).toEqual([
      { project: 'letta-production', kind: 'restart', services: [] },
      { project: 'letta-production', kind: 'restart', services: [] },
    ]);
    await open();
    await dialog.getByRole('button', { name: 'Apply changes …' }).click();
    await page
      .getByRole('dialog', { name: 'What will happen' })
      .getByText('recreate container letta-production-nginx-1')
      .waitFor();
    await shown.close();
  });

  test('restart: a question that was left for another place is not asked when one comes back', async () => {
    const shown = await bench.page({ snapshot: STATES.running, answers: { preview: PREVIEW_NOTHING } });
    const { page } = shown;
    await page.getByRole('button', { name: 'Restart', exact: true }).first().click();
    await page.getByRole('dialog', { name: 'Restart' }).waitFor();
    await shown.push('show', { view: 'logs', service: 'redis' });
    await page.getByRole('heading', { level: 1, name: 'Logs' }).waitFor();
    await page.keyboard.press('Control+1');
    await page.getByRole('region', { name: 'Services' }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await shown.close();
  });

  test('restart: what cannot be looked at is said, and what is set wrong does not hinder it', async () => {
    const shown = await bench.page({
      snapshot: STATES.running,
      answers: { preview: refused('The port is no port'), restartPreview: RESTART_PREVIEW },
    });
    const { page } = shown;
    await page.getByRole('button', { name: 'Restart', exact: true }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Restart' });
    await dialog.getByText('The port is no port').waitFor();
    await dialog.getByRole('button', { name: 'Restart', exact: true }).click();
    expect(await shown.inputs('operate')).toEqual([
      { project: 'letta-production', kind: 'restart', services: [] },
    ]);
    await shown.close();
  });
});
