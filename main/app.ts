import { homedir } from 'node:os';
import { join } from 'node:path';
import { app, dialog, powerMonitor } from 'electron';
import type { View } from './channels.ts';
import type { Desktop } from './desktop/desktop.ts';
import { startingModel, type TrayCommand } from './desktop/tray-model.ts';
import { registerScheme, serveBundle } from './shell/app-protocol.ts';
import { guardPages, guardSession } from './shell/guard.ts';
import { AppTray } from './shell/tray.ts';

const ROOT = join(import.meta.dirname, '../..');
const ICONS = join(ROOT, 'resources/tray');

/**
 * The tray app. The tray comes first, with nothing loaded but itself; what looks at the engine comes after it. A
 * second start shows the window of the first.
 */
export function startApp(): void {
  const isHidden = process.argv.includes('--hidden');
  // Chromium's own files lie in a folder of ours, beside the state
  app.setPath('userData', chromiumFolder());
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  // a window of text and a few icons: the GPU process would cost 30 MB
  app.disableHardwareAcceleration();
  registerScheme();
  guardPages();
  let desktop: Promise<Desktop> | undefined;
  let tray: AppTray | undefined;
  const show = (view?: View, service?: string): void => {
    void desktop?.then((d) => d.show(view, service));
  };
  const run = (command: TrayCommand): void => {
    if (command.do === 'quit') void quit(desktop);
    else void desktop?.then((d) => d.run(command));
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
  void app.whenReady().then(() => {
    tray = new AppTray(ICONS, startingModel, run);
    desktop = startDesktop(tray);
    desktop.catch((error: unknown) => {
      dialog.showErrorBox('Letta Stack cannot start', String(error instanceof Error ? error.message : error));
      app.exit(1);
    });
    if (!isHidden) show();
  });
  closeBeforeQuit(async () => {
    await (await desktop)?.close();
    tray?.destroy();
  });
}

/** The tray's Quit: the user may be asked, and may stay. */
async function quit(desktop: Promise<Desktop> | undefined): Promise<void> {
  if ((await (await desktop)?.readyToQuit()) !== false) app.quit();
}

/** Loads what is heavy, once the tray is there. */
async function startDesktop(tray: AppTray): Promise<Desktop> {
  guardSession();
  serveBundle(join(ROOT, 'out/renderer'));
  const [{ openDesktop }, { appEdges }] = await Promise.all([
    import('./desktop/desktop.ts'),
    import('./shell/edges.ts'),
  ]);
  const edges = await appEdges({
    root: ROOT,
    home: homedir(),
    onTray: (model) => tray.set(model),
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
