import { ipcMain, type BrowserWindow } from 'electron';
import type { PushName, Reply } from '../channels.ts';

/** Answers a call; `asker` is the frame that it came from. */
export type Answer = (name: unknown, input: unknown, asker: Asker | undefined) => Promise<Reply>;

export interface Asker {
  readonly url: string;
  readonly isMain: boolean;
}

/**
 * One channel for all calls; who may ask and what is asked is decided by values. A page that is there before what is
 * heavy waits for its answer.
 */
export function handleCalls(answer: Promise<Answer>): void {
  ipcMain.handle('call', async (event, name: unknown, input: unknown) => {
    const frame = event.senderFrame;
    const asker = frame ? { url: frame.url, isMain: frame === event.sender.mainFrame } : undefined;
    return (await answer)(name, input, asker);
  });
}

/** Tells the window, while there is one, what was parsed already. */
export function push(window: BrowserWindow | undefined, name: PushName, parsed: unknown): void {
  if (!window || window.isDestroyed() || window.webContents.isDestroyed()) return;
  window.webContents.send(`push:${name}`, parsed);
}
