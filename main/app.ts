import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { app, dialog, powerMonitor } from 'electron';
import type { View } from './channels.ts';
import type { Desktop } from './desktop/desktop.ts';
import { startingModel, type TrayCommand } from './desktop/tray-model.ts';
import { registerScheme, serveBundle } from './shell/app-protocol.ts';
import { guardPages, guardSession } from './shell/guard.ts';
import { handleCalls, type Answer } from './shell/ipc.ts';
import { setMenu } from './shell/menu.ts';
import { PLACES } from './shell/places.ts';
import { AppTray } from './shell/tray.ts';
import { MainWindow } from './shell/window.ts';

/** How long the tray alone has main to itself, and the window's page: both are there before what is heavy. */
const TRAY_FIRST_MS = 100;
const WINDOW_FIRST_MS = 1_000;

/**
 * The tray app. The tray comes first, with nothing loaded but itself, then the window where one is wanted; what looks
 * at the engine comes after them. A second start shows the window of the first.
 */
export function startApp(): void {
  const isHidden = process.argv.includes('--hidden');
  // Chromium's own files lie in a folder of ours, beside the state
  app.setPath('userData', chromiumFolder());
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  // a window of text and a few icons: it would cost 30 MB
  app.disableHardwareAcceleration();
  registerScheme();
  guardPages();
  const parts = Promise.withResolvers<Desktop>();
  const desktop = parts.promise;
  const window = new MainWindow((text, error) => {
    desktop.then(
      (d) => d.report(text, error),
      () => process.stderr.write(`${text}: ${String(error)}\n`),
    );
  });
  let tray: AppTray | undefined;
  const show = (view?: View): void => {
    void window.show();
    if (view) void desktop.then((d) => d.show(view));
  };
  const run = (command: TrayCommand): void => {
    if (command.do === 'quit') void quit(desktop);
    else if (command.do === 'show' && command.view === 'overview') show('overview');
    else void desktop.then((d) => d.run(command));
  };
  app.on('second-instance', (_event, argv) => {
    if (!argv.includes('--hidden')) show();
  });
  app.on('activate', () => show());
  // the session ends, or Ctrl-C in the terminal of `npm start`
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit());
  // the tray is the app: it stays when its window is closed
  app.on('window-all-closed', () => {});
  // not awaited at the top level: Electron would never become ready (Electron, "ES Modules")
  void app.whenReady().then(async () => {
    tray = new AppTray(PLACES.trayIcons, startingModel, run);
    setMenu(() => run({ do: 'quit' }));
    guardSession();
    serveBundle(PLACES.page);
    const answer = Promise.withResolvers<Answer>();
    handleCalls(answer.promise);
    if (isHidden) await sleep(TRAY_FIRST_MS);
    else await Promise.race([window.show(), sleep(WINDOW_FIRST_MS)]);
    parts.resolve(startDesktop(tray, window, answer.resolve));
  });
  desktop.catch((error: unknown) => {
    dialog.showErrorBox('Letta Stack cannot start', String(error instanceof Error ? error.message : error));
    app.exit(1);
  });
  closeBeforeQuit(async () => {
    // before it was loaded there is nothing to leave in order
    if (tray) await (await desktop).close();
    tray?.destroy();
  });
}

/** The tray's Quit: the user may be asked, and may stay. */
async function quit(desktop: Promise<Desktop>): Promise<void> {
  if (await (await desktop).readyToQuit()) app.quit();
}

/** Loads what is heavy. */
async function startDesktop(
  tray: AppTray,
  window: MainWindow,
  answering: (answer: Answer) => void,
): Promise<Desktop> {
  const [{ openDesktop }, { answerTo }, { appEdges }] = await Promise.all([
    import('./desktop/desktop.ts'),
    import('./desktop/answer.ts'),
    import('./shell/edges.ts'),
  ]);
  const edges = await appEdges({
    home: homedir(),
    window,
    onTray: (model) => tray.set(model),
    answering: (calls) => answering(answerTo(calls)),
  });
  const desktop = openDesktop(edges);
  powerMonitor.on('resume', () => desktop.again());
  return desktop;
}

/** Quitting waits for what must be left in order, once; a second request goes through at once. */
function closeBeforeQuit(close: () => Promise<void>): void {
  let isClosing = false;
  app.on('will-quit', (event) => {
    if (isClosing) return;
    isClosing = true;
    event.preventDefault();
    void close().finally(() => app.exit(0));
  });
}

function chromiumFolder(): string {
  const own = process.env['LETTA_STACK_HOME'];
  return own ? join(own, 'chromium') : join(app.getPath('appData'), 'letta-stack', 'chromium');
}
