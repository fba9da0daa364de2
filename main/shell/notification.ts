import { Notification } from 'electron';
import type { Note } from '../desktop/notify-words.ts';
import type { TrayCommand } from '../desktop/tray-model.ts';

/** Kept while they can be clicked: one that is collected as garbage answers no click. */
const shown = new Set<Notification>();

/**
 * Shows a note; a click leads to its place, its button does the fix. Buttons are there on macOS and Windows; elsewhere
 * Electron has none.
 */
export function showNote(
  note: Note,
  run: (command: TrayCommand) => void,
  report: (text: string, error?: unknown) => void,
): void {
  if (!Notification.isSupported()) return report('notifications are not supported here');
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
  notification.on('failed', (_event, error) => {
    shown.delete(notification);
    report('a notification could not be shown', error);
  });
  notification.show();
}
