/** What is known of the bar in which the tray icon lies. */
export interface Around {
  readonly platform: NodeJS.Platform;
  /** XDG_CURRENT_DESKTOP: names, the most particular one first, with colons between them */
  readonly desktop: string | undefined;
  /** what the system says of its own surfaces, whatever theme the app has */
  readonly isDark: boolean;
}

/** Desktops whose bar is dark in a light theme too; GNOME's Classic session has a light one. */
const ALWAYS_DARK: ReadonlySet<string> = new Set(['GNOME', 'Unity', 'Pantheon']);
const AS_THE_THEME: ReadonlySet<string> = new Set(['GNOME-Classic', 'GNOME-Flashback']);

/** The panel that the icons are to be seen on. */
export function panelOf({ platform, desktop = '', isDark }: Around): 'light' | 'dark' {
  const names = desktop.split(':');
  const isBarDark = names.some((n) => ALWAYS_DARK.has(n)) && !names.some((n) => AS_THE_THEME.has(n));
  return isDark || (platform === 'linux' && isBarDark) ? 'dark' : 'light';
}
