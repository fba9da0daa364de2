// The file that starts the app at login on Linux: there while it is wanted, and gone when it is not.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { setStartAtLogin, startsHidden } from '../../main/shell/login-item.ts';

const { app } = vi.hoisted(() => ({
  app: {
    isPackaged: true,
    setLoginItemSettings: vi.fn(),
    wasOpenedAtLogin: false,
    getLoginItemSettings: () => ({ wasOpenedAtLogin: app.wasOpenedAtLogin }),
  },
}));
vi.mock('electron', () => ({ app }));

beforeEach(() => {
  app.isPackaged = true;
  app.wasOpenedAtLogin = false;
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** A home of a user, and how the app starts at login there. */
function userHome() {
  const home = mkdtempSync(path.join(tmpdir(), 'letta-login-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const said: string[] = [];
  const set = (isWanted: boolean, env: Record<string, string> = {}): void =>
    setStartAtLogin(isWanted, { home, env, report: (text) => said.push(text) });
  return { home, said, set, file: path.join(home, '.config/autostart/letta-stack.desktop') };
}

it.runIf(process.platform === 'linux')('is written hidden, and removed', () => {
  const { set, file, said } = userHome();
  set(true);
  expect(readFileSync(file, 'utf8')).toContain(`Exec="${process.execPath}" --hidden\n`);
  set(false);
  expect(existsSync(file)).toBe(false);
  set(false);
  expect(said).toEqual([]);
});

it.runIf(process.platform === 'linux')('names the AppImage, and not what is mounted of it', () => {
  const { set, home } = userHome();
  const config = path.join(home, 'elsewhere');
  set(true, { XDG_CONFIG_HOME: config, APPIMAGE: '/home/me/Letta Stack.AppImage' });
  const text = readFileSync(path.join(config, 'autostart/letta-stack.desktop'), 'utf8');
  expect(text).toContain('TryExec=/home/me/Letta Stack.AppImage\n');
});

it.runIf(process.platform === 'linux')('says what keeps it from being written, and ends nothing', () => {
  const { set, said } = userHome();
  set(true, { XDG_CONFIG_HOME: '/dev/null' });
  expect(said).toEqual(['the start at login cannot be changed']);
});

it('is left alone by a clone', () => {
  app.isPackaged = false;
  const { set, file } = userHome();
  set(true);
  expect(existsSync(file)).toBe(false);
});

it.each(['darwin', 'win32'] as const)('is Electron’s own on %s', (platform) => {
  vi.spyOn(process, 'platform', 'get').mockReturnValue(platform);
  userHome().set(true);
  expect(app.setLoginItemSettings).toHaveBeenLastCalledWith({ openAtLogin: true, args: ['--hidden'] });
});

it.each<[platform: NodeJS.Platform, argv: string[], wasOpenedAtLogin: boolean, isHidden: boolean]>([
  ['linux', ['app', '--hidden'], false, true],
  ['win32', ['app', '--hidden'], false, true],
  ['linux', ['app'], false, false],
  // it gets no arguments there
  ['darwin', ['app'], true, true],
  ['darwin', ['app'], false, false],
])('on %s, started as %j, at login: %s, without its window: %s', (platform, argv, atLogin, isHidden) => {
  vi.spyOn(process, 'platform', 'get').mockReturnValue(platform);
  app.wasOpenedAtLogin = atLogin;
  expect(startsHidden(argv)).toBe(isHidden);
});
