// One binary, two faces: `--cli` in the arguments (the letta-stack wrapper puts it there, with --headless) is the
// terminal, which opens no window and needs no display; all else is the tray app. Neither loads what the other is.
import { inspect } from 'node:util';
import { app } from 'electron';
import { cannotStart } from './shell/cannot-start.ts';

const at = process.argv.indexOf('--cli');
if (at < 0) import('./app.ts').then(({ startApp }) => startApp()).catch(cannotStart);
else {
  app.dock?.hide();
  const argv = process.argv.slice(at + 1).filter((arg, i) => i > 0 || arg !== '--');
  // not while Chromium starts: with its output in files, what ran then made it crash
  app
    .whenReady()
    .then(() => import('./cli.ts'))
    .then(async ({ main }) => app.exit(await main(argv)))
    .catch((error: unknown) => {
      process.stderr.write(`error: letta-stack cannot start: ${inspect(error)}\n`);
      app.exit(1);
    });
}
