// The Electron of package.json, for a start from a clone. Its package fetches the program at the first use.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { NODE, ROOT } from './prepare.mjs';

/** Whether there is a screen to show a tray on; on macOS and Windows a session has one. */
export function hasDisplay({ platform, env }) {
  if (platform === 'darwin' || platform === 'win32') return true;
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/** Path of the program, fetched if it must be; undefined, and said why, where it cannot be had. */
export function electronPath(say) {
  const folder = path.join(ROOT, 'node_modules', 'electron');
  // ELECTRON_OVERRIDE_DIST_PATH names one that is there already
  const code = 'process.stdout.write(require(process.argv[1]))';
  const { status, stdout, stderr } = spawnSync(NODE, ['-e', code, folder], { encoding: 'utf8' });
  const found = stdout.trim().split('\n').at(-1) ?? '';
  if (status === 0 && path.isAbsolute(found)) return found;
  const { version } = createRequire(import.meta.url)(path.join(folder, 'package.json'));
  say(`Electron ${version} could not be fetched, so this goes on in the terminal.`);
  const reason = stderr.split('\n').find((line) => /Error/.test(line));
  if (reason) say(reason.trim());
  return undefined;
}
