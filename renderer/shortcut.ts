/** What is pressed of a keyboard event. */
type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'metaKey' | 'ctrlKey' | 'altKey' | 'shiftKey'>;

/**
 * The letter, digit or comma that is pressed with Cmd on macOS and with Ctrl elsewhere, in small letters; undefined for
 * anything else. What a key writes counts; its place does where no Latin letter is written there (Russian), and for a
 * digit that is written with Shift (French), as its writing does.
 */
export function shortcutOf(event: Pressed, platform: string): string | undefined {
  const { key, code, metaKey, ctrlKey, altKey, shiftKey } = event;
  if (!(platform === 'darwin' ? metaKey : ctrlKey) || altKey) return undefined;
  const written = key.toLowerCase();
  if (shiftKey) return /^\d$/.test(written) ? written : undefined;
  if (/^[a-z\d,]$/.test(written)) return written;
  const place = code === 'Comma' ? ',' : /^(?:Digit|Key)(.)$/.exec(code)?.[1]?.toLowerCase();
  return /^\d$/.test(place ?? '') || /^\P{ASCII}$/u.test(key) ? place : undefined;
}

/** As it is shown: `⌘K`, `Ctrl+K`. */
export const shortcutText = (key: string, platform: string): string =>
  (platform === 'darwin' ? '⌘' : 'Ctrl+') + key.toUpperCase();

/** As `aria-keyshortcuts` has it. */
export const shortcutName = (key: string, platform: string): string =>
  `${platform === 'darwin' ? 'Meta' : 'Control'}+${key.toUpperCase()}`;
