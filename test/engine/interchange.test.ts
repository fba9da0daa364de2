// The docker compose CLI and this program on one stack, in turns.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab } from '../setup/lab.ts';
import { composeOf, runWell } from './helpers/commands.ts';
import { freePort, LIGHT_FILE, openBox, type CoreBox } from './helpers/core-box.ts';
import { psql } from './helpers/database.ts';
import { opens } from './helpers/light-secrets.ts';
import { objectsOf, type Objects } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';

describeLab('with the docker compose CLI', () => {
  let box: CoreBox;
  beforeAll(async () => {
    box = await openBox();
  });
  afterAll(() => box[Symbol.asyncDispose]());

  const objects = (project: string): Promise<Objects> => objectsOf(box.engine, project);
  /** The bare CLI on the profile's file, as somebody without this program calls it. */
  const bare = (project: string, ...args: string[]): Promise<string> =>
    runWell('docker', ['compose', '--project-name', project, '--file', LIGHT_FILE, ...args], {
      // what the file wants to be set; nothing is created with it
      env: { LIGHT_DB_BUNDLE: '', LIGHT_WEB_BUNDLE: '' },
    });
  const word = (stack: Parameters<typeof psql>[0]): Promise<string> =>
    psql(stack, { user: 'postgres', database: 'light', sql: 'select word from kept' });

  it('the bare CLI keeps, shows, stops and takes down what we made with the defaults', async () => {
    const project = box.project('defaults');
    const stack = await box.light(project);
    await stack.up({}, new Recorder());
    await psql(stack, { user: 'postgres', database: 'light', sql: "insert into kept values ('ours')" });
    const made = await objects(project);

    await bare(project, 'up', '--detach');
    expect(await objects(project)).toEqual(made);
    await bare(project, 'up', '--detach', '--yes');
    expect(await objects(project)).toEqual(made);

    const shown = (await bare(project, 'ps', '--format', '{{.Service}} {{.Health}}')).trim().split('\n');
    expect(shown.toSorted()).toEqual(['db healthy', 'nginx healthy', 'redis healthy']);
    expect(await bare(project, 'logs', '--no-color', 'db')).toContain(
      'database system is ready to accept connections',
    );
    await bare(project, 'stop');
    expect((await stack.status()).status).toBe('stopped');
    await bare(project, 'start');
    expect(Object.keys((await objects(project)).containers)).toEqual(Object.keys(made.containers));
    await bare(project, 'down');
    expect(await objects(project)).toEqual({ containers: {}, networks: {}, volumes: made.volumes });

    const again = new Recorder();
    expect((await stack.up({}, again)).status).toBe('running');
    expect(again.asked).toEqual([]);
    expect(await word(stack)).toBe('ours');
    expect((await objects(project)).volumes).toEqual(made.volumes);
    await stack.down({}, new Recorder());
  });

  it('we keep what the CLI made, with other ports and secrets, once its volume is agreed to', async () => {
    const project = box.project('theirs');
    const port = await freePort();
    const stack = await box.light(project, {
      LIGHT_PORT: String(port),
      LIGHT_GREETING: 'two words',
    });
    await stack.setSecret('LIGHT_DB_PASSWORD', 'TheirPassword1');
    await stack.setSecret('LIGHT_TOKEN', 'TheirOwnToken001');
    await composeOf(stack, ['up', '--detach', '--wait']);
    const made = await objects(project);

    const refused = new Recorder({ answer: false });
    await expect(stack.up({}, refused)).rejects.toThrow(`Volume ${project}_pgdata`);
    expect(refused.asked).toMatchObject([{ kind: 'unknown-volume', subject: `${project}_pgdata` }]);
    expect(await objects(project)).toEqual(made);
    const agreed = new Recorder({ answer: true });
    expect((await stack.up({}, agreed)).status).toBe('running');
    expect(agreed.steps).toEqual([]);
    expect(await objects(project)).toEqual(made);

    const again = new Recorder();
    await stack.up({}, again);
    expect(again.asked).toEqual([]);

    // one container of ours, one of theirs, and so on: each goes on with what the other made
    await stack.up({ services: ['redis'], forceRecreate: true }, new Recorder());
    const ours = await objects(project);
    await composeOf(stack, ['up', '--detach']);
    expect(await objects(project)).toEqual(ours);
    await composeOf(stack, ['up', '--detach', '--wait', '--force-recreate', '--no-deps', 'nginx']);
    const theirs = await objects(project);
    expect(theirs).not.toEqual(ours);
    const mixed = new Recorder();
    await stack.up({}, mixed);
    expect(mixed.steps).toEqual([]);
    expect(await objects(project)).toEqual(theirs);

    // what the CLI made before a secret was set cannot have it
    await stack.setSecret('LIGHT_TOKEN', 'TheirOwnToken002');
    const changed = new Recorder();
    await stack.up({}, changed);
    const causes = changed.plans[0]!.steps.flatMap((s) => (s.kind === 'create' ? [[s.id, s.cause]] : []));
    expect(causes).toEqual([[`create:${project}-nginx-1`, 'a secret was set since it was made']]);
    expect(await opens(port, 'TheirOwnToken002')).toBe(true);
    await expect(stack.plan({})).resolves.toMatchObject({ steps: [] });

    await stack.down({}, new Recorder());
    expect(await objects(project)).toEqual({ containers: {}, networks: {}, volumes: made.volumes });
  });

  it('the CLI with our variables and secrets keeps what we made with other ones than the defaults', async () => {
    const project = box.project('settings');
    const stack = await box.light(project, {
      LIGHT_PORT: String(await freePort()),
      LIGHT_GREETING: 'other',
      LIGHT_DB_MEMORY: '300m',
    });
    await stack.up({}, new Recorder());
    const made = await objects(project);
    await composeOf(stack, ['up', '--detach']);
    await composeOf(stack, ['up', '--detach', '--yes']);
    expect(await objects(project)).toEqual(made);
    expect(await composeOf(stack, ['ps', '--services'])).toBe('db\nnginx\nredis\n');
    await composeOf(stack, ['down']);
    expect(await objects(project)).toEqual({ containers: {}, networks: {}, volumes: made.volumes });
  });
});
