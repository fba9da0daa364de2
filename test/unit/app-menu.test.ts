import { describe, expect, it } from 'vitest';
import { appMenu, type AppMenu } from '../../main/desktop/app-menu.ts';
import { VIEWS } from '../../renderer/places.ts';

const entriesOf = (menu: AppMenu) => ('entries' in menu ? menu.entries : []);
const commands = appMenu('darwin').flatMap((menu) =>
  entriesOf(menu).flatMap((entry) =>
    entry.kind === 'command' ? [{ menu: 'text' in menu ? menu.text : '', ...entry }] : [],
  ),
);

describe('the menu of the application on macOS', () => {
  it.each([
    ['Letta Stack', 'Settings…', 'Cmd+,', { do: 'show', view: 'settings' }],
    ['Letta Stack', 'Quit Letta Stack', 'Cmd+Q', { do: 'quit' }],
    ['Edit', 'Find in Logs…', 'Cmd+F', { do: 'show', view: 'logs', isFinding: true }],
    ['View', 'Overview', 'Cmd+1', { do: 'show', view: 'overview' }],
    ['View', 'Logs', 'Cmd+2', { do: 'show', view: 'logs' }],
    ['View', 'Doctor', 'Cmd+3', { do: 'show', view: 'doctor' }],
  ])('%s has %s, by %s', (menu, text, key, command) => {
    expect(commands).toContainEqual({ kind: 'command', menu, text, key, command });
  });

  it('has the keys that the page has, each once', () => {
    const keys = commands.map((c) => c.key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { id, key } of VIEWS) {
      const found = commands.find((c) => c.key === `Cmd+${key}`);
      expect(found?.command, id).toEqual({ do: 'show', view: id });
    }
  });

  it('has copy and paste, and the system’s own menu of windows', () => {
    const edit = appMenu('darwin').find((m) => 'text' in m && m.text === 'Edit')!;
    const roles = entriesOf(edit).flatMap((e) => (e.kind === 'role' ? [e.role] : []));
    expect(roles).toEqual(['undo', 'redo', 'cut', 'copy', 'paste', 'selectAll']);
    expect(appMenu('darwin').at(-1)).toEqual({ role: 'windowMenu' });
  });
});

it.each<NodeJS.Platform>(['linux', 'win32'])('there is none on %s', (platform) => {
  expect(appMenu(platform)).toEqual([]);
});
