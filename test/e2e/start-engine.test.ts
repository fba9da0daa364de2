// An engine that is installed and does not run, started from the setup: the real engine of a lab of its own. There is no
// systemd here: what stands in for `systemctl` starts that engine, and is found on PATH as the real one is.
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshLab, type LabHandle } from '../setup/lab.ts';
import { AppBox, buildApp, describeApp, ROOT } from './app-process.ts';

describeApp('an engine that does not run', () => {
  let lab: LabHandle;
  let box: AppBox;
  let page: Page;
  let folder: string;

  const called = (): string => readFileSync(path.join(folder, 'called'), 'utf8');
  const start = (): Locator => page.getByRole('button', { name: 'Start rootless Docker' });

  beforeAll(async () => {
    [lab] = await Promise.all([freshLab('start'), buildApp()]);
    const { DBUS_SESSION_BUS_ADDRESS = '' } = await lab.env();
    folder = path.join('/run/letta-stack-lab', lab.name, 'user');
    mkdirSync(folder);
    // where rootless Docker has its socket
    const socket = path.join(folder, 'docker.sock');
    symlinkSync(lab.host.replace('unix://', ''), socket);
    const script = `#!/bin/sh
echo "$@" >>${folder}/called
if [ -e ${folder}/refuses ]; then
  echo 'Failed to start docker.service: Unit docker.service is masked.' >&2
  exit 1
fi
LAB_NAME=${lab.name} exec ${path.join(ROOT, 'test/lab/engine.sh')} start
`;
    writeFileSync(path.join(folder, 'systemctl'), script, { mode: 0o700 });
    writeFileSync(path.join(folder, 'refuses'), '');
    await lab.kill();
    box = AppBox.fresh('app-start-engine', {
      DBUS_SESSION_BUS_ADDRESS,
      DOCKER_HOST: `unix://${socket}`,
      XDG_RUNTIME_DIR: folder,
      PATH: `${folder}:${process.env['PATH']}`,
    });
    await box.open([]);
    page = await box.window();
  });
  afterAll(async () => {
    await box?.close();
    await lab?.[Symbol.asyncDispose]();
  });

  it('is named with what starts it, and what the system says where that fails', async () => {
    await page.getByText('rootless Docker is installed, and does not run.').waitFor();
    await page.getByText('Start it with systemctl --user start docker.').waitFor();
    expect(existsSync(path.join(folder, 'called'))).toBe(false);
    await start().click();
    await page.getByRole('alert').getByText('Unit docker.service is masked.').waitFor();
    expect(called()).toBe('--user start docker\n');
    expect(await page.getByRole('button', { name: 'Continue' }).isDisabled()).toBe(true);
  });

  it('is started with one click, seen by itself, and gone on with', async () => {
    rmSync(path.join(folder, 'refuses'));
    await start().click();
    await page.getByText('A container engine was found, and it answers.').waitFor();
    expect(called()).toBe('--user start docker\n--user start docker\n');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { level: 1, name: 'Which Letta do you want?' }).waitFor();
  });
});
