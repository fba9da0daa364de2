import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app } from 'electron';
import { desktopEntry } from '../desktop/desktop-entry.ts';

interface Around {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly report: (text: string, error?: unknown) => void;
}

/**
 * Starts the app at login, in its tray without a window, or no longer. Electron does it on macOS and Windows; on Linux
 * it is a file (freedesktop.org, "Desktop Application Autostart Specification").
 */
export function setStartAtLogin(isWanted: boolean, { home, env, report }: Around): void {
  // from a clone there is no program that a login could start
  if (!app.isPackaged) return;
  if (process.platform !== 'linux') {
    app.setLoginItemSettings({ openAtLogin: isWanted, args: ['--hidden'] });
    return;
  }
  const folder = join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'autostart');
  const file = join(folder, 'letta-stack.desktop');
  try {
    if (!isWanted) rmSync(file, { force: true });
    else writeIfChanged(folder, file, desktopEntry(env['APPIMAGE'] ?? process.execPath));
  } catch (error) {
    report('the start at login cannot be changed', error);
  }
}

/** Whether the app was started without its window: at login. A login item of macOS is given no arguments. */
export const startsHidden = (argv: readonly string[]): boolean =>
  argv.includes('--hidden') || (process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin);

function writeIfChanged(folder: string, file: string, content: string): void {
  mkdirSync(folder, { recursive: true });
  try {
    if (readFileSync(file, 'utf8') === content) return;
  } catch {
    // not there yet
  }
  writeFileSync(file, content);
}
