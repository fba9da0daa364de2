import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { abilitiesOf } from '../../main/desktop/setup-calls.ts';
import { engineGuide } from '../../main/docker/engine-guide.ts';
import { startEngine } from '../../main/docker/start-engine.ts';
import { wellKnownProducts, type Product } from '../../main/docker/well-known.ts';
import { appError } from '../../main/errors.ts';
import { distributionOf } from '../../main/gpu/host.ts';

const around = (platform: NodeJS.Platform) => ({ env: {}, home: '/home/me', platform, uid: 1000 });
const ABSENT = appError('engine.not-installed', { tried: [] });

describe('what to do for an engine', () => {
  it.each([
    ['NAME="Debian"\nID=debian\n', 'sudo apt-get install docker.io'],
    ['ID=pop\nID_LIKE="ubuntu debian"\n', 'sudo apt-get install docker.io'],
    ['ID=fedora\n', 'sudo dnf install moby-engine'],
    ['ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n', 'sudo zypper install docker'],
    ['ID=endeavouros\nID_LIKE=arch\n', 'sudo pacman -S docker'],
    ['ID=alpine\n', 'sudo apk add docker'],
    ['ID=nixos\n', undefined],
    ['', undefined],
  ])('on Linux, %j', (osRelease, command) => {
    const { todo, product } = engineGuide(ABSENT, around('linux'), distributionOf(osRelease));
    expect(todo[0]?.command).toBe(command);
    expect(todo.slice(1).map((t) => t.command)).toEqual([
      'sudo systemctl enable --now docker',
      'sudo usermod -aG docker $USER',
    ]);
    expect(product).toBeUndefined();
  });

  it.each([
    ['darwin', 'brew install colima docker'],
    ['win32', 'winget install Docker.DockerDesktop'],
  ] as const)('on %s', (platform, command) => {
    expect(engineGuide(ABSENT, around(platform), []).todo[0]?.command).toBe(command);
  });

  it.each([
    ['linux', 'unix:///var/run/docker.sock', 'systemctl start docker'],
    ['linux', 'unix:///run/user/1000/docker.sock', 'systemctl --user start docker'],
    ['linux', 'unix:///home/me/.docker/desktop/docker.sock', 'systemctl --user start docker-desktop'],
    ['linux', 'unix:///home/me/.colima/default/docker.sock', 'colima start'],
    ['darwin', 'unix:///home/me/.docker/run/docker.sock', 'open -a Docker'],
    ['darwin', 'unix:///home/me/.orbstack/run/docker.sock', 'open -a OrbStack'],
    ['darwin', 'unix:///home/me/.rd/docker.sock', 'open -a Rancher Desktop'],
    [
      'win32',
      'npipe:////./pipe/dockerDesktopLinuxEngine',
      'C:\\Program Files\\Docker\\Docker\\Docker Desktop.exe',
    ],
    ['linux', 'tcp://127.0.0.1:2375', undefined],
  ] as const)('on %s, %s is started by %s', (platform, endpoint, command) => {
    const error = appError('engine.not-running', { endpoint, reason: '' });
    const { product, todo } = engineGuide(error, around(platform), []);
    expect(product && [product.run.program, ...product.run.args].join(' ')).toBe(command);
    expect(todo).toHaveLength(command === undefined ? 0 : 1);
  });

  it('a user who may not talk to it is told how; of anything else its own words say enough', () => {
    const denied = appError('engine.permission-denied', { endpoint: 'unix:///var/run/docker.sock' });
    expect(engineGuide(denied, around('linux'), []).todo[0]?.command).toBe('sudo usermod -aG docker $USER');
    expect(engineGuide(denied, around('darwin'), []).todo).toEqual([]);
    const tls = appError('engine.tls', { endpoint: 'tcp://x', reason: 'expired' });
    expect(engineGuide(tls, around('linux'), [])).toEqual({ todo: [] });
  });

  it('every product on every system says how it is started, and does what it says', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const)
      for (const { name, start, run } of wellKnownProducts(around(platform))) {
        const command = [run.program, ...run.args].join(' ');
        if (start.includes(' with ')) expect(start.replace('sudo ', ''), name).toContain(command);
        else expect(start, name).toMatch(/^Open /);
      }
  });
});

describe('starting it', () => {
  const product = (run: Product['run']): Product => ({
    name: 'Docker Engine',
    urls: [],
    installed: [],
    start: 'Start it with sudo systemctl start docker',
    run,
  });
  function script(text: string): string {
    const folder = mkdtempSync(join(tmpdir(), 'letta-start-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'run.sh');
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o700);
    return file;
  }

  it('waits for what ends, and not for an app that stays', async () => {
    await startEngine(product({ program: script('exit 0'), args: [] }));
    const began = performance.now();
    await startEngine(product({ program: script('sleep 2'), args: [], stays: true }));
    expect(performance.now() - began).toBeLessThan(1_500);
  });

  it.each([
    [
      'what it said last',
      'echo first >&2; echo "Interactive authentication required." >&2; exit 1',
      /Interactive/,
    ],
    ['its exit code', 'exit 7', /Command failed/],
  ])('says why it could not be: %s', async (_, text, reason) => {
    const begun = startEngine(product({ program: script(text), args: ['now'] }));
    await expect(begun).rejects.toMatchObject({
      errors: [{ code: 'engine.not-started', data: { reason: expect.stringMatching(reason) } }],
    });
  });

  it('a program that is not there is said, waited for or not', async () => {
    for (const stays of [{}, { stays: true as const }])
      await expect(startEngine(product({ program: '/nowhere/x', args: [], ...stays }))).rejects.toMatchObject(
        {
          errors: [{ code: 'engine.not-started', data: { command: '/nowhere/x' } }],
        },
      );
  });
});

it('what an engine can is told with what is without it', () => {
  const old = abilitiesOf({ startInterval: false, hostPaths: true } as never);
  expect(old.map((a) => a.isThere)).toEqual([false, true]);
  expect(old.every((a) => a.without !== '')).toBe(true);
});
