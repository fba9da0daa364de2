// Loaded into main before the app (`electron -r`), ours and the bare one alike: says when a window is shown.
const { app } = require('electron');

app.on('browser-window-created', (_event, window) => {
  window.once('show', () => process.stdout.write(`@window ${Date.now()}\n`));
});
