import { Menu, type MenuItemConstructorOptions } from 'electron';
import { appMenu, type AppMenuEntry } from '../desktop/app-menu.ts';
import type { TrayCommand } from '../desktop/tray-model.ts';

/** Puts the application's menu in place; where there is to be none, Electron's own goes. */
export function setMenu(run: (command: TrayCommand) => void): void {
  const item = (entry: AppMenuEntry): MenuItemConstructorOptions => {
    if (entry.kind === 'separator') return { type: 'separator' };
    if (entry.kind === 'role') return { role: entry.role };
    return { label: entry.text, accelerator: entry.key, click: () => run(entry.command) };
  };
  const menus = appMenu(process.platform).map((menu) =>
    'role' in menu ? menu : { label: menu.text, submenu: menu.entries.map(item) },
  );
  Menu.setApplicationMenu(menus.length === 0 ? null : Menu.buildFromTemplate(menus));
}
