import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { createBuilder } from 'vite';
import type { AppSnapshot } from '../../main/channels.ts';
import { axe } from '../setup/axe.ts';
import { ANSWERS } from './answers.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Each worker builds its own. */
const BUILT = join(ROOT, 'node_modules/.cache', `component-window-${process.env['VITEST_POOL_ID'] ?? '1'}`);
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};
/** As main sends it. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium-headless-shell';
/** Why the tests cannot run here; undefined: they can. */
export const MISSING = existsSync(CHROMIUM) ? undefined : `no Chromium at ${CHROMIUM} (CHROMIUM_PATH)`;

/** As the window opens first. */
const LARGE = { width: 1040, height: 720 };

/** A call that the page made. */
export interface Called {
  readonly name: string;
  readonly input: unknown;
}

export interface Given {
  readonly snapshot: AppSnapshot;
  /** what calls answer; the rest is as in `ANSWERS` */
  readonly answers?: Readonly<Record<string, unknown>>;
  readonly width?: number;
  readonly height?: number;
  readonly platform?: string;
  /** the page's time; it goes on from there, and `page.clock` moves it */
  readonly now?: string;
  /** the page's time stands still instead */
  readonly isStill?: boolean;
}

/** The built page in a Chromium, with a bridge that answers what a test gives it. */
export class WindowBench {
  readonly #browser: Browser;
  readonly #server: Server;

  private constructor(browser: Browser, server: Server) {
    this.#browser = browser;
    this.#server = server;
  }

  /** @param mode under vitest it has React's development build, which complains of more; users have the other */
  static async open(mode: 'test' | 'production' = 'test'): Promise<WindowBench> {
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = mode;
    try {
      const builder = await createBuilder({
        configFile: join(ROOT, 'vite.window.config.ts'),
        logLevel: 'warn',
        environments: { client: { build: { outDir: BUILT, chunkSizeWarningLimit: 2_000 } } },
      });
      await builder.build(builder.environments['client']!);
    } finally {
      process.env['NODE_ENV'] = before;
    }
    const server = createServer((request, response) => {
      const path = new URL(request.url ?? '/', 'http://window').pathname;
      readFile(join(BUILT, path)).then(
        (body) => {
          const type = TYPES[extname(path)] ?? 'application/octet-stream';
          response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY }).end(body);
        },
        // a browser asks for /favicon.ico too; anything else that is not there, the page complains of
        (error: Error) =>
          path === '/favicon.ico'
            ? response.writeHead(204).end()
            : response.writeHead(500).end(error.message),
      );
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    return new WindowBench(browser, server);
  }

  /** A window with this snapshot, once it has drawn it. Whatever the page complains of is a failure. */
  async page({
    snapshot,
    answers = {},
    width = LARGE.width,
    height = LARGE.height,
    platform = 'linux',
    now,
    isStill = false,
  }: Given): Promise<WindowPage> {
    const context = await this.#browser.newContext({
      viewport: { width, height },
      colorScheme: 'light',
      permissions: ['clipboard-read'],
      locale: 'en-US',
      timezoneId: 'UTC',
    });
    await context.addInitScript(fakeBridge, { platform, answers: { ...ANSWERS, snapshot, ...answers } });
    const page = await context.newPage();
    if (now !== undefined && isStill) await page.clock.setFixedTime(now);
    else if (now !== undefined) await page.clock.install({ time: now });
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    const { port } = this.#server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/index.html`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    return new WindowPage(page, complaints);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    this.#server.close();
  }
}

const BY_ITSELF: ReadonlySet<string> = new Set([
  'snapshot',
  'watchUse',
  'health',
  'stackSettings',
  'engineChoice',
  'stacks',
  'dataPlace',
  'keys',
  'keyStore',
  'modelServers',
  'gpu',
  'logsTaken',
  'engineFacts',
  'gpu',
  'setupStacks',
  'models',
  'unfollowLogs',
]);

export class WindowPage {
  readonly page: Page;
  /** what the console said: errors, warnings, violations of the policy */
  readonly complaints: readonly string[];
  /** newer than that of any fixture */
  #revision = 1_000;

  constructor(page: Page, complaints: readonly string[]) {
    this.page = page;
    this.complaints = complaints;
  }

