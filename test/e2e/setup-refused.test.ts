// The setup where something keeps it from going on: a keychain that is locked, and a volume that somebody else writes.
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshLab, type LabHandle } from '../setup/lab.ts';
import { AppBox, buildApp, describeApp, docker } from './app-process.ts';

const PROJECT = 'app-refused';
const PORT = 18_434;
const WRITER = 'app-refused-writer';

describeApp('a setup that is refused', () => {
  let lab: LabHandle;
  let box: AppBox;
  let page: Page;

  const title = (name: string, timeout = 30_000): Promise<void> =>
    page.getByRole('heading', { level: 1, name }).waitFor({ timeout });
  const button = (name: string): Locator => page.getByRole('button', { name, exact: true });
  const containers = (): Promise<string> => docker('ps', '-aq', '--filter', `name=${PROJECT}-`);
  async function wipe(): Promise<void> {
    await docker('rm', '-f', WRITER);
    await box.wipe();
    // of a run in which the writer came first
    await docker('volume', 'rm', '-f', `${PROJECT}_pgdata`);
  }
  async function toKeys(): Promise<void> {
    await page.keyboard.press('Control+,');
    await button('Set up again …').click();
    await button('Continue').click();
    await page.getByRole('radio', { name: /Light stack/ }).check();
    await button('Continue').click();
    await title('Which models may it use?');
  }
  async function openCard(): Promise<Locator> {
    const card = page.locator('details.provider').filter({ hasText: 'OPENAI_API_KEY' });
    if ((await card.getAttribute('open')) === null) await card.locator('summary').click();
    return card;
  }
  async function toReview(): Promise<void> {
    await button('Continue').click();
    await page.getByText(`127.0.0.1:${PORT}: free`).waitFor();
    await button('Continue').click();
    await title('What will happen?');
  }

  beforeAll(async () => {
    // a keychain of its own
    [lab] = await Promise.all([freshLab('refused'), buildApp()]);
    const { DBUS_SESSION_BUS_ADDRESS = '' } = await lab.env();
    box = new AppBox(PROJECT, PORT, { DBUS_SESSION_BUS_ADDRESS });
    await wipe(); // of a run that was killed
    await lab.keychain('locked');
    await box.open([]);
    page = await box.window();
    await page.getByRole('heading', { level: 1 }).waitFor();
  });
  afterAll(async () => {
    await wipe();
    await box.close();
    await lab[Symbol.asyncDispose]();
  });

  it('says that the keychain is locked, and what to do; a start without it makes nothing', async () => {
    await toKeys();
    const store = page.getByRole('region', { name: 'Where keys are kept' });
    await store.getByText('The keychain is locked').waitFor({ timeout: 70_000 });
    await store.getByText('Unlock it: the system asks for its password').waitFor();
    // whether the key is set, nobody knows before it is open
    const card = await openCard();
    await card.getByText('whether it is set is known as soon as').first().waitFor();
    expect(await card.getByLabel('Paste API key').count()).toBe(0);
    await toReview();
    await page.getByText(`create container ${PROJECT}-db-1`).waitFor();
    await button('Start').click();
    const failed = page.getByRole('alert').filter({ hasText: 'did not succeed' });
    await failed.getByText('The keychain is locked').first().waitFor({ timeout: 70_000 });
    expect(await containers()).toBe('');
  }, 240_000);

  it('leads from the failed start to the keychain, and goes on once that is unlocked', async () => {
    await button('Look at the keys').click();
    const store = page.getByRole('region', { name: 'Where keys are kept' });
    await button('Unlock …').waitFor({ timeout: 70_000 });
    await lab.keychain('unlocked');
    await button('Unlock …').click();
    await store.getByText('Keys are kept in this computer’s keychain').waitFor();
    const card = await openCard();
    await card.getByLabel('Paste API key').fill('sk-proj-of-an-unlocked-keychain-0123456789abcdefghijk');
    await page.keyboard.press('Enter');
    await card.getByText('Saved.').waitFor();
    await toReview();
    // a file that is none of ours gets a key on a word only
    await page.getByRole('checkbox', { name: /OPENAI_API_KEY to nginx/ }).check();
    await button('Start').click();
    await title('Healthy', 60_000);
  }, 180_000);

  it('names who else writes the data and how to stop it, and goes on when it is gone', async () => {
    await box.cli('stop', '--project', PROJECT);
    const data = `${PROJECT}_pgdata:/data`;
    await docker('run', '-d', '--name', WRITER, '-v', data, 'redis:7.4-alpine', 'sleep', '600');
    await toKeys();
    await toReview();
    await page.getByText(`Volume ${PROJECT}_pgdata is in use by ${WRITER}`).waitFor();
    await page.getByText(`Stop it first: docker stop ${WRITER}.`).waitFor();
    await button('Start').click();
    const failed = page.getByRole('alert').filter({ hasText: 'did not succeed' });
    await failed.getByText(`Volume ${PROJECT}_pgdata is in use by ${WRITER}`).first().waitFor();
    expect(await docker('ps', '-q', '--filter', `name=${PROJECT}-db-1`)).toBe('');
    await docker('stop', '-t', '1', WRITER);
    await button('Back').click();
    await page.getByText(`start container ${PROJECT}-db-1`).waitFor();
    await button('Start').click();
    await title('Healthy', 60_000);
  }, 120_000);
});
