import { Menu } from 'electron';

/**
 * The application's menu: none on Linux and Windows, where Electron's own would offer a Quit of its own, a reload and
 * its website; on macOS the usual ones, without which there is no copy and paste, and Quit as the tray's.
 */
export function setMenu(quit: () => void): void {
  if (process.platform !== 'darwin') {
    Menu.setApplicationMenu(null);
    return;
  }
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      {
        label: 'Letta Stack',
        submenu: [
          { role: 'about' },
          { type: 'separator' },
          { role: 'hide' },
          { role: 'hideOthers' },
          { role: 'unhide' },
          { type: 'separator' },
          { label: 'Quit Letta Stack', accelerator: 'Cmd+Q', click: quit },
        ],
      },
      { role: 'editMenu' },
      { role: 'windowMenu' },
    ]),
  );
}
