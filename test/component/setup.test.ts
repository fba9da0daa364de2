import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppSnapshot, Setup, SetupStack } from '../../main/channels.ts';
import {
  DOWNLOADS_MEASURED,
  ENV_IMPORT,
  FINDINGS,
  KEYS_FIRST,
  PREVIEW_NOTHING,
  PREVIEW_TO_CONFIRM,
  STACK_SETTINGS,
} from './answers.ts';
import { ENGINE_FACTS, ENGINE_STOPPED, NO_ENGINE, SETUP_STACKS } from './setup-answers.ts';
import { expectSound } from './sound.ts';
import { inSetup, STATES } from './states.ts';
import { MISSING, WindowBench, type Given, type WindowPage } from './window.ts';

const REFUSED = { errors: [{ code: 'x', data: {}, message: 'It is refused', next: 'Do something.' }] };
const WELL = FINDINGS.map((f) => ({ ...f, status: 'ok' as const, detail: 'it is free', remedy: undefined }));
const PROJECT = 'letta-production';

describe.skipIf(MISSING)('setup', () => {
  let bench: WindowBench;
  beforeAll(async () => {
    bench = await WindowBench.open();
  });
  afterAll(() => bench.close());

  /** A step of the setup. */
  const at = (
    step: Setup['step'],
    answers: Given['answers'] = {},
    state: AppSnapshot = STATES.first,
  ): Promise<WindowPage> =>
    bench.page({
      snapshot: inSetup(state, { step, ...(step !== 'engine' && { project: PROJECT }) }),
      answers: { doctor: WELL, ...answers },
    });

  const title = ({ page }: WindowPage, words: string): Promise<void> =>
    page.getByRole('heading', { level: 1, name: words }).waitFor();
  const press = ({ page }: WindowPage, name: string | RegExp): Promise<void> =>
    page.getByRole('button', { name, exact: typeof name === 'string' }).click();
  const focus = ({ page }: WindowPage, words: string): Promise<void> =>
    expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe(words);
  const kept = async (shown: WindowPage): Promise<unknown[]> =>
    (await shown.inputs('changeOptions')).map((input) => (input as { setup: unknown }).setup);
  const alert = ({ page }: WindowPage, words: string): Promise<void> =>
    page.getByRole('alert').getByText(words).first().waitFor();

  test('from the first window to the start it is five clicks, by keys alone, and each step is kept', async () => {
    const shown = await at('engine');
    const { page } = shown;
    const steps = [
      ['What runs the containers?', 'Continue'],
      ['Which Letta do you want?', 'Continue'],
      ['Which models may it use?', 'Continue'],
      ['Where is it, and where does its data live?', 'Continue'],
      ['What will happen?', 'Start'],
    ] as const;
    for (const [question, button] of steps) {
      await title(shown, question);
      // a reader hears the question first
      await focus(shown, question);
      await page.locator('.setup-foot .primary:enabled').waitFor();
      expect(await shown.tabsTo(button), question).toBeGreaterThan(0);
      await page.keyboard.press('Enter');
    }
    await expect
      .poll(() => shown.inputs('operate'))
      .toEqual([{ project: PROJECT, kind: 'up', services: [], agreement: 'plan-1' }]);
    await title(shown, 'Not started yet');
    await focus(shown, 'Not started yet');
    const project = PROJECT;
    expect(await kept(shown)).toEqual(
      ['profile', 'keys', 'place', 'review', 'start'].map((step) => ({ step, project })),
    );
    expect(shown.complaints).toEqual([]);
    await shown.close();
  });

  test('Back leads back, and a step behind is a click away', async () => {
    const shown = await at('review');
    await press(shown, 'Back');
    await title(shown, 'Where is it, and where does its data live?');
    await press(shown, 'Back');
    await title(shown, 'Which models may it use?');
    await press(shown, 'Engine');
    await title(shown, 'What runs the containers?');
    expect(await shown.page.getByRole('button', { name: 'Back' }).count()).toBe(0);
    await shown.close();
  });

  test('the defaults lead to the review, and where a port is taken to that', async () => {
    const shown = await at('engine');
    await press(shown, 'Use the defaults');
    await title(shown, 'What will happen?');
    await shown.close();
    const taken = await at('engine', { doctor: FINDINGS });
    await taken.page.getByText('Room for data').waitFor();
    await expect.poll(() => taken.inputs('doctor')).toHaveLength(1);
    await press(taken, 'Use the defaults');
    await title(taken, 'Where is it, and where does its data live?');
    await taken.close();
  });

  test('whoever leaves it has what there was before, and comes back to it from settings and commands', async () => {
    const shown = await at('profile');
    const { page } = shown;
    await press(shown, 'Leave the setup');
    await title(shown, 'Not started yet');
    expect(await kept(shown)).toEqual([null]);
    await shown.push('snapshot', { ...inSetup(STATES.first, null), revision: 2 });
    await page.getByRole('button', { name: 'Start …' }).waitFor();
    expect(await page.getByRole('button', { name: /setup|Set up/ }).count()).toBe(0);
    await page.keyboard.press('Control+,');
    await press(shown, 'Set up again …');
    await title(shown, 'What runs the containers?');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('go to overview');
    await page.keyboard.press('Enter');
    await title(shown, 'Not started yet');
    await shown.close();
  });

  test('leaving that cannot be kept is said, and one stays', async () => {
    const shown = await at('profile', { changeOptions: REFUSED });
    await press(shown, 'Leave the setup');
    await alert(shown, 'It is refused');
    await title(shown, 'Which Letta do you want?');
    await shown.close();
  });

  test('the overview leads to a setup that is under way', async () => {
    const shown = await at('keys');
    await title(shown, 'Which models may it use?');
    await shown.page.keyboard.press('Control+1');
    await title(shown, 'Not started yet');
    await press(shown, 'Continue the setup …');
    await title(shown, 'Which models may it use?');
    await shown.push('show', { view: 'logs', service: 'db' });
    await title(shown, 'Logs');
    await shown.close();
  });

  test('nobody with a stack is asked', async () => {
    const shown = await bench.page({ snapshot: STATES.running });
    await title(shown, 'Healthy');
    await shown.close();
  });

  test('engine: what was found and what it can', async () => {
    const shown = await at('engine');
    await shown.page.getByText('182.0 GB free in /var/lib/docker').waitFor();
    await shown.page.getByText('Profiles that work on a folder of yours cannot run there.').waitFor();
    await shown.page.getByText('Use another engine').click();
    await shown.page.getByRole('radio', { name: /Context gpu-box/ }).waitFor();
    await expectSound(shown);
    await shown.close();
  });

  test('engine: with none it says what to do, looks again by itself, and goes on once there is one', async () => {
    const shown = await at('engine', { engineFacts: NO_ENGINE }, STATES.unreachable);
    const { page } = shown;
    await page.getByText('sudo apt-get install docker.io', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Continue' }).isDisabled()).toBe(true);
    await press(shown, 'Copy command sudo apt-get install docker.io');
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('sudo apt-get install docker.io');
    await expectSound(shown);
    // the engine answers before the snapshot says so
    const asked = (await shown.inputs('engineFacts')).length;
    await expect
      .poll(async () => (await shown.inputs('engineFacts')).length, { timeout: 6_000 })
      .toBeGreaterThan(asked);
    await shown.answer('engineFacts', ENGINE_FACTS);
    await shown.push('snapshot', { ...inSetup(STATES.first), revision: 2 });
    await page.getByText('Room for data').waitFor();
    expect(await page.getByRole('button', { name: 'Continue' }).isEnabled()).toBe(true);
    await shown.close();
  });

  test('engine: one that is installed is started, and why it could not be', async () => {
    const shown = await at(
      'engine',
      { engineFacts: ENGINE_STOPPED, startEngine: REFUSED },
      STATES.unreachable,
    );
    await shown.page.getByText('Docker Engine is installed, and does not run.').waitFor();
    await press(shown, 'Start Docker Engine');
    await alert(shown, 'It is refused');
    expect(await shown.inputs('startEngine')).toEqual([{}]);
    await expectSound(shown);
    await shown.close();
  });

  test('a step that stands on the engine goes back to it while it is gone', async () => {
    const shown = await at('review', { engineFacts: ENGINE_STOPPED }, STATES.unreachable);
    await title(shown, 'What runs the containers?');
    await shown.close();
  });

  test('profile: needs against what is there, one recommended, what Letta says of it; another is kept', async () => {
    const shown = await at('profile');
    const { page } = shown;
    expect(await page.getByText('Recommended', { exact: true }).count()).toBe(1);
    expect(await page.getByRole('radio', { name: /Letta server/ }).isChecked()).toBe(true);
    await page.getByText('needs 32.0 GB of memory, only 16.4 GB are there').waitFor();
    await page.getByText('Retired upstream. Letta archived its V1 server').waitFor();
    await page.getByText('needs a graphics card: This machine has no NVIDIA card.').waitFor();
    expect(await page.getByRole('radio', { name: /vLLM/ }).isDisabled()).toBe(true);
    await page.getByText('It is here: 3 of 4 containers run.').waitFor();
    expect(await page.getByRole('radio', { name: /broken/ }).isDisabled()).toBe(true);
    await expectSound(shown);
    await page.getByRole('radio', { name: /Letta server/ }).press('ArrowDown');
    await press(shown, 'Continue');
    await title(shown, 'Which models may it use?');
    expect(await kept(shown)).toEqual([{ step: 'keys', project: 'letta-app-server' }]);
    await shown.close();
  });

  test('a model that does not fit the card is said before it is downloaded, and another is taken', async () => {
    const tight: SetupStack = {
      ...SETUP_STACKS.find((s) => s.project === 'letta-vllm')!,
      gpu: { verdict: 'likely', why: 'An RTX 3060 is there.', steps: [] },
      model: {
        model: 'Qwen/Qwen3-8B',
        fits: false,
        sentence: 'It does not fit: 17.3 GiB are needed, and 7.2 GiB can be had.',
        remedy: {
          model: 'Intel/GLM-4.7-Flash-int4-AutoRound',
          settings: [
            { name: 'model', value: 'Intel/GLM-4.7-Flash-int4-AutoRound' },
            { name: 'tool-parser', value: 'glm47' },
          ],
        },
      },
    };
    const shown = await at('profile', { setupStacks: [tight] });
    const { page } = shown;
    await page.getByText('It does not fit: 17.3 GiB').waitFor();
    await page.getByText('Intel/GLM-4.7-Flash-int4-AutoRound fits, and can be taken instead.').waitFor();
    await page.getByRole('radio', { name: /vLLM/ }).check();
    await expectSound(shown);
    await press(shown, 'Continue');
    await title(shown, 'Which models may it use?');
    await press(shown, 'Continue');
    const card = page.getByRole('region', { name: 'Model' });
    await card.getByText('Qwen/Qwen3-8B: It does not fit').waitFor();
    await shown.answer('setupStacks', [
      { ...tight, model: { ...tight.model!, fits: true, sentence: 'It fits.' } },
    ]);
    await press(shown, 'Use Intel/GLM-4.7-Flash-int4-AutoRound instead');
    await card.getByText('It fits.').waitFor();
    expect(await shown.inputs('changeSetting')).toEqual([
      { project: 'letta-vllm', name: 'model', value: 'Intel/GLM-4.7-Flash-int4-AutoRound' },
      { project: 'letta-vllm', name: 'tool-parser', value: 'glm47' },
    ]);
    await expectSound(shown);
    await shown.close();
  });

  test('place: what the model wants of the settings is set for it', async () => {
    const share = { name: 'gpu-share', value: '0.80' };
    const split = { name: 'vllm-arguments', value: '--tensor-parallel-size 2' };
    const model = { model: 'Qwen/Qwen3-14B', fits: false, sentence: 'It fits with other settings.' };
    const vllm = SETUP_STACKS.find((s) => s.project === 'letta-vllm')!;
    const stack = { ...vllm, gpu: { verdict: 'likely', why: 'Two cards are there.', steps: [] } };
    const shown = await at('profile', {
      setupStacks: [{ ...stack, model: { ...model, remedy: { settings: [share, split] } } }],
    });
    await shown.page.getByRole('radio', { name: /vLLM/ }).check();
    await press(shown, 'Continue');
    await press(shown, 'Continue');
    await shown.answer('setupStacks', [{ ...stack, model: { ...model, fits: true, sentence: 'It fits.' } }]);
    await press(shown, 'Set gpu-share to 0.80 and vllm-arguments to "--tensor-parallel-size 2"');
    await shown.page.getByText('It fits.').waitFor();
    expect(await shown.inputs('changeSetting')).toEqual([
      { project: 'letta-vllm', ...share },
      { project: 'letta-vllm', ...split },
    ]);
    await shown.close();
  });

  test('profile: a stack of another program is made known first, and why it could not be', async () => {
    const shown = await at('profile', { adoptStack: REFUSED });
    await shown.page.getByRole('radio', { name: /gnp.exe/ }).check();
    await press(shown, 'Continue');
    await alert(shown, 'It is refused');
    await shown.answer('adoptStack', null);
    await press(shown, 'Continue');
    await title(shown, 'Which models may it use?');
    expect(await shown.inputs('adoptStack')).toEqual([{ project: 'own' }, { project: 'own' }]);
    await shown.close();
  });

  test('profile: what cannot be read is said', async () => {
    const shown = await bench.page({
      snapshot: inSetup(STATES.first, { step: 'profile' }),
      answers: { setupStacks: REFUSED },
    });
    await alert(shown, 'It is refused');
    expect(await shown.page.getByRole('button', { name: 'Continue' }).isDisabled()).toBe(true);
    await expectSound(shown);
    await shown.close();
  });

  test('keys: a provider is set and tried on the spot; the password is made, or one’s own that is judged', async () => {
    const shown = await at('keys', { keys: KEYS_FIRST, tryProvider: REFUSED });
    const { page } = shown;
    await page.getByText('made with the first start, unless you choose one here').waitFor();
    const card = (name: string) => page.locator('details.provider', { hasText: name });
    await card('Anthropic').locator('summary').click();
    await card('Anthropic').getByLabel('Paste API key').fill('sk-ant-x');
    await page.keyboard.press('Enter');
    await card('Anthropic').getByText('Saved.').waitFor();
    await card('OpenAI').locator('summary').click();
    await press(shown, 'Test OpenAI');
    await alert(shown, 'It is refused');
    await press(shown, 'Choose your own');
    const own = page.getByLabel('Your password');
    await own.fill('short');
    await page.getByText('5 of at least 16 characters').waitFor();
    await own.fill('correct-horse-battery-Staple-9');
    await page.getByText('Strong').waitFor();
    await expectSound(shown);
    await page.getByRole('button', { name: 'Save Your password' }).click();
    await expect
      .poll(() => shown.inputs('saveKey'))
      .toEqual([
        { project: PROJECT, name: 'ANTHROPIC_API_KEY', value: 'sk-ant-x', isSure: false },
        {
          project: PROJECT,
          name: 'LETTA_SERVER_PASSWORD',
          value: 'correct-horse-battery-Staple-9',
          isSure: true,
        },
      ]);
    // what was typed is nowhere in the page
    expect(await page.content()).not.toContain('Staple');
    await shown.close();
  });

  test('keys: the focus goes into what a button opens, and back to it', async () => {
    const shown = await at('keys', { chooseImport: ENV_IMPORT });
    const { page } = shown;
    const isIn = (label: string): Promise<void> =>
      expect.poll(() => page.evaluate('document.activeElement.labels?.[0].textContent')).toBe(label);
    const byKey = async (name: string): Promise<void> => {
      await page.getByRole('button', { name, exact: true }).focus();
      await page.keyboard.press('Enter');
    };
    await byKey('Choose your own');
    await isIn('Your password');
    await page.keyboard.type('correct horse battery staple');
    await page.getByText('Cannot be saved').waitFor();
    await page.keyboard.press('Escape');
    await focus(shown, 'Choose your own');
    await byKey('Make another');
    await byKey('Keep it');
    await focus(shown, 'Make another');
    await page.locator('details.provider', { hasText: 'OpenAI' }).locator('summary').click();
    await byKey('Replace API key');
    await isIn('New API key');
    await page.keyboard.press('Escape');
    await focus(shown, 'Replace API key');
    await byKey('Import from a file …');
    await page.getByRole('dialog', { name: 'Import' }).waitFor();
    await page.keyboard.press('Escape');
    await focus(shown, 'Import from a file …');
    await shown.close();
  });

  test('keys: what data that is there was made with has a field; the review leads to it', async () => {
    const missing = ['LETTA_DB_PASSWORD', 'LETTA_SERVER_PASSWORD'].map((name) => ({
      code: 'stack.secret-missing',
      data: { name, services: ['db'], volume: 'thoth-letta-postgres' },
      message: `${name} is not in the secret store`,
      next: 'Supply it.',
    }));
    const shown = await at('review', { keys: KEYS_FIRST, preview: { errors: missing } });
    const { page } = shown;
    await press(shown, 'Look at the keys');
    const data = page.getByRole('region', { name: 'Keys of the data' });
    await page.getByText('its data is there already, so that no start makes one').waitFor();
    expect(await page.getByText('made with the first start').count()).toBe(0);
    await expectSound(shown);
    await data.getByLabel('Paste Database password').fill('ofthoth123');
    await page.keyboard.press('Enter');
    await data.getByText('Saved.').waitFor();
    expect(await shown.inputs('saveKey')).toEqual([
      { project: PROJECT, name: 'LETTA_DB_PASSWORD', value: 'ofthoth123', isSure: false },
    ]);
    // what the plan does not lack is no question
    expect(await data.locator('.key-row').count()).toBe(1);
    await shown.close();
    const fresh = await at('keys', { keys: KEYS_FIRST });
    await fresh.page.getByText('made with the first start').waitFor();
    await expect.poll(() => fresh.inputs('preview')).toHaveLength(1);
    expect(await fresh.page.getByRole('region', { name: 'Keys of the data' }).count()).toBe(0);
    await fresh.close();
  });

  test('keys: what cannot be read or saved is said, and one can go on', async () => {
    const shown = await at('keys', { keys: REFUSED });
    await alert(shown, 'It is refused');
    await expectSound(shown);
    await press(shown, 'Continue');
    await title(shown, 'Where is it, and where does its data live?');
    await shown.close();
    const locked = await at('keys', { keys: KEYS_FIRST, saveKey: REFUSED });
    await press(locked, 'Choose your own');
    await locked.page.getByLabel('Your password').fill('correct-horse-battery-Staple-9');
    await locked.page.keyboard.press('Enter');
    await alert(locked, 'It is refused');
    await locked.close();
  });

  test('place: a taken port names who has it, and the next free one is a click away', async () => {
    const shown = await at('place', { doctor: FINDINGS });
    const { page } = shown;
    await page.getByText('Port 8283 is taken by node (pid 812).').waitFor();
    expect(await page.getByRole('button', { name: 'Continue' }).isDisabled()).toBe(true);
    await page.getByText('7 GB are free; the profile needs 6 GB.').waitFor();
    await expectSound(shown);
    await shown.answer('changeSetting', REFUSED);
    await press(shown, 'Use port 8284 instead');
    await alert(shown, 'It is refused');
    await shown.answer('changeSetting', null);
    await shown.answer('doctor', WELL);
    await press(shown, 'Use port 8284 instead');
    await page.getByText('it is free').first().waitFor();
    expect(await page.getByRole('button', { name: 'Continue' }).isEnabled()).toBe(true);
    expect((await shown.inputs('changeSetting')).at(-1)).toEqual({
      project: PROJECT,
      name: 'port',
      value: '8284',
    });
    await shown.close();
  });

  test('place: what the present stack has is free once it is stopped', async () => {
    const shown = await bench.page({
      snapshot: inSetup(STATES.running, { step: 'place', project: 'letta-app-server' }),
      answers: { doctor: WELL },
    });
    await shown.page.getByText('Letta server is stopped for it: what it has is free then.').waitFor();
    expect((await shown.inputs('doctor')).at(-1)).toMatchObject({
      project: 'letta-app-server',
      stops: PROJECT,
    });
    await expectSound(shown);
    await shown.close();
    const same = await at('place', {}, STATES.running);
    await same.page.getByText('it is free').first().waitFor();
    expect(await same.page.getByText('is stopped for it').count()).toBe(0);
    expect((await same.inputs('doctor')).at(-1)).not.toHaveProperty('stops');
    await same.close();
  });

  test('place: what cannot be read yet is no stack without ports, and two settings cannot have one port', async () => {
    const unread = {
      ...WELL[0],
      id: 'compose-file',
      category: 'stack',
      status: 'fail',
      detail: 'source is not set',
    };
    const shown = await at('place', { doctor: [unread] });
    const { page } = shown;
    const next = page.getByRole('button', { name: 'Continue' });
    await page.getByText('Whether its ports are free cannot be told from here.').waitFor();
    await page.getByText('Something that it needs is not set yet, or cannot be read.').waitFor();
    expect(await next.isDisabled()).toBe(true);
    await expectSound(shown);
    // once it is set, it is looked at again by itself
    await shown.answer('doctor', WELL);
    await page.getByText('it is free').first().waitFor();
    expect(await next.isEnabled()).toBe(true);
    await shown.close();
    const ports = STACK_SETTINGS.filter((s) => s.type === 'port').slice(0, 1);
    const stackSettings = [
      ...ports,
      ...ports.map((p) => ({ ...p, name: 'db-port', label: 'Port of the database' })),
    ];
    const both = await at('place', { stackSettings });
    await both.page.getByRole('alert').getByText('only one can have it').waitFor();
    expect(await both.page.getByRole('button', { name: 'Continue' }).isDisabled()).toBe(true);
    await expectSound(both);
    await both.close();
    // where the doctor's own finding says it, it is not said again
    const detail = 'port and db-port are both 8283: only one can have it (server and db)';
    const findings = WELL.map((f) => (f.id === 'ports' ? { ...f, status: 'fail', detail } : f));
    const found = await at('place', { stackSettings, doctor: findings });
    await found.page.getByText(detail).waitFor();
    expect(await found.page.getByText('only one can have it').count()).toBe(1);
    expect(await found.page.getByRole('button', { name: 'Continue' }).isDisabled()).toBe(true);
    await found.close();
  });

  test('place: a port that is freed elsewhere is seen by itself', async () => {
    const shown = await at('place', { doctor: FINDINGS });
    await shown.page.getByText('Port 8283 is taken by node (pid 812).').waitFor();
    await shown.answer('doctor', WELL);
    await shown.page.getByText('it is free').first().waitFor();
    await shown.close();
  });

  test.each([
    [['/home/me/letta/data'], 'stay there, whatever becomes of the containers'],
    [[], 'what it keeps goes with its containers'],
  ])('place: data of a stack without volumes, in %j', async (folders, words) => {
    const shown = await at('place', { dataPlace: { volumes: [], folders, engine: 'lab', folder: '/lib' } });
    const data = shown.page.getByRole('region', { name: 'Data' });
    await data.getByText(words).waitFor();
    expect((await data.locator('dt').allTextContents()).join()).toBe(
      folders.length > 0 ? 'Your own folders,Engine' : 'Engine',
    );
    for (const folder of folders) await data.getByText(folder).waitFor();
    await shown.close();
  });

  test('review: how much is downloaded, and how long that takes', async () => {
    const shown = await at('review');
    await shown.page.getByText('at most 1.2 GB, about 4 min at 50 Mbit/s.').waitFor();
    await shown.close();
    const measured = await at('review', { downloads: DOWNLOADS_MEASURED });
    await measured.page.getByText('about 4 min at the 5.2 MB/s of the last download.').waitFor();
    await expectSound(measured);
    await measured.close();
    const refused = await at('review', { downloads: REFUSED });
    await refused.page.getByText('how large, could not be asked.').waitFor();
    await refused.close();
  });

  test('review: what asks for a word waits for it; what cannot be told is said', async () => {
    const shown = await at('review', { preview: PREVIEW_TO_CONFIRM });
    const { page } = shown;
    const start = page.getByRole('button', { name: 'Start' });
    await page.getByText('Free some space.').waitFor();
    expect(await start.isDisabled()).toBe(true);
    await expectSound(shown);
    await page.getByRole('checkbox').check();
    await start.click();
    await expect.poll(() => shown.inputs('operate')).toMatchObject([{ agreement: 'plan-2' }]);
    await shown.close();
    const refused = await at('review', { preview: REFUSED });
    await alert(refused, 'It is refused');
    expect(await refused.page.getByRole('button', { name: 'Start' }).isDisabled()).toBe(true);
    await expectSound(refused);
    await refused.answer('preview', PREVIEW_TO_CONFIRM);
    await press(refused, 'Look again');
    await refused.page.getByText('Free some space.').waitFor();
    await refused.close();
  });

  test('review: a start that is refused at once is said there', async () => {
    const shown = await at('review', { operate: REFUSED });
    await press(shown, 'Start');
    await alert(shown, 'It is refused');
    await title(shown, 'What will happen?');
    await shown.close();
  });

  test('review: another stack than the one that runs is switched to; one that is there already is only shown', async () => {
    const shown = await bench.page({
      snapshot: inSetup(STATES.running, { step: 'review', project: 'letta-app-server' }),
      answers: { doctor: WELL },
    });
    await shown.page.getByText('Stop Letta server').waitFor();
    await press(shown, 'Start');
    await expect
      .poll(() => shown.inputs('switchStack'))
      .toEqual([{ from: PROJECT, to: 'letta-app-server', isStarted: true, agreement: 'plan-1' }]);
    await shown.close();
    const there = await at('review', { preview: PREVIEW_NOTHING }, STATES.running);
    await press(there, 'Continue');
    await title(there, 'Healthy');
    expect(await there.inputs('operate')).toEqual([]);
    await there.close();
  });

  test('start: how far it is, and a cancel', async () => {
    const shown = await at('start', {}, STATES.pulling);
    await shown.page.getByRole('region', { name: 'Progress' }).getByText('42 %').waitFor();
    await expectSound(shown);
    await press(shown, 'Cancel');
    expect(await shown.inputs('cancel')).toEqual([{ project: PROJECT }]);
    await shown.close();
  });

  test('start: a cancel is said while what was started goes on, and leads back', async () => {
    const ended = { project: PROJECT, at: '2026-05-04T12:00:00Z', outcome: 'cancelled' as const };
    const shown = await at('start', {}, STATES.waiting);
    const { page } = shown;
    await page.getByRole('region', { name: 'Progress' }).waitFor();
    expect(await page.getByRole('button', { name: 'Back' }).count()).toBe(0);
    const begun = inSetup(STATES.starting, { step: 'start', project: PROJECT });
    await shown.push('snapshot', { ...begun, ended, revision: 2 });
    await page.getByText('It was cancelled on the way').waitFor();
    await page.getByText('server is starting.').waitFor();
    await expectSound(shown);
    await press(shown, 'Back');
    await title(shown, 'What will happen?');
    await shown.close();
  });

  test('start: why it failed, and the ways on', async () => {
    const shown = await at('start', {}, STATES['start failed']);
    await alert(shown, 'Port 8283 on 127.0.0.1 is taken by node (pid 812)');
    await expectSound(shown);
    await press(shown, 'Try again');
    expect(await shown.inputs('operate')).toEqual([{ project: PROJECT, kind: 'up', services: [] }]);
    await press(shown, 'Choose another port');
    await title(shown, 'Where is it, and where does its data live?');
    await shown.close();
  });

  test('start: once it is well it is over: address, password, start at login, a first message', async () => {
    const shown = await at('start', {}, STATES.running);
    const { page } = shown;
    await expect.poll(() => kept(shown)).toEqual([null]);
    await shown.push('snapshot', { ...inSetup(STATES.running, null), revision: 2 });
    await press(shown, 'Copy password');
    expect(await shown.inputs('copySecret')).toEqual([{ project: PROJECT, name: 'LETTA_SERVER_PASSWORD' }]);
    await page.getByRole('switch', { name: 'Start Letta Stack at login' }).press('Space');
    expect(await shown.inputs('changeOptions')).toEqual([{ setup: null }, { startAtLogin: true }]);
    await page.getByRole('textbox', { name: 'Message' }).fill('Hello?');
    await page.keyboard.press('Enter');
    await page.getByText('Hello! I am your first agent.').waitFor();
    expect(await shown.inputs('firstMessage')).toEqual([
      { project: PROJECT, model: 'openai/gpt-4.1-mini', text: 'Hello?' },
    ]);
    await expectSound(shown);
    await press(shown, 'Done');
    await title(shown, 'Healthy');
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    await shown.close();
  });

  test('start: an App Server is taken as far: its token, a first message', async () => {
    const project = 'letta-app-server';
    const shown = await bench.page({
      snapshot: inSetup(STATES['app server'], { step: 'start', project }),
    });
    await press(shown, 'Copy token');
    expect(await shown.inputs('copySecret')).toEqual([{ project, name: 'LETTA_APP_SERVER_TOKEN' }]);
    await press(shown, 'Send');
    await shown.page.getByText('Hello! I am your first agent.').waitFor();
    expect(await shown.inputs('firstMessage')).toMatchObject([{ project, model: 'openai/gpt-4.1-mini' }]);
    await expectSound(shown);
    await shown.close();
  });

  test('first message: without a provider it leads to one; what was refused is said', async () => {
    const shown = await at('start', { models: { models: [] } }, STATES.running);
    await press(shown, 'Set a provider …');
    await title(shown, 'Which models may it use?');
    await shown.close();
    const refused = await at('start', { firstMessage: REFUSED }, STATES.running);
    await press(refused, 'Send');
    await alert(refused, 'It is refused');
    await expectSound(refused);
    await refused.close();
    const silent = await at('start', { models: REFUSED }, STATES.running);
    await alert(silent, 'It is refused');
    await silent.answer('models', { models: ['a/b'], likely: 'a/b' });
    await press(silent, 'Try again');
    await silent.page.getByRole('button', { name: 'Send' }).waitFor();
    await silent.close();
  });

  test('the stack that is there already is the one that is recommended', async () => {
    const there = SETUP_STACKS.map((s) => ({
      ...s,
      recommended:
        s.project === 'letta-research' ? 'It is on this engine already, with its data.' : undefined,
    }));
    const shown = await bench.page({
      snapshot: inSetup(STATES.first, { step: 'profile' }),
      answers: { setupStacks: there },
    });
    await shown.page.getByText('It is on this engine already').waitFor();
    expect(await shown.page.getByRole('radio', { name: /research/ }).isChecked()).toBe(true);
    await shown.close();
  });
});
