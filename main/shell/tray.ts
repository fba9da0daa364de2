import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Menu, nativeTheme, Tray, type MenuItemConstructorOptions } from 'electron';
import { BUSY_FRAMES, trayIconFile } from '../desktop/tray-icon.ts';
import type { TrayCommand, TrayEntry, TrayModel } from '../desktop/tray-model.ts';

const FRAME_MS = 500;

/** The tray: carries out a model, and decides nothing. */
export class AppTray {
  readonly #tray: Tray;
  readonly #icons: string;
  readonly #run: (command: TrayCommand) => void;
  #model: TrayModel;
  #frame = 0;
  #timer: NodeJS.Timeout | undefined;
  #drawn: string;

  /** @param icons folder of the built icons */
  constructor(icons: string, first: TrayModel, run: (command: TrayCommand) => void) {
    this.#icons = icons;
    this.#run = run;
    this.#model = first;
    this.#drawn = this.#file(first);
    this.#tray = new Tray(this.#drawn);
    // a left click opens the window where users expect it; on macOS it opens the menu, as every menu bar item does
    if (process.platform !== 'darwin') {
      this.#tray.on('click', () => run({ do: 'open' }));
    }
    nativeTheme.on('updated', () => this.#draw());
    this.#show(first);
    this.#offer(first);
  }

  set(model: TrayModel): void {
    const before = this.#model;
    if (isDeepStrictEqual(model, before)) return;
    this.#model = model;
    this.#show(model);
    // one that is open is not taken away for the same one
    if (!isDeepStrictEqual(model.menu, before.menu)) this.#offer(model);
  }

  destroy(): void {
    clearInterval(this.#timer);
    this.#tray.destroy();
  }

  #offer({ menu }: TrayModel): void {
    this.#tray.setContextMenu(Menu.buildFromTemplate(menu.map((entry) => this.#item(entry))));
  }

  #show({ icon, tooltip }: TrayModel): void {
    this.#draw();
    this.#tray.setToolTip(tooltip);
    if (icon === 'busy') this.#timer ??= setInterval(() => this.#nextFrame(), FRAME_MS);
    else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  #nextFrame(): void {
    this.#frame = (this.#frame + 1) % BUSY_FRAMES;
    this.#draw();
  }

  #draw(): void {
    const file = this.#file(this.#model);
    if (file !== this.#drawn) this.#tray.setImage(file);
    this.#drawn = file;
  }

  #file(model: TrayModel): string {
    const { platform, env } = process;
    const isDark = nativeTheme.shouldUseDarkColorsForSystemIntegratedUI;
    const around = { platform, desktop: env['XDG_CURRENT_DESKTOP'], isDark };
    return join(this.#icons, trayIconFile(model, this.#frame, around));
  }

  #item(entry: TrayEntry): MenuItemConstructorOptions {
    if (entry.kind === 'separator') return { type: 'separator' };
    const label = escaped(entry.text);
    if (entry.kind === 'words') return { label, enabled: false };
    if (entry.kind === 'submenu') return { label, submenu: entry.entries.map((e) => this.#item(e)) };
    return { label, click: () => this.#run(entry.command) };
  }
}

/** An ampersand in a label would underline the next letter. */
const escaped = (text: string): string => text.replaceAll('&', '&&');
