import { join } from 'node:path';
import { app } from 'electron';

/** Folder of package.json, in a package its archive: two folders up from main/shell/ as from out/main/. */
const ROOT = join(import.meta.dirname, '../..');

/** Where the parts of the app lie, from a clone and from a package. */
export const PLACES = {
  trayIcons: join(ROOT, 'resources/tray'),
  icon: join(ROOT, 'resources/icon.png'),
  preload: join(ROOT, 'out/preload/index.cjs'),
  page: join(ROOT, 'out/renderer'),
  // in a package beside the archive, because other programs read them too
  profiles: join(app.isPackaged ? process.resourcesPath : ROOT, 'compose'),
};
