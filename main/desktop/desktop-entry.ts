/**
 * A file that starts a program at login, hidden (freedesktop.org, "Desktop Entry Specification", "The Exec key"): a path
 * may have spaces and signs that it gives a meaning. `TryExec` makes it nothing once the program was removed.
 */
export function desktopEntry(program: string): string {
  const quoted = program.replaceAll(/["`$\\]/g, String.raw`\$&`).replaceAll('%', '%%');
  const lines = [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Letta Stack',
    // a string value: its backslashes are escaped once more
    `Exec="${quoted.replaceAll('\\', '\\\\')}" --hidden`,
    `TryExec=${program.replaceAll('\\', '\\\\')}`,
    'X-GNOME-Autostart-enabled=true',
  ];
  return `${lines.join('\n')}\n`;
}
