import { chmodSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import { failure } from '../errors.ts';
import type { Folders } from './types.ts';

const NAME = 'letta-stack';

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** the user's home folder */
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** 0 where the platform has none */
  readonly uid: number;
  /** whether a folder is there; only asked for `/run/user/<uid>` */
  readonly isFolder: (path: string) => boolean;
}

/**
 * The folders of this user, the same for app and terminal. Nothing is made or read here.
 * Linux follows the XDG Base Directory Specification (a relative path in a variable is ignored, as it asks);
 * `LETTA_STACK_HOME` puts everything into one folder.
 * @throws Failure `system.folder-relative` where that is not absolute: started elsewhere, keys and settings would be gone
 */
export function folders(around: Surroundings): Folders {
  const { env, home, platform } = around;
  const path = platform === 'win32' ? win32 : posix;
  const join = (...parts: string[]): string => path.join(...parts);
  const own = env['LETTA_STACK_HOME'];
  if (own) {
    if (!path.isAbsolute(own)) throw failure('system.folder-relative', { folder: own });
    return {
      config: join(own, 'config'),
      state: join(own, 'state'),
      logs: join(own, 'logs'),
      runtime: join(own, 'run'),
    };
  }
  /** the variable's folder, or one under home */
  const base = (variable: string, ...otherwise: string[]): string => {
    const value = env[variable];
    return value && path.isAbsolute(value) ? value : join(home, ...otherwise);
  };
  if (platform === 'win32') {
    const local = join(base('LOCALAPPDATA', 'AppData', 'Local'), NAME);
    return {
      config: join(base('APPDATA', 'AppData', 'Roaming'), NAME),
      state: join(local, 'state'),
      logs: join(local, 'logs'),
      runtime: join(local, 'run'),
    };
  }
  if (platform === 'darwin') {
    const support = join(home, 'Library', 'Application Support', NAME);
    return {
      config: support,
      state: join(support, 'state'),
      logs: join(home, 'Library', 'Logs', NAME),
      // not TMPDIR: it differs between a login session and ssh, and both must find one lock
      runtime: join(home, 'Library', 'Caches', NAME),
    };
  }
  const state = join(base('XDG_STATE_HOME', '.local', 'state'), NAME);
  return {
    config: join(base('XDG_CONFIG_HOME', '.config'), NAME),
    state,
    logs: join(state, 'logs'),
    runtime: linuxRuntime(around),
  };
}

/** `XDG_RUNTIME_DIR` is missing under cron and `su`: its usual place is asked before falling back to /tmp. */
function linuxRuntime({ env, uid, isFolder }: Surroundings): string {
  const given = env['XDG_RUNTIME_DIR'];
  if (given && posix.isAbsolute(given)) return posix.join(given, NAME);
  const usual = `/run/user/${uid}`;
  return isFolder(usual) ? posix.join(usual, NAME) : `/tmp/${NAME}-${uid}`;
}

/** The folders of this process's user, made where they are missing. Throws as `openFolders`. */
export function ownFolders(env: Surroundings['env'], home: string, platform: NodeJS.Platform): Folders {
  return openFolders(folders({ env, home, platform, uid: process.getuid?.() ?? 0, isFolder: hasFolder }));
}

function hasFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * Makes the folders, for this user alone (0700). Throws `system.folder` when one cannot be made and
 * `system.folder-unsafe` when one belongs to somebody else (anybody may make a folder in /tmp first).
 */
export function openFolders(all: Folders): Folders {
  for (const folder of [all.config, all.state, all.logs, all.runtime]) openFolder(folder);
  return all;
}

function openFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Windows keeps the profile folder's own rights
    if (process.platform === 'win32') return;
    const found = lstatSync(folder); // not stat: a link to elsewhere is refused too
    if (!found.isDirectory() || found.uid !== process.getuid?.()) {
      throw failure('system.folder-unsafe', { folder, owner: found.uid });
    }
    if ((found.mode & 0o077) !== 0) chmodSync(folder, 0o700);
  } catch (e) {
    if (e instanceof Error && 'code' in e && typeof e.code === 'string') {
      throw failure('system.folder', { folder, reason: e.message }, e);
    }
    throw e;
  }
}
