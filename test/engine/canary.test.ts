// Random words as secrets, then a stack's whole life through the terminal, failures included: the words are nowhere to be
// found, while a word that is no secret is found in all of those places. (The same on production: lifecycle-production.)
import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab, theEngine } from '../setup/lab.ts';
import { canary, collectEvents, scan } from './helpers/canary-scan.ts';
import { lettaStack } from './helpers/commands.ts';
import { psql } from './helpers/database.ts';
import { freePort, LIGHT_FILE, openBox, type CoreBox } from './helpers/core-box.ts';

describeLab('the values of secrets', () => {
  let box: CoreBox;
  let project: string;
  let port: number;
  beforeAll(async () => {
    box = await openBox();
    mkdirSync(box.home, { recursive: true });
    project = box.project('canary');
    port = await freePort();
    for (const name of ['LIGHT_DB_PASSWORD', 'LIGHT_TOKEN']) box.forget({ scope: project, name });
    box.forget({ scope: 'global', name: 'OPENAI_API_KEY' });
  });
  afterAll(() => box[Symbol.asyncDispose]());

  it('are nowhere that others can read', async () => {
    const control = canary();
    const secrets = {
      LIGHT_DB_PASSWORD: canary(),
      LIGHT_TOKEN: canary(),
      OPENAI_API_KEY: canary(),
    };
    const changed = canary();
    const texts: Record<string, string> = {};
    interface Options {
      readonly input?: string;
      readonly env?: Readonly<Record<string, string>>;
      readonly ends?: 'well' | 'badly' | 'somehow';
    }
    const call = async (args: string[], { ends = 'well', env, ...options }: Options = {}): Promise<void> => {
      const where = ['--file', LIGHT_FILE, '--project', project, '--host', theEngine().host];
      const { code, stdout, stderr } = await lettaStack([...args, ...where], {
        home: box.home,
        env: { LIGHT_PORT: String(port), LIGHT_GREETING: control, ...env },
        ...options,
      });
      texts[args.join(' ')] = `${stdout}\n${stderr}`;
      const ended = code === 0 ? 'well' : 'badly';
      if (ends !== 'somehow') expect({ args, ended, stderr }).toEqual({ args, ended: ends, stderr });
    };

    const events = collectEvents(box.engine);
    for (const [name, input] of Object.entries(secrets)) await call(['secrets', 'set', name], { input });
    await call(['up', '--format', 'json', '--give', 'OPENAI_API_KEY']);
    const page = async (path: string, token: string): Promise<number> =>
      (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${token}` } }))
        .status;
    expect(await page('/private', secrets.LIGHT_TOKEN)).toBe(200);

    await call(['secrets', 'set', 'LIGHT_DB_PASSWORD'], { input: changed });
    await call(['up', '--debug']);
    for (const args of [
      ['status', '--deep', '--format', 'json'],
      ['plan', '--format', 'json', '--force-recreate'],
      ['config', '--format', 'json'],
      ['config', '--format', 'text'],
      ['ps', '--format', 'json'],
      ['logs', '--format', 'json'],
      ['secrets', 'list', '--format', 'json'],
      ['settings', '--format', 'json'],
      ['history', '--format', 'json'],
      ['doctor', '--format', 'json'],
    ]) {
      // what the doctor finds on this machine is not our affair
      await call(args, { ends: args[0] === 'doctor' ? 'somehow' : 'well' });
    }
    // nginx does not start with such a greeting, redis has no such image, the database not that much memory
    await call(['up', '--format', 'json', '--debug'], {
      env: { LIGHT_GREETING: `${control}"` },
      ends: 'badly',
    });
    await call(['up', '--debug'], { env: { LIGHT_REDIS_IMAGE: 'redis:not-there' }, ends: 'badly' });
    await call(['up', '--format', 'text'], { env: { LIGHT_DB_MEMORY: '1' }, ends: 'badly' });
    await call(['secrets', 'set', 'LIGHT_TOKEN'], { input: `${changed}\nand a line`, ends: 'badly' });
    await call(['up', '--format', 'json', '--force-recreate']);
    await call(['stop', '--format', 'json']);
    await call(['start', '--format', 'json']);

    await page(`/${control}`, secrets.LIGHT_TOKEN);
    const stack = await box.stackFor({ files: [LIGHT_FILE], project });
    const sql = `insert into kept values ('${control}'); checkpoint`;
    await psql(stack, { user: 'postgres', database: 'light', sql });

    const words = { ...secrets, changed, control, project };
    const edges = { engine: box.engine, project, home: box.home, events: events(), texts };
    const found = await scan(edges, words);
    const nowhere = [...Object.keys(secrets), 'changed'].map((name) => [name, []]);
    expect(found).toMatchObject(Object.fromEntries(nowhere));
    const somewhere = [...found['control']!, ...found['project']!];
    expect(somewhere).toEqual(
      expect.arrayContaining([
        `inspect /${project}-nginx-1`,
        `log /${project}-nginx-1`,
        'events',
        'networks',
        'volumes',
        'config --format json',
        'file state/state.jsonl',
        expect.stringContaining(`/volumes/${project}_pgdata/base/`),
      ]),
    );
  });
});
