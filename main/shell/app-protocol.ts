import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { protocol } from 'electron';

export const ORIGIN = 'app://window';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

/** Electron, "Security", 7: nothing but what lies in the bundle is loaded or asked. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Must be called before the app is ready. Code that V8 has compiled once is kept, which shows the window sooner. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, codeCache: true } },
  ]);
}

/** Serves the window's bundle, and of the disk nothing else, under `app://window/`. */
export function serveBundle(folder: string): void {
  protocol.handle('app', async (request) => {
    const file = fileOf(folder, request.url);
    const type = file && TYPES[extname(file)];
    if (!file || type === undefined || request.method !== 'GET') return new Response(null, { status: 404 });
    try {
      return new Response(await readFile(file), {
        headers: {
          'content-type': type,
          'content-security-policy': POLICY,
          'x-content-type-options': 'nosniff',
          'cache-control': 'no-store',
        },
      });
    } catch {
      return new Response(null, { status: 404 });
    }
  });
}

/** The bundle's file of an address; undefined for another host or a path that leaves the folder. */
export function fileOf(folder: string, url: string): string | undefined {
  const { host, pathname } = new URL(url);
  if (host !== 'window') return undefined;
  try {
    const file = normalize(join(folder, decodeURIComponent(pathname)));
    return file.startsWith(folder + sep) && !file.includes('\0') ? file : undefined;
  } catch {
    return undefined; // not a percent-encoding
  }
}
