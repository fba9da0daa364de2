import { expect, it } from 'vitest';
import { panelOf } from '../../main/desktop/tray-panel.ts';

it.each<[platform: NodeJS.Platform, desktop: string | undefined, isDark: boolean, panel: string]>([
  ['linux', 'GNOME', false, 'dark'],
  ['linux', 'ubuntu:GNOME', false, 'dark'],
  ['linux', 'GNOME-Classic:GNOME', false, 'light'],
  ['linux', 'GNOME-Classic:GNOME', true, 'dark'],
  ['linux', 'Unity', false, 'dark'],
  ['linux', 'KDE', false, 'light'],
  ['linux', 'KDE', true, 'dark'],
  ['linux', 'XFCE', false, 'light'],
  ['linux', '', false, 'light'],
  ['linux', undefined, true, 'dark'],
  ['win32', undefined, false, 'light'],
  ['win32', 'GNOME', false, 'light'],
  ['win32', undefined, true, 'dark'],
])('the panel on %s of %s, dark theme: %s, is %s', (platform, desktop, isDark, panel) => {
  expect(panelOf({ platform, desktop, isDark })).toBe(panel);
});
