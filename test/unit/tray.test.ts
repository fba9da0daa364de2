// What Electron is told of the tray: clicks as each system's users expect them, frames, menus.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { TrayCommand, TrayModel } from '../../main/desktop/tray-model.ts';
import { AppTray } from '../../main/shell/tray.ts';

const { shown, Tray } = vi.hoisted(() => {
  const seen = { images: [] as string[], menus: 0, on: new Map<string, () => void>() };
  class FakeTray {
    constructor(image: string) {
      seen.images.push(image);
    }
    on(event: string, then: () => void): void {
      seen.on.set(event, then);
    }
    setImage(image: string): void {
      seen.images.push(image);
    }
    setContextMenu(): void {
      seen.menus += 1;
    }
    setToolTip(): void {}
    destroy(): void {}
  }
  return { shown: seen, Tray: FakeTray };
});
vi.mock('electron', () => ({
  Tray,
  Menu: { buildFromTemplate: (entries: unknown) => entries },
  nativeTheme: { on: () => {}, shouldUseDarkColorsForSystemIntegratedUI: false },
}));

beforeEach(() => {
  vi.useFakeTimers();
  shown.images = [];
  shown.menus = 0;
  shown.on.clear();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const model = (icon: TrayModel['icon'], text = 'Quit'): TrayModel => ({
  icon,
  hasNews: false,
  tooltip: icon,
  menu: [{ kind: 'command', text, command: { do: 'quit' } }],
});

function opened(platform: NodeJS.Platform, first = model('healthy')) {
  vi.spyOn(process, 'platform', 'get').mockReturnValue(platform);
  const commands: TrayCommand[] = [];
  const tray = new AppTray('/icons', first, (command) => commands.push(command));
  return { tray, commands };
}

it.each(['linux', 'win32'] as const)(
  'a click opens the window on %s, and a double click is two of them',
  (platform) => {
    const { commands } = opened(platform);
    expect([...shown.on.keys()]).toEqual(['click']);
    shown.on.get('click')?.();
    expect(commands).toEqual([{ do: 'open' }]);
  },
);

it('every click opens the menu on macOS', () => {
  opened('darwin');
  expect([...shown.on.keys()]).toEqual([]);
  expect(shown.menus).toBe(1);
});

it('turns while something is done, and stands still after it', () => {
  const { tray } = opened('linux', model('busy'));
  vi.advanceTimersByTime(1_600);
  expect(shown.images.map((file) => file.replace(/.*\//, ''))).toEqual([
    'busy-1.png',
    'busy-2.png',
    'busy-3.png',
    'busy-1.png',
  ]);
  tray.set(model('healthy'));
  expect(shown.images.at(-1)).toMatch(/healthy\.png$/);
  const drawn = shown.images.length;
  vi.advanceTimersByTime(60_000);
  expect(shown.images).toHaveLength(drawn);
  expect(vi.getTimerCount()).toBe(0);
});

it('leaves an open menu where it is for as long as it is the same', () => {
  const { tray } = opened('linux');
  tray.set(model('degraded'));
  expect(shown.menus).toBe(1);
  tray.set(model('degraded', 'Stop'));
  expect(shown.menus).toBe(2);
});
