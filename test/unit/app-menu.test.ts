import { describe, expect, it } from 'vitest';
import { appMenu, type AppMenu } from '../../main/desktop/app-menu.ts';
import { VIEWS } from '../../renderer/places.ts';

const entriesOf = (menu: AppMenu) => ('entries' in menu ? menu.entries : []);
const commandsOf = (platform: NodeJS.Platform) =>
  appMenu(platform).flatMap((menu) =>
    entriesOf(menu).flatMap((entry) =>
      entry.kind === 'command' ? [{ menu: 'text' in menu ? menu.text : '', ...entry }] : [],
    ),
  );
const rolesOf = (platform: NodeJS.Platform) =>
  appMenu(platform).flatMap((menu) => entriesOf(menu).flatMap((e) => (e.kind === 'role' ? [e.role] : [])));

describe.each<NodeJS.Platform>(['darwin', 'linux', 'win32'])(
  'the menu of the application on %s',
  (platform) => {
    const commands = commandsOf(platform);

    it.each([
      ['Letta Stack', 'Settings…', 'CmdOrCtrl+,', { do: 'show', view: 'settings' }],
      ['Letta Stack', 'Quit Letta Stack', 'CmdOrCtrl+Q', { do: 'quit' }],
      ['Edit', 'Find in Logs…', 'CmdOrCtrl+F', { do: 'show', view: 'logs', isFinding: true }],
      ['View', 'Overview', 'CmdOrCtrl+1', { do: 'show', view: 'overview' }],
      ['View', 'Logs', 'CmdOrCtrl+2', { do: 'show', view: 'logs' }],
      ['View', 'Doctor', 'CmdOrCtrl+3', { do: 'show', view: 'doctor' }],
    ])('%s has %s, by %s', (menu, text, key, command) => {
      expect(commands).toContainEqual({ kind: 'command', menu, text, key, command });
    });

    it('has the keys that the page has, each once', () => {
      const keys = commands.map((c) => c.key);
      expect(new Set(keys).size).toBe(keys.length);
      for (const { id, key } of VIEWS) {
        const found = commands.find((c) => c.key === `CmdOrCtrl+${key}`);
        expect(found?.command, id).toEqual({ do: 'show', view: id });
      }
    });

    it('has copy and paste, the size of what is drawn, and the way out of the window', () => {
      expect(rolesOf(platform)).toEqual(
        expect.arrayContaining(['undo', 'redo', 'cut', 'copy', 'paste', 'selectAll']),
      );
      expect(rolesOf(platform)).toEqual(expect.arrayContaining(['resetZoom', 'zoomIn', 'zoomOut', 'close']));
    });
  },
);

it('macOS has its own entries, and the system’s own menu of windows', () => {
  const own = ['about', 'hide', 'hideOthers', 'unhide'];
  expect(rolesOf('darwin')).toEqual(expect.arrayContaining(own));
  expect(appMenu('darwin').at(-1)).toEqual({ role: 'windowMenu' });
  for (const other of ['linux', 'win32'] as const) {
    expect(rolesOf(other).filter((r) => own.includes(r))).toEqual([]);
    expect(appMenu(other)).not.toContainEqual({ role: 'windowMenu' });
  }
});
