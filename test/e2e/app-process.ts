import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { describeLab } from '../setup/lab.ts';
import { FakeDesktop, until, type TrayOnBus } from './fake-desktop.ts';

export const ROOT = path.join(import.meta.dirname, '..', '..');
export const LIGHT = path.join(ROOT, 'test', 'fixtures', 'light-stack', 'compose.yaml');
const OUT = path.join(ROOT, 'out');

/** The Electron of these tests: `npm test` names it. */
const electron = process.env['LETTA_STACK_TEST_ELECTRON'];

/** A `describe` for tests of the app on the lab; skipped with the reason printed where one of both is missing. */
export function describeApp(name: string, body: () => void): void {
  if (!electron) console.warn(`skipped: ${name} (no Electron for tests)`);
  if (electron) describeLab(name, body);
}

/** Builds the app as `npm start` does, once a run: its files are tested one after another, each in a process of its own. */
export async function buildApp(): Promise<void> {
  const builtBy = path.join(ROOT, 'node_modules', '.cache', 'app-built-by');
  const run = String(process.ppid);
  if (existsSync(builtBy) && readFileSync(builtBy, 'utf8') === run) return;
  const vite = path.join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  // under vitest it would be React's development build, which is many times slower
  const env = { ...process.env, NODE_ENV: 'production' };
  const build = (...args: string[]): Promise<unknown> =>
    promisify(execFile)(process.execPath, [vite, 'build', '--logLevel', 'warn', ...args], { cwd: ROOT, env });
  await Promise.all([build(), build('--app', '-c', 'vite.window.config.ts')]);
  mkdirSync(path.dirname(builtBy), { recursive: true });
  writeFileSync(builtBy, run);
}

export const docker = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)('docker', args)).stdout;

/** An X server without a screen. */
class Display {
  readonly name: string;
  readonly #server: ChildProcess;

  private constructor(name: string, server: ChildProcess) {
    this.name = name;
    this.#server = server;
  }

  static async open(): Promise<Display> {
    // it picks a free number by itself and says which
    const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const number = await new Promise<string>((resolve, reject) => {
      server.once('error', reject);
      server.once('exit', (code) => reject(new Error(`Xvfb ended with exit code ${code}`)));
      server.stdio[3]?.once('data', (data: Buffer) => resolve(data.toString().trim()));
    });
    return new Display(`:${number}`, server);
  }

  close(): void {
    this.#server.kill();
  }
}

/** The app with folders, a display and a desktop of its own, on the engine and keychain of the tests. */
export class AppBox {
  readonly project: string;
  /** the program that is started */
  electron = electron ?? '';
  readonly folder = mkdtempSync(path.join(tmpdir(), 'letta-app-'));
  readonly home = path.join(this.folder, 'home');
  readonly settingsFile = path.join(this.home, 'config', 'settings.json');
  readonly #env: NodeJS.ProcessEnv;
  #display!: Display;
  desktop!: FakeDesktop;
  app!: ElectronApplication;
  tray!: TrayOnBus;

  /** @param env of another lab than the tests' own */
  constructor(project: string, port: number, env: Readonly<Record<string, string>> = {}, stack?: object) {
    this.project = project;
    this.#env = { ...process.env, XDG_CURRENT_DESKTOP: 'KDE', ...env, LETTA_STACK_HOME: this.home };
    mkdirSync(path.dirname(this.settingsFile), { recursive: true, mode: 0o700 });
    const light = { files: [LIGHT], variables: { LIGHT_PORT: String(port) } };
    const stacks = { [project]: stack ?? light };
    writeFileSync(this.settingsFile, JSON.stringify({ version: 1, current: project, stacks }));
  }

  /** The production profile, by its own name. */
  static ofProduction(port: number): AppBox {
    const variables = { LETTA_STACK_PORT: String(port) };
    return new AppBox('letta-production', port, {}, { profile: 'production', variables });
  }

  /** As it is before its first start: nobody has chosen anything. */
  static fresh(project: string, env: Readonly<Record<string, string>> = {}): AppBox {
    const box = new AppBox(project, 0, env);
    rmSync(box.settingsFile);
    return box;
  }

  async openDisplay(): Promise<void> {
    this.#display ??= await Display.open();
  }

