import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Unpacks Debian's packages into a folder, below `root`, and gives that: nothing is installed. */
export async function unpackPackages(folder: string, ...names: readonly string[]): Promise<string> {
  const root = path.join(folder, 'root');
  await execute('apt-get', ['download', '-qq', ...names], { cwd: folder });
  for (const deb of (await readdir(folder)).filter((name) => name.endsWith('.deb')))
    await execute('dpkg-deb', ['-x', path.join(folder, deb), root]);
  return root;
}
