import type { TrayCommand } from './tray-model.ts';

/** An entry of the application's menu: one that the system carries out itself, or one of ours. */
export type AppMenuEntry =
  | { readonly kind: 'separator' }
  | { readonly kind: 'role'; readonly role: Role }
  | { readonly kind: 'command'; readonly text: string; readonly key: string; readonly command: TrayCommand };

type Role =
  | 'about'
  | 'hide'
  | 'hideOthers'
  | 'unhide'
  | 'undo'
  | 'redo'
  | 'cut'
  | 'copy'
  | 'paste'
  | 'selectAll'
  | 'togglefullscreen';

/** `windowMenu` is the system's own, as a whole. */
export type AppMenu =
  { readonly text: string; readonly entries: readonly AppMenuEntry[] } | { readonly role: 'windowMenu' };

/**
 * The application's menu: none on Linux and Windows, where Electron's own would offer a Quit of its own, a reload and
 * its website; on macOS the usual ones, without which there is no copy and paste, with the window's places by the keys
 * that the page has for them (renderer/places.ts), and Quit as the tray's.
 */
export function appMenu(platform: NodeJS.Platform): readonly AppMenu[] {
  if (platform !== 'darwin') return [];
  return [
    {
      text: 'Letta Stack',
      entries: [
        role('about'),
        SEPARATOR,
        command('Settings…', 'Cmd+,', { do: 'show', view: 'settings' }),
        SEPARATOR,
        role('hide'),
        role('hideOthers'),
        role('unhide'),
        SEPARATOR,
        command('Quit Letta Stack', 'Cmd+Q', { do: 'quit' }),
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
        command('Find in Logs…', 'Cmd+F', { do: 'show', view: 'logs', isFinding: true }),
      ],
    },
    {
      text: 'View',
      entries: [
        command('Overview', 'Cmd+1', { do: 'show', view: 'overview' }),
        command('Logs', 'Cmd+2', { do: 'show', view: 'logs' }),
        command('Doctor', 'Cmd+3', { do: 'show', view: 'doctor' }),
        SEPARATOR,
        role('togglefullscreen'),
      ],
    },
    { role: 'windowMenu' },
  ];
}

const SEPARATOR: AppMenuEntry = { kind: 'separator' };

function role(of: Role): AppMenuEntry {
  return { kind: 'role', role: of };
}

function command(text: string, key: string, done: TrayCommand): AppMenuEntry {
  return { kind: 'command', text, key, command: done };
}
