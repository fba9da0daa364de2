/// <reference lib="dom" />
// Electron's security checklist (Electron, "Security"), asked of the running app.
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppBox, buildApp, describeApp } from './app-process.ts';
import { until } from './fake-desktop.ts';

const ADDRESSES = path.join(import.meta.dirname, '../fixtures/addresses/compose.yaml');
const PRELOAD = path.join(import.meta.dirname, '../../out/preload/index.cjs');

/** The page's own globals, as far as these tests use them. */
interface PageWindow {
  bridge: { call: (name: unknown, input: unknown) => Promise<unknown> };
  wasRun?: boolean;
}

describeApp("Electron's security checklist", () => {
  const box = new AppBox('app-safe', 0, {}, { files: [ADDRESSES], variables: {} });
  let page: Page;

  beforeAll(async () => {
    await buildApp();
    await box.open([]);
    page = await box.window();
    await page.getByRole('heading', { level: 1 }).waitFor();
  });
  afterAll(() => box.close());

  it('has sandboxed, isolated pages without Node', async () => {
    const preferences = await box.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((w) => {
        // @ts-expect-error -- Electron has it and its declarations do not
        const p = w.webContents.getLastWebPreferences() as Electron.WebPreferences | null;
        return {
          sandbox: p?.sandbox,
          contextIsolation: p?.contextIsolation,
          nodeIntegration: p?.nodeIntegration,
          nodeIntegrationInWorker: p?.nodeIntegrationInWorker ?? false,
          nodeIntegrationInSubFrames: p?.nodeIntegrationInSubFrames ?? false,
          webSecurity: p?.webSecurity,
          webviewTag: p?.webviewTag ?? false,
          allowRunningInsecureContent: p?.allowRunningInsecureContent ?? false,
          experimentalFeatures: p?.experimentalFeatures ?? false,
          enableBlinkFeatures: p?.enableBlinkFeatures ?? '',
        };
      }),
    );
    expect(preferences).toEqual([
      {
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        webviewTag: false,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        enableBlinkFeatures: '',
      },
    ]);
    const globals = await page.evaluate(() =>
      ['require', 'process', 'module', 'Buffer'].filter((g) => g in window),
    );
    expect(globals).toEqual([]);
  });

  it('gives the page two functions and a word, and no part of Electron', async () => {
    const keys = await page.evaluate(() => Object.keys((window as unknown as PageWindow).bridge).toSorted());
    expect(keys).toEqual(['call', 'on', 'platform']);
  });

  it('runs no inline script and no text as code', async () => {
    const ran = await page.evaluate(async () => {
      const own = window as unknown as PageWindow;
      const script = document.createElement('script');
      script.textContent = 'window.wasRun = true';
      document.body.append(script);
      // later: what is evaluated from outside, as this function is, may evaluate
      await new Promise<void>((resolve) => {
        setTimeout(() => {
          try {
            // oxlint-disable-next-line no-eval -- that it is refused is what is shown
            window.eval('window.wasRun = true');
          } catch {
            // refused, as it should be
          }
          resolve();
        }, 0);
      });
      return own.wasRun === true;
    });
    expect(ran).toBe(false);
  });

  it('serves its bundle and nothing else', async () => {
    const load = (url: string): Promise<number | string> =>
      box.app.evaluate(async ({ net }, asked) => {
        try {
          return (await net.fetch(asked)).status;
        } catch (error) {
          return String(error);
        }
      }, url);
    expect(await load('app://window/index.html')).toBe(200);
    expect(await load('app://window/')).toBe(404);
    expect(await load('app://window/..%2f..%2fpackage.json')).toBe(404);
    expect(await load('app://window/%2e%2e/%2e%2e/package.json')).toBe(404);
    expect(await load('app://elsewhere/index.html')).toBe(404);
    expect(await load('app://window/%00')).toBe(404);
    expect(page.url()).toBe('app://window/index.html');
  });

  it('asks nobody on the network', async () => {
    const asked = await page.evaluate(async () => {
      const tries = ['https://example.org/', 'http://127.0.0.1/', 'file:///etc/passwd'];
      const results = await Promise.allSettled(tries.map((url) => fetch(url)));
      return results.map((r) => r.status);
    });
    expect(asked).toEqual(['rejected', 'rejected', 'rejected']);
  });

  it('lets no page onto the network or away, whatever its policy says', async () => {
    let hits = 0;
    const server = createServer((_request, response) => {
      hits += 1;
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const careless = await box.app.evaluate(async ({ BrowserWindow }, url) => {
      const window = new BrowserWindow({ show: false });
      await window.loadURL('data:text/html,a page without a policy');
      const tried = (await window.webContents.executeJavaScript(
        `fetch(${JSON.stringify(url)}, { mode: 'no-cors' }).then(() => 'answered', (e) => e.name)`,
      )) as string;
      // each of these alone: on the way there another guard would be met first
      const isPrevented = (name: string): boolean => {
        let prevented = false;
        const event = { url, isMainFrame: true, preventDefault: () => (prevented = true) };
        window.webContents.emit(name, event);
        return prevented;
      };
      const held = ['will-navigate', 'will-redirect', 'will-frame-navigate'].filter(isPrevented);
      window.destroy();
      return { tried, held };
    }, `http://127.0.0.1:${port}/`);
    server.close();
    expect({ ...careless, hits }).toEqual({
      tried: 'TypeError',
      held: ['will-navigate', 'will-redirect', 'will-frame-navigate'],
      hits: 0,
    });
  });

  it('stays where it is and opens no window', async () => {
    await page.evaluate(() => {
      location.href = 'https://example.org/';
    });
    await page.evaluate(() => {
      location.href = 'file:///etc/passwd';
    });
    const opened = await page.evaluate(() => [
      window.open('https://example.org/'),
      window.open('about:blank'),
    ]);
    expect(opened).toEqual([null, null]);
    const frame = await page.evaluate(async () => {
      const inner = document.createElement('iframe');
      const refused = new Promise<SecurityPolicyViolationEvent>((resolve) =>
        document.addEventListener('securitypolicyviolation', resolve, { once: true }),
      );
      inner.src = 'https://example.org/';
      document.body.append(inner);
      const { effectiveDirective, blockedURI } = await refused;
      const where = inner.contentDocument?.URL ?? 'another origin';
      inner.remove();
      return { effectiveDirective, blockedURI, where };
    });
    expect(frame).toMatchObject({
      effectiveDirective: 'frame-src',
      blockedURI: expect.stringContaining('example.org'),
      where: expect.not.stringContaining('example.org'),
    });
    expect(page.url()).toBe('app://window/index.html');
    expect(await box.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  });

  it('attaches no web view, in whatever window', async () => {
    const attached = await box.app.evaluate(async ({ BrowserWindow, webContents }) => {
      const careless = new BrowserWindow({ show: false, webPreferences: { webviewTag: true } });
      const asked = new Promise<boolean>((resolve) => {
        // the app's own listener was there before
        careless.webContents.on('will-attach-webview', (event) => resolve(event.defaultPrevented));
      });
      await careless.loadURL('data:text/html,<webview src="data:text/html,inside"></webview>');
      const isPrevented = await asked;
      const views = webContents.getAllWebContents().filter((c) => c.getType() === 'webview');
      careless.destroy();
      return { isPrevented, urls: views.map((v) => v.getURL()) };
    });
    expect(attached).toEqual({ isPrevented: true, urls: [] });
  });

  it("opens the stack's own address, and none that is not for a browser", async () => {
    await box.app.evaluate(({ shell }) => {
      const opened: string[] = [];
      Object.assign(globalThis, { opened });
      shell.openExternal = (url) => Promise.resolve(void opened.push(url));
    });
    await box.status(/^Stopped: /);
    const codes = await page.evaluate(async () => {
      const { bridge } = window as unknown as PageWindow;
      const open = async (name: string, input: object): Promise<string> => {
        const reply = (await bridge.call(name, input)) as { errors?: { code: string }[] };
        return reply.errors?.[0]?.code ?? 'opened';
      };
      return [
        await open('openUrl', { project: 'app-safe', index: 0 }),
        await open('openUrl', { project: 'app-safe', index: 1 }),
        await open('openUrl', { project: 'app-safe', index: 2 }),
        await open('openProviderPage', { provider: 'openai' }),
      ];
    });
    expect(codes).toEqual(['opened', 'cli.not-opened', 'cli.not-opened', 'opened']);
    const opened = await box.app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened);
    expect(opened).toEqual(['http://127.0.0.1:18397/', expect.stringMatching(/^https:/)]);
    const logs = path.join(box.home, 'logs');
    const log = readdirSync(logs).map((file) => readFileSync(path.join(logs, file), 'utf8'));
    expect(log.join('')).toContain('file:///etc/passwd was not opened');
  });

  it('gives no permission', async () => {
    const asked = await page.evaluate(async () => ({
      notification: await Notification.requestPermission(),
      place: await new Promise((resolve) =>
        navigator.geolocation.getCurrentPosition(
          () => resolve('given'),
          (error) => resolve(error.code === error.PERMISSION_DENIED ? 'denied' : 'no'),
        ),
      ),
      // what is checked without being asked for
      states: await Promise.all(
        ['geolocation', 'notifications', 'camera', 'midi'].map(
          async (name) => (await navigator.permissions.query({ name: name as PermissionName })).state,
        ),
      ),
      camera: await navigator.mediaDevices?.getUserMedia({ video: true }).then(
        () => 'given',
        (error: Error) => error.name,
      ),
    }));
    expect(asked).toMatchObject({ notification: 'denied', place: 'denied' });
    expect(asked.states).toEqual(['denied', 'denied', 'denied', 'denied']);
    expect(asked.camera).not.toBe('given');
  });

  it('refuses 500 malformed and hostile messages and goes on', async () => {
    const codes = await page.evaluate(async () => {
      const { bridge } = window as unknown as PageWindow;
      const names = [
        'snapshot',
        'operate',
        'openUrl',
        'nothing',
        '__proto__',
        'constructor',
        '',
        'x'.repeat(1e5),
      ];
      const inputs: unknown[] = [
        null,
        [],
        'x'.repeat(1e6),
        { project: 'app-safe', kind: 'up', services: [{}] },
        { project: 'app-safe', kind: 'delete', services: [] },
        { project: 'app-safe', index: 'file:///etc/passwd' },
        { project: { toString: 'x' }, name: '../../secrets' },
        Number.NaN,
      ];
      const seen = new Set<string>();
      for (let i = 0; i < 500; i += 1) {
        const name = names[i % names.length];
        const reply = await bridge
          .call(name, inputs[Math.floor(i / names.length) % inputs.length])
          .catch((error: unknown) => ({ errors: [{ code: String(error) }] }));
        const { errors = [] } = reply as { errors?: { code: string }[] };
        seen.add(errors[0]?.code ?? 'answered');
      }
      return [...seen].toSorted();
    });
    expect(codes).toEqual(['ipc.bad-input', 'ipc.unknown-call']);
    await box.status(/^Stopped: /);
  });

  it('answers no page but its own', async () => {
    const codes = await box.app.evaluate(async ({ BrowserWindow }, preload) => {
      const stranger = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
      await stranger.loadURL('data:text/html,<p>a stranger</p>');
      const reply: unknown = await stranger.webContents.executeJavaScript('bridge.call("snapshot", {})');
      stranger.destroy();
      return (reply as { errors?: { code: string }[] }).errors?.map((e) => e.code);
    }, PRELOAD);
    expect(codes).toEqual(['ipc.wrong-sender']);
  });

  it('offers to reload when its process crashes, and main goes on', async () => {
    await box.app.evaluate(({ BrowserWindow, dialog }) => {
      const asked: string[] = [];
      Object.assign(globalThis, { asked });
      dialog.showMessageBox = ((options: { buttons: string[] }) => {
        asked.push(...options.buttons);
        return Promise.resolve({ response: 0, checkboxChecked: false });
      }) as never;
      BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer();
    });
    await until('reload was offered', async () => {
      const asked = await box.app.evaluate(() => (globalThis as unknown as { asked: string[] }).asked);
      return asked.includes('Reload') ? true : undefined;
    });
    await until('the page is there again', () =>
      box.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
          'document.querySelector("h1")?.textContent ?? undefined',
        ),
      ),
    );
    await box.status(/^Stopped: /);
  });
});
