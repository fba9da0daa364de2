import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  BACKUP,
  ENV_IMPORT,
  KEYS,
  KEYS_UNKNOWN,
  KEY_REMOVAL,
  KEY_STORE,
  LOCKED_BACKUP,
  OLLAMA_HIDDEN,
  PREVIEW_NOTHING,
  PREVIEW_PORT,
  TAKEN_OF_BACKUP,
  TAKEN_SOME,
  WRONG_PASSPHRASE,
} from './answers.ts';
import { expectSound } from './sound.ts';
import { AT, STATES } from './states.ts';
import { MISSING, WindowBench, type Given, type WindowPage } from './window.ts';

const PROJECT = 'letta-production';
const CANARY = 'sk-proj-canary-0123456789';

describe.skipIf(MISSING)('keys', () => {
  let bench: WindowBench;
  beforeAll(async () => {
    bench = await WindowBench.open();
  });
  afterAll(() => bench.close());

  async function keys(given: Partial<Given> = {}): Promise<WindowPage> {
    const shown = await bench.page({
      snapshot: STATES.running,
      now: AT,
      ...given,
      answers: { preview: PREVIEW_NOTHING, ...given.answers },
    });
    await shown.page.keyboard.press('Control+,');
    await shown.page.getByRole('button', { name: 'Open keys' }).click();
    await shown.page.getByRole('heading', { level: 1, name: 'Keys' }).waitFor();
    return shown;
  }
  const card = async ({ page }: WindowPage, title: string): Promise<Locator> => {
    const found = page
      .locator('details.provider')
      .filter({ has: page.locator('summary', { hasText: title }) });
    await found.locator('summary').click();
    return found;
  };
  /** Nothing of it is in the document: neither as text, nor in a field or an attribute. */
  const isGone = async ({ page }: WindowPage, secret: string): Promise<boolean> =>
    !(
      await page.evaluate<string>(`document.documentElement.outerHTML
      + [...document.querySelectorAll('input')].map((i) => i.value).join(' ')`)
    ).includes(secret);

  test('providers: what is set is seen at once; a pasted key is stored, and gone from the page', async () => {
    const shown = await keys();
    const { page } = shown;
    await page.getByText('1 set').first().waitFor();
    const anthropic = await card(shown, 'Anthropic');
    const field = anthropic.getByLabel('Paste API key');
    expect(await field.getAttribute('type')).toBe('password');
    expect(await anthropic.getByRole('button', { name: 'Test' }).isDisabled()).toBe(true);
    const [anthropicKey] = KEYS.providers[1]!.keys;
    await shown.answer('keys', {
      ...KEYS,
      providers: KEYS.providers.map((p) =>
        p.id === 'anthropic'
          ? { ...p, isReady: true, keys: [{ ...anthropicKey, isSet: true, setAt: AT }] }
          : p,
      ),
    });
    await shown.answer('saveKey', { cleaned: ['quotes around it'], doubt: null, warnings: [] });
    await field.fill(`"${CANARY}"`);
    await field.press('Enter');
    await anthropic.getByText('Saved, without quotes around it.').waitFor();
    expect(await shown.inputs('saveKey')).toEqual([
      { project: PROJECT, name: 'ANTHROPIC_API_KEY', value: `"${CANARY}"`, isSure: false },
    ]);
    await anthropic.getByText('never started with').waitFor();
    expect([await field.count(), await isGone(shown, CANARY)]).toEqual([0, true]);
    await anthropic.getByRole('button', { name: 'Test' }).click();
    await anthropic.getByText('Works').waitFor();
    expect(await shown.inputs('tryProvider')).toEqual([{ project: PROJECT, provider: 'anthropic' }]);
    await expectSound(shown);
    await shown.close();
  });

  test('what is set and removed elsewhere is shown at once, and what is being pasted stays', async () => {
    const shown = await keys();
    const anthropic = await card(shown, 'Anthropic');
    await anthropic.getByLabel('Paste API key').fill(CANARY);
    const openai = await card(shown, 'OpenAI');
    const [first, ...others] = KEYS.providers;
    const [key] = first!.keys;
    const unset = {
      ...first!,
      isReady: false,
      keys: [{ ...key!, isSet: false, setAt: undefined, used: undefined }],
    };
    await shown.answer('keys', { ...KEYS, providers: [unset, ...others] });
    await shown.push('snapshot', { ...STATES.running, revision: 2, stateSeen: 1 });
    await openai.getByLabel('Paste API key').waitFor();
    await shown.answer('keys', KEYS);
    await shown.push('snapshot', { ...STATES.running, revision: 3, stateSeen: 2 });
    await openai.getByRole('button', { name: 'Replace' }).waitFor();
    expect(await anthropic.getByLabel('Paste API key').inputValue()).toBe(CANARY);
    await shown.close();
  });

  test('a key that looks like another is not stored until the user says so, and is pasted again', async () => {
    const doubt = { cleaned: [], doubt: 'this looks like an OpenAI key', warnings: [] };
    const shown = await keys({ answers: { saveKey: doubt } });
    const anthropic = await card(shown, 'Anthropic');
    const field = anthropic.getByLabel('Paste API key');
    await field.fill(CANARY);
    await anthropic.getByRole('button', { name: 'Save' }).click();
    await anthropic.getByRole('alert').getByText('this looks like an OpenAI key').waitFor();
    expect([await field.inputValue(), await isGone(shown, CANARY)]).toEqual(['', true]);
    await expectSound(shown);
    await anthropic.getByRole('checkbox').check();
    await field.fill(CANARY);
    await field.press('Enter');
    await expect
      .poll(() => shown.inputs('saveKey'))
      .toEqual(
        [false, true].map((isSure) => ({
          project: PROJECT,
          name: 'ANTHROPIC_API_KEY',
          value: CANARY,
          isSure,
        })),
      );
    await shown.close();
  });

  test('a key is replaced and removed after it was said who loses it', async () => {
    const shown = await keys();
    const openai = await card(shown, 'OpenAI');
    await openai.getByText('set 1 d ago, last started with 3 h ago (letta-production)').waitFor();
    await openai.getByRole('button', { name: 'Replace' }).click();
    await openai.getByLabel('New API key').fill(CANARY);
    await openai.getByLabel('New API key').press('Escape');
    expect([await openai.getByLabel('New API key').count(), await isGone(shown, CANARY)]).toEqual([0, true]);
    await openai.getByRole('button', { name: 'Remove' }).click();
    await openai.getByRole('alert').getByText('letta-production and letta-research are without it').waitFor();
    await expectSound(shown);
    expect(await shown.inputs('removeKey')).toEqual([]);
    await openai.getByRole('button', { name: 'Remove API key' }).click();
    await expect
      .poll(() => shown.inputs('removeKey'))
      .toEqual([{ project: PROJECT, name: 'OPENAI_API_KEY' }]);
    await shown.close();
  });

  test('what is half set, needs an address, or cannot be tried says so', async () => {
    const shown = await keys();
    const bedrock = await card(shown, 'Amazon Bedrock');
    await bedrock.getByText('Incomplete').waitFor();
    await bedrock.getByLabel('Paste Secret access key').waitFor();
    const ollama = await card(shown, 'Ollama');
    await ollama.getByLabel('Ollama address').fill('http://host.docker.internal:11434/v1');
    await ollama.getByRole('button', { name: 'Save Ollama address' }).click();
    expect(await shown.inputs('changeSetting')).toEqual([
      { project: PROJECT, name: 'ollama-url', value: 'http://host.docker.internal:11434/v1' },
    ]);
    const exa = await card(shown, 'Exa');
    await exa.getByText('It cannot be tried from here').waitFor();
    expect(await exa.getByRole('button', { name: 'Test' }).count()).toBe(0);
    await expectSound(shown);
    await shown.close();
  });

  test('what a call said, and why it was not made', async () => {
    const shown = await keys({
      answers: { tryProvider: { as: 'refused', words: 'HTTP 401: OpenAI refuses the key' } },
    });
    const openai = await card(shown, 'OpenAI');
    await openai.getByRole('button', { name: 'Test' }).click();
    await openai.getByText('HTTP 401: OpenAI refuses the key').waitFor();
    await shown.answer('tryProvider', {
      errors: [{ code: 'secrets.locked', data: {}, message: 'The keychain is locked', next: 'Unlock it.' }],
    });
    await openai.getByRole('button', { name: 'Test' }).click();
    await openai.getByRole('alert').getByText('The keychain is locked').waitFor();
    expect(await openai.getByText('HTTP 401').count()).toBe(0);
    await expectSound(shown);
    await shown.close();
  });

  test('what must be made anew for a changed key is said, and leads to the preview', async () => {
    const shown = await keys({ answers: { preview: PREVIEW_PORT } });
    await shown.page.getByText('nginx is made anew').waitFor();
    await shown.page.getByRole('button', { name: 'Apply changes …' }).click();
    await shown.page.getByRole('dialog', { name: 'What will happen' }).waitFor();
    await shown.close();
  });

  const region = ({ page }: WindowPage, name: string): Locator =>
    page.getByRole('region', { name, exact: true });

  test('a token is called so', async () => {
    const shown = await keys({ answers: { keys: { ...KEYS, word: 'token' } } });
    const token = region(shown, 'Token of the server');
    await token.getByRole('button', { name: 'Copy token' }).waitFor();
    await token.getByRole('button', { name: 'Make another' }).click();
    await token.getByRole('button', { name: 'Make another token' }).click();
    await token.getByRole('status').getByText('A new token was made').waitFor();
    expect(await token.getByText('A copied token is taken').count()).toBe(1);
    await shown.close();
  });

  test('password: copied, made anew after a question, or chosen, with its strength', async () => {
    const shown = await keys();
    const password = region(shown, 'Password of the server');
    await password.getByText('set 6 d ago').waitFor();
    await password.getByRole('button', { name: 'Copy password' }).click();
    expect(await shown.inputs('copySecret')).toEqual([{ project: PROJECT, name: 'LETTA_SERVER_PASSWORD' }]);
    await password.getByRole('button', { name: 'Make another' }).click();
    expect(await shown.inputs('makePassword')).toEqual([]);
    await expectSound(shown);
    await password.getByRole('button', { name: 'Make another password' }).click();
    await password.getByRole('status').getByText('A new password was made').waitFor();
    await password.getByRole('button', { name: 'Choose your own' }).click();
    const field = password.getByLabel('Your password');
    for (const [typed, word] of [
      ['short', 'Too short. 5 of at least 16 characters'],
      ['aaaaaaaaaaaaaaaaaaaa', 'Weak. Fewer repetitions'],
      ['horse7battery4staple', 'Strong'],
    ] as const) {
      await field.fill(typed);
      await password.getByText(word).first().waitFor();
    }
    await expectSound(shown);
    await field.press('Enter');
    await password.getByRole('status').getByText('Saved.').waitFor();
    expect(await shown.inputs('saveKey')).toEqual([
      { project: PROJECT, name: 'LETTA_SERVER_PASSWORD', value: 'horse7battery4staple', isSure: true },
    ]);
    expect(await isGone(shown, 'horse7battery4staple')).toBe(true);
    await shown.close();
  });

  test('what data was made with is replaced after its name was typed, and cannot be removed', async () => {
    const shown = await keys();
    const own = region(shown, 'Keys of the stack itself');
    expect(await own.getByRole('button', { name: /^Remove/ }).count()).toBe(0);
    await own.getByRole('button', { name: 'Replace Encryption key' }).click();
    await own.getByText('nobody can read the provider keys and tool secrets').waitFor();
    await own.getByRole('textbox').first().fill('LETTA_ENCRYPTION_KEY');
    await own.getByLabel('New Encryption key of stored secrets').fill(CANARY);
    await expectSound(shown);
    await own.getByRole('button', { name: 'Save' }).click();
    await expect
      .poll(() => shown.inputs('saveKey'))
      .toEqual([
        {
          project: PROJECT,
          name: 'LETTA_ENCRYPTION_KEY',
          value: CANARY,
          isSure: false,
          typed: 'LETTA_ENCRYPTION_KEY',
        },
      ]);
    await shown.close();
  });

  test('what is not known is not said to be unset, and not written over; an open store tells it', async () => {
    const shown = await keys({
      answers: { keys: KEYS_UNKNOWN, keyStore: { ...KEY_STORE, status: 'locked' } },
    });
    const password = region(shown, 'Password of the server');
    await password.getByText('Not known').waitFor();
    for (const name of ['Make one', 'Choose your own'])
      expect(await password.getByRole('button', { name }).isDisabled()).toBe(true);
    const openai = await card(shown, 'OpenAI');
    await openai.getByText('as soon as the place where keys are kept answers').waitFor();
    expect(await openai.getByLabel('Paste API key').count()).toBe(0);
    expect(await shown.page.getByText('Not set').count()).toBe(
      KEYS.providers.filter((p) => p.keys.length === 0).length,
    );
    await expectSound(shown);
    await shown.answer('keys', KEYS);
    await shown.answer('keyStore', KEY_STORE);
    await region(shown, 'Where keys are kept').getByRole('button', { name: 'Unlock …' }).click();
    await password.getByRole('button', { name: 'Make another' }).waitFor();
    await openai.getByRole('button', { name: 'Replace' }).waitFor();
    const asked = await shown.inputs('keys');
    expect([asked[0], asked.at(-1)]).toEqual([
      { project: PROJECT, asksStore: false },
      { project: PROJECT, asksStore: true },
    ]);
    await shown.close();
  });

  test('a file for keys that is not there yet is known to have none: the first is pasted', async () => {
    const file = { ...KEY_STORE, kind: 'file', label: '/home/me/secrets.age', status: 'absent' };
    const shown = await keys({ answers: { keyStore: file } });
    await expect
      .poll(() => shown.inputs('keys'))
      .toEqual([false, true].map((asksStore) => ({ project: PROJECT, asksStore })));
    await shown.close();
  });

  test.each<[status: string, words: string, button: string]>([
    ['locked', 'The keychain is locked', 'Unlock …'],
    ['no-keyring', 'no keyring to keep secrets in', 'Use an encrypted file instead …'],
    ['no-bus', 'there is no session bus', 'Use an encrypted file instead …'],
    ['absent', 'This machine has no keychain', 'Look again'],
  ])('a keychain that is %s says why and what to do', async (status, words, button) => {
    const shown = await keys({ answers: { keyStore: { ...KEY_STORE, status } } });
    const store = region(shown, 'Where keys are kept');
    await store.getByText(words).waitFor();
    await store.getByRole('button', { name: button }).waitFor();
    expect(await store.getByRole('button', { name: /encrypted file/ }).count()).toBe(
      status === 'locked' ? 0 : 1,
    );
    await expectSound(shown);
    await shown.close();
  });

  test('a locked keychain is unlocked; an encrypted file stands in for none, and is opened again', async () => {
    const shown = await keys({ answers: { keyStore: { ...KEY_STORE, status: 'locked' } } });
    const store = region(shown, 'Where keys are kept');
    await shown.answer('keyStore', KEY_STORE);
    await store.getByRole('button', { name: 'Unlock …' }).click();
    await store.getByText('in this computer’s keychain').waitFor();
    await shown.close();

    const other = await keys({ answers: { keyStore: { ...KEY_STORE, status: 'no-bus' } } });
    const file = region(other, 'Where keys are kept');
    await file.getByRole('button', { name: 'Use an encrypted file instead …' }).click();
    await other.answer('chooseKeyStore', {
      kind: 'file',
      label: '/home/me/secrets.age',
      status: 'locked',
      hasFile: true,
      left: ['GROQ_API_KEY'],
    });
    await file.getByLabel('New passphrase').fill(CANARY);
    await file.getByLabel('The same again').fill(`${CANARY}x`);
    await file.getByRole('button', { name: 'Use the file' }).click();
    await file.getByRole('alert').getByText('The two are not the same.').waitFor();
    expect(await other.inputs('chooseKeyStore')).toEqual([]);
    await expectSound(other);
    await file.getByLabel('The same again').fill(CANARY);
    await file.getByRole('button', { name: 'Use the file' }).click();
    await file.getByText('/home/me/secrets.age').waitFor();
    await file.getByText('In the keychain there stay, and are not used from here: GROQ_API_KEY.').waitFor();
    expect(await isGone(other, CANARY)).toBe(true);
    await other.answer('openSecretsFile', {
      kind: 'file',
      label: '/home/me/secrets.age',
      status: 'ok',
      hasFile: true,
      left: [],
    });
    await file.getByLabel('Passphrase', { exact: true }).fill(CANARY);
    await file.getByRole('button', { name: 'Open' }).click();
    await file.getByText('a file that your passphrase encrypts').waitFor();
    expect([await other.inputs('chooseKeyStore'), await other.inputs('openSecretsFile')]).toEqual([
      [{ store: 'file', passphrase: CANARY }],
      [{ passphrase: CANARY }],
    ]);
    expect(await isGone(other, CANARY)).toBe(true);
    await other.close();
  });

  test('a new encrypted file wants its passphrase twice, one that is there once', async () => {
    const file = {
      kind: 'file',
      label: '/home/me/secrets.age',
      status: 'absent',
      hasFile: false,
      left: [],
    } as const;
    const made = await keys({ answers: { keyStore: file } });
    const store = region(made, 'Where keys are kept');
    await store.getByLabel('Passphrase', { exact: true }).fill(CANARY);
    await store.getByLabel('Passphrase', { exact: true }).press('Enter');
    await store.getByRole('alert').getByText('The two are not the same.').waitFor();
    await store.getByLabel('The same again').fill(CANARY);
    await store.getByLabel('The same again').press('Enter');
    await expect.poll(() => made.inputs('openSecretsFile')).toEqual([{ passphrase: CANARY }]);
    expect(await isGone(made, CANARY)).toBe(true);
    await made.close();

    const there = await keys({ answers: { keyStore: { ...KEY_STORE, status: 'no-bus', hasFile: true } } });
    const old = region(there, 'Where keys are kept');
    await old.getByRole('button', { name: 'Use an encrypted file instead …' }).click();
    expect(await old.getByLabel('The same again').count()).toBe(0);
    await old.getByLabel('Passphrase of the file').fill('short');
    await old.getByRole('button', { name: 'Use the file' }).click();
    await expect.poll(() => there.inputs('chooseKeyStore')).toEqual([{ store: 'file', passphrase: 'short' }]);
    await there.close();
  });

  test('import: what a file has is shown, chosen, stored; the file goes after a word', async () => {
    const shown = await keys({
      answers: {
        chooseImport: ENV_IMPORT,
        takeImport: TAKEN_SOME,
      },
    });
    const { page } = shown;
    await page.getByRole('button', { name: 'Import from a file …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import' });
    for (const words of [
      'LETTA_POOL_SIZE',
      'it is LETTA_PG_POOL_SIZE',
      'Not of this stack: MY_OWN',
      'Empty: GROQ_API_KEY',
    ])
      await dialog.getByText(words).first().waitFor();
    expect(await dialog.getByRole('checkbox', { name: 'LETTA_DB_PASSWORD' }).isDisabled()).toBe(true);
    expect(await dialog.getByRole('checkbox', { name: 'ANTHROPIC_API_KEY' }).isChecked()).toBe(false);
    await expectSound(shown);
    await dialog.getByRole('button', { name: 'Store 2' }).click();
    await dialog.getByText('Stored: OPENAI_API_KEY and OLLAMA_BASE_URL.').waitFor();
    expect(await shown.inputs('takeImport')).toEqual([
      { token: 'token-1', names: ['OPENAI_API_KEY', 'OLLAMA_BASE_URL'] },
    ]);
    await dialog.getByText('What is stored nowhere would be lost with it').waitFor();
    for (const words of ['this looks like an OpenAI key', 'more than once', 'not of this stack: MY_OWN'])
      await dialog.getByText(words).waitFor();
    expect(await dialog.getByRole('button', { name: 'Delete the file' }).isDisabled()).toBe(true);
    await expectSound(shown);
    await dialog.getByRole('checkbox').check();
    await dialog.getByRole('button', { name: 'Delete the file' }).click();
    await dialog.getByText('/home/me/letta/.env is deleted.').waitFor();
    expect(await shown.inputs('deleteImport')).toEqual([{ token: 'token-1' }]);
    expect(await shown.inputs('closeImport')).toEqual([]);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await shown.inputs('closeImport')).toEqual([{ token: 'token-1' }]);
    await shown.close();
  });

  test('import: a file that is chosen after the keys were left is forgotten', async () => {
    const shown = await keys({ answers: { chooseImport: ENV_IMPORT } });
    const { page } = shown;
    await page.evaluate(`(() => {
      const { call } = bridge;
      bridge.call = async (name, input) => {
        const answer = await call(name, input);
        if (name === 'chooseImport') await new Promise((resolve) => (window.chosen = resolve));
        return answer;
      };
    })()`);
    await page.getByRole('button', { name: 'Import from a file …' }).click();
    await expect.poll(() => shown.inputs('chooseImport').then((all) => all.length)).toBe(1);
    await shown.push('show', { view: 'logs' });
    await page.getByRole('heading', { level: 1, name: 'Logs' }).waitFor();
    await page.evaluate('window.chosen()');
    await expect.poll(() => shown.inputs('closeImport')).toEqual([{ token: 'token-1' }]);
    expect(await page.getByRole('dialog').count()).toBe(0);
    await shown.close();
  });

  test('import: a file that alone has the whole of a key has no button that deletes it', async () => {
    const losses = [
      { name: 'OPENAI_API_KEY', why: 'a $ in it stands for nothing' },
      { line: 3, why: 'it has no = in it' },
    ];
    const taken = { taken: ['OLLAMA_BASE_URL'], failed: [], losses, mayDelete: false, warnings: [] };
    const shown = await keys({ answers: { chooseImport: ENV_IMPORT, takeImport: taken } });
    const { page } = shown;
    await page.getByRole('button', { name: 'Import from a file …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import' });
    await dialog.getByRole('button', { name: 'Store 2' }).click();
    await dialog.getByText('It is not deleted from here').waitFor();
    await dialog.getByText('a $ in it stands for nothing').waitFor();
    await dialog.getByRole('listitem').filter({ hasText: 'line 3 it has no = in it' }).waitFor();
    expect(await dialog.getByRole('button', { name: 'Delete the file' }).count()).toBe(0);
    await expectSound(shown);
    await shown.close();
  });

  test('import: a file that is stored already can still be deleted', async () => {
    const secrets = [
      {
        name: 'OPENAI_API_KEY',
        label: 'OpenAI',
        isSet: true,
        isStored: true,
        cleaned: [],
        problem: 'it is stored already',
      },
    ];
    const shown = await keys({
      answers: {
        chooseImport: { ...ENV_IMPORT, secrets, settings: [], others: [] },
        takeImport: { taken: [], failed: [], losses: [], mayDelete: true, warnings: [] },
      },
    });
    const { page } = shown;
    await page.getByRole('button', { name: 'Import from a file …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import' });
    await dialog.getByText('it is stored already').waitFor();
    await expectSound(shown);
    await dialog.getByRole('button', { name: 'Delete the file …' }).click();
    expect(await shown.inputs('takeImport')).toEqual([{ token: 'token-1', names: [] }]);
    await dialog.getByText('/home/me/letta/.env still has them in plain text.').waitFor();
    await expectSound(shown);
    await dialog.getByRole('checkbox').check();
    await dialog.getByRole('button', { name: 'Delete the file', exact: true }).click();
    await dialog.getByText('/home/me/letta/.env is deleted.').waitFor();
    expect(await shown.inputs('deleteImport')).toEqual([{ token: 'token-1' }]);
    await shown.close();
  });

  test('import: a backup is opened with its passphrase, and what it has is chosen and stored', async () => {
    const shown = await keys({ answers: { chooseImport: LOCKED_BACKUP, takeImport: TAKEN_OF_BACKUP } });
    const { page } = shown;
    await shown.answer('openImport', { errors: WRONG_PASSPHRASE });
    await page.getByRole('button', { name: 'Import from a file …' }).focus();
    await page.keyboard.press('Enter');
    const locked = page.getByRole('dialog', { name: 'Open the backup' });
    await locked.getByText('/home/me/keys.age').waitFor();
    await page.keyboard.type('not this one');
    await page.keyboard.press('Enter');
    await locked.getByRole('alert').getByText('The passphrase does not open').waitFor();
    await expectSound(shown);
    // it goes on where it was
    const field = locked.getByLabel('Passphrase of the backup');
    expect(await field.inputValue()).toBe('');
    await shown.answer('openImport', BACKUP);
    await page.keyboard.type('correct horse battery staple');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Import' });
    const box = (name: string): Locator => dialog.getByRole('checkbox', { name });
    await box('LETTA_DB_PASSWORD of letta-production').uncheck();
    expect(await box('LETTA_DB_PASSWORD of letta-research').isDisabled()).toBe(true);
    await dialog.getByText('another value is set, and stays').waitFor();
    await dialog.getByText('Of no stack here:').waitFor();
    expect(await page.content()).not.toMatch(/horse|not this one/);
    await expectSound(shown);
    await dialog.getByRole('button', { name: 'Store 1' }).click();
    await dialog.getByText('Stored: OPENAI_API_KEY.').waitFor();
    await dialog.getByText('/home/me/keys.age stays as it is.').waitFor();
    expect(await dialog.getByRole('button', { name: 'Delete the file' }).count()).toBe(0);
    await expectSound(shown);
    expect(await shown.inputs('openImport')).toEqual([
      { token: 'token-1', passphrase: 'not this one' },
      { token: 'token-1', passphrase: 'correct horse battery staple' },
    ]);
    expect(await shown.inputs('takeImport')).toEqual([
      { token: 'token-2', names: ['global/OPENAI_API_KEY'] },
    ]);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Import from a file …');
    await shown.close();
  });

  test('import: of a backup without a key for a stack here nothing can be stored', async () => {
    const none = { ...BACKUP, secrets: [] };
    const shown = await keys({ answers: { chooseImport: LOCKED_BACKUP, openImport: none } });
    const { page } = shown;
    await page.getByRole('button', { name: 'Import from a file …' }).click();
    await page.keyboard.type('words in a row');
    await page.getByRole('button', { name: 'Open Passphrase of the backup' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import' });
    await dialog.getByText('Nothing in it is for a stack here.').waitFor();
    expect(await dialog.getByRole('button', { name: 'Store 0' }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await shown.close();
  });

  test('all keys go for the words that are typed, after it was said who loses what', async () => {
    const shown = await keys();
    const { page } = shown;
    await page.getByRole('button', { name: 'Remove all keys …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Remove all keys' });
    await dialog.getByText('letta-production and letta-research lose it').waitFor();
    await dialog.getByText('no stack takes it').waitFor();
    await dialog.getByText('LETTA_DB_PASSWORD').waitFor();
    const remove = dialog.getByRole('button', { name: 'Remove all keys' });
    await dialog.getByRole('textbox').fill('remove');
    expect(await remove.isDisabled()).toBe(true);
    await expectSound(shown);
    await dialog.getByRole('textbox').fill(KEY_REMOVAL.word);
    await remove.click();
    await expect.poll(() => dialog.count()).toBe(0);
    expect(await shown.inputs('removeKeys')).toEqual([{ typed: 'remove all keys', agreement: 'keys-1' }]);
    await shown.close();
  });

  test('what serves models on this machine is offered, and what keeps containers from it is said', async () => {
    const shown = await keys({ answers: { modelServers: [OLLAMA_HIDDEN] } });
    await shown.page.getByText('found on this machine').waitFor();
    const ollama = await card(shown, 'Ollama');
    await ollama.getByText('containers do not reach it yet').waitFor();
    await ollama.getByText('OLLAMA_HOST=0.0.0.0:11434').waitFor();
    await expectSound(shown);
    await ollama.getByRole('button', { name: 'Use it' }).click();
    await expect
      .poll(() => shown.inputs('changeSetting'))
      .toEqual([{ project: PROJECT, name: 'ollama-url', value: OLLAMA_HIDDEN.url }]);
    await shown.close();
  });

  test('by keys alone: to the page, a card, its field, and back', async () => {
    const shown = await bench.page({ snapshot: STATES.running, answers: { preview: PREVIEW_NOTHING } });
    const { page } = shown;
    await page.keyboard.press('Control+k');
    await page.keyboard.type('provider');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Keys' }).waitFor();
    expect(await shown.tabsTo('AnthropicNot set')).toBeGreaterThan(0);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type(CANARY);
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await shown.inputs('saveKey')).length).toBe(1);
    expect(await shown.tabsTo('Back to settings')).toBeGreaterThan(0);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    await shown.close();
  });
});
