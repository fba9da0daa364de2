import type { TrayCommand } from './tray-model.ts';

/** An entry of the application's menu: one that the system carries out itself, or one of ours. */
export type AppMenuEntry =
  | { readonly kind: 'separator' }
  /** `also` are keys that do it too, and are not shown */
  | { readonly kind: 'role'; readonly role: Role; readonly also: readonly string[] }
  | { readonly kind: 'command'; readonly text: string; readonly key: string; readonly command: TrayCommand };

type Role =
  | 'about'
  | 'close'
  | 'hide'
  | 'hideOthers'
  | 'unhide'
  | 'undo'
  | 'redo'
  | 'cut'
  | 'copy'
  | 'paste'
  | 'selectAll'
  | 'resetZoom'
  | 'zoomIn'
  | 'zoomOut'
  | 'togglefullscreen';

/** `windowMenu` is the system's own, as a whole. */
export type AppMenu =
  { readonly text: string; readonly entries: readonly AppMenuEntry[] } | { readonly role: 'windowMenu' };

/**
 * The application's menu, in the place of Electron's own with its reload and its website: the window's places by the
 * keys that the page has for them (renderer/places.ts), how large it is drawn, and Quit as the tray's, which is the way
 * out where nothing shows a tray. On Linux and Windows it is seen while Alt asks for it, and its keys hold all the
 * time; on macOS there is no copy and paste without it.
 */
export function appMenu(platform: NodeJS.Platform): readonly AppMenu[] {
  const isMac = platform === 'darwin';
  return [
    {
      text: 'Letta Stack',
      entries: [
        ...(isMac ? [role('about'), SEPARATOR] : []),
        command('Settings…', 'CmdOrCtrl+,', { do: 'show', view: 'settings' }),
        SEPARATOR,
        ...(isMac ? [role('hide'), role('hideOthers'), role('unhide'), SEPARATOR] : []),
        role('close'),
        command('Quit Letta Stack', 'CmdOrCtrl+Q', { do: 'quit' }),
      ],
    },
    {
      text: 'Edit',
      entries: [
        role('undo'),
        role('redo'),
        SEPARATOR,
        role('cut'),
        role('copy'),
        role('paste'),
        role('selectAll'),
        SEPARATOR,
        command('Find in Logs…', 'CmdOrCtrl+F', { do: 'show', view: 'logs', isFinding: true }),
      ],
    },
    {
      text: 'View',
      entries: [
        command('Overview', 'CmdOrCtrl+1', { do: 'show', view: 'overview' }),
        command('Logs', 'CmdOrCtrl+2', { do: 'show', view: 'logs' }),
        command('Doctor', 'CmdOrCtrl+3', { do: 'show', view: 'doctor' }),
        SEPARATOR,
        role('resetZoom', 'CmdOrCtrl+num0'),
        // the plus is written with Shift on many a keyboard
        role('zoomIn', 'CmdOrCtrl+=', 'CmdOrCtrl+numadd'),
        role('zoomOut', 'CmdOrCtrl+numsub'),
        SEPARATOR,
        role('togglefullscreen'),
      ],
    },
    ...(isMac ? [{ role: 'windowMenu' } as const] : []),
  ];
}

const SEPARATOR: AppMenuEntry = { kind: 'separator' };

function role(of: Role, ...also: string[]): AppMenuEntry {
  return { kind: 'role', role: of, also };
}

function command(text: string, key: string, done: TrayCommand): AppMenuEntry {
  return { kind: 'command', text, key, command: done };
}
