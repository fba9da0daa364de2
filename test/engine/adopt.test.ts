// A stack that the docker compose CLI made with a folder, an env file and a profile of its own is taken over as it is.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Live } from '../../main/desktop/live.ts';
import { setupCalls } from '../../main/desktop/setup-calls.ts';
import { errorsOf, say } from '../../main/errors.ts';
import { stackOfProject } from '../../main/known-stacks.ts';
import { describeLab } from '../setup/lab.ts';
import { lettaStack, runWell } from './helpers/commands.ts';
import { openBox, type CoreBox } from './helpers/core-box.ts';
import { objectsOf } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';
import { idle } from './helpers/services.ts';
import { theEngine } from '../setup/lab.ts';

describeLab('a stack of the docker compose CLI', () => {
  let box: CoreBox;
  beforeAll(async () => {
    box = await openBox();
  });
  afterAll(() => box[Symbol.asyncDispose]());

  /** Made from `files/compose.yaml` with the project directory `pd` and `prod.env`, none of them where they are looked for. */
  async function make(name: string, env: Record<string, string> = {}) {
    const project = box.project(name);
    const folder = path.join(box.folder, name);
    const file = path.join(folder, 'files', 'compose.yaml');
    mkdirSync(path.dirname(file), { recursive: true });
    mkdirSync(path.join(folder, 'pd', 'data'), { recursive: true });
    writeFileSync(path.join(folder, 'pd', 'data', 'memory'), 'the giraffes');
    writeFileSync(path.join(folder, 'prod.env'), 'WORD=hello\n');
    const environment = { WORD: '${WORD:-}', FROM_SHELL: '${FROM_SHELL:-}' };
    const letta = { ...idle, tmpfs: [], environment, volumes: ['./data:/data'] };
    const content = { services: { letta, extra: { ...idle, profiles: ['more'] } } };
    writeFileSync(file, JSON.stringify(content));
    const dirs = [
      '--project-directory',
      path.join(folder, 'pd'),
      '--env-file',
      path.join(folder, 'prod.env'),
    ];
    const compose = (...args: string[]): Promise<string> =>
      runWell('docker', ['compose', '--project-name', project, ...dirs, '--file', file, ...args], { env });
    await compose('--profile', 'more', 'up', '--detach');
    return { project, folder, file, compose };
  }
  const adopt = (project: string): Promise<unknown> =>
    setupCalls({ core: box.core, live: {} as Live }).adoptStack({ project });
  const objects = (project: string) => objectsOf(box.engine, project);

  it('is the same in app and terminal, and nothing of it is made anew', async () => {
    const { project, folder, file } = await make('whole');
    const made = await objects(project);
    expect(Object.keys(made.containers)).toHaveLength(2);
    await adopt(project);
    expect((await box.core.edges.settings.read()).settings.stacks[project]).toEqual({
      files: [file],
      directory: path.join(folder, 'pd'),
      envFiles: [path.join(folder, 'prod.env')],
      composeProfiles: ['more'],
      variables: {},
    });
    const stack = await stackOfProject(box.core, project);
    expect(await stack.plan({})).toMatchObject({ steps: [], confirmations: [] });
    // before anything was applied, and after
    for (let time = 0; time < 2; time += 1) {
      const up = await lettaStack(['--host', theEngine().host, 'up', '--project', project], {
        home: box.home,
      });
      expect(up).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing to do') });
      expect(await objects(project)).toEqual(made);
    }
    const settings = (await box.core.edges.settings.read()).settings;
    expect(settings.stacks[project]).toMatchObject({
      directory: path.join(folder, 'pd'),
      composeProfiles: ['more'],
    });
    // taken down and made by us: the same data and the same values
    await stack.down({}, new Recorder());
    await (await stackOfProject(box.core, project)).up({}, new Recorder());
    expect(
      await runWell('docker', ['exec', `${project}-letta-1`, 'sh', '-c', 'cat /data/memory; echo " $WORD"']),
    ).toBe('the giraffes hello\n');
    expect(existsSync(path.join(folder, 'files', 'data'))).toBe(false);
  });

  it('read otherwise is not made anew without a word for the folder that it would leave', async () => {
    const { project, folder, file } = await make('otherwise');
    const made = await objects(project);
    const stack = await box.stackFor({ files: [file], project });
    const plan = await stack.plan({});
    const data = path.join(folder, 'pd', 'data');
    const other = path.join(folder, 'files', 'data');
    expect(plan.steps.find((s) => s.id === `create:${project}-letta-1`)?.cause).toBe(
      `its /data moves from ${data} to ${other}, which is not there`,
    );
    const refused = new Recorder({ answer: false });
    await expect(stack.up({}, refused)).rejects.toThrow(`letta has /data from ${data}`);
    expect(refused.asked).toMatchObject([{ kind: 'left-folder', subject: data }]);
    expect(await objects(project)).toEqual(made);
    expect(existsSync(other)).toBe(false);
    expect(readFileSync(path.join(data, 'memory'), 'utf8')).toBe('the giraffes');
  });

  it('with a value that only a shell gave is not taken over, and says why', async () => {
    const { project, folder } = await make('shell', { FROM_SHELL: 'sesame' });
    const error = await adopt(project).catch((e: unknown) => e);
    const { code, message } = say(errorsOf(error)[0]!);
    expect(code).toBe('app.not-adopted');
    expect(message).toContain('letta would have another value of the variable FROM_SHELL');
    expect(message).not.toContain('sesame');
    expect((await box.core.edges.settings.read()).settings.stacks).not.toHaveProperty(project);
    writeFileSync(path.join(folder, 'prod.env'), 'WORD=hello\nFROM_SHELL=sesame\n');
    await adopt(project);
    expect(await (await stackOfProject(box.core, project)).plan({})).toMatchObject({ steps: [] });
  });
});
