import { app, session } from 'electron';
import { ORIGIN } from './app-protocol.ts';

/**
 * What no page may do, ours included, whatever came into it (Electron, "Security", 5, 12, 13, 14): leave the bundle,
 * open windows, embed web views, get permissions.
 */
export function guardPages(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-frame-navigate', (event) => {
      if (!event.url.startsWith(`${ORIGIN}/`)) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}

/** Once the app is ready. */
export function guardSession(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.defaultSession.setPermissionCheckHandler(() => false);
  session.defaultSession.setDevicePermissionHandler(() => false);
  // nothing is fetched from anywhere but the bundle
  session.defaultSession.webRequest.onBeforeRequest((details, answer) =>
    answer({ cancel: !/^(app|devtools|blob|data):/.test(details.url) }),
  );
}
