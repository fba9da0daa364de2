import { readFileSync, realpathSync } from 'node:fs';
import type { FileSource } from '../model/types.ts';

/** Reads the model's files from this machine's disk; throws Node's errors with their `code`. */
export const nodeFiles: FileSource = {
  read: (path) => readFileSync(path),
  realpath: (path) => realpathSync(path),
};
