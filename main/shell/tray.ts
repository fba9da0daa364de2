import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Menu, nativeTheme, Tray, type MenuItemConstructorOptions } from 'electron';
import type { TrayCommand, TrayEntry, TrayIcon, TrayModel } from '../desktop/tray-model.ts';

const BUSY_FRAMES = 3;
const FRAME_MS = 500;

/** The tray: carries out a model, and decides nothing. */
export class AppTray {
  readonly #tray: Tray;
  readonly #icons: string;
  readonly #run: (command: TrayCommand) => void;
  #model: TrayModel;
  #frame = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param icons folder of the built icons */
  constructor(icons: string, first: TrayModel, run: (command: TrayCommand) => void) {
    this.#icons = icons;
    this.#run = run;
    this.#model = first;
    this.#tray = new Tray(this.#file(first.icon));
    // a left click opens the window where users expect it; on macOS it opens the menu, as every menu bar item does
    if (process.platform !== 'darwin') {
      this.#tray.on('click', () => run({ do: 'show', view: 'overview' }));
    }
    nativeTheme.on('updated', () => this.#draw());
    this.#show(first);
  }

  set(model: TrayModel): void {
    if (isDeepStrictEqual(model, this.#model)) return;
    this.#model = model;
    this.#show(model);
  }

  destroy(): void {
    clearInterval(this.#timer);
    this.#tray.destroy();
  }

  #show({ icon, tooltip, menu }: TrayModel): void {
    this.#draw();
    this.#tray.setToolTip(tooltip);
    this.#tray.setContextMenu(Menu.buildFromTemplate(menu.map((entry) => this.#item(entry))));
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
    this.#tray.setImage(this.#file(this.#model.icon));
  }

  #file(icon: TrayIcon): string {
    const name = icon === 'busy' ? `busy-${this.#frame + 1}` : icon;
    if (process.platform === 'darwin') return join(this.#icons, 'template', `${name}Template.png`);
    const scheme = nativeTheme.shouldUseDarkColors ? 'dark' : 'light';
    return join(this.#icons, scheme, `${name}.${process.platform === 'win32' ? 'ico' : 'png'}`);
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
