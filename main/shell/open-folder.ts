import { statSync } from 'node:fs';
import { shell } from 'electron';

/**
 * Shows a folder of the user's in the file manager. The system would start a program that lies at the path instead: the
 * label of a container that others made may name one, so what is no folder is refused, and a bundle of macOS, which is a
 * folder and a program, is shown in the one it lies in (Electron, `shell.openPath`).
 * @throws Error with what the system said
 */
export async function openFolder(folder: string): Promise<void> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`${folder} is no folder`);
  if (process.platform === 'darwin' && BUNDLE.test(folder)) return shell.showItemInFolder(folder);
  const problem = await shell.openPath(folder);
  if (problem !== '') throw new Error(problem);
}

/** A folder with an extension may be a bundle: `.app`, `.workflow`, `.prefPane` … */
const BUNDLE = /\.[a-z0-9]+\/*$/i;
