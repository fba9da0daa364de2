// A developer's own checkout of Letta as a stack, in order: each test goes on from the one before. The source is real, its
// Dockerfile the lab's own: upstream's downloads from hosts that the lab does not reach.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildKitLines } from '../../main/docker/buildkit-needed.ts';
import { readDockerfile } from '../../main/docker/dockerfile.ts';
import type { Stack } from '../../main/stack/stack-types.ts';
import { describeLab } from '../setup/lab.ts';
import { editHealth, healthOf, makeCheckout, upstreamDockerfile } from './helpers/checkout.ts';
import { composeOf, runWell } from './helpers/commands.ts';
import { choose, freePort, openBox, PROFILES, type CoreBox } from './helpers/core-box.ts';
import { idsOf } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';
import { complaintsOf } from './helpers/whole-doctor.ts';

const START = 400_000;

describeLab('the development profile', () => {
  let box: CoreBox;
  let project: string;
  let stack: Stack;
  let checkout: string;
  let port: number;
  let dbPort: number;
  beforeAll(async () => {
    box = await openBox({ profilesFolder: PROFILES });
    project = box.project('development');
    [port, dbPort] = [await freePort(), await freePort()];
    await set({ PORT: String(port), DB_PORT: String(dbPort) });
    stack = await box.stackFor({ profile: 'development', project });
    checkout = await makeCheckout(path.join(box.folder, 'letta'));
  });
  afterAll(async () => {
    await box[Symbol.asyncDispose]();
    await runWell('docker', ['image', 'rm', '--force', `${project}-server`]);
  });

  const set = (values: Readonly<Record<string, string>>): Promise<void> => {
    const variables = Object.fromEntries(Object.entries(values).map(([k, v]) => [`LETTA_STACK_${k}`, v]));
    return choose(box.core, project, { profile: 'development', variables });
  };
  /** The stack as a new command sees it, with the settings as they are now. */
  const now = (): Promise<Stack> => box.stackFor({ profile: 'development', project });
  const target = async (): Promise<string | undefined> =>
    (await box.engine.images.inspect(`${project}-server`))?.Config.Labels?.['letta-stack.lab.target'];

  it('takes nothing for a checkout that is none, and makes no folder', async () => {
    const empty = path.join(box.folder, 'empty');
    mkdirSync(empty);
    const file = path.join(box.folder, 'file');
    writeFileSync(file, '');
    const missing = path.join(box.folder, 'missing');
    const problems = [
      ['', 'it is empty'],
      ['letta', 'it is not an absolute path'],
      [missing, `there is no folder ${missing}`],
      [file, `${file} is a file`],
      [empty, `${empty} has no Dockerfile, alembic.ini, alembic, letta/server/startup.sh`],
    ];
    for (const [source = '', problem] of problems) {
      await set({ SOURCE: source });
      await expect((await now()).up({}, new Recorder())).rejects.toMatchObject({
        errors: [{ code: 'stack.setting', data: { name: 'source', problem } }],
      });
    }
    expect(existsSync(missing)).toBe(false);
    expect(await idsOf(box.engine, project)).toEqual({});
  });

  it('says so when the Dockerfile has no such target', async () => {
    await set({ SOURCE: checkout, TARGET: 'nowhere' });
    await expect((await now()).up({}, new Recorder())).rejects.toThrow(/nowhere/);
    expect(await idsOf(box.engine, project)).toEqual({});
  });

  it('reads and plans upstream’s own Dockerfile, whose build downloads from elsewhere', async () => {
    const own = path.join(checkout, 'Dockerfile');
    const before = readFileSync(own);
    const upstream = await upstreamDockerfile(box.folder);
    writeFileSync(own, upstream);
    try {
      const { instructions } = readDockerfile(upstream);
      expect(instructions.map((x) => x.name)).toEqual(
        expect.arrayContaining(['FROM', 'ARG', 'RUN', 'COPY', 'CMD']),
      );
      expect(instructions.some((x) => x.name === 'FROM' && /\bAS runtime$/i.test(x.rest))).toBe(true);
      expect(buildKitLines(upstream).map((x) => x.why)).toEqual(['ARG TARGETARCH']);
      await set({ SOURCE: checkout, TARGET: 'runtime' });
      const { steps } = await (await now()).plan({});
      expect(steps.map((s) => s.kind)).toContain('buildImage');
    } finally {
      writeFileSync(own, before);
    }
  });

  it(
    'builds the checkout and comes up, with the ports of server and database',
    { timeout: START },
    async () => {
      await set({ TARGET: 'runtime' });
      stack = await now();
      expect(await stack.up({}, new Recorder())).toMatchObject({ status: 'running' });
      expect(
        await complaintsOf(box.core, { profile: 'development', project, directory: box.folder }),
      ).toEqual([]);
      expect(await target()).toBe('runtime');
      expect(await healthOf(port)).toBe('ok');
      const socket = connect(dbPort, '127.0.0.1');
      await once(socket, 'connect');
      socket.destroy();
      expect(await composeOf(stack, ['logs', 'server'])).toMatch(/ DEBUG /);
      const { probes } = await stack.status({ deep: true });
      expect(probes.filter((p) => !p.ok)).toEqual([]);
      expect(probes.map((p) => p.id)).toEqual(stack.block!.probes.map((p) => p.id));
    },
  );

  it('is unchanged to the docker compose CLI', async () => {
    const made = await idsOf(box.engine, project);
    await composeOf(stack, ['up', '--detach']);
    expect(await idsOf(box.engine, project)).toEqual(made);
  });

  it(
    'builds what was edited when it is asked to, of the target that is set',
    { timeout: START },
    async () => {
      const made = await idsOf(box.engine, project);
      editHealth(checkout, 'edited');
      await set({ TARGET: 'development' });
      stack = await now();
      expect((await stack.plan({})).steps).toEqual([]);
      expect(await stack.up({ build: true }, new Recorder())).toMatchObject({ status: 'running' });
      expect(await target()).toBe('development');
      expect(await healthOf(port)).toBe('edited');
      const after = await idsOf(box.engine, project);
      expect(after).toEqual({ ...made, server: after['server'] });
    },
  );
});
