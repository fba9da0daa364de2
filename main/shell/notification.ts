import { Notification } from 'electron';
import type { Notifying } from '../channels.ts';
import type { Note } from '../desktop/notify-words.ts';
import type { DesktopCommand } from '../desktop/tray-model.ts';
import { hasOwner, isActivatable } from './session-bus.ts';

const SERVER = 'org.freedesktop.Notifications';
/** Kept while they can be clicked: one that is collected as garbage answers no click. */
const shown = new Set<Notification>();

/**
 * Whether notifications can be shown here. On Linux a server on the session bus shows them, which may be started by the
 * first one (Desktop Notifications Specification, "D-BUS Protocol"); Electron tells nothing where there is none.
 */
export async function canNotify(): Promise<Exclude<Notifying, 'denied'>> {
  if (!Notification.isSupported()) return 'unsupported';
  if (process.platform !== 'linux') return 'shown';
  const isThere = (await hasOwner(SERVER)) ?? true;
  return isThere || (await isActivatable(SERVER)) ? 'shown' : 'unsupported';
}

/**
 * Shows a note; a click leads to its place, its button does the fix. Buttons are there on macOS and Windows; elsewhere
 * Electron has none. `failed` is told where the system refuses it.
 */
export function showNote(
  note: Note,
  run: (command: DesktopCommand) => void,
  failed: (why: string) => void,
): void {
  const hasButtons = process.platform === 'darwin' || process.platform === 'win32';
  const notification = new Notification({
    title: note.title,
    body: note.body,
    ...(hasButtons && note.fix && { actions: [{ type: 'button' as const, text: note.fix.text }] }),
  });
  shown.add(notification);
  notification.on('click', () => run(note.place));
  notification.on('action', () => {
    if (note.fix) run(note.fix.command);
  });
  notification.on('close', () => shown.delete(notification));
  notification.on('failed', (_event, why) => {
    shown.delete(notification);
    failed(why);
  });
  notification.show();
}
