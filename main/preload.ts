import { contextBridge, ipcRenderer } from 'electron';
import type { Bridge } from './channels.ts';

/** Of ipcRenderer the page gets these two and neither the object nor its events (Electron, "Context Isolation"). */
const bridge: Bridge = {
  call: (name, input) => ipcRenderer.invoke('call', name, input),
  on: (name, seen) => {
    const listener = (_event: unknown, value: unknown): void => seen(value);
    const channel = `push:${name}`;
    ipcRenderer.on(channel, listener);
    return () => ipcRenderer.off(channel, listener);
  },
  platform: process.platform,
};
contextBridge.exposeInMainWorld('bridge', bridge);
