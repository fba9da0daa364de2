import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { app, dialog, powerMonitor } from 'electron';
import type { Desktop } from './desktop/desktop.ts';
import { startingModel, type TrayCommand } from './desktop/tray-model.ts';
import { registerScheme, serveBundle } from './shell/app-protocol.ts';
import { cannotStart } from './shell/cannot-start.ts';
import { guardPages, guardSession } from './shell/guard.ts';
import { handleCalls, type Answer } from './shell/ipc.ts';
import { startsHidden } from './shell/login-item.ts';
import { setMenu } from './shell/menu.ts';
import { PLACES } from './shell/places.ts';
import { AppTray } from './shell/tray.ts';
import { MainWindow } from './shell/window.ts';

/** How long the tray alone has main to itself, and the window at most: both are there before what is heavy. */
const TRAY_FIRST_MS = 100;
const WINDOW_FIRST_MS = 1_000;

/**
 * The tray app. The tray comes first, with nothing loaded but itself, then the window where one is wanted; what looks
 * at the engine comes after them. A second start shows the window of the first.
 */
export function startApp(): void {
  // Chromium's own files lie in a folder of ours, beside the state
  app.setPath('userData', chromiumFolder());
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  // the window has no cookies and no passwords: else Chromium asks the keychain to unlock, at login too, for a key to them
  app.commandLine.appendSwitch('password-store', 'basic');
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
  const served = Promise.withResolvers<void>();
  const withDesktop = (work: (d: Desktop) => Promise<void>): Promise<void> =>
    // that it cannot start is told below, once
    desktop.then(work, () => {});
  const show = (): void => {
    served.promise.then(() => window.show()).catch(tellNoWindow);
  };
  const run = (command: TrayCommand): void => {
    if (command.do === 'quit') void withDesktop((d) => d.quit());
    else if (command.do === 'open') show();
    else void withDesktop((d) => d.run(command));
  };
  app.on('second-instance', (_event, argv) => {
    if (!argv.includes('--hidden')) show();
  });
  app.on('activate', () => show());
  // the session ends, or Ctrl-C in the terminal of `npm start`
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit());
  // the tray is the app: it stays when its window is closed
  app.on('window-all-closed', () => {});
  const start = async (): Promise<void> => {
    tray = new AppTray(PLACES.trayIcons, startingModel, run);
    const isHidden = startsHidden(process.argv);
    if (isHidden) await sleep(TRAY_FIRST_MS);
    setMenu(run);
    guardSession();
    serveBundle(PLACES.page);
    const answer = Promise.withResolvers<Answer>();
    handleCalls(answer.promise);
    served.resolve();
    if (!isHidden) await Promise.race([window.show().catch(tellNoWindow), sleep(WINDOW_FIRST_MS)]);
    parts.resolve(startDesktop(tray, window, answer.resolve));
  };
  // not awaited at the top level: Electron would never become ready (Electron, "ES Modules")
  app.whenReady().then(start).catch(parts.reject);
  desktop.catch((error: unknown) => {
    // neither a window that waits for ever nor a tray without an app behind it
    tray?.destroy();
    tray = undefined;
    window.current?.destroy();
    return cannotStart(error);
  });
  closeBeforeQuit(async () => {
    // before it was loaded there is nothing to leave in order
    if (tray) await (await desktop).close();
    tray?.destroy();
  });
}

/** There is no window to tell it in; what the tray offers goes on. */
function tellNoWindow(error: unknown): void {
  void dialog.showMessageBox({
    type: 'error',
    message: 'The window of Letta Stack cannot be shown',
    detail: `${error instanceof Error ? error.message : String(error)}\n\nLetta itself goes on. Try again from the tray; if it stays so, install Letta Stack again.`,
    buttons: ['OK'],
    noLink: true,
  });
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
  powerMonitor.on('resume', () => desktop.slept());
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
  // a relative one is refused, in words, where the other folders are made
  return own && isAbsolute(own)
    ? join(own, 'chromium')
    : join(app.getPath('appData'), 'letta-stack', 'chromium');
}
