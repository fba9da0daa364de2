import {
  closeSync,
  copyFileSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

export function isErrno(e: unknown, code: string): e is NodeJS.ErrnoException {
  return e instanceof Error && 'code' in e && e.code === code;
}

/** The text of UTF-8 bytes, a byte order mark included; undefined where they are something else. */
export function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** No file of text that we read has more bytes. */
const LARGEST = 100_000_000;

/**
 * A regular file's bytes. A pipe would be waited for, and a device read, without an end.
 * @throws what Node throws; in the same form `EFTYPE` for what is no regular file, `EFBIG` for one of more bytes than
 * `largest`
 */
export function readRegular(path: string, largest = LARGEST): Buffer {
  const stats = statSync(path);
  // a folder has an error of its own
  if (!stats.isFile() && !stats.isDirectory())
    throw unfit('EFTYPE', 'a pipe or a device, not a regular file', path);
  if (stats.size > largest) throw unfit('EFBIG', `${stats.size} bytes, at most ${largest} are read`, path);
  return readFileSync(path);
}

const unfit = (code: 'EFTYPE' | 'EFBIG', what: string, path: string): Error =>
  Object.assign(new Error(`${code}: ${what}, read '${path}'`), { code, path });

/** The file's text without a byte order mark; undefined when there is no such file. @throws as `readRegular` */
export function readIfThere(path: string, largest?: number): string | undefined {
  try {
    return readRegular(path, largest)
      .toString('utf8')
      .replace(/^\uFEFF/, '');
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
