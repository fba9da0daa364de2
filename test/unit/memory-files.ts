import { posix } from 'node:path';
import { Failure, type AppError } from '../../main/errors.ts';
import { loadProject } from '../../main/model/load.ts';
import type { FileSource, LoadOptions } from '../../main/model/types.ts';

/** Texts and bytes at absolute posix paths; an `Error` is thrown when its path is read. */
export type Files = Readonly<Record<string, string | Uint8Array | Error>>;

/** An error as the file system throws it. */
export function fileError(code: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

/** A file system of these files. */
export function memoryFiles(files: Files): FileSource {
  const isFolder = (path: string): boolean => Object.keys(files).some((file) => file.startsWith(`${path}/`));
  return {
    read(path) {
      const found = Object.hasOwn(files, path) ? files[path] : undefined;
      if (found instanceof Error) throw found;
      if (found === undefined) throw fileError(isFolder(path) ? 'EISDIR' : 'ENOENT', path);
      return typeof found === 'string' ? new TextEncoder().encode(found) : found;
    },
  };
}

/** What loading takes, with nothing of this machine in it. */
export function loadOptions(source: FileSource, some: Partial<LoadOptions> = {}): LoadOptions {
  return {
    files: ['/p/compose.yaml'],
    workingDir: '/p',
    variables: {},
    profiles: [],
    source,
    path: posix,
    home: '/home/golden',
    ...some,
  };
}

/** What reading /p/compose.yaml (or the files of `options`) says is wrong; nothing when it loads. */
export function errorsOf(files: Files, options: Partial<LoadOptions> = {}): readonly AppError[] {
  try {
    loadProject(loadOptions(memoryFiles(files), options));
  } catch (e) {
    if (e instanceof Failure) return e.errors;
    throw e;
  }
  return [];
}
