import { ipcMain, type BrowserWindow } from 'electron';
import { PUSHES, type PushName, type PushValue } from '../channels.ts';
import { answerCall, isOurPage, REFUSED } from '../desktop/answer.ts';
import type { Calls } from '../desktop/calls.ts';

/** One channel for all calls; who may ask and what is asked is decided by values. */
export function handleCalls(calls: Calls): void {
  ipcMain.handle('call', (event, name: unknown, input: unknown) => {
    const frame = event.senderFrame;
    const isOurs = isOurPage(
      frame ? { url: frame.url, isMain: frame === event.sender.mainFrame } : undefined,
    );
    return isOurs ? answerCall(calls, name, input) : REFUSED;
  });
}

/** Tells the window; parsed, so that no field goes that the contract does not name. */
export function push<P extends PushName>(
  window: BrowserWindow | undefined,
  name: P,
  value: PushValue<P>,
): void {
  if (!window || window.isDestroyed() || window.webContents.isDestroyed()) return;
  window.webContents.send(`push:${name}`, PUSHES[name].parse(value));
}
