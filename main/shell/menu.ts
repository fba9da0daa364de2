import { Menu, type MenuItemConstructorOptions } from 'electron';
import { appMenu, type AppMenuEntry } from '../desktop/app-menu.ts';
import type { TrayCommand } from '../desktop/tray-model.ts';

/** Puts the application's menu in the place of Electron's own. */
export function setMenu(run: (command: TrayCommand) => void): void {
  const items = (entry: AppMenuEntry): MenuItemConstructorOptions[] => {
    if (entry.kind === 'separator') return [{ type: 'separator' }];
    if (entry.kind === 'command')
      return [{ label: entry.text, accelerator: entry.key, click: () => run(entry.command) }];
    const { role, also } = entry;
    const unseen = { role, visible: false, acceleratorWorksWhenHidden: true };
    return [{ role }, ...also.map((accelerator) => ({ ...unseen, accelerator }))];
  };
  const menus = appMenu(process.platform).map((menu) =>
    'role' in menu ? menu : { label: menu.text, submenu: menu.entries.flatMap(items) },
  );
  Menu.setApplicationMenu(Menu.buildFromTemplate(menus));
}
