import type { KeyStore } from '../main/channels.ts';
import type { Look } from './looks.ts';

export interface StoreWords {
  readonly look: Look;
  readonly why: string;
  /** what to do about it; empty where nothing must */
  readonly next: string;
  /** nothing can be kept there as it is, and an encrypted file can stand in for it */
  readonly offersFile: boolean;
  readonly canUnlock: boolean;
}

const ok: Look = { icon: 'ok', word: 'Open', tone: 'ok' };
const bad = (word: string): Look => ({ icon: 'bad', word, tone: 'bad' });

/** What the state of the store means, and what to do about it. */
export function storeWords({ kind, status }: KeyStore): StoreWords {
  if (kind === 'file') return FILE[status === 'ok' || status === 'locked' ? status : 'absent'];
  return KEYCHAIN[status];
}

const KEYCHAIN: Readonly<Record<KeyStore['status'], StoreWords>> = {
  ok: {
    look: ok,
    why: 'Keys are kept in this computer’s keychain, for the app and the terminal alike.',
    next: '',
    offersFile: false,
    canUnlock: false,
  },
  locked: {
    look: { icon: 'warn', word: 'Locked', tone: 'warn' },
    why: 'The keychain is locked: nothing can be stored, and no start that needs a key can have it.',
    next: 'Unlock it: the system asks for its password, for a minute at most.',
    offersFile: false,
    canUnlock: true,
  },
  'no-keyring': {
    look: bad('No keyring'),
    why: 'The keychain runs, and has no keyring to keep secrets in.',
    next: 'Make a default keyring, for example in Seahorse (“Passwords and Keys”), then look again.',
    offersFile: true,
    canUnlock: false,
  },
  'no-bus': {
    look: bad('Not reached'),
    why: 'The keychain cannot be reached: there is no session bus.',
    next: 'Start the app in a desktop session (DBUS_SESSION_BUS_ADDRESS).',
    offersFile: true,
    canUnlock: false,
  },
  absent: {
    look: bad('None'),
    why: 'This machine has no keychain.',
    next: 'Install and start one (gnome-keyring, KWallet or KeePassXC), then look again.',
    offersFile: true,
    canUnlock: false,
  },
};

const FILE: Readonly<Record<'ok' | 'locked' | 'absent', StoreWords>> = {
  ok: {
    look: ok,
    why: 'Keys are kept in a file that your passphrase encrypts. The app keeps the passphrase until it quits.',
    next: '',
    offersFile: false,
    canUnlock: false,
  },
  locked: {
    look: { icon: 'warn', word: 'Closed', tone: 'warn' },
    why: 'The file with your keys is closed: its passphrase was not given since the app was started.',
    next: 'Open it with its passphrase.',
    offersFile: false,
    canUnlock: true,
  },
  absent: {
    look: { icon: 'absent', word: 'Not there yet', tone: 'quiet' },
    why: 'Keys are to be kept in an encrypted file, which is made with the first of them.',
    next: 'Give the passphrase that shall open it.',
    offersFile: false,
    canUnlock: true,
  },
};
