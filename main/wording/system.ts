import { row } from './row.ts';

/** What to do on a machine that has no usable keychain; the file is never chosen by itself. */
const OR_FILE =
  'or keep secrets in an encrypted file instead: letta-stack settings set secretStore file (with a passphrase).';

export const systemWording = {
  'system.folder': row<{ folder: string; reason: string }>(
    1,
    (d) => `The folder ${d.folder} cannot be used: ${d.reason}`,
    (d) => `Make ${d.folder} writable for you, or name another place with LETTA_STACK_HOME.`,
  ),
  'system.folder-unsafe': row<{ folder: string; owner: number }>(
    1,
    (d) => `${d.folder} is not a folder of yours (owner: user ${d.owner}); nothing was put into it.`,
    (d) => `Remove ${d.folder}, or name another place with LETTA_STACK_HOME.`,
  ),
  'lock.path': row<{ folder: string }>(
    1,
    (d) => `The path of ${d.folder} is too long for a socket in it.`,
    'Set XDG_RUNTIME_DIR or LETTA_STACK_HOME to a folder with a shorter path.',
  ),
  'lock.silent': row<{ pid: number }>(
    1,
    (d) => `Process ${d.pid} works on this and does not answer.`,
    (d) => `If it hangs, end it (kill ${d.pid}), then run the command again: nothing is left locked.`,
  ),
  'lock.other-version': row<{ pid: number }>(
    1,
    (d) =>
      `Process ${d.pid} works on this with another version of Letta Stack, and does what this one does not know.`,
    'Wait for it, or use its version.',
  ),
  'lock.timeout': row<{ name: string }>(
    1,
    (d) => `Another letta-stack has kept ${d.name} locked for 30 s.`,
    'Wait for it or end it, then run the command again.',
  ),
  'settings.broken': row<{ file: string; reason: string }>(
    1,
    (d) => `The settings in ${d.file} cannot be read (${d.reason}); the defaults stand in for them.`,
    (d) => `Repair ${d.file}; nothing is started or changed by the defaults before you were told.`,
  ),
  'settings.refused': row<{ file: string; reason: string; aside?: string }>(
    2,
    (d) =>
      `Nothing was changed: the settings in ${d.file} could not be read (${d.reason})` +
      (d.aside === undefined ? ', and are repaired now' : `. Your file is kept as ${d.aside}`),
    (d) =>
      d.aside === undefined
        ? 'Run the command again.'
        : `Repair it and put it back as ${d.file}, or run the command again to go on with the defaults.`,
  ),
  'settings.replaced': row<{ file: string; aside: string; reason: string }>(
    1,
    (d) => `The settings in ${d.file} could not be read (${d.reason}) and were begun anew from the defaults.`,
    (d) => `Your file is kept as ${d.aside}: repair it and put it back, or set what you need again.`,
  ),
  'settings.newer': row<{ file: string; version: number }>(
    2,
    (d) => `${d.file} was written by a newer letta-stack (settings version ${d.version}).`,
    'Use that version, or set LETTA_STACK_HOME to work with settings of their own.',
  ),
  'settings.invalid': row<{ reason: string }>(
    2,
    (d) => `These settings cannot be kept: ${d.reason}`,
    'Run letta-stack settings to see what can be set.',
  ),
  'settings.unreadable': row<{ file: string; reason: string }>(
    1,
    (d) => `The settings cannot be read: ${d.reason}`,
    (d) => `Make ${d.file} a file that you may read.`,
  ),
  'secrets.locked': row<{ reason: string }>(
    1,
    (d) => `The keychain is locked: ${d.reason}`,
    `Unlock it (log in to the desktop, or start gnome-keyring-daemon --unlock), ${OR_FILE}`,
  ),
  'secrets.no-keyring': row<{ reason: string }>(
    1,
    (d) => `The keychain has no keyring to keep secrets in: ${d.reason}`,
    `Make a default keyring (for example in Seahorse, "Passwords and Keys"), ${OR_FILE}`,
  ),
  'secrets.no-bus': row<{ reason: string }>(
    1,
    (d) => `The keychain cannot be reached, there is no session bus: ${d.reason}`,
    `Run this in a desktop session (DBUS_SESSION_BUS_ADDRESS), ${OR_FILE}`,
  ),
  'secrets.no-service': row<{ reason: string }>(
    1,
    (d) => `This machine has no keychain: ${d.reason}`,
    `Install and start one (gnome-keyring, KWallet or KeePassXC), ${OR_FILE}`,
  ),
  'secrets.failed': row<{ reason: string }>(
    1,
    (d) => `The keychain refused: ${d.reason}`,
    `Look at the keychain with the system's own program, ${OR_FILE}`,
  ),
  'secrets.not-kept': row<{ name: string; store: string }>(
    1,
    (d) => `${d.name} was written to ${d.store}, but reading it back gave something else.`,
    'Nothing was done with it. Check the store with letta-stack doctor, then set it again.',
  ),
  'secrets.wrong-passphrase': row<{ file: string }>(
    1,
    (d) => `The passphrase does not open ${d.file}.`,
    'Try again. Without its passphrase the file cannot be opened by anybody.',
  ),
  'secrets.file-broken': row<{ file: string; reason: string }>(
    1,
    (d) => `${d.file} cannot be opened: ${d.reason}`,
    (d) => `Put a copy of ${d.file} back (letta-stack secrets export makes one), or set the secrets again.`,
  ),
  'secrets.no-passphrase': row<{ file: string }>(
    1,
    (d) => `${d.file} needs its passphrase, and nobody can be asked here.`,
    'Name a file that holds it in LETTA_STACK_PASSPHRASE_FILE.',
  ),
  'secrets.passphrase-file': row<{ file: string; reason: string }>(
    2,
    (d) => `The passphrase cannot be read from ${d.file}: ${d.reason}`,
    'Make LETTA_STACK_PASSPHRASE_FILE name a file whose first line is the passphrase.',
  ),
};