  /** Calls since the page was opened, without those that the page makes by itself. */
  async calls(): Promise<Called[]> {
    const calls = await this.page.evaluate<Called[]>('window.calls');
    return calls.filter((c) => !BY_ITSELF.has(c.name));
  }

  /** What one call was asked for with, each time. */
  async inputs(name: string): Promise<unknown[]> {
    const calls = await this.page.evaluate<Called[]>('window.calls');
    return calls.filter((c) => c.name === name).map((c) => c.input);
  }

  /**
   * Shows another state in the same page, as it is when it is opened: the overview, light, large, nothing called yet. A
   * page and axe in it take longer to load than to be used.
   */
  async become(snapshot: AppSnapshot): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.page.keyboard.press('Control+1');
    await this.page.setViewportSize(LARGE);
    await this.page.emulateMedia({ colorScheme: 'light' });
    await this.page.evaluate('window.calls = []');
    this.#revision += 1;
    await this.push('snapshot', { ...snapshot, revision: this.#revision });
  }

  /** As if the window was hidden, or shown again. */
  async hide(isHidden: boolean): Promise<void> {
    await this.page.evaluate(`
      Object.defineProperty(document, 'hidden', { configurable: true, value: ${isHidden} });
      document.dispatchEvent(new Event('visibilitychange'));
    `);
  }

  /** What a call answers from now on. */
  async answer(name: string, answer: unknown): Promise<void> {
    await this.page.evaluate(`window.answers[${JSON.stringify(name)}] = ${JSON.stringify(answer)}`);
  }

  /** Lines that main tells of what is followed now, or that it has ended. */
  async pushLogs(lines: readonly unknown[], more: object = {}): Promise<void> {
    await this.push('logs', { session: await this.session(), lines, ...more });
  }

  /** The log that the page follows. */
  async session(): Promise<string> {
    const inputs = (await this.inputs('followLogs')) as { session: string }[];
    return inputs.at(-1)?.session ?? '';
  }

  async push(name: string, value: unknown): Promise<void> {
    await this.page.evaluate(`window.push(${JSON.stringify(name)}, ${JSON.stringify(value)})`);
  }

  /** What axe finds, each in a line. */
  axe(): Promise<string[]> {
    return axe(this.page);
  }

  /** How much wider the page, or anything in it that does not scroll by itself, is than the window. */
  overflow(): Promise<number> {
    return this.page.evaluate<number>(`Math.max(
      document.documentElement.scrollWidth - innerWidth,
      ...[...document.querySelectorAll('main, .sidebar, dialog')].map((e) => e.scrollWidth - e.clientWidth),
    )`);
  }

  /** Presses Tab until this has the focus, and gives how often; 0 if it never gets it. */
  async tabsTo(name: string): Promise<number> {
    await this.page.evaluate('document.activeElement.blur()');
    for (let i = 1; i <= 60; i++) {
      await this.page.keyboard.press('Tab');
      const at = await this.page.evaluate<string>('document.activeElement.textContent');
      if (at === name) return i;
    }
    return 0;
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

interface BridgePage {
  bridge: unknown;
  calls: Called[];
  push: (name: string, value: unknown) => void;
  /** what calls answer; a test may change it */
  answers: Record<string, unknown>;
}

/** Runs in the page, before its own scripts. An answer `{ errors }` refuses the call. */
function fakeBridge(given: { platform: string; answers: Record<string, unknown> }): void {
  const page = globalThis as unknown as BridgePage;
  const listeners: Record<string, ((value: unknown) => void)[]> = {};
  page.calls = [];
  page.answers = given.answers;
  page.push = (name, value) => {
    for (const seen of listeners[name] ?? []) seen(value);
  };
  page.bridge = {
    platform: given.platform,
    call: (name: string, input: unknown): Promise<unknown> => {
      page.calls.push({ name, input });
      const answer = page.answers[name];
      const isRefused = typeof answer === 'object' && answer !== null && 'errors' in answer;
      return Promise.resolve(isRefused ? { ok: false, ...answer } : { ok: true, value: answer });
    },
    on: (name: string, seen: (value: unknown) => void): (() => void) => {
      (listeners[name] ??= []).push(seen);
      return () => {
        listeners[name] = (listeners[name] ?? []).filter((other) => other !== seen);
      };
    },
  };
}
