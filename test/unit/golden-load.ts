import { posix } from 'node:path';
import { loadProject } from '../../main/model/load.ts';
import type { Loaded } from '../../main/model/types.ts';
import { findUserFiles } from '../../main/stack/user-files.ts';
import { BASE_ENV, ROOT, type GoldenCase } from './golden-cases.ts';
import { loadOptions, memoryFiles } from './memory-files.ts';

/** Loads a case as `letta-stack config` would, from memory, at the path that it was recorded at. */
export function loadCase(c: GoldenCase): Loaded {
  const root = posix.join(ROOT, c.name);
  const files: Record<string, Uint8Array> = {};
  for (const [path, bytes] of c.files) files[posix.join(root, path)] = bytes;
  const source = memoryFiles(files);
  const directory = posix.join(root, c.command.cwd ?? '.');
  const absolute = (path: string): string => posix.resolve(directory, path);
  const found = findUserFiles({
    files: (c.command.files ?? []).map(absolute),
    envFiles: (c.command.envFiles ?? []).map(absolute),
    composeProfiles: c.command.profiles ?? [],
    ...(c.command.directory !== undefined && { projectDirectory: absolute(c.command.directory) }),
    directory,
    env: { PWD: directory, ...BASE_ENV, ...c.command.env },
    source,
    path: posix,
  });
  const projectName = c.command.project ?? found.projectName;
  return loadProject(
    loadOptions(source, {
      files: found.files,
      workingDir: found.directory,
      ...(projectName !== undefined && { projectName }),
      variables: found.variables,
      profiles: found.composeProfiles,
      home: BASE_ENV['HOME'] ?? '',
    }),
  );
}
