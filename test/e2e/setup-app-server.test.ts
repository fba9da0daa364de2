// The same setup for the App Server: the real server, engine, keychain and window; only the model behind it is a fake.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../main/docker/port.ts';
import { startProvider } from '../engine/helpers/fake-provider.ts';
import { connectTo } from '../engine/real-engine.ts';
import { AppBox, buildApp, describeApp, docker } from './app-process.ts';

const PROJECT = 'letta-app-server';
const PROVIDER = 'app-setup-model-server';
const PORT = 18_430;

describeApp('the setup of an App Server', () => {
  const box = AppBox.fresh(PROJECT);
  let engine: Engine;
  let page: Page;

  const title = (name: string, timeout = 30_000): Promise<void> =>
    page.getByRole('heading', { level: 1, name }).waitFor({ timeout });
  const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
  async function wipe(): Promise<void> {
    await box.cli('remove', 'app-server', '--yes-delete', PROJECT).catch(() => undefined); // there is none
    await engine.containers.remove(PROVIDER, { force: true, volumes: true }).catch(() => undefined);
  }

  beforeAll(async () => {
    engine = await connectTo();
    await buildApp();
    await wipe(); // of a run that was killed
    const url = await startProvider(engine, { name: PROVIDER, delayMs: 0 });
    await box.open([]);
    page = await box.window();
    await title('What runs the containers?');
    await box.cli('settings', 'set', 'app-server', 'port', String(PORT));
    await box.cli('settings', 'set', 'app-server', 'lmstudio-url', url);
  }, 120_000);
  afterAll(async () => {
    await wipe();
    engine.close();
    await box.close();
  });

  it('says what a profile needs that this machine has not', async () => {
    await press('Continue');
    await title('Which Letta do you want?');
    const vllm = page.locator('label.stack-choice').filter({ hasText: 'vLLM' });
    await vllm.getByText(/^needs a graphics card: /).waitFor();
    await vllm.locator('.need.bad').first().waitFor();
  });

  it('names what kept it from starting, and leads back to where that is mended', async () => {
    await page.getByRole('radio', { name: /Letta App Server/ }).check();
    await press('Continue');
    await title('Which models may it use?');
    await page.getByRole('region', { name: 'Token of the server' }).waitFor();
    await press('Continue');
    await page.getByText(`127.0.0.1:${PORT}: free`).waitFor();
    await press('Continue');
    await page.getByText(`create container ${PROJECT}-server-1`).waitFor();
    const image = '127.0.0.1:9/no-such-image:1';
    await box.cli('settings', 'set', 'app-server', 'server-image', image);
    await page.getByText(image).first().waitFor();
    await press('Start');
    const failed = page.getByRole('alert').filter({ hasText: 'did not succeed' });
    await failed.getByText(image).first().waitFor({ timeout: 60_000 });
    expect(await docker('ps', '-aq', '--filter', `name=${PROJECT}`)).toBe('');
    await box.cli('settings', 'unset', 'app-server', 'server-image');
    await press('Back');
  }, 120_000);

  it('leads to a healthy one', async () => {
    await page.getByText(`create container ${PROJECT}-server-1`).waitFor();
    await press('Start');
    await title('Healthy', 120_000);
  }, 180_000);

  it('has its token, which is right, and examples', async () => {
    const connect = page.getByRole('region', { name: 'Connect' });
    await connect.getByRole('button', { name: 'Test the connection' }).click();
    await connect.getByText('HTTP 200: the token is right').waitFor();
    await connect.getByRole('button', { name: 'Copy token' }).click();
    await connect.getByText('Copied').waitFor();
    const copied = await box.app.evaluate(({ clipboard }) => clipboard.readText());
    expect(copied).toMatch(/^[A-Za-z0-9]{32}$/);
    const answer = await fetch(`http://127.0.0.1:${PORT}/v1/models`, {
      headers: { authorization: `Bearer ${copied}` },
    });
    expect(answer.status).toBe(200);
    await connect.getByRole('tab', { name: 'Python' }).click();
    await connect.getByText(`base_url="http://127.0.0.1:${PORT}/v1"`).waitFor();
  });

  it('says hello to a first agent, whose answer went through server and provider', async () => {
    const form = page.getByRole('region', { name: 'First message' });
    for (const [model, word] of [
      ['lmstudio/fake-chat', 'giraffes'],
      ['lmstudio/gpt-4.1', 'zebras'],
    ] as const) {
      await form.getByRole('combobox').selectOption(model);
      await form.getByRole('textbox').fill(`Do you hear ${word}?`);
      await form.getByRole('button', { name: 'Send' }).click();
      await form.getByRole('blockquote').getByText(word).waitFor({ timeout: 60_000 });
    }
    await form.getByText('first-agent').waitFor();
  }, 130_000);

  it('says why no answer comes, and gets one once the provider is back', async () => {
    const form = page.getByRole('region', { name: 'First message' });
    await docker('stop', PROVIDER);
    await form.getByRole('textbox').fill('Do you hear otters?');
    await form.getByRole('button', { name: 'Send' }).click();
    await form.getByRole('alert').waitFor({ timeout: 120_000 });
    await docker('start', PROVIDER);
    await form.getByRole('button', { name: 'Send' }).click();
    await form
      .getByRole('blockquote')
      .getByText(/otters/)
      .waitFor({ timeout: 60_000 });
  }, 200_000);
});
