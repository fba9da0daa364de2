// The least that a tray app of Electron is: what ours is measured against. With --window it shows one, too.
const path = require('node:path');
const { app, BrowserWindow, Menu, Tray } = require('electron');

let tray;
let window;
void app.whenReady().then(() => {
  tray = new Tray(path.join(__dirname, '../../../resources/tray/light/healthy.png'));
  tray.setContextMenu(Menu.buildFromTemplate([{ label: 'Quit', role: 'quit' }]));
  if (!process.argv.includes('--window')) return;
  window = new BrowserWindow({ width: 1040, height: 720, show: false });
  window.once('ready-to-show', () => window.show());
  void window.loadFile(path.join(__dirname, 'index.html'));
});
app.on('window-all-closed', () => {});