  /** A display, a tray host and a notification server. */
  async openDesktop(options: { trayHost?: boolean; notifications?: boolean } = {}): Promise<void> {
    await this.openDisplay();
    if (this.desktop) return;
    this.desktop = new FakeDesktop(this.#env['DBUS_SESSION_BUS_ADDRESS'] ?? '');
    await this.desktop.open(options);
  }

  async open(args: readonly string[] = ['--hidden']): Promise<void> {
    await this.openDesktop();
    const { app, tray } = await this.launch(args);
    this.app = app;
    this.tray = tray;
  }

  async launch(args: readonly string[]): Promise<{ app: ElectronApplication; tray: TrayOnBus }> {
    const before = this.desktop.icons;
    const app = await this.start(args);
    return { app, tray: await this.desktop.tray(before) };
  }

  async start(args: readonly string[]): Promise<ElectronApplication> {
    const [executablePath = '', ...rest] = this.command(ROOT, args);
    return lasting(await _electron.launch({ executablePath, args: rest, env: this.environment() }));
  }

  /** Program and arguments that start an app of Electron. */
  command(folder: string, args: readonly string[]): string[] {
    return [this.electron, ...noSandbox(), folder, ...args];
  }

  /** Starts it a second time, to its end. */
  async second(args: readonly string[] = []): Promise<void> {
    const [program = '', ...rest] = this.command(ROOT, args);
    await promisify(execFile)(program, rest, { env: this.environment() });
  }

  /** The window's page, once it is there. */
  window(): Promise<Page> {
    return until('a window is there', () => this.app.windows().find((w) => !w.isClosed()));
  }

  /** Waits until the menu's first line begins so. */
  status(words: RegExp, ms = 30_000): Promise<string> {
    let last = '';
    return until(
      () => `the tray says ${words}; it says ${last}`,
      async () => {
        // a menu that is being replaced cannot be read
        const [first = ''] = await this.tray.words().catch((error: unknown) => [String(error)]);
        last = first;
        return words.test(first) ? first : undefined;
      },
      ms,
    );
  }

  /** Waits until the menu has this line. */
  shows(line: string, ms?: number): Promise<true> {
    const look = async (): Promise<true | undefined> => {
      const words: string[] = await this.tray.words().catch(() => []);
      return words.includes(line) ? true : undefined;
    };
    return until(`the tray shows ${line}`, look, ms);
  }

  /** Runs `letta-stack` as a user beside the app would. */
  cli(...args: readonly string[]): Promise<string> {
    return this.cliGiven('', ...args);
  }

  /** The same with something on its standard input. */
  async cliGiven(input: string, ...args: readonly string[]): Promise<string> {
    const command = [path.join(OUT, 'main', 'cli.js'), ...args];
    const running = promisify(execFile)(process.execPath, command, { env: this.#env });
    running.child.stdin?.end(input);
    return (await running).stdout;
  }

  /** Removes the stack, its data and its keys; of a run that was killed the keys stay, as for every user. */
  async wipe(): Promise<void> {
    const settings = readFileSync(this.settingsFile);
    await this.cli('remove', '--project', this.project, '--yes-delete', this.project).catch(
      () => undefined, // there is none
    );
    writeFileSync(this.settingsFile, settings); // what is removed is not set up any more
  }

  async close(): Promise<void> {
    await this.app?.close().catch(() => undefined);
    this.desktop?.close();
    this.#display?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  environment(): Record<string, string> {
    const env = Object.entries(this.#env).filter((e): e is [string, string] => e[1] !== undefined);
    return { ...Object.fromEntries(env), DISPLAY: this.#display.name };
  }
}

/** Chromium refuses its sandbox to root: in tests alone. */
const noSandbox = (): string[] => (process.getuid?.() === 0 ? ['--no-sandbox'] : []);

/** Asks again where main's V8 collected the promise that Playwright waits for: what the tests run there may run twice. */
function lasting(app: ElectronApplication): ElectronApplication {
  const evaluate = app.evaluate.bind(app) as (...args: unknown[]) => Promise<unknown>;
  const again = (...args: unknown[]): Promise<unknown> =>
    evaluate(...args).catch((error: unknown) => {
      if (!String(error).includes('promise was garbage collected')) throw error;
      return evaluate(...args);
    });
  return Object.assign(app, { evaluate: again as ElectronApplication['evaluate'] });
}
