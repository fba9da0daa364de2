/** What is pressed of a keyboard event. */
type Pressed = Pick<KeyboardEvent, 'key' | 'metaKey' | 'ctrlKey' | 'altKey' | 'shiftKey'>;

/** The key that is pressed with Cmd on macOS and with Ctrl elsewhere, in small letters; undefined for anything else. */
export function shortcutOf(event: Pressed, platform: string): string | undefined {
  const isWith = platform === 'darwin' ? event.metaKey : event.ctrlKey;
  return isWith && !event.altKey && !event.shiftKey ? event.key.toLowerCase() : undefined;
}

/** As it is shown: `⌘K`, `Ctrl+K`. */
export const shortcutText = (key: string, platform: string): string =>
  (platform === 'darwin' ? '⌘' : 'Ctrl+') + key.toUpperCase();

/** As `aria-keyshortcuts` has it. */
export const shortcutName = (key: string, platform: string): string =>
  `${platform === 'darwin' ? 'Meta' : 'Control'}+${key.toUpperCase()}`;
