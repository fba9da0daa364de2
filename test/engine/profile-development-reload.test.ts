// A developer's checkout that is mounted, in order: each test goes on from the one before. Source and server are real, the
// checkout's Dockerfile is the lab's own.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Stack } from '../../main/stack/stack-types.ts';
import { describeLab } from '../setup/lab.ts';
import { editHealth, healthOf, makeCheckout } from './helpers/checkout.ts';
import { composeOf, runWell } from './helpers/commands.ts';
import { choose, freePort, openBox, PROFILES, type CoreBox } from './helpers/core-box.ts';
import { objectsOf } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';
import { complaintsOf } from './helpers/whole-doctor.ts';
import { LettaClient } from './production-client.ts';

const START = 400_000;
/** Milliseconds of an idle server that are looked at. */
const IDLE_MS = 20_000;

describeLab('the development-reload profile', () => {
  let box: CoreBox;
  let project: string;
  let stack: Stack;
  let checkout: string;
  let port: number;
  beforeAll(async () => {
    box = await openBox({ profilesFolder: PROFILES });
    project = box.project('reload');
    port = await freePort();
    await set({ PORT: String(port), DB_PORT: String(await freePort()) });
    checkout = await makeCheckout(path.join(box.folder, 'letta'));
    stack = await now();
  });
  afterAll(async () => {
    await box[Symbol.asyncDispose]();
    await runWell('docker', ['image', 'rm', '--force', `${project}-server`]);
  });

  const set = (values: Readonly<Record<string, string>>): Promise<void> => {
    const variables = Object.fromEntries(Object.entries(values).map(([k, v]) => [`LETTA_STACK_${k}`, v]));
    return choose(box.core, project, { profile: 'development-reload', variables });
  };
  /** The stack as a new command sees it, with the settings as they are now. */
  const now = (): Promise<Stack> => box.stackFor({ profile: 'development-reload', project });
  async function inServer(command: string): Promise<string> {
    const { engine, id } = await stack.containerOf('server');
    const ended = await engine.containers.exec(id, { cmd: ['sh', '-c', command] });
    expect(ended).toMatchObject({ exitCode: 0 });
    return ended.stdout.trim();
  }

  it('names every mount that is not there, and makes none of them', async () => {
    const [source, config] = [path.join(box.folder, 'no-source'), path.join(box.folder, 'no-config.yaml')];
    const credentials = box.folder;
    await set({ SOURCE: source, CONFIG: config, CREDENTIALS: credentials });
    await expect((await now()).up({}, new Recorder())).rejects.toMatchObject({
      errors: [
        { code: 'stack.setting', data: { name: 'source', problem: `there is no folder ${source}` } },
        { code: 'stack.setting', data: { name: 'config', problem: `there is no file ${config}` } },
        { code: 'stack.setting', data: { name: 'credentials', problem: `${credentials} is a folder` } },
      ],
    });
    expect([existsSync(source), existsSync(config)]).toEqual([false, false]);
    expect((await objectsOf(box.engine, project)).containers).toEqual({});
  });

  it('comes up on the mounted source, with a password', { timeout: START }, async () => {
    const config = path.join(box.folder, 'conf.yaml');
    writeFileSync(config, 'model:\n  global_max_context_window_limit: 4321\n');
    const credentials = path.join(box.folder, 'credentials');
    writeFileSync(credentials, '[openai]\nkey = of-a-developer\n', { mode: 0o600 });
    await set({ SOURCE: checkout, CONFIG: config, CREDENTIALS: credentials });
    stack = await now();
    expect(await stack.up({}, new Recorder())).toMatchObject({ status: 'running' });
    expect(
      await complaintsOf(box.core, { profile: 'development-reload', project, directory: box.folder }),
    ).toEqual([]);
    const { probes } = await stack.status({ deep: true });
    expect(probes.filter((p) => !p.ok)).toEqual([]);
    const nobody = new LettaClient(`http://127.0.0.1:${port}`, 'not-the-password');
    expect((await nobody.ask('GET', '/v1/agents/count')).status).toBe(401);
    // what the server's own code makes of the file
    const limit = 'from letta.settings import model_settings as m; print(m.global_max_context_window_limit)';
    expect(await inServer(`python3 -c '${limit}'`)).toMatch(/^4321$/m);
    expect(await inServer('cat ~/.letta/credentials')).toBe('[openai]\nkey = of-a-developer');
    for (const file of ['/letta-stack/conf.yaml', '~/.letta/credentials', '/app/letta/__init__.py'])
      expect(await inServer(`( : >>${file} ) 2>&1 || true`)).toContain('Read-only file system');
    expect(await inServer('ls /app/tests')).toContain('conftest.py');
  });

  it('is unchanged to the docker compose CLI', async () => {
    const made = await objectsOf(box.engine, project);
    await composeOf(stack, ['up', '--detach']);
    expect(await objectsOf(box.engine, project)).toEqual(made);
  });

  it('costs less than a tenth of a core while nothing is edited', async () => {
    const usage = async (): Promise<{ cpuMs: number; at: number }> => {
      const read =
        "cat /sys/fs/cgroup/cpuacct/cpuacct.usage 2>/dev/null || awk '/^usage_usec/ { print $2 * 1000 }' /sys/fs/cgroup/cpu.stat";
      return { cpuMs: Number(await inServer(read)) / 1e6, at: performance.now() };
    };
    const before = await usage();
    let after = before;
    await vi.waitFor(
      async () => {
        after = await usage();
        expect(after.at - before.at).toBeGreaterThan(IDLE_MS);
      },
      { timeout: IDLE_MS * 2, interval: IDLE_MS / 2 },
    );
    const cores = (after.cpuMs - before.cpuMs) / (after.at - before.at);
    console.warn(`an idle reloading server takes ${(cores * 100).toFixed(1)} % of a core`);
    expect(cores).toBeLessThan(0.1);
    expect(cores).toBeGreaterThan(0);
  });

  it('answers what was edited, in the same container', { timeout: START }, async () => {
    const made = await objectsOf(box.engine, project);
    expect(await healthOf(port)).toBe('ok');
    const edited = performance.now();
    editHealth(checkout, 'edited');
    await vi.waitFor(async () => expect(await healthOf(port)).toBe('edited'), {
      timeout: 120_000,
      interval: 200,
    });
    console.warn(`an edit answers after ${((performance.now() - edited) / 1000).toFixed(1)} s`);
    expect(await objectsOf(box.engine, project)).toEqual(made);
    // nothing of the container's root lies in the checkout
    expect(
      readdirSync(path.join(checkout, 'letta'), { recursive: true, encoding: 'utf8' }).filter((f) =>
        f.endsWith('.pyc'),
      ),
    ).toEqual([]);
  });
});
