import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const WATCHER = 'org.kde.StatusNotifierWatcher';
const WITHIN_MS = 2_000;

/** Programs of which a desktop has at least one; each prints whether a name on the session bus has an owner. */
const ASKERS: readonly (readonly [program: string, ...args: string[]])[] = [
  [
    'gdbus',
    'call',
    '--session',
    '--dest=org.freedesktop.DBus',
    '--object-path=/org/freedesktop/DBus',
    '--method=org.freedesktop.DBus.NameHasOwner',
    WATCHER,
  ],
  [
    'busctl',
    '--user',
    'call',
    'org.freedesktop.DBus',
    '/org/freedesktop/DBus',
    'org.freedesktop.DBus',
    'NameHasOwner',
    's',
    WATCHER,
  ],
  [
    'dbus-send',
    '--session',
    '--print-reply',
    '--dest=org.freedesktop.DBus',
    '/org/freedesktop/DBus',
    'org.freedesktop.DBus.NameHasOwner',
    `string:${WATCHER}`,
  ],
];

/**
 * Whether something shows tray icons: on Linux a StatusNotifierWatcher on the session bus (freedesktop.org, "Status
 * Notifier Item"); stock GNOME has none, and a tray made there is seen by nobody. Undefined where it cannot be asked.
 */
export async function hasTrayHost(): Promise<boolean | undefined> {
  if (process.platform !== 'linux') return true;
  for (const [program, ...args] of ASKERS) {
    try {
      const { stdout } = await promisify(execFile)(program, args, { timeout: WITHIN_MS });
      return /\btrue\b/.test(stdout);
    } catch {
      // not there, or there is no bus: the next one
    }
  }
  return undefined;
}
