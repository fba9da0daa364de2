import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasCode } from '../../main/errors.ts';
import { type Surroundings, folders, openFolders } from '../../main/system/paths.ts';

const linux: Surroundings = {
  env: {},
  home: '/home/ada',
  platform: 'linux',
  uid: 1000,
  isFolder: () => false,
};

describe('folders', () => {
  it.each<[string, Surroundings, ReturnType<typeof folders>]>([
    [
      'Linux without any variable and without a session',
      linux,
      {
        config: '/home/ada/.config/letta-stack',
        state: '/home/ada/.local/state/letta-stack',
        logs: '/home/ada/.local/state/letta-stack/logs',
        runtime: '/tmp/letta-stack-1000',
      },
    ],
    [
      'Linux with the XDG variables',
      { ...linux, env: { XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s', XDG_RUNTIME_DIR: '/run/user/1000' } },
      {
        config: '/c/letta-stack',
        state: '/s/letta-stack',
        logs: '/s/letta-stack/logs',
        runtime: '/run/user/1000/letta-stack',
      },
    ],
    [
      'Linux, relative XDG paths are ignored; the session folder is found without its variable',
      {
        ...linux,
        env: { XDG_CONFIG_HOME: 'c', XDG_STATE_HOME: './s', XDG_RUNTIME_DIR: '' },
        isFolder: (p) => p === '/run/user/1000',
      },
      {
        config: '/home/ada/.config/letta-stack',
        state: '/home/ada/.local/state/letta-stack',
        logs: '/home/ada/.local/state/letta-stack/logs',
        runtime: '/run/user/1000/letta-stack',
      },
    ],
    [
      'macOS, whatever TMPDIR and XDG say',
      {
        ...linux,
        platform: 'darwin',
        home: '/Users/ada',
        env: { TMPDIR: '/var/folders/x', XDG_CONFIG_HOME: '/c' },
      },
      {
        config: '/Users/ada/Library/Application Support/letta-stack',
        state: '/Users/ada/Library/Application Support/letta-stack/state',
        logs: '/Users/ada/Library/Logs/letta-stack',
        runtime: '/Users/ada/Library/Caches/letta-stack',
      },
    ],
    [
      'Windows',
      {
        ...linux,
        platform: 'win32',
        home: 'C:\\Users\\Ada',
        env: { APPDATA: 'C:\\Users\\Ada\\AppData\\Roaming', LOCALAPPDATA: 'D:\\Local' },
      },
      {
        config: 'C:\\Users\\Ada\\AppData\\Roaming\\letta-stack',
        state: 'D:\\Local\\letta-stack\\state',
        logs: 'D:\\Local\\letta-stack\\logs',
        runtime: 'D:\\Local\\letta-stack\\run',
      },
    ],
    [
      'LETTA_STACK_HOME wins over everything',
      { ...linux, env: { LETTA_STACK_HOME: '/t', XDG_CONFIG_HOME: '/c', XDG_RUNTIME_DIR: '/r' } },
      { config: '/t/config', state: '/t/state', logs: '/t/logs', runtime: '/t/run' },
    ],
  ])('%s', (_, around, expected) => {
    expect(folders(around)).toEqual(expected);
  });
});

function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

describe('openFolders', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'paths-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));
  const inHome = () => folders({ ...linux, env: { LETTA_STACK_HOME: home } });
  const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

  it('makes them for this user alone, and closes one that stands open', () => {
    mkdirSync(join(home, 'config'));
    chmodSync(join(home, 'config'), 0o755);
    const made = openFolders(inHome());
    expect(Object.values(made).map(mode)).toEqual(['700', '700', '700', '700']);
  });

  it('takes no folder that is another one wherever it is started', () => {
    const failed = thrown(() => folders({ ...linux, env: { LETTA_STACK_HOME: 'letta' } }));
    expect(hasCode(failed, 'system.folder-relative')).toBe(true);
    expect(() =>
      folders({ ...linux, platform: 'win32', env: { LETTA_STACK_HOME: String.raw`C:\letta` } }),
    ).not.toThrow();
  });

  it('puts nothing into a folder that a link leads to', () => {
    symlinkSync(tmpdir(), join(home, 'run'));
    expect(() => openFolders(inHome())).toThrow(/run is not a folder of yours/);
  });

  it('says which folder cannot be made', () => {
    writeFileSync(join(home, 'state'), '');
    const failed = thrown(() => openFolders(inHome()));
    expect(hasCode(failed, 'system.folder')).toBe(true);
    expect(failed).toMatchObject({ errors: [{ data: { folder: join(home, 'state') } }] });
  });
});
