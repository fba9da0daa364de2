// `node test/e2e/screenshots.mjs` in the environment of a lab: photographs the app for the README, from its first setup
// to a healthy production profile, in light and dark, into resources/screenshots/.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { AppBox, buildApp } from './app-process.ts';
import { until } from './fake-desktop.ts';

const FOLDER = path.join(import.meta.dirname, '../../resources/screenshots');
const SIZE = { width: 1120, height: 900 };
const PROJECT = 'letta-production';

mkdirSync(FOLDER, { recursive: true });
await buildApp();
const box = AppBox.fresh(PROJECT);
try {
  await box.cli('remove', 'production', '--yes-delete', PROJECT).catch(() => undefined);
  await box.open([]);
  const page = await box.window();
  await box.app.evaluate(({ BrowserWindow }, size) => {
    BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height);
  }, SIZE);
  const title = (name, timeout = 30_000) =>
    page.getByRole('heading', { level: 1, name, exact: true }).waitFor({ timeout });
  const press = (name) => page.getByRole('button', { name, exact: true }).click();
  const photograph = async (name) => {
    // what is still being asked for is answered by then
    await page.waitForTimeout(3_000);
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: path.join(FOLDER, `${name}-${scheme}.png`) });
    }
  };
  for (const [question, name] of [
    ['What runs the containers?', 'setup-engine'],
    ['Which Letta do you want?', 'setup-profile'],
    ['Which models may it use?', 'setup-keys'],
    ['Where is it, and where does its data live?', 'setup-place'],
    ['What will happen?', 'setup-review'],
  ]) {
    await title(question);
    await photograph(name);
    await press(name === 'setup-review' ? 'Start' : 'Continue');
  }
  await title('Healthy', 240_000);
  await photograph('setup-start');
  await page.keyboard.press('Control+1');
  // the plots need a few readings
  await until(
    'the probes answered',
    async () => ((await page.locator('.probe').count()) > 3 ? true : undefined),
    60_000,
  );
  await page.waitForTimeout(20_000);
  for (const [key, name] of [
    ['1', 'overview'],
    ['2', 'logs'],
    ['3', 'doctor'],
    [',', 'settings'],
  ]) {
    await page.keyboard.press(`Control+${key}`);
    await photograph(name);
  }
  await page.getByRole('region', { name: 'Keys' }).getByRole('button').click();
  await title('Keys');
  await photograph('keys');
} finally {
  await box.cli('remove', 'production', '--yes-delete', PROJECT).catch(() => undefined);
  await box.close();
}
process.exit();
