import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { profileIds } from '../../main/system/profiles.ts';
import { currentLab } from '../setup/lab.ts';
import { AppBox, describeApp } from './app-process.ts';

// What `npm run dist` built, unpacked. Building it takes two minutes, so `npm test` leaves it out:
// `npm run dist -- --test` builds and then runs this file.
const describePackage = process.env['LETTA_STACK_TEST_DIST'] === '1' ? describeApp : describe.skip;

const ROOT = path.join(import.meta.dirname, '..', '..');
const UNPACKED = path.join(ROOT, 'dist', 'linux-unpacked');
const PROGRAM = path.join(UNPACKED, 'letta-stack-app');
const ARCHIVE = path.join(UNPACKED, 'resources', 'app.asar');
const CLI = path.join(UNPACKED, 'resources', 'letta-stack');

const LIGHT = path.join(ROOT, 'test', 'fixtures', 'light-stack', 'compose.yaml');

const MEGABYTE = 1_000_000;

interface Surroundings {
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: string;
  readonly program?: string;
  /** milliseconds that the reader of stdout is late */
  readonly readAfter?: number;
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describePackage('the package', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'letta-package-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What a terminal over ssh has: neither a display nor a session bus. */
  const bare: NodeJS.ProcessEnv = {
    ...process.env,
    LETTA_STACK_HOME: path.join(folder, 'home'),
    DISPLAY: undefined,
    WAYLAND_DISPLAY: undefined,
    DBUS_SESSION_BUS_ADDRESS: undefined,
  };

  /** The one that the lab's keychain is on. */
  async function bus(): Promise<NodeJS.ProcessEnv> {
    const { DBUS_SESSION_BUS_ADDRESS } = await currentLab().env();
    return { DBUS_SESSION_BUS_ADDRESS };
  }

  async function cli(
    args: readonly string[],
    { env = {}, stdin = '', program = CLI, readAfter = 0 }: Surroundings = {},
  ): Promise<Ended> {
    const child = spawn(program, args, { env: { ...bare, ...env } });
    child.stdin.end(stdin);
    const closed = once(child, 'close');
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    await new Promise((resolve) => setTimeout(resolve, readAfter));
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    const [code] = (await closed) as [number | null];
    return { code, stdout, stderr };
  }

  it('has the fuses set', async () => {
    const wire = await getCurrentFuseWire(PROGRAM);
    const wanted: [FuseV1Options, string][] = [
      [FuseV1Options.RunAsNode, '0'],
      [FuseV1Options.EnableCookieEncryption, '1'],
      [FuseV1Options.EnableNodeOptionsEnvironmentVariable, '0'],
      [FuseV1Options.EnableNodeCliInspectArguments, '0'],
      [FuseV1Options.EnableEmbeddedAsarIntegrityValidation, '1'],
      [FuseV1Options.OnlyLoadAppFromAsar, '1'],
      [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot, '0'],
      [FuseV1Options.GrantFileProtocolExtraPrivileges, '0'],
    ];
    // a fuse is a digit in the program
    expect(wanted.map(([fuse]) => [fuse, String.fromCharCode(wire[fuse] ?? 0)])).toEqual(wanted);
  });

  it('holds the app and nothing else', () => {
    const files = listPackage(ARCHIVE, { isPack: false });
    const kinds = new Set(files.map((file) => file.split('/').slice(1, 3).join('/')));
    expect([...kinds].toSorted()).toEqual([
      'node_modules',
      'node_modules/@napi-rs',
      'out',
      'out/main',
      'out/preload',
      'out/renderer',
      'package.json',
      'resources',
      'resources/icon.png',
      'resources/tray',
    ]);
    expect(files.filter((file) => /\.(map|ts|tsx|svg)$|test/.test(file))).toEqual([]);
    expect(readdirSync(path.join(UNPACKED, 'resources')).toSorted()).toEqual([
      'LICENSE',
      'THIRD-PARTY-LICENSES',
      'app.asar',
      'app.asar.unpacked',
      'apparmor-profile',
      'compose',
      'letta-stack',
    ]);
  });

  it('has the licences of all libraries that are in it, with their texts', () => {
    const text = readFileSync(path.join(UNPACKED, 'resources', 'THIRD-PARTY-LICENSES'), 'utf8');
    const named = [...text.matchAll(/^=+\n(\S+) \S+ \(([^)\n]+)\)\n=+\n\n(\S)/gm)].map(
      ([, name = '']) => name,
    );
    const bundled = ['out/main', 'out/renderer'].flatMap((built) => {
      const entries = readFileSync(path.join(ROOT, built, 'licenses.json'), 'utf8');
      return (JSON.parse(entries) as { name: string }[]).map(({ name }) => name);
    });
    expect(bundled).toEqual(expect.arrayContaining(['dockerode', 'react-dom', 'yaml', 'zod']));
    // of some there are two versions
    expect(new Set(named)).toEqual(new Set([...bundled, '@napi-rs/keyring']));
  });

