import { realpathSync } from 'node:fs';
import type { FileSource } from '../model/types.ts';
import { readRegular } from './files.ts';

/** Reads the model's files from this machine's disk; throws as `readRegular`, errors with their `code`. */
export const nodeFiles: FileSource = {
  read: (path) => readRegular(path),
  realpath: (path) => realpathSync(path),
};
