import { expect, it } from 'vitest';
import { shortcutOf } from '../../renderer/shortcut.ts';

const NONE = { metaKey: false, ctrlKey: false, altKey: false, shiftKey: false };
const CTRL = { ...NONE, ctrlKey: true };
const SHIFTED = { ...CTRL, shiftKey: true };

it.each([
  ['English', 'k', 'KeyK', CTRL, 'k'],
  ['English, with Caps Lock', 'K', 'KeyK', CTRL, 'k'],
  ['English, with Shift', 'K', 'KeyK', SHIFTED, undefined],
  ['English', ',', 'Comma', CTRL, ','],
  ['English, with Shift', '@', 'Digit2', SHIFTED, undefined],
  ['French', 'é', 'Digit2', CTRL, '2'],
  ['French', '"', 'Digit3', CTRL, '3'],
  ['French, with Shift', '2', 'Digit2', SHIFTED, '2'],
  // in the place of an English M
  ['French', ',', 'KeyM', CTRL, ','],
  ['Dvorak', 'k', 'KeyV', CTRL, 'k'],
  ['Dvorak', "'", 'KeyQ', CTRL, undefined],
  ['Russian', 'л', 'KeyK', CTRL, 'k'],
  ['Russian', 'б', 'Comma', CTRL, ','],
  ['Russian, with Shift', 'Л', 'KeyK', SHIFTED, undefined],
  ['German', 'ö', 'Semicolon', CTRL, undefined],
  ['the digits at the right', '2', 'Numpad2', CTRL, '2'],
  ['with Alt, as AltGr comes', 'k', 'KeyK', { ...CTRL, altKey: true }, undefined],
  ['alone', 'k', 'KeyK', NONE, undefined],
])('%s: %s at %s', (_layout, key, code, pressed, meant) => {
  expect(shortcutOf({ ...pressed, key, code }, 'linux')).toBe(meant);
});

it('on macOS it is Cmd', () => {
  const k = { key: 'k', code: 'KeyK' };
  expect(shortcutOf({ ...NONE, ...k, metaKey: true }, 'darwin')).toBe('k');
  expect(shortcutOf({ ...CTRL, ...k }, 'darwin')).toBeUndefined();
});
