// From nothing to a healthy Letta: the real server, engine, keychain and window.
import { readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../main/docker/port.ts';
import { keychain } from '../../main/system/secrets.ts';
import { startProvider } from '../engine/helpers/fake-provider.ts';
import { connectTo } from '../engine/real-engine.ts';
import { AppBox, buildApp, describeApp } from './app-process.ts';
import { expectSound } from './sound.ts';

const PROJECT = 'letta-production';
const PROVIDER = 'app-setup-provider';
const PORT = 18_420;
const KEY = 'sk-proj-canary-of-the-setup-0123456789abcdefghijklmnopqrstuv';

describeApp('the first setup', () => {
  const real = process.env['DOCKER_HOST']?.replace('unix://', '') ?? '';
  const socket = path.join(tmpdir(), `letta-setup-${process.pid}.sock`);
  const box = AppBox.fresh(PROJECT, { DOCKER_HOST: `unix://${socket}` });
  let engine: Engine;
  let page: Page;
  let clicks = 0;

  const title = (name: string, timeout = 30_000): Promise<void> =>
    page.getByRole('heading', { level: 1, name }).waitFor({ timeout });
  const main = async (name: string): Promise<void> => {
    await page.getByRole('button', { name, exact: true }).click();
    clicks += 1;
  };
  const settings = (): { app?: { setup?: unknown } } =>
    JSON.parse(readFileSync(box.settingsFile, 'utf8')) as ReturnType<typeof settings>;
  /** Names of our own files that have this text in them. */
  const filesWith = (text: string): string[] =>
    readdirSync(box.home, { recursive: true, withFileTypes: true })
      .filter((f) => f.isFile())
      .map((f) => path.join(f.parentPath, f.name))
      .filter((f) => readFileSync(f).includes(text));
  async function wipe(): Promise<void> {
    await box.cli('remove', 'production', '--yes-delete', PROJECT).catch(() => undefined);
    await engine.containers.remove(PROVIDER, { force: true, volumes: true }).catch(() => undefined);
    await keychain().delete({ scope: 'global', name: 'OPENAI_API_KEY' });
    // of a run that was killed: nobody knows where it ran, so `remove` keeps them
    for (const name of ['LETTA_SERVER_PASSWORD', 'LETTA_DB_PASSWORD', 'LETTA_ENCRYPTION_KEY'])
      await keychain().delete({ scope: PROJECT, name });
  }

  beforeAll(async () => {
    engine = await connectTo();
    await buildApp();
    await box.open([]);
    page = await box.window();
  });
  afterAll(async () => {
    await wipe();
    engine.close();
    await box.close();
    rmSync(socket, { force: true });
  });

  it('opens by itself, says that no engine answers, and notices the one that comes', async () => {
    await title('What runs the containers?');
    await page.getByText('there is no such socket').first().waitFor();
    expect(await page.getByRole('button', { name: 'Continue' }).isDisabled()).toBe(true);
    symlinkSync(real, socket);
    await page.getByText('A container engine was found, and it answers.').waitFor();
    await expectSound(page);
    await wipe(); // of a run that was killed
  });

  it('recommends the complete server, and takes a key into the keychain', async () => {
    await main('Continue');
    await title('Which Letta do you want?');
    expect(await page.getByRole('radio', { name: /Recommended/ }).isChecked()).toBe(true);
    await page.getByText('Retired upstream').first().waitFor();
    await expectSound(page);
    await main('Continue');
    await title('Which models may it use?');
    const card = page.locator('details.provider').filter({ hasText: 'OPENAI_API_KEY' });
    await card.locator('summary').click();
    await card.getByLabel('Paste API key').fill(KEY);
    await page.keyboard.press('Enter');
    await card.getByText('Saved.').waitFor();
    await expectSound(page);
    expect(await keychain().get({ scope: 'global', name: 'OPENAI_API_KEY' })).toBe(KEY);
  });

  it('goes on where it was after a quit, with no secret on the disk', async () => {
    await box.app.close();
    expect(settings().app?.setup).toEqual({ step: 'keys', project: PROJECT });
    expect(filesWith(KEY)).toEqual([]);
    await box.open([]);
    page = await box.window();
    await title('Which models may it use?');
    await main('Continue');
  });

  it('names who has a port, and takes the next free one', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => {
      taken.listen(PORT, '127.0.0.1', resolve);
    });
    try {
      const url = await startProvider(engine, { name: PROVIDER, delayMs: 0 });
      await box.cli('settings', 'set', 'production', 'openai-url', url);
      await box.cli('settings', 'set', 'production', 'port', String(PORT));
      await page.getByText(`127.0.0.1:${PORT} of nginx is taken by`).waitFor();
      await page.getByText(`(pid ${process.pid})`).waitFor();
      expect(await page.getByRole('button', { name: 'Continue' }).isDisabled()).toBe(true);
      await page.getByRole('button', { name: `Use port ${PORT + 1} instead` }).click();
      await page.getByText(`127.0.0.1:${PORT + 1}: free`).waitFor();
      await page.getByText('letta-production_pgdata').waitFor();
      await expectSound(page);
    } finally {
      taken.close();
    }
    await main('Continue');
  });

  it('shows the plan, starts it, and is healthy: five clicks with the defaults', async () => {
    await page.getByText('create container letta-production-db-1').waitFor();
    await page.getByText('LETTA_SERVER_PASSWORD').first().waitFor();
    await expectSound(page);
    await main('Start');
    await page.getByRole('region', { name: 'Progress' }).waitFor();
    await title('Healthy', 240_000);
    expect(clicks).toBe(5);
    await expectSound(page);
  }, 250_000);

  it('says hello to a first agent, whose answer went through server and provider', async () => {
    const form = page.getByRole('region', { name: 'First message' });
    await form.getByRole('combobox').waitFor();
    // which the server lists whatever is set
    expect(await form.getByRole('option', { name: 'letta/letta-free' }).count()).toBe(0);
    await form.getByRole('combobox').selectOption('openai-proxy/gpt-4o-mini');
    await form.getByRole('textbox').fill('Do you hear giraffes?');
    await form.getByRole('button', { name: 'Send' }).click();
    await form
      .getByRole('blockquote')
      .getByText(/giraffes/)
      .waitFor({ timeout: 60_000 });
    // the same agent once more
    await form.getByRole('textbox').fill('And zebras?');
    await form.getByRole('button', { name: 'Send' }).click();
    await form
      .getByRole('blockquote')
      .getByText(/zebras/)
      .waitFor({ timeout: 60_000 });
  }, 130_000);

  it('asks nothing again after a restart', async () => {
    await expect.poll(() => settings().app?.setup).toBeNull();
    const password = await keychain().get({ scope: PROJECT, name: 'LETTA_SERVER_PASSWORD' });
    expect(password).toHaveLength(32);
    await box.app.close();
    expect([...filesWith(KEY), ...filesWith(password ?? '')]).toEqual([]);
    await box.open([]);
    page = await box.window();
    await title('Healthy');
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    expect(await page.getByText('Set up').count()).toBe(0);
  });

  it('offers the stack that is there when it is run again', async () => {
    await page.keyboard.press('Control+,');
    await page.getByRole('button', { name: 'Set up again …' }).click();
    await main('Continue');
    await page.getByText('It is on this engine already, with its data.').waitFor();
    await page.getByText('It is here: 4 of 4 containers run.').waitFor();
    await page.getByRole('button', { name: 'Leave the setup' }).click();
    await title('Healthy');
  });
});
