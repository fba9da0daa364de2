import { statSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { clipboard, dialog, nativeTheme, shell, type BrowserWindow } from 'electron';
import packageFile from '../../package.json' with { type: 'json' };
import type { DesktopEdges } from '../desktop/desktop.ts';
import { AppLog } from '../desktop/log.ts';
import type { TrayModel } from '../desktop/tray-model.ts';
import { errorsOf, say } from '../errors.ts';
import { folders, openFolders } from '../system/paths.ts';
import { openSettings } from '../system/settings.ts';
import { openState } from '../system/state.ts';
import { openExternal } from './guard.ts';
import { handleCalls, push } from './ipc.ts';
import { setStartAtLogin } from './login-item.ts';
import { electronSettingsStore } from './settings-store.ts';
import { showNote } from './notification.ts';
import { openWindow } from './window.ts';

interface Given {
  /** folder of package.json: profiles, icons and the built window lie under it */
  readonly root: string;
  readonly home: string;
  readonly onTray: (model: TrayModel) => void;
}

/** The app's edges: the terminal's folders and state, electron-store for the settings, Electron for the rest. */
export async function appEdges({ root, home, onTray }: Given): Promise<DesktopEdges> {
  const { env, platform } = process;
  const ours = openFolders(folders({ env, home, platform, uid: process.getuid?.() ?? 0, isFolder }));
  const log = new AppLog(ours.logs);
  const state = openState(ours);
  const report = (text: string, error?: unknown): void => log.write('error', text, error);
  watchForTheUnforeseen(report);
  let window: BrowserWindow | undefined;
  let loaded: Promise<void> | undefined;
  let closed = (): void => {};

  const showWindow = async (): Promise<void> => {
    if (!window) {
      const made = openWindow({
        preload: join(root, 'out/preload/index.cjs'),
        icon: join(root, 'resources/icon.png'),
        stateFolder: ours.state,
        report,
        closed: () => {
          window = undefined;
          closed();
        },
      });
      window = made;
      loaded = new Promise((resolve) => {
        made.webContents.once('did-finish-load', () => resolve());
        made.once('closed', () => resolve());
      });
    } else {
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    }
    await loaded;
  };

  return {
    core: {
      env,
      platform,
      home,
      profilesFolder: join(root, 'compose'),
      folders: ours,
      settings: openSettings(electronSettingsStore(ours.config), ours, state),
      state,
      onWarning: (warning) => report(say(warning).message),
      version: packageFile.version,
    },
    log,
    onTray,
    handleCalls,
    showWindow,
    onWindowClosed: (then) => {
      closed = then;
    },
    showNote: (note, run) => showNote(note, (command) => command.do !== 'quit' && run(command), report),
    isWindowInFront: () => window?.isFocused() ?? false,
    push: (name, value) => push(window, name, value),
    openExternal,
    openFolder: async (folder) => {
      const problem = await shell.openPath(folder);
      if (problem !== '') throw new Error(problem);
    },
    follow: ({ theme, startAtLogin }) => {
      nativeTheme.themeSource = theme;
      setStartAtLogin(startAtLogin, { home, env, report });
    },
    copy: async (text) => clipboard.writeText(text),
    askOnQuit: async () => {
      const { response } = await dialog.showMessageBox({
        type: 'question',
        message: 'Stop Letta too?',
        detail: 'Its data stays either way. Left running, it answers until this computer is shut down.',
        buttons: ['Keep it running', 'Stop it', 'Cancel'],
        defaultId: 0,
        cancelId: 2,
        noLink: true,
      });
      return (['keep', 'stop'] as const)[response];
    },
    tell: (error) => {
      report('a command of the tray failed', error);
      const [first] = errorsOf(error).map((e) => say(e));
      dialog.showErrorBox('Letta Stack', `${first?.message ?? ''}\n\n${first?.next ?? ''}`.trim());
    },
  };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** What nobody foresaw is logged and shown once, with a way to copy it; the app goes on where it can. */
function watchForTheUnforeseen(report: (text: string, error?: unknown) => void): void {
  let isShown = false;
  const met = (error: unknown): void => {
    report('an error that nobody foresaw', error);
    if (isShown) return;
    isShown = true;
    void tellTheUnforeseen(inspect(error));
  };
  process.on('uncaughtException', met);
  process.on('unhandledRejection', met);
}

async function tellTheUnforeseen(detail: string): Promise<void> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    message: 'Something went wrong in Letta Stack',
    detail: 'The stack itself goes on. What happened is in the log of the app.',
    buttons: ['Continue', 'Copy details'],
    noLink: true,
  });
  if (response === 1) await clipboard.writeText(detail);
}
