import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { LABEL } from '../../main/stack/labels.ts';
import { keychain } from '../../main/system/secrets.ts';
import { AppBox, buildApp, describeApp, docker, LIGHT } from './app-process.ts';
import { until } from './fake-desktop.ts';

const ONE = 'app-settings';
const OTHER = 'app-other';
const OWN = 'app-own';

describeApp('the settings in the window', () => {
  const box = new AppBox(ONE, 18_410);
  let page: Page;

  /** Everything that the engine has of a stack, by kind. */
  async function objects(project: string): Promise<Record<string, string[]>> {
    const label = `label=${LABEL.project}=${project}`;
    const lines = async (...args: string[]): Promise<string[]> =>
      (await docker(...args, '--filter', label)).split('\n').filter((l) => l !== '');
    return {
      containers: await lines('ps', '-a', '--format', '{{.Names}} {{.State}}'),
      networks: await lines('network', 'ls', '--format', '{{.Name}}'),
      volumes: await lines('volume', 'ls', '--format', '{{.Name}}'),
    };
  }
  const keyOf = (project: string): Promise<string | undefined> =>
    keychain().get({ scope: project, name: 'LIGHT_DB_PASSWORD' });
  const file = (...names: string[]): string => readFileSync(path.join(box.home, ...names), 'utf8');
  const settings = (): { current?: string; engine?: string; stacks: Record<string, unknown> } =>
    JSON.parse(file('config', 'settings.json')) as ReturnType<typeof settings>;
  const card = (name: string): Locator => page.getByRole('region', { name, exact: true });
  const open = async (): Promise<void> => {
    await page.keyboard.press('Control+,');
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  };
  const healthy = (): Promise<void> =>
    page.getByRole('heading', { level: 1, name: 'Healthy' }).waitFor({ timeout: 60_000 });
  const answers = async (port: number): Promise<number | undefined> =>
    fetch(`http://127.0.0.1:${port}/health`).then(
      ({ status }) => status,
      () => undefined,
    );

  beforeAll(async () => {
    await buildApp();
    // of a run that was killed; it takes them out of the settings too
    for (const project of [ONE, OTHER]) await wipe(project);
    await box.cli('settings', 'set', '--file', LIGHT, '--project', ONE, 'port', '18410');
    await box.cli('settings', 'set', '--file', LIGHT, '--project', OTHER, 'port', '18411');
    await box.cli('settings', 'set', 'current', ONE);
    await box.open([]);
    page = await box.window();
    await page.getByText('http://127.0.0.1:18410/').first().waitFor();
    await page.getByRole('button', { name: 'Start …' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^start/i })
      .click();
    await healthy();
  });
  afterAll(async () => {
    for (const project of [ONE, OTHER]) await wipe(project);
    await box.close();
  });
  const wipe = (project: string): Promise<unknown> =>
    box
      .cli('remove', '--file', LIGHT, '--project', project, '--yes-delete', project)
      .catch((error: unknown) => console.warn(String(error)));

  it('refuses what the core refuses, in its words, and keeps what was', async () => {
    await open();
    await page.getByLabel('Port', { exact: true }).fill('99999');
    await page.getByRole('button', { name: 'Save Port' }).click();
    await card('Settings of the stack')
      .getByRole('alert')
      .getByText('The value of the setting port (Port) cannot be used: it is more than 65535')
      .waitFor();
    expect(settings().stacks[ONE]).toMatchObject({ variables: { LIGHT_PORT: '18410' } });
    await page.getByLabel('Port', { exact: true }).press('Escape');
  });

  it('says where the data lies', async () => {
    await card('Places').getByText(`volumes ${ONE}_pgdata of the engine`).waitFor();
  });

  it('changes a port: what it makes anew is shown, agreed to, done, and the new address answers', async () => {
    await page.getByLabel('Port', { exact: true }).fill('18412');
    await page.keyboard.press('Enter');
    const pending = card('Settings of the stack').getByRole('status');
    await pending.getByText('nginx is made anew').waitFor();
    expect(await pending.textContent()).toContain('configuration changed');
    expect([await answers(18_410), await answers(18_412)]).toEqual([200, undefined]);
    await pending.getByRole('button', { name: 'Apply changes …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(`recreate container ${ONE}-nginx-1`).waitFor();
    await dialog.getByText('db, redis').waitFor();
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('http://127.0.0.1:18412/').first().waitFor({ timeout: 60_000 });
    await healthy();
    expect([await answers(18_410), await answers(18_412)]).toEqual([undefined, 200]);
  });

  it('shows at once what the terminal sets, and the terminal what the window does', async () => {
    await open();
    await page.getByText('Models and behaviour').click();
    const greeting = page.getByLabel('Greeting');
    await box.cli('settings', 'set', '--project', ONE, 'greeting', 'from the terminal');
    await expect.poll(() => greeting.inputValue(), { timeout: 5_000 }).toBe('from the terminal');
    await page.getByRole('button', { name: 'Default for Greeting' }).click();
    await expect.poll(() => greeting.inputValue()).toBe('hello');
    expect(await box.cli('settings', 'get', '--project', ONE, 'greeting')).toBe('hello\n');
  });

  it('says before a restart what it would not take', async () => {
    await box.cli('settings', 'set', '--project', ONE, 'db-memory', '300m');
    await page.keyboard.press('Control+1');
    await page.getByRole('button', { name: 'Restart', exact: true }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Restart' });
    await dialog.getByText('db is made anew').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await box.cli('settings', 'unset', '--project', ONE, 'db-memory');
    await page.getByRole('button', { name: 'Restart', exact: true }).first().click();
    await dialog.getByText('db, redis, nginx').waitFor();
    expect(await dialog.getByRole('button', { name: 'Apply changes …' }).count()).toBe(0);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  });

  it('offers in the doctor another port for one that is taken, and examines it again', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => {
      taken.listen(18_413, '127.0.0.1', resolve);
    });
    try {
      await box.cli('settings', 'set', '--project', ONE, 'port', '18413');
      await page.keyboard.press('Control+3');
      await page.getByText('127.0.0.1:18413 of nginx is taken by').waitFor();
      await page.getByText('nginx: configuration changed').waitFor();
      await page.getByRole('button', { name: 'Use port 18414 instead' }).click();
      await page.getByText(`127.0.0.1:18414: free, or taken by ${ONE} itself`).waitFor();
      expect(settings().stacks[ONE]).toMatchObject({ variables: { LIGHT_PORT: '18414' } });
      await page.getByRole('button', { name: 'Apply changes …' }).click();
      await page.getByRole('dialog').getByText(`recreate container ${ONE}-nginx-1`).waitFor();
      await page.keyboard.press('Escape');
    } finally {
      taken.close();
      await box.cli('settings', 'set', '--project', ONE, 'port', '18412');
    }
  });

  it('does not keep an engine that does not answer', async () => {
    await open();
    const engine = card('Engine');
    await engine.getByRole('radio', { name: 'An address' }).check();
    await engine.getByLabel('Address', { exact: true }).fill('unix:///nowhere/docker.sock');
    await engine.getByRole('button', { name: 'Check and use it' }).click();
    await engine.getByRole('alert').getByText('unix:///nowhere/docker.sock').waitFor();
    expect(settings().engine).toBeUndefined();
    // the lab's own answers, and is kept
    const host = process.env['DOCKER_HOST'] ?? '';
    await engine.getByLabel('Address', { exact: true }).fill(host);
    await engine.getByRole('button', { name: 'Check and use it' }).click();
    await expect.poll(() => settings().engine).toBe(host);
    await engine.getByRole('radio', { name: 'Find it by itself' }).check();
    await engine.getByRole('button', { name: 'Check and use it' }).click();
    await expect.poll(() => settings().engine).toBeUndefined();
  });

  it('switches to another stack: stops the one, keeps all of it, starts the other', async () => {
    const before = await objects(ONE);
    await card('Stack').getByText(`${OTHER} ·`).waitFor();
    await card('Stack')
      .getByRole('button', { name: /^Switch … to Light stack/ })
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(`create container ${OTHER}-db-1`).waitFor();
    await dialog.getByText('nothing of it is deleted').waitFor();
    await dialog.getByRole('button', { name: 'Stop and start' }).click();
    await until(
      'the other is healthy and shown',
      async () => {
        const isShown = (await page.getByText('http://127.0.0.1:18411/').count()) > 0;
        const isWell = (await page.getByRole('heading', { level: 1, name: 'Healthy' }).count()) > 0;
        return isShown && isWell ? true : undefined;
      },
      90_000,
    );
    expect(await answers(18_411)).toBe(200);
    const after = await objects(ONE);
    expect(after['containers']?.every((line) => line.endsWith(' exited'))).toBe(true);
    expect([after['volumes'], after['networks']]).toEqual([before['volumes'], before['networks']]);
    expect(settings().current).toBe(OTHER);
    expect(await box.cli('status', '--format', 'json')).toContain(`"project": "${OTHER}"`);
  });

  it('opens a Compose file: what is wrong stands at its line; corrected it is a stack that can be used', async () => {
    const own = path.join(box.folder, 'own.yaml');
    writeFileSync(own, `name: ${OWN}\nservices:\n  web:\n    imagee: nginx:1.27-alpine\n`);
    await box.app.evaluate(({ dialog }, filePath) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [filePath] });
    }, own);
    await open();
    await page.getByRole('button', { name: 'Open a Compose file …' }).click();
    const wrong = page.getByRole('dialog', { name: 'The file cannot be used yet' });
    await wrong.getByRole('listitem').filter({ hasText: 'services.web.imagee' }).locator('mark').waitFor();
    expect(settings().stacks).not.toHaveProperty(OWN);
    writeFileSync(own, `name: ${OWN}\nservices:\n  web:\n    image: nginx:1.27-alpine\n`);
    await wrong.getByRole('button', { name: 'Check again' }).click();
    await page.getByRole('dialog', { name: OWN }).getByRole('button', { name: 'Use it …' }).click();
    const change = page.getByRole('dialog', { name: `Switch to ${OWN}` });
    await change.getByText(`create container ${OWN}-web-1`).waitFor();
    await change.getByRole('button', { name: 'Only show it' }).click();
    await expect.poll(() => settings().current).toBe(OWN);
    expect(settings().stacks[OWN]).toEqual({ files: [own], variables: {} });
    // what was shown before runs on beside it
    expect((await objects(OTHER))['containers']?.every((line) => line.endsWith(' running'))).toBe(true);
    await box.cli('settings', 'set', 'current', OTHER);
    await page.getByText('http://127.0.0.1:18411/').first().waitFor();
  });

  it('removes everything of a stack for its typed name, and nothing of another', async () => {
    const kept = [await objects(ONE), await keyOf(ONE)] as const;
    expect(kept[1]).toBeDefined();
    expect(await keyOf(OTHER)).toBeDefined();
    await open();
    await page.getByRole('button', { name: 'Remove everything …' }).click();
    const dialog = page.getByRole('dialog');
    for (const name of [`${OTHER}-db-1`, `${OTHER}_data`, `${OTHER}_pgdata`, 'LIGHT_DB_PASSWORD'])
      await dialog.getByText(name).first().waitFor();
    const remove = dialog.getByRole('button', { name: 'Remove everything' });
    await dialog.getByRole('textbox').fill(ONE);
    expect(await remove.isDisabled()).toBe(true);
    expect((await objects(OTHER))['volumes']).toEqual([`${OTHER}_pgdata`]);

    await dialog.getByRole('textbox').fill(OTHER);
    await remove.click();
    await until(
      'it is out of the settings',
      () => Promise.resolve(settings().stacks[OTHER] === undefined ? true : undefined),
      60_000,
    );
    expect(await objects(OTHER)).toEqual({ containers: [], networks: [], volumes: [] });
    expect([await keyOf(OTHER), settings().current]).toEqual([undefined, undefined]);
    // of the settings' own history alone there is a trace
    const known = file('state', 'state.jsonl')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('{"kind":"settings"'));
    expect(known.filter((line) => line.includes(OTHER))).toEqual([]);
    expect(file('state', 'health.jsonl')).not.toContain(OTHER);

    expect([await objects(ONE), await keyOf(ONE)]).toEqual(kept);
    expect(settings().stacks[ONE]).toMatchObject({ variables: { LIGHT_PORT: '18412' } });
    // what is left is there to be used
    await open();
    await page.getByRole('button', { name: /^Switch … to Light stack/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Only show it' }).click();
    await page.getByRole('heading', { level: 1, name: 'Stopped' }).waitFor();
  });
});
