import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { AppBox, buildApp, describeApp, ROOT } from './app-process.ts';
import { until, type TrayOnBus } from './fake-desktop.ts';

const HOOK = path.join(import.meta.dirname, 'record-dialogs.cjs');

interface MessageBox {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
  /** by a box before it */
  readonly copied: string;
}

describeApp('an app that cannot start', () => {
  let box: AppBox;
  /** a copy of the program, to be broken */
  let program: string;
  let app: ChildProcess | undefined;
  let exit: Promise<unknown[]>;
  let stderr: string;

  beforeAll(buildApp);
  beforeEach(async () => {
    box = new AppBox('app-broken', 18_413);
    await box.openDesktop();
    program = mkdtempSync(path.join(tmpdir(), 'letta-broken-'));
    for (const part of ['package.json', 'out', 'compose'])
      cpSync(path.join(ROOT, part), path.join(program, part), { recursive: true });
    for (const part of ['node_modules', 'resources'])
      symlinkSync(path.join(ROOT, part), path.join(program, part));
  });
  afterEach(async () => {
    app?.kill('SIGKILL');
    await box.close();
    rmSync(program, { recursive: true, force: true });
  });
  afterAll(() => app?.kill('SIGKILL'));

  /** Chunks that the app loads, by the module that they begin with. */
  const chunk = (name: string): string => {
    const found = readdirSync(path.join(program, 'out/main')).find(
      (f) => f.startsWith(`${name}-`) && f.endsWith('.js'),
    );
    if (found === undefined) throw new Error(`there is no chunk of ${name}`);
    return path.join(program, 'out/main', found);
  };

  function start(...args: string[]): void {
    const [command = '', ...rest] = box.command(program, args);
    const environment = { ...box.environment(), TEST_DIALOGS: path.join(program, 'dialog') };
    app = spawn(command, ['-r', HOOK, ...rest], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
    stderr = '';
    app.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    exit = once(app, 'close');
  }

  const shown = (number: number): Promise<MessageBox> =>
    until(
      () => `message box ${number} is there; stderr: ${stderr}`,
      () => {
        const file = path.join(program, `dialog-${number}`);
        return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as MessageBox) : undefined;
      },
    );
  function answer(number: number, button: number): void {
    const file = path.join(program, `dialog.answer-${number}`);
    writeFileSync(`${file}.new`, String(button));
    renameSync(`${file}.new`, file);
  }

  it.each<[what: string, args: string[], spoil: () => void, why: RegExp]>([
    [
      'a part of it is missing',
      ['--hidden'],
      () => rmSync(chunk('desktop')),
      /Cannot find module .*desktop-/,
    ],
    ['a part of it is missing, with its window', [], () => rmSync(chunk('desktop')), /Cannot find module/],
    [
      'a part of it is spoilt',
      ['--hidden'],
      () => writeFileSync(chunk('edges'), '{ not a program'),
      /SyntaxError|Unexpected/,
    ],
    ['nearly all of it is missing', [], () => rmSync(chunk('app')), /Cannot find module .*app-/],
  ])(
    '%s: says so with details to copy, leaves no icon behind, and ends with 1',
    async (_what, args, spoil, why) => {
      spoil();
      start(...args);
      const first = await shown(1);
      expect(first).toMatchObject({ message: 'Letta Stack cannot start', buttons: ['Quit', 'Copy details'] });
      expect(first.detail).toMatch(why);
      expect(first.detail).toMatch(
        /Install Letta Stack again\. Letta itself and its data are as they were\.$/,
      );
      if (box.desktop.icons > 0) await gone(await box.desktop.tray());
      answer(1, 1);
      const second = await shown(2);
      expect(second.copied).toMatch(why);
      answer(2, 0);
      expect(await exit).toEqual([1, null]);
      expect(stderr).toMatch(/Letta Stack cannot start: /);
    },
  );

  it('its folder cannot be used: says what to do about it', async () => {
    rmSync(path.dirname(box.settingsFile), { recursive: true });
    writeFileSync(path.dirname(box.settingsFile), '');
    start('--hidden');
    const { detail } = await shown(1);
    expect(detail).toMatch(/The folder \S+config cannot be used: .*\n\nMake \S+config writable for you/);
    answer(1, 0);
    expect(await exit).toEqual([1, null]);
  });

  it('as a terminal: says so and ends with 1', async () => {
    rmSync(chunk('begin'));
    start('--headless', '--cli', '--', 'version');
    expect(await exit).toEqual([1, null]);
    expect(stderr).toMatch(/error: letta-stack cannot start: .*Cannot find module/s);
  });

  /** The icon's object is gone from the bus. */
  const gone = (tray: TrayOnBus): Promise<true> =>
    until('the icon is gone', () =>
      tray.get('Status').then(
        () => undefined,
        () => true as const,
      ),
    );
});
