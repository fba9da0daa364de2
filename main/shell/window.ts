import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow, dialog, nativeTheme, screen, type Rectangle } from 'electron';
import { boundsOn, keptBounds } from '../desktop/window-bounds.ts';
import { ORIGIN } from './app-protocol.ts';
import { PLACES } from './places.ts';
import { whenShown } from './when-shown.ts';

const SMALLEST = { width: 380, height: 320 };
const FIRST = { width: 1040, height: 720 };

type Report = (text: string, error?: unknown) => void;

/**
 * The one window: made when it is to be shown, destroyed when it is closed (a hidden one would keep its process). It
 * needs nothing of the app but the page, so that it can be there before what is heavy is loaded.
 */
export class MainWindow {
  readonly #report: Report;
  #window: BrowserWindow | undefined;
  #shown: Promise<void> = Promise.resolve();
  /** told each time it came before the user's eyes */
  onSeen: () => void = () => {};
  /** told when it or its page is gone: nothing is to be pushed any more */
  onClosed: () => void = () => {};

  constructor(report: Report) {
    this.#report = report;
  }

  /** While there is one. */
  get current(): BrowserWindow | undefined {
    return this.#window;
  }

  get isInFront(): boolean {
    return this.#window?.isFocused() ?? false;
  }

  /**
   * Opens it where it was closed last, or brings it to the front; resolves when its page is there to be seen.
   * @throws why its page cannot be loaded
   */
  show(): Promise<void> {
    if (this.#window) {
      if (this.#window.isMinimized()) this.#window.restore();
      this.#window.show();
      this.#window.focus();
      this.onSeen();
    } else {
      this.#open();
    }
    return this.#shown;
  }

  /** Draws it larger or smaller by one step, the menu's; 0: as it is made. It stays so, also for the next start. */
  zoom(by: -1 | 0 | 1): void {
    const page = this.#window?.webContents;
    page?.setZoomLevel(by === 0 ? 0 : page.getZoomLevel() + by / 2);
  }

  #open(): void {
    const file = join(app.getPath('userData'), 'window.json');
    const window = new BrowserWindow({
      ...FIRST,
      ...boundsOn(
        keptBounds(keptIn(file)),
        screen.getAllDisplays().map((d) => d.workArea),
      ),
      minWidth: SMALLEST.width,
      minHeight: SMALLEST.height,
      title: 'Letta Stack',
      icon: PLACES.icon,
      show: false,
      autoHideMenuBar: true,
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#161719' : '#f6f6f4',
      webPreferences: {
        preload: PLACES.preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        spellcheck: false,
      },
    });
    this.#window = window;
    window.once('ready-to-show', () => {
      window.show();
      this.onSeen();
    });
    window.on('focus', () => this.onSeen());
    window.on('close', () => keepBounds(file, window.getNormalBounds(), this.#report));
    window.on('closed', () => {
      this.#window = undefined;
      this.onClosed();
    });
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit' || window.isDestroyed()) return;
      this.onClosed();
      this.#report(`the window's process is gone: ${reason}`);
      // not inside the event: Chromium is still taking its process apart
      setImmediate(() => void offerReload(window, reason));
    });
    this.#shown = whenShown(window, window.loadURL(`${ORIGIN}/index.html`));
    this.#shown.catch((error: unknown) => this.#report('the window cannot be loaded', error));
  }
}

async function offerReload(window: BrowserWindow, reason: string): Promise<void> {
  if (window.isDestroyed()) return;
  const { response } = await dialog.showMessageBox({
    type: 'error',
    message: 'The window of Letta Stack ended unexpectedly',
    detail: `Letta itself goes on. (${reason})`,
    buttons: ['Reload', 'Close the window'],
    noLink: true,
  });
  if (window.isDestroyed()) return;
  if (response === 0) window.webContents.reload();
  else window.destroy();
}

function keepBounds(file: string, bounds: Rectangle, report: Report): void {
  try {
    writeFileSync(file, `${JSON.stringify(bounds)}\n`, { mode: 0o600 });
  } catch (error) {
    report('the place of the window cannot be kept', error);
  }
}

const keptIn = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // nothing was kept yet
  }
};
