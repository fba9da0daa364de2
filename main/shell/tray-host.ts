import { hasOwner } from './session-bus.ts';

/**
 * Whether something shows tray icons: on Linux a StatusNotifierWatcher on the session bus (freedesktop.org, "Status
 * Notifier Item"); stock GNOME has none, and a tray made there is seen by nobody. Without a session bus there is none
 * either. Undefined where it cannot be asked.
 */
export function hasTrayHost(): Promise<boolean | undefined> {
  return process.platform === 'linux' ? hasOwner('org.kde.StatusNotifierWatcher') : Promise.resolve(true);
}