  it('has the profiles as plain files beside the archive', async () => {
    const ours = readdirSync(path.join(ROOT, 'compose'), { recursive: true, withFileTypes: true });
    for (const { parentPath, name } of ours.filter((e) => e.isFile())) {
      const file = path.relative(ROOT, path.join(parentPath, name));
      const packed = readFileSync(path.join(UNPACKED, 'resources', file), 'utf8');
      expect(packed, file).toBe(readFileSync(path.join(ROOT, file), 'utf8'));
    }
    const { code, stdout, stderr } = await cli(['profiles', '--format', 'json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const ids = (JSON.parse(stdout) as { id: string }[]).map(({ id }) => id);
    expect(ids).toEqual(profileIds(path.join(ROOT, 'compose')));
  });

  it('is a terminal without a display', async () => {
    const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      version: string;
    };
    const said = await cli(['version']);
    expect(said).toMatchObject({ code: 0, stderr: '' });
    expect(said.stdout).toMatch(new RegExp(String.raw`^letta-stack ${version} \(node \S+, linux-x64\)\n$`));
    // exit code, and that neither Chromium nor Node takes an option that is the user's
    for (const args of [
      ['nonsense'],
      ['version', '--user-data-dir=/x'],
      ['version', '--inspect'],
      ['--cli'],
    ]) {
      const { code, stdout, stderr } = await cli(args);
      expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' });
      expect(stderr).toMatch(/^error: There is no (command|option) /);
    }
  });

  it('is found through a link, as the deb makes one', async () => {
    const bin = path.join(folder, 'bin');
    mkdirSync(bin);
    const link = path.join(bin, 'letta-stack');
    symlinkSync(CLI, link);
    expect(await cli(['version'], { program: link })).toMatchObject({ code: 0, stderr: '' });
  });

  it('is no Node, whatever the environment says', async () => {
    const code = path.join(folder, 'other.cjs');
    writeFileSync(code, 'console.log("other code ran"); process.exit(7);');
    const said = await cli(['version'], {
      env: { ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: `--require ${code}` },
    });
    expect(said.code).toBe(0);
    expect(said.stdout).toMatch(/^letta-stack /);
  });

  it('writes two megabytes whole to a reader that is late', async () => {
    const file = path.join(folder, 'compose.yaml');
    const value = 'x'.repeat(2 * MEGABYTE);
    writeFileSync(file, `name: large\nservices: { one: { image: i, environment: { LARGE: ${value} } } }\n`);
    const { code, stdout } = await cli(['config', '-f', file, '--format', 'json'], { readAfter: 1000 });
    expect(code).toBe(0);
    const { services } = JSON.parse(stdout) as { services: { one: { environment: { LARGE: string } } } };
    expect(services.one.environment.LARGE).toHaveLength(2 * MEGABYTE);
  });

  it('writes to files as to pipes', async () => {
    // what asks the engine ran while Chromium was starting, and both died of it when neither stream was a pipe
    const files = ['out.json', 'err.txt'].map((name) => path.join(folder, name));
    const [out = 0, err = 0] = files.map((file) => openSync(file, 'w'));
    const args = ['plan', '-f', LIGHT, '--format', 'json'];
    const child = spawn(CLI, args, { env: { ...bare, ...(await bus()) }, stdio: ['ignore', out, err] });
    const end = await once(child, 'close');
    [out, err].forEach(closeSync);
    const [stdout = '', stderr] = files.map((file) => readFileSync(file, 'utf8'));
    expect({ end, stderr }).toEqual({ end: [0, null], stderr: '' });
    expect(JSON.parse(stdout)).toHaveProperty('steps');
  });

  it("reaches the system's keychain", async () => {
    const env = await bus();
    const set = await cli(['secrets', 'set', 'OPENAI_API_KEY'], { env, stdin: 'sk-of-a-package\n' });
    expect(set).toMatchObject({ code: 0 });
    const shown = await cli(['secrets', 'show', 'OPENAI_API_KEY'], { env });
    expect(shown).toMatchObject({ code: 0, stdout: 'sk-of-a-package\n' });
    expect(await cli(['secrets', 'unset', 'OPENAI_API_KEY'], { env })).toMatchObject({ code: 0 });
  });

  // with the fuse of --inspect off, Playwright cannot attach to it: it is seen as its panel sees it
  describe.each<[form: string, program: () => string, args: string[]]>([
    ['unpacked', () => PROGRAM, []],
    // it has its own way to be run where there is no FUSE
    [
      'as AppImage',
      () => globSync(path.join(ROOT, 'dist', '*.AppImage'))[0]!,
      ['--appimage-extract-and-run'],
    ],
  ])('its app, %s', (_form, program, args) => {
    const box = new AppBox('package-e2e', 18_397);
    let app: ChildProcess;
    let exit: Promise<unknown[]>;

    beforeAll(async () => {
      await box.openDesktop();
      const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
      // where it extracts itself to
      const env = { ...box.environment(), TMPDIR: box.folder };
      app = spawn(program(), [...args, ...sandbox], { env, stdio: 'ignore' });
      exit = once(app, 'exit');
    });
    afterAll(async () => {
      app.kill();
      await box.close();
    });

    it('is in the tray, with its icon, and quits from there', async () => {
      const tray = await box.desktop.tray();
      box.tray = tray;
      await box.status(/^Stopped: /);
      expect(await tray.words()).toEqual([
        expect.stringMatching(/^Stopped: /),
        'Start',
        'Open window',
        'Doctor',
        'Settings',
        'Quit',
      ]);
      expect(await tray.icon()).not.toBe('');
      await tray.click('Quit');
      expect(await exit).toEqual([0, null]);
    });
  });
});
