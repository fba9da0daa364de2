// The setup, run again where somebody made a Letta with `docker compose` before: a real one, with its data.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppBox, buildApp, describeApp, docker } from './app-process.ts';
import { until } from './fake-desktop.ts';

const MINE = 'app-mine';
const LETTA = `${MINE}-letta-1`;
const API = 'http://127.0.0.1:18424';

/** The one container that Letta's own guide starts, with its database inside. */
const COMPOSE = `
services:
  letta:
    image: letta/letta:0.16.8
    ports: ["127.0.0.1:18424:8283"]
    volumes: ["data:/var/lib/postgresql/data"]
volumes:
  data: {}
`;

describeApp('a Letta that was there before', () => {
  const box = new AppBox('app-before', 18_425);
  const folder = path.join(box.folder, 'mine');
  const file = path.join(folder, 'compose.yaml');
  const compose = (...args: string[]): Promise<string> =>
    docker('compose', '--project-name', MINE, '--file', file, ...args);
  let page: Page;
  let id: string;

  const title = (name: string, timeout = 30_000): Promise<void> =>
    page.getByRole('heading', { level: 1, name }).waitFor({ timeout });
  const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
  const containerOf = async (name: string): Promise<string> =>
    (await docker('inspect', '--format', '{{.Id}} {{.State.Status}}', name)).trim();
  const blocks = async (): Promise<{ value: string }[] | undefined> => {
    const answer = await fetch(`${API}/v1/blocks/?label=notes`).catch(() => undefined);
    return answer?.ok ? ((await answer.json()) as { value: string }[]) : undefined;
  };

  beforeAll(async () => {
    await buildApp();
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, COMPOSE);
    await compose('down', '--volumes'); // of a run that was killed
    await box.wipe();
    await compose('up', '--detach');
    await until('Letta answers', blocks, 120_000);
    const kept = { label: 'notes', value: 'remember the giraffes' };
    const headers = { 'content-type': 'application/json' };
    await fetch(`${API}/v1/blocks/`, { method: 'POST', headers, body: JSON.stringify(kept) });
    await compose('stop');
    id = (await containerOf(LETTA)).split(' ')[0] ?? '';
    await box.cli('up', '--project', box.project);
    await box.open([]);
    page = await box.window();
    await title('Healthy');
  }, 240_000);
  afterAll(async () => {
    await compose('down', '--volumes');
    await box.wipe();
    await box.close();
  });

  it('is offered by the setup; without its file it cannot be taken over, and that is said', async () => {
    await page.keyboard.press('Control+,');
    await press('Set up again …');
    await press('Continue');
    await page.getByRole('radio', { name: `${MINE} Made by docker compose from ${file}` }).check();
    await page.getByText('It is here, and its container does not run.').waitFor();
    renameSync(file, `${file}.gone`);
    await press('Continue');
    await page.getByRole('alert').getByText(file).first().waitFor();
    renameSync(`${file}.gone`, file);
    await press('Continue');
    await title('Which models may it use?');
  });

  it('is started in the place of the one that runs, of which nothing is lost', async () => {
    await press('Continue');
    await press('Continue');
    await page.getByRole('heading', { name: 'Stop Light stack' }).waitFor();
    await page.getByText('Its containers, its data and its keys stay').waitFor();
    await page.getByText(`start container ${LETTA}`).waitFor();
    // data that this program did not put there is not taken without a word
    await page.getByRole('checkbox', { name: `Volume ${MINE}_data` }).check();
    await press('Start');
    const kept = await until('it remembers', blocks, 120_000);
    expect(kept).toMatchObject([{ value: 'remember the giraffes' }]);
    // as it was made: not anew
    expect(await containerOf(LETTA)).toBe(`${id} running`);
    expect(await containerOf(`${box.project}-redis-1`)).toMatch(/ exited$/);
    expect(await docker('volume', 'ls', '--format', '{{.Name}}')).toContain(`${MINE}_data`);
    await title('Healthy', 60_000);
    const settings = JSON.parse(readFileSync(box.settingsFile, 'utf8')) as { current: string };
    expect(settings.current).toBe(MINE);
  }, 180_000);
});
