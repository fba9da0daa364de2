import { mkdirSync, statfsSync } from 'node:fs';

/** What Node's cache of compiled code takes, with room to spare. Bytes. */
const ROOM = 32_000_000;

/**
 * Whether there is room in the folder for Node's compile cache; makes the folder. On a full disk Node would leave an
 * empty file for each module at each start.
 * @param room bytes that must be free
 */
export function hasRoomForCache(folder: string, room = ROOM): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= room;
  } catch {
    return false; // it is a convenience: without it a start takes longer
  }
}
