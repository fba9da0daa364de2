import type { TrayModel } from './tray-model.ts';
import { panelOf, type Around } from './tray-panel.ts';

/** How many drawings turn while something is done. */
export const BUSY_FRAMES = 3;

/**
 * The tray's icon, as a file below the folder of the built icons (resources/build-icons.mjs). Electron finds the larger
 * scales beside a PNG by itself; an ICO has them inside.
 * @param frame of the drawings that turn, from 0
 */
export function trayIconFile(
  { icon, hasNews }: Pick<TrayModel, 'icon' | 'hasNews'>,
  frame: number,
  around: Around,
): string {
  const state = icon === 'busy' ? `busy-${frame + 1}` : icon;
  const name = hasNews ? `${state}-news` : state;
  if (around.platform === 'darwin') return `template/${name}Template.png`;
  return `${panelOf(around)}/${name}.${around.platform === 'win32' ? 'ico' : 'png'}`;
}
