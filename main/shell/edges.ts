import { join } from 'node:path';
import { inspect } from 'node:util';
import { app, clipboard, dialog, nativeTheme, type OpenDialogOptions } from 'electron';
import packageFile from '../../package.json' with { type: 'json' };
import { PUSHES } from '../channels.ts';
import type { Calls } from '../desktop/calls.ts';
import type { DesktopEdges } from '../desktop/desktop.ts';
import type { PathKind } from '../desktop/settings-calls.ts';
import { AppLog } from '../desktop/log.ts';
import type { TrayModel } from '../desktop/tray-model.ts';
import { errorsOf, say } from '../errors.ts';
import { ownFolders } from '../system/paths.ts';
import { openSettings } from '../system/settings.ts';
import { leftInPlace } from '../system/settings-watch.ts';
import { openState } from '../system/state.ts';
import { push } from './ipc.ts';
import { setStartAtLogin } from './login-item.ts';
import { openExternal } from './open-external.ts';
import { openFolder } from './open-folder.ts';
import { PLACES } from './places.ts';
import { electronSettingsStore } from './settings-store.ts';
import { canNotify, showNote } from './notification.ts';
import { hasTrayHost } from './tray-host.ts';
import type { MainWindow } from './window.ts';

/** How a dialog asks for what is there already. */
const CHOICES: Readonly<Record<PathKind, OpenDialogOptions>> = {
  'compose file': {
    title: 'Open a Compose file',
    filters: [{ name: 'Compose files', extensions: ['yaml', 'yml'] }],
    properties: ['openFile'],
  },
  file: { properties: ['openFile'] },
  folder: { properties: ['openDirectory'] },
};

interface Given {
  readonly home: string;
  readonly window: MainWindow;
  readonly onTray: (model: TrayModel) => void;
  /** told once who answers the window's calls */
  readonly answering: (calls: Calls) => void;
}

/** The app's edges: the terminal's folders and state, electron-store for the settings, Electron for the rest. */
export async function appEdges({ home, window, onTray, answering }: Given): Promise<DesktopEdges> {
  const { env, platform } = process;
  const ours = ownFolders(env, home, platform);
  const log = new AppLog(ours.logs);
  const state = openState(ours);
  const report = (text: string, error?: unknown): void => log.write('error', text, error);
  watchForTheUnforeseen(log);

  return {
    core: {
      env,
      platform,
      home,
      profilesFolder: PLACES.profiles,
      folders: ours,
      // the window says that it is broken until it is repaired
      settings: leftInPlace(openSettings(electronSettingsStore(ours.config), ours, state)),
      state,
      onWarning: (warning) => report(say(warning).message),
      version: packageFile.version,
    },
    log,
    onTray,
    handleCalls: answering,
    showWindow: () => window.show(),
    hasTrayHost,
    onWindowSeen: (then) => {
      window.onSeen = then;
    },
    onWindowClosed: (then) => {
      window.onClosed = then;
    },
    canNotify,
    showNote,
    isWindowInFront: () => window.isInFront,
    push: (name, value) => push(window.current, name, PUSHES[name].parse(value)),
    openExternal: async (url, own) => {
      try {
        await openExternal(url, own);
      } catch (error) {
        report('an address was not opened', error);
        throw error;
      }
    },
    openFolder,
    chooseFile: async (name) => {
      const options = { defaultPath: join(app.getPath('documents'), name) };
      const { current } = window;
      const chosen = current
        ? await dialog.showSaveDialog(current, options)
        : await dialog.showSaveDialog(options);
      return chosen.canceled || chosen.filePath === '' ? undefined : chosen.filePath;
    },
    chooseToRead: () => chooseOne(window, { properties: ['openFile', 'showHiddenFiles'] }),
    choosePath: (kind) => chooseOne(window, CHOICES[kind]),
    follow: ({ theme, startAtLogin }) => {
      nativeTheme.themeSource = theme;
      setStartAtLogin(startAtLogin, { home, env, report });
    },
    copy: async (text) => clipboard.writeText(text),
    copied: async () => clipboard.readText(),
    clearClipboard: async () => clipboard.clear(),
    ask: async ({ message, detail, buttons }) => {
      const { response } = await dialog.showMessageBox({
        type: 'question',
        message,
        detail,
        buttons: [...buttons],
        defaultId: 0,
        cancelId: buttons.length - 1,
        noLink: true,
      });
      return response;
    },
    zoom: (by) => window.zoom(by),
    quit: () => app.quit(),
    tell: (error) => {
      report('a command of the tray failed', error);
      const [first] = errorsOf(error).map((e) => say(e));
      // not the box for errors, which would hold up all of the app until it is closed
      void dialog.showMessageBox({
        type: 'error',
        message: first?.message ?? 'Something went wrong in Letta Stack',
        detail: first?.next ?? '',
        buttons: ['OK'],
        noLink: true,
      });
    },
  };
}

/** Asks for a file that is there; undefined: the user chose none. */
async function chooseOne({ current }: MainWindow, options: OpenDialogOptions): Promise<string | undefined> {
  const chosen = current
    ? await dialog.showOpenDialog(current, options)
    : await dialog.showOpenDialog(options);
  return chosen.canceled ? undefined : chosen.filePaths[0];
}

/** What nobody foresaw is logged and shown once, with a way to copy it; the app goes on where it can. */
function watchForTheUnforeseen(log: AppLog): void {
  let isShown = false;
  const met = (error: unknown): void => {
    log.write('error', 'an error that nobody foresaw', error);
    if (isShown) return;
    isShown = true;
    void tellTheUnforeseen(log.secrets.redacted(inspect(error)));
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
