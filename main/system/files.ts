import {
  closeSync,
  copyFileSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

export function isErrno(e: unknown, code: string): e is NodeJS.ErrnoException {
  return e instanceof Error && 'code' in e && e.code === code;
}

/** The file's text without a byte order mark; undefined when there is no such file. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (e) {
    if (isErrno(e, 'ENOENT')) return undefined;
    throw e;
  }
}

/**
 * Replaces a file of ours (0600): a crash leaves the old content or the new one. The caller holds the file's lock,
 * so one name is enough for what is being written, and what a killed process left is overwritten.
 */
export function writeAtomic(path: string, content: string | Uint8Array): void {
  const growing = `${path}.new`;
  const file = openSync(growing, 'w', 0o600);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(growing, path);
  syncFolder(dirname(path));
}

/** A new name is on disk when its folder is; Windows cannot open a folder and does it by itself. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Moves a file that cannot be read out of the way, beside itself; where it is now. */
export function keepAside(path: string, now = new Date()): string {
  const aside = asideOf(path, now);
  renameSync(path, aside);
  return aside;
}

/** As `keepAside`, of a file that stays where it is until another replaces it. */
export function copyAside(path: string, now = new Date()): string {
  const aside = asideOf(path, now);
  copyFileSync(path, aside);
  return aside;
}

/** Windows allows no colon in a name. */
const asideOf = (path: string, now: Date): string =>
  `${path}.broken-${now.toISOString().replaceAll(':', '-')}`;
