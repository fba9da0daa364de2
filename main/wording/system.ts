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
  'system.folder-relative': row<{ folder: string }>(
    2,
    (d) => `LETTA_STACK_HOME is ${d.folder}, which is another folder wherever it is used.`,
    'Give it from the root on, as /home/you/letta; or unset it.',
  ),
  'system.disk-full': row<{ reason: string }>(
    1,
    (d) => `The disk is full, and this could not be written: ${d.reason}`,
    'Free some space and try it again. What was written before is as it was.',
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
    (d) =>
      `The settings in ${d.file} cannot be read (${d.reason}); what held before, or the defaults, stand in for them.`,
    (d) => `Repair ${d.file}; nothing is started or changed without it before you were told.`,
  ),
  'settings.refused': row<{
    file: string;
    reason: string;
    isRepaired: boolean;
    aside?: string;
    /** other things may have been done before the settings were to be written */
    isUpdate?: boolean;
  }>(
    2,
    (d) =>
      d.isUpdate
        ? `The settings in ${d.file} were not changed: they cannot be read (${d.reason})`
        : `Nothing was changed: the settings in ${d.file} could not be read (${d.reason})` +
          (d.isRepaired ? ', and are repaired now' : '') +
          (d.aside === undefined ? '' : `. Your file is kept as ${d.aside}`),
    (d) => {
      if (d.isRepaired) return 'Try it again.';
      if (d.isUpdate)
        return `Repair ${d.file}, or move it away to begin anew with the defaults. Then try it again.`;
      return d.aside === undefined
        ? `Repair ${d.file}: it is followed at once. Or move it away, to begin anew with the defaults.`
        : `Repair it and put it back as ${d.file}, or run the command again to go on with the defaults.`;
    },
  ),
  'settings.not-noted': row<{ file: string; reason: string }>(
    1,
    (d) => `The settings in ${d.file} are changed, and the history could not note it: ${d.reason}`,
    'Look whether the disk is full. letta-stack history will not name this change.',
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
  'settings.bad-value': row<{ name: string; value: string; problem: string }>(
    2,
    (d) => `${d.name} cannot be "${d.value}": ${d.problem}.`,
    'Nothing was changed: give another value.',
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
  'secrets.no-answer': row<{ seconds: number }>(
    1,
    (d) => `The store of your keys did not answer within ${d.seconds} s.`,
    'Look whether it asks to be unlocked, or try it: letta-stack doctor{stack} --only secrets',
  ),
  'secrets.left-in': row<Record<string, never>>(
    1,
    () => 'Secrets are not taken out of these lines.',
    'Open the store of your keys, then read them again; as they are, show them to nobody.',
  ),
  'secrets.not-kept': row<{ name: string; store: string }>(
    1,
    (d) => `${d.name} was written to ${d.store}, but reading it back gave something else.`,
    'Nothing was done with it. Check the store with letta-stack doctor, then set it again.',
  ),
  'secrets.bound': row<{ name: string; volume: string }>(
    2,
    (d) =>
      `${d.name} was not removed: the data in volume ${d.volume} was made with it, and is no use without it`,
    'Replace it instead; it goes with its data when everything of the stack is removed.',
  ),
  'secrets.import-unreadable': row<{ file: string; reason: string }>(
    2,
    (d) => `${d.file} cannot be read: ${d.reason}`,
    'Choose a file with lines such as OPENAI_API_KEY=…, or one that letta-stack secrets export made.',
  ),
  'secrets.import-nothing': row<{ file: string; project: string }>(
    2,
    (d) => `Nothing was stored: ${d.file} has nothing that ${d.project} can take`,
    'Look at the names above, and at letta-stack secrets{stack} for what can be set.',
  ),
  'secrets.import-kept': row<{ file: string; reason: string }>(
    1,
    (d) => `${d.file} was not deleted: ${d.reason}`,
    'What was stored from it is stored. Look at the file, and delete it yourself.',
  ),
  'secrets.doubtful': row<{ name: string; doubt: string }>(
    1,
    (d) => `${d.name} is stored as it was given, and may be wrong: ${d.doubt}`,
    (d) => `If so, set it again with: letta-stack secrets set{stack} ${d.name}`,
  ),
  'secrets.short-password': row<{ name: string; least: number; word: string }>(
    2,
    (d) =>
      `${d.name} was not changed: a ${d.word} of the server has at least ${d.least} characters, in one line`,
    'Choose a longer one, or have one made. One that is in use is taken from a file: letta-stack secrets import --doubtful.',
  ),
  'secrets.passphrase-asked': row<{ file: string }>(
    1,
    (d) => `${d.file} is closed: its passphrase was not given since the app was started`,
    'Open it with its passphrase: Settings, Keys.',
  ),
  'secrets.short-passphrase': row<{ least: number }>(
    2,
    (d) => `A passphrase of less than ${d.least} characters does not protect the file`,
    'Choose a longer one: some words in a row are good.',
  ),
  'secrets.removal-changed': row<Record<string, never>>(
    2,
    () => 'Nothing was removed: what there is is not what was shown, or something else was typed',
    'Look at the list again.',
  ),
  'secrets.import-gone': row<Record<string, never>>(
    2,
    () => 'Nothing was done: the file was read too long ago',
    'Choose the file again.',
  ),
  'secrets.no-provider': row<{ provider: string; project: string }>(
    2,
    (d) => `${d.project === '' ? 'Letta Stack' : d.project} takes nothing of a provider "${d.provider}"`,
    'Choose one of those that are listed.',
  ),
  'secrets.no-call': row<{ provider: string }>(
    2,
    (d) => `There is no call that tries ${d.provider} from here`,
    'Start the stack: the server uses it then, and its log says what it meets.',
  ),
  'secrets.provider-unset': row<{ provider: string; missing: readonly string[] }>(
    2,
    (d) => `${d.provider} cannot be tried yet: ${d.missing.join(' and ')} is not set`,
    'Set it, then test again.',
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
  'doctor.no-repair': row<{ id: string }>(
    2,
    (d) => `The check ${d.id} has nothing that a program could mend.`,
    'Do what it says by hand: letta-stack doctor{stack}',
  ),
  'doctor.not-repaired': row<{ service: string; reason: string }>(
    1,
    (d) => `${d.service} could not be mended: ${d.reason}`,
    (d) => `Look at what it says: letta-stack logs{stack} ${d.service}`,
  ),
  'doctor.needs-word': row<{ what: string; texts: readonly string[] }>(
    2,
    (d) => `${d.what}: not done, since it needs your word.\n${d.texts.join('\n')}`,
    'See what it would do: letta-stack plan{stack}; then say yes to it: letta-stack up{stack}',
  ),
  'doctor.no-answer': row<{ service: string; reason: string }>(
    1,
    (d) => `${d.service} does not answer: ${d.reason}`,
    (d) => `Look at what it says: letta-stack logs{stack} ${d.service}`,
  ),
  'doctor.slow': row<{ seconds: number }>(
    1,
    (d) => `No answer within ${d.seconds} s.`,
    'Look whether the machine is busy, then examine it again.',
  ),
};
