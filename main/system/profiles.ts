import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Ids of the bundled profiles, sorted: the folders that have a compose.yaml. Reads no file of theirs. */
export function profileIds(folder: string): string[] {
  return readdirSync(folder)
    .filter((id) => existsSync(join(folder, id, 'compose.yaml')))
    .toSorted();
}
