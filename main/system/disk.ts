import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isErrno } from './files.ts';

/** Bytes that this user may still write at `path`, or at the nearest folder above it that is there. */
export async function freeBytes(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch (e) {
    const above = dirname(path);
    if (isErrno(e, 'ENOENT') && above !== path) return freeBytes(above);
    throw e;
  }
}
