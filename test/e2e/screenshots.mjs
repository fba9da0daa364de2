// `node test/e2e/screenshots.mjs` in the environment of a lab: photographs the app on the production profile for the
// README, in light and dark, into resources/screenshots/.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { AppBox, buildApp } from './app-process.ts';
import { until } from './fake-desktop.ts';

const FOLDER = path.join(import.meta.dirname, '../../resources/screenshots');
const SIZE = { width: 1120, height: 900 };

mkdirSync(FOLDER, { recursive: true });
await buildApp();
const box = AppBox.ofProduction(18_401);
try {
  await box.openDesktop();
  await box.cli('up', 'production', '--yes');
  await box.open([]);
  const page = await box.window();
  await box.app.evaluate(({ BrowserWindow }, size) => {
    BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height);
  }, SIZE);
  await page.getByRole('heading', { name: 'Healthy' }).waitFor();
  // the plots need a few readings
  await until(
    'the probes answered',
    async () => ((await page.locator('.probe').count()) > 3 ? true : undefined),
    60_000,
  );
  await page.waitForTimeout(20_000);
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [key, name] of [
      ['1', 'overview'],
      ['2', 'logs'],
      ['3', 'doctor'],
      [',', 'settings'],
    ]) {
      await page.keyboard.press(`Control+${key}`);
      await page.waitForTimeout(3_000);
      await page.screenshot({ path: path.join(FOLDER, `${name}-${scheme}.png`) });
    }
  }
} finally {
  await box.cli('down', 'production');
  await box.close();
}
process.exit();
