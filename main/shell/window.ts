import { join } from 'node:path';
import { BrowserWindow, dialog, nativeTheme, screen } from 'electron';
import { z } from 'zod';
import { readIfThere, writeAtomic } from '../system/files.ts';
import { ORIGIN } from './app-protocol.ts';

const Bounds = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
type Bounds = z.infer<typeof Bounds>;

const SMALLEST = { width: 380, height: 320 };
const FIRST = { width: 1040, height: 720 };

export interface WindowEdges {
  /** built preload script */
  readonly preload: string;
  readonly icon: string;
  readonly stateFolder: string;
  readonly report: (text: string, error?: unknown) => void;
  /** it is gone: nothing is to be pushed any more */
  readonly closed: () => void;
}

/** Opens the window where it was when it was closed last, on a screen that is there. */
export function openWindow({ preload, icon, stateFolder, report, closed }: WindowEdges): BrowserWindow {
  const file = join(stateFolder, 'window.json');
  const window = new BrowserWindow({
    ...FIRST,
    ...visible(readBounds(file)),
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    title: 'Letta Stack',
    icon,
    show: false,
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#161719' : '#f6f6f4',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    try {
      writeAtomic(file, `${JSON.stringify(window.getNormalBounds())}\n`);
    } catch (error) {
      report('the place of the window cannot be kept', error);
    }
  });
  window.on('closed', closed);
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    report(`the window's process is gone: ${reason}`);
    // not inside the event: Chromium is still taking its process apart
    setImmediate(() => void offerReload(window, reason));
  });
  void window
    .loadURL(`${ORIGIN}/index.html`)
    .catch((error: unknown) => report('the window cannot be loaded', error));
  return window;
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

function readBounds(file: string): Bounds | undefined {
  try {
    const text = readIfThere(file);
    return text === undefined ? undefined : Bounds.parse(JSON.parse(text));
  } catch {
    return undefined; // where it stood is no more than a convenience
  }
}

/** A screen may have been taken away since: at least a part of the title bar must be on one. */
function visible(bounds: Bounds | undefined): Partial<Bounds> {
  if (!bounds) return {};
  const isOn = screen.getAllDisplays().some(({ workArea: w }) => {
    const width = Math.min(bounds.x + bounds.width, w.x + w.width) - Math.max(bounds.x, w.x);
    return width >= 100 && bounds.y >= w.y && bounds.y < w.y + w.height - 40;
  });
  return isOn ? bounds : { width: bounds.width, height: bounds.height };
}
