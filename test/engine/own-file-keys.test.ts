// A Compose file of somebody's gets no key and no name that is another's, unless its user says so.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeEngine, theEngine } from '../setup/lab.ts';
import { lettaStack, runWell, type Ended } from './helpers/commands.ts';
import { openBox, type CoreBox } from './helpers/core-box.ts';
import { objectsOf } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';
import { idle } from './helpers/services.ts';

const KEY = 'OPENAI_API_KEY';
const VALUE = 'sk-of-the-user-0123456789';

describeEngine('a Compose file with a block of its own', () => {
  let box: CoreBox;
  let project: string;
  let file: string;
  beforeAll(async () => {
    box = await openBox();
    project = box.project('nice');
    file = path.join(box.folder, 'nice', 'compose.yaml');
    mkdirSync(path.dirname(file));
    const block = {
      title: 'Nice',
      summary: 'An application',
      version: '1',
      secrets: [{ name: KEY, label: 'OpenAI', scope: 'global' }],
      bundles: [{ variable: 'APP_BUNDLE', service: 'app', lines: [KEY] }],
    };
    const app = { ...idle, secrets: ['app'] };
    const secrets = { app: { environment: 'APP_BUNDLE' } };
    writeFileSync(file, JSON.stringify({ services: { app }, secrets, 'x-letta-stack': block }));
    box.forget({ scope: 'global', name: KEY });
    await (await box.stackFor({ files: [file], project })).setSecret(KEY, VALUE);
  });
  afterAll(() => box[Symbol.asyncDispose]());

  const terminal = (...args: string[]): Promise<Ended> =>
    lettaStack(['--host', theEngine().host, ...args], { home: box.home });
  const words = `gives keys of yours to its containers: ${KEY} to app`;

  it('gets a key of all stacks only where that was said, and no value is told', async () => {
    const plan = await terminal('plan', '-f', file, '--project', project);
    expect(plan.stdout + plan.stderr).toContain(words);
    for (const more of [[], ['--yes'], ['--give', 'ANOTHER']]) {
      const refused = await terminal('up', '-f', file, '--project', project, ...more);
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(words) });
      expect(refused.stderr).toContain(`--give ${KEY}`);
      expect(refused.stdout + refused.stderr + plan.stdout).not.toContain(VALUE);
    }
    expect((await objectsOf(box.engine, project)).containers).toEqual({});
    const given = await terminal('up', '-f', file, '--project', project, '--give', KEY);
    expect(given).toMatchObject({ code: 0 });
    expect(await runWell('docker', ['exec', `${project}-app-1`, 'cat', '/run/secrets/app'])).toContain(VALUE);
    const again = await terminal('up', '--force-recreate', '-f', file, '--project', project);
    expect(again).toMatchObject({ code: 0 });
  });

  it('touches nothing of a stack whose name it has', async () => {
    const other = path.join(box.folder, 'other.yaml');
    writeFileSync(other, JSON.stringify({ name: project, services: { thief: idle } }));
    const made = await objectsOf(box.engine, project);
    const before = (await box.core.edges.settings.read()).settings.stacks[project];
    for (const command of [['up', '--yes'], ['down', '--remove-orphans'], ['plan'], ['status']]) {
      const refused = await terminal(...command, '-f', other);
      expect(refused).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`that is the name of ${file}`),
      });
      expect(refused.stderr).toContain('--project NAME');
    }
    expect(await objectsOf(box.engine, project)).toEqual(made);
    expect((await box.core.edges.settings.read()).settings.stacks[project]).toEqual(before);
    await (await box.stackFor({ project })).down({}, new Recorder());
  });
});
