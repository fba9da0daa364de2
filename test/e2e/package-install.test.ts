// The deb in a clean Debian, as a user without root has it: installed, used, removed. `npm run dist -- --test` runs it.
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, globSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppBox, describeApp, LIGHT, ROOT } from './app-process.ts';
import { CleanRoot, USER } from './clean-root.ts';

const describePackage = process.env['LETTA_STACK_TEST_DIST'] === '1' ? describeApp : describe.skip;

const PROJECT = 'package-root';
const PROGRAM = '/opt/Letta Stack/letta-stack-app';
const VOLUME = `${PROJECT}_pgdata`;
/** A Debian is two minutes' work where its mirror is near. */
const MAKE_MS = 900_000;

/** What apt and dpkg keep of every package that was ever installed, what ends with a session, what is the test's own. */
const NOT_OURS = /^(srv|proc|dev|sys|run\/user|var\/(log|cache|lib\/(apt|dpkg)))(\/|\t)/;

describePackage('the deb in a clean Debian', () => {
  const root = new CleanRoot();
  let box: AppBox;
  let env: NodeJS.ProcessEnv;
  let before: string[];
  let missing: string | undefined;

  beforeAll(async () => {
    missing = await root.make();
    if (missing !== undefined) return;
    const [deb = ''] = globSync(path.join(ROOT, 'dist', '*.deb'));
    copyFileSync(deb, path.join(root.folder, 'srv', 'letta-stack.deb'));
    cpSync(path.dirname(LIGHT), path.join(root.folder, 'srv', 'light-stack'), { recursive: true });
    writeFileSync(path.join(root.folder, 'srv', 'passphrase'), 'correct horse battery staple\n');
    // what it depends on stays when it is removed: so that comes first, and by what the package itself says
    const depends = await root.root('dpkg-deb', '--field', '/srv/letta-stack.deb', 'Depends');
    await apt('update');
    await apt('satisfy', depends.trim());
    before = await root.files();
    box = new AppBox(PROJECT, 0, { DBUS_SESSION_BUS_ADDRESS: await root.bus('srv/bus') });
    await box.openDesktop();
    await root.lead('srv/docker.sock', (process.env['DOCKER_HOST'] ?? '').replace('unix://', ''));
    env = {
      DISPLAY: box.environment()['DISPLAY'],
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/srv/bus',
      DOCKER_HOST: 'unix:///srv/docker.sock',
      LETTA_STACK_PASSPHRASE_FILE: '/srv/passphrase',
      XDG_CURRENT_DESKTOP: 'KDE',
    };
  }, MAKE_MS);
  afterAll(async () => {
    await box?.close();
    root.close();
  });

  beforeEach(({ skip }) => skip(missing !== undefined, missing));

  const apt = (...args: readonly string[]): Promise<string> =>
    root.root('apt-get', '-y', '-q', '--no-install-recommends', ...args);
  const letta = (...args: readonly string[]): ReturnType<CleanRoot['user']> =>
    root.user(env, ['letta-stack', ...args]);

  it('is installed, with nothing but itself', async () => {
    const said = await apt('install', '/srv/letta-stack.deb');
    expect(said).toContain('0 upgraded, 1 newly installed, 0 to remove');
    expect(await letta('version')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^letta-stack \d/),
      stderr: '',
    });
  });

  describe('its user', () => {
    let app: ChildProcess;
    let exit: Promise<unknown[]>;
    afterAll(() => app?.kill());

    it('starts the stack in the terminal', async () => {
      const settings = {
        version: 1,
        secretStore: 'file',
        current: PROJECT,
        stacks: {
          [PROJECT]: { files: ['/srv/light-stack/compose.yaml'], variables: { LIGHT_PORT: '18432' } },
        },
      };
      const write = 'umask 077; mkdir -p ~/.config/letta-stack; cat >~/.config/letta-stack/settings.json';
      await root.user({}, ['sh', '-c', write], JSON.stringify(settings));
      await letta('down', '--project', PROJECT, '--volumes', VOLUME, '--yes-delete', VOLUME); // of a run that was killed
      expect(await letta('up', '--project', PROJECT, '--yes')).toMatchObject({ code: 0 });
      const { stdout } = await letta('status', '--project', PROJECT, '--format', 'json');
      expect(JSON.parse(stdout)).toMatchObject({ stacks: [{ project: PROJECT, status: 'running' }] });
    });

    it('sees it in the tray, with Chromium in its sandbox', async () => {
      app = root.program(env, [PROGRAM, '--hidden']);
      exit = once(app, 'exit');
      box.tray = await box.desktop.tray();
      await box.status(/^Healthy: /);
      expect(await box.tray.icon()).not.toBe('');
    });

    it('stops it from there, and quits', async () => {
      await box.tray.click('Stop');
      await box.status(/^Stopped: /);
      await box.tray.click('Quit');
      expect(await exit).toEqual([0, null]);
    });
  });

  it('is removed, and nothing stays but the data', async () => {
    const down = await letta('down', '--project', PROJECT, '--volumes', VOLUME, '--yes-delete', VOLUME);
    expect(down).toMatchObject({ code: 0 });
    await apt('purge', 'letta-stack');
    const was = new Set(before);
    const after = (await root.files()).filter((line) => !NOT_OURS.test(line));
    const left = after.filter((line) => !was.has(line)).map((line) => line.split('\t')[0]!);
    const home = `${USER.home.slice(1)}/`;
    expect(left.filter((file) => !file.startsWith(home))).toEqual([]);
    expect(left).toContain(`${home}.config/letta-stack/secrets.age`);
    // nor was anything taken that was there, but /opt: dpkg removes it with the last package in it
    const is = new Set(after);
    const gone = before.filter((line) => !NOT_OURS.test(line) && !is.has(line));
    expect(gone.filter((line) => !line.startsWith('opt\t'))).toEqual([]);
  });
});
