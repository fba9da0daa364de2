/// <reference lib="dom" />
// Keys in the window, on a real keychain: pasted, tried, imported, removed; the keychain locked and gone. Then the words
// that were pasted are looked for in all that others can read: containers, events, logs, our files, what crossed to the
// page, and what the page has.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../main/docker/port.ts';
import { canary, collectEvents, scan } from '../engine/helpers/canary-scan.ts';
import { gateway } from '../engine/helpers/fake-provider.ts';
import { sealAge } from '../../main/system/age.ts';
import { connectTo } from '../engine/real-engine.ts';
import { freshLab, type LabHandle } from '../setup/lab.ts';
import { AppBox, buildApp, describeApp, docker, LIGHT } from './app-process.ts';
import { until } from './fake-desktop.ts';

const LIGHT_PROJECT = 'app-keys';
const PROVIDER = 'app-keys-provider';
const PORTS = { provider: 18_421, page: 18_420, api: 18_422 };

describeApp('keys in the window', () => {
  let lab: LabHandle;
  let box: AppBox;
  let page: Page;
  let engine: Engine;
  let events: ReturnType<typeof collectEvents>;
  const right = `sk-${canary()}`;
  const wrong = `sk-${canary()}`;
  const password = canary();
  const imported = `gsk_${canary()}`;
  const ofFile = `sk-ant-${canary()}`;
  const passphrase = canary();
  const backup = { passphrase: canary(), fresh: canary(), kept: `gsk_${canary()}`, unknown: canary() };
  const ofTerminal = `gsk_${canary()}`;
  /** of the keychain, and not of our state */
  const foreign = { LETTA_SERVER_PASSWORD: canary(), MINIMAX_API_KEY: canary() };

  beforeAll(async () => {
    await buildApp();
    lab = await freshLab('keys');
    const { DBUS_SESSION_BUS_ADDRESS = '' } = await lab.env();
    const variables = {
      LETTA_STACK_PORT: String(PORTS.api),
      LETTA_STACK_OPENAI_URL: `http://host.docker.internal:${PORTS.provider}/v1`,
    };
    box = new AppBox(
      'letta-production',
      0,
      { DBUS_SESSION_BUS_ADDRESS },
      { profile: 'production', variables },
    );
    engine = await connectTo();
    events = collectEvents(engine);
    await docker('rm', '-f', PROVIDER).catch(() => undefined);
    await wipe(); // of a run that was killed
    const env = ['HOST=0.0.0.0', 'PORT=80', `FAKE_KEY=${right}`].flatMap((e) => ['-e', e]);
    const publish = `${await gateway(engine)}:${PORTS.provider}:80`;
    await docker('run', '-d', '--name', PROVIDER, ...env, '-p', publish, 'lab/fake-provider:1');
    await box.cli('settings', 'set', '--file', LIGHT, '--project', LIGHT_PROJECT, 'port', String(PORTS.page));
    await box.cli('settings', 'set', 'current', 'letta-production');
    for (const [name, value] of Object.entries(foreign))
      await box.cliGiven(value, 'secrets', 'set', 'production', name);
    rmSync(path.join(box.home, 'state'), { recursive: true });
    await box.open([]);
    page = await box.window();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await recordIpc();
    await open();
  }, 120_000);
  afterAll(async () => {
    await wipe();
    await docker('rm', '-f', PROVIDER).catch(() => undefined);
    await box.close();
    engine.close();
    await lab[Symbol.asyncDispose]();
  });
  const wipe = (): Promise<unknown> =>
    box
      .cli('remove', '--file', LIGHT, '--project', LIGHT_PROJECT, '--yes-delete', LIGHT_PROJECT)
      .catch((error: unknown) => console.warn(String(error)));

  const open = async (): Promise<void> => {
    await page.keyboard.press('Control+,');
    await page.getByRole('button', { name: 'Open keys' }).click();
    await page.getByRole('heading', { level: 1, name: 'Keys' }).waitFor();
  };
  const region = (name: string): Locator => page.getByRole('region', { name, exact: true });
  const provider = async (title: string): Promise<Locator> => {
    const card = page
      .locator('details.provider')
      .filter({ has: page.locator('summary', { hasText: new RegExp(`^${title}`) }) });
    if ((await card.getAttribute('open')) === null) await card.locator('summary').click();
    return card;
  };
  /** As the terminal reads it from the store that the settings name. */
  const stored = (name: string): Promise<string> =>
    box.cli('secrets', 'show', 'production', name).then(
      (text) => text.trimEnd(),
      () => 'not set',
    );
  const clipboard = (): Promise<string> => box.app.evaluate(({ clipboard: c }) => c.readText());
  const paste = async (card: Locator, label: string, value: string): Promise<void> => {
    await card.getByLabel(label).fill(value);
    await card.getByLabel(label).press('Enter');
  };

  /** Everything that main says to the page from now on, by call or push. */
  const recordIpc = (): Promise<void> =>
    box.app.evaluate(({ ipcMain, BrowserWindow }) => {
      const said: string[] = [];
      Object.assign(globalThis, { said });
      type Say = (value: unknown) => void;
      type Handler = (event: object, ...args: unknown[]) => Promise<unknown>;
      const handlers = Reflect.get(ipcMain, '_invokeHandlers') as Map<string, Handler>;
      const own = handlers.get('call')!;
      handlers.set('call', async (event, ...args) => {
        const note: Say = (value) => void said.push(JSON.stringify([args[0], value]) ?? '');
        const reply = Reflect.get(event, '_reply') as Say | undefined;
        // an older Electron answers by the event
        if (reply) {
          Reflect.set(event, '_reply', (value: unknown) => {
            note(value);
            reply.call(event, value);
          });
        }
        const value = await own(event, ...args);
        note(value);
        return value;
      });
      for (const { webContents } of BrowserWindow.getAllWindows()) {
        const send = webContents.send.bind(webContents);
        webContents.send = (channel, ...values) => {
          said.push(JSON.stringify([channel, values]));
          send(channel, ...values);
        };
      }
    });
  const saidToPage = (): Promise<string> =>
    box.app.evaluate(() => (globalThis as unknown as { said: string[] }).said.join('\n'));
  const ofPage = (): Promise<string> =>
    page.evaluate(
      () =>
        document.documentElement.outerHTML +
        document.body.innerText +
        [...document.querySelectorAll('input')].map((i) => i.value).join('\n'),
    );

  const texts: Record<string, string> = {};
  /** Keeps what the page has, and what main said to it, for the search at the end. */
  async function keep(): Promise<void> {
    texts['the page'] = `${texts['the page'] ?? ''}${await ofPage()}`;
    const before = texts['said to the page'] ?? '';
    const said = await saidToPage();
    texts['said to the page'] = said.startsWith(before) ? said : `${before}${said}`;
  }

  it('finds what the keychain has and our state does not know, and writes over none of it', async () => {
    const card = region('Password of the server');
    await card.getByText('found in the store').waitFor();
    await card.getByRole('button', { name: 'Make another' }).click();
    await card.getByRole('button', { name: 'Keep it' }).click();
    const minimax = await provider('MiniMax');
    await minimax.getByText('found in the store').waitFor();
    expect(await minimax.getByLabel('Paste API key').count()).toBe(0);
    const names = Object.keys(foreign);
    expect(await Promise.all(names.map(stored))).toEqual(Object.values(foreign));
    await keep();
  });

  it('holds back what looks like another’s, stores what is right, and tries it by a real call', async () => {
    await region('Where keys are kept').getByText('in this computer’s keychain').waitFor();
    const anthropic = await provider('Anthropic');
    await paste(anthropic, 'Paste API key', wrong);
    await anthropic.getByRole('alert').getByText('keys of Anthropic begin with sk-ant-').waitFor();
    expect(await stored('ANTHROPIC_API_KEY')).toBe('not set');

    const openai = await provider('OpenAI');
    const tried = openai.locator('.tried');
    await paste(openai, 'Paste API key', `  "${wrong}"\n`);
    await openai.getByText('never started with').waitFor();
    expect(await stored('OPENAI_API_KEY')).toContain(wrong);
    await openai.getByRole('button', { name: 'Test' }).click();
    await tried.getByText('HTTP 401: OpenAI refuses the key').waitFor();
    await openai.getByRole('button', { name: 'Replace' }).click();
    await paste(openai, 'New API key', right);
    await openai.getByRole('button', { name: 'Test' }).click();
    await tried.getByText('HTTP 200: OpenAI takes the key').waitFor();
    expect(await stored('OPENAI_API_KEY')).toBe(right);
    await docker('stop', '-t', '1', PROVIDER);
    await openai.getByRole('button', { name: 'Test' }).click();
    await tried.getByText(`${PORTS.provider}/v1: nothing listens there on this computer`).waitFor();
  });

  it('shows at once what the terminal sets and removes', async () => {
    const groq = await provider('Groq');
    const field = groq.getByLabel('Paste API key');
    await field.waitFor();
    await box.cliGiven(ofTerminal, 'secrets', 'set', 'production', 'GROQ_API_KEY');
    await groq.getByText('never started with').waitFor();
    expect(await field.count()).toBe(0);
    await box.cli('secrets', 'unset', 'production', 'GROQ_API_KEY');
    await field.waitFor();
    await keep();
  });

  it('keeps a password that is long enough, and copies it for a while', async () => {
    const card = region('Password of the server');
    await card.getByRole('button', { name: 'Choose your own' }).click();
    await paste(card, 'Your password', 'only-15-letters');
    await card.getByRole('alert').getByText('has at least 16 characters').waitFor();
    await paste(card, 'Your password', password);
    await card.getByRole('status').getByText('Saved.').waitFor();
    expect(await stored('LETTA_SERVER_PASSWORD')).toBe(password);
    // its half minute, shortened
    await box.app.evaluate(() => {
      const own = globalThis.setTimeout;
      globalThis.setTimeout = ((run: () => void, ms: number) =>
        own(run, ms === 30_000 ? 2_000 : ms)) as never;
    });
    await card.getByRole('button', { name: 'Copy password' }).click();
    await until('it is in the clipboard', async () => ((await clipboard()) === password ? true : undefined));
    await until('it is out of the clipboard', async () => ((await clipboard()) === '' ? true : undefined));
    await keep();
  });

  it('takes keys and settings out of a file, and deletes it on a word', async () => {
    const file = path.join(box.folder, '.env');
    const lines = [`export GROQ_API_KEY="${imported}"`, `ANTHROPIC_API_KEY='${ofFile}'`, 'LETTA_POOL_SIZE=9'];
    writeFileSync(file, [...lines, 'OLLAMA_BASE_URL=http://host.docker.internal:11434', ''].join('\r\n'));
    await box.app.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
    }, file);
    await page.getByRole('button', { name: 'Import from a file …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import' });
    await dialog.getByText('it is LETTA_PG_POOL_SIZE').waitFor();
    await dialog.getByRole('button', { name: 'Store 3' }).click();
    await dialog.getByText('Stored: GROQ_API_KEY, ANTHROPIC_API_KEY and OLLAMA_BASE_URL.').waitFor();
    expect([await stored('GROQ_API_KEY'), await stored('ANTHROPIC_API_KEY')]).toEqual([imported, ofFile]);
    expect(await box.cli('settings', 'get', 'production', 'ollama-url')).toBe(
      'http://host.docker.internal:11434\n',
    );
    expect(existsSync(file)).toBe(true);
    await dialog.getByRole('checkbox').check();
    await dialog.getByRole('button', { name: 'Delete the file' }).click();
    await dialog.getByText('is deleted.').waitFor();
    expect(existsSync(file)).toBe(false);
    await keep();
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  it('puts back what a backup has and is not set, once its passphrase was typed', async () => {
    const file = path.join(box.folder, 'keys.age');
    const entries = {
      'global/TOGETHER_API_KEY': backup.fresh,
      'global/GROQ_API_KEY': backup.kept,
      'global/ANTHROPIC_API_KEY': ofFile,
      'of-nobody/X': backup.unknown,
    };
    // less work than its maker gives it: what that costs, the encrypted file below shows
    writeFileSync(file, await sealAge(entries, backup.passphrase, 14));
    await box.app.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
    }, file);
    await page.getByRole('button', { name: 'Import from a file …' }).click();
    const locked = page.getByRole('dialog', { name: 'Open the backup' });
    await paste(locked, 'Passphrase of the backup', `${backup.passphrase}x`);
    await locked.getByRole('alert').getByText('does not open').waitFor({ timeout: 90_000 });
    await paste(locked, 'Passphrase of the backup', backup.passphrase);
    const dialog = page.getByRole('dialog', { name: 'Import' });
    await dialog.getByText('Of no stack here: X of of-nobody.').waitFor({ timeout: 90_000 });
    await keep();
    await dialog.getByRole('button', { name: 'Store 1' }).click();
    await dialog.getByText('Stored: TOGETHER_API_KEY.').waitFor();
    await dialog.getByText('another value is set, and stays').waitFor();
    await dialog.getByText('it is stored already').waitFor();
    await keep();
    await dialog.getByRole('button', { name: 'Close' }).click();
    expect([await stored('TOGETHER_API_KEY'), await stored('GROQ_API_KEY')]).toEqual([
      backup.fresh,
      imported,
    ]);
  });

  it('says why a keychain stores nothing, and stores again once it is unlocked', async () => {
    const store = region('Where keys are kept');
    await lab.keychain('locked');
    const groq = await provider('Groq');
    await groq.getByRole('button', { name: 'Replace' }).click();
    await paste(groq, 'New API key', `gsk_${canary()}`);
    await groq.getByRole('alert').getByText('The keychain is locked').waitFor({ timeout: 70_000 });
    await groq.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Back to settings' }).click();
    await open();
    await store.getByText('The keychain is locked').waitFor({ timeout: 70_000 });
    expect(await store.getByRole('button', { name: /encrypted file/ }).count()).toBe(0);
    await lab.keychain('unlocked');
    await store.getByRole('button', { name: 'Unlock …' }).click();
    await store.getByText('in this computer’s keychain').waitFor();
    expect(await stored('GROQ_API_KEY')).toBe(imported);
  });

  it('offers an encrypted file where there is no keychain, and opens it with its passphrase alone', async () => {
    let store = region('Where keys are kept');
    const again = async (): Promise<void> => {
      await page.getByRole('button', { name: 'Back to settings' }).click();
      await open();
    };
    await lab.keychain('empty');
    await again();
    await store.getByText('no keyring to keep secrets in').waitFor();
    await lab.keychain('absent');
    await store.getByRole('button', { name: 'Look again' }).click();
    await store.getByText('This machine has no keychain').waitFor();
    await store.getByRole('button', { name: 'Use an encrypted file instead …' }).click();
    await store.getByLabel('The same again').fill('short');
    await paste(store, 'New passphrase', 'short');
    await store.getByRole('alert').getByText('less than 12 characters').waitFor();
    await store.getByLabel('The same again').fill(passphrase);
    await paste(store, 'New passphrase', passphrase);
    await store.getByText('made with the first of them').waitFor();
    const groq = await provider('Groq');
    // the one in the keychain is not this store's
    await paste(groq, 'Paste API key', imported);
    await groq.getByRole('status').getByText('Saved.').waitFor({ timeout: 90_000 });
    expect(readFileSync(path.join(box.home, 'config', 'secrets.age'), 'latin1')).toMatch(/^age-encryption/);
    await keep();
    // the passphrase was this process's alone
    await box.app.close();
    await box.open([]);
    page = await box.window();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await recordIpc();
    await open();
    store = region('Where keys are kept');
    await store.getByText('The file with your keys is closed').waitFor();
    await paste(store, 'Passphrase', `${passphrase}x`);
    await store.getByRole('alert').getByText('does not open').waitFor({ timeout: 90_000 });
    await paste(store, 'Passphrase', passphrase);
    await store.getByText('a file that your passphrase encrypts').waitFor({ timeout: 90_000 });
    await lab.keychain('unlocked');
    await store.getByRole('button', { name: 'Use the keychain' }).click();
    await store.getByText('in this computer’s keychain').waitFor();
  });

  it('leaves nothing of what was pasted where others can read it', async () => {
    await box.cli('settings', 'set', 'current', LIGHT_PROJECT);
    await page.keyboard.press('Control+1');
    await page.getByText(`http://127.0.0.1:${PORTS.page}/`).first().waitFor();
    await page.getByRole('button', { name: 'Start …' }).click();
    const preview = page.getByRole('dialog');
    // a file that is none of ours gets a key on a word only
    await preview.getByRole('checkbox', { name: /OPENAI_API_KEY to nginx/ }).check();
    await preview.getByRole('button', { name: /^start/i }).click();
    await page.getByRole('heading', { level: 1, name: 'Healthy' }).waitFor({ timeout: 60_000 });
    await open();
    const openai = await provider('OpenAI');
    await openai.getByText(`ago (${LIGHT_PROJECT})`).waitFor();
    await page.keyboard.press('Control+2');
    await page.locator('.log-line').first().waitFor();
    await keep();
    await page.keyboard.press('Control+3');
    await page.getByText('Secret store').first().waitFor();
    await keep();
    await open();
    await keep();
    // what a crash leaves
    await box.app.evaluate(({ BrowserWindow, dialog }) => {
      dialog.showMessageBox = () => Promise.resolve({ response: 0, checkboxChecked: false });
      BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer();
    });
    const words = {
      right,
      wrong,
      password,
      imported,
      ofFile,
      passphrase,
      passphraseOfBackup: backup.passphrase,
      ofBackup: backup.fresh,
      keptOut: backup.kept,
      ofNobody: backup.unknown,
      ofTerminal,
      minimax: foreign.MINIMAX_API_KEY,
      replaced: foreign.LETTA_SERVER_PASSWORD,
      control: 'OPENAI_API_KEY',
      project: LIGHT_PROJECT,
    };
    const found = await scan(
      { engine, project: LIGHT_PROJECT, home: box.home, events: events(), texts },
      words,
    );
    const { control: _control, project: _project, ...secrets } = words;
    const nowhere = Object.keys(secrets).map((name) => [name, []]);
    expect(found).toMatchObject(Object.fromEntries(nowhere));
    expect(found['control']).toEqual(
      expect.arrayContaining(['said to the page', 'the page', 'file state/state.jsonl']),
    );
    expect(found['project']).toEqual(
      expect.arrayContaining(['events', `inspect /${LIGHT_PROJECT}-nginx-1`, 'file config/settings.json']),
    );
    const dumps = readdirSync(box.home, { recursive: true, encoding: 'utf8' }).filter((f) =>
      f.endsWith('.dmp'),
    );
    expect(dumps).toEqual([]);
  });
});
