import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ExecResult } from '../../main/docker/port.ts';
import { describeEngine } from '../setup/lab.ts';
import { canary, DATABASE, Workbench } from './production-box.ts';

const VOLUME = '/var/lib/postgresql/data';
const INIT = '/docker-entrypoint-initdb.d';

/** The profile's own health check, as a shell runs it. */
const HEALTH: string = (
  parse(
    readFileSync(path.join(import.meta.dirname, '..', '..', 'compose', 'shared', 'services.yaml'), 'utf8'),
    { merge: true },
  ) as { services: { db: { healthcheck: { test: [string, string] } } } }
).services.db.healthcheck.test[1];

describeEngine('the database of the production profile', () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.open();
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  const password = canary();
  const start = (
    volume: string,
    files: Record<string, string> = {},
    script = '/letta-stack/db-start.sh',
  ): Promise<string> =>
    bench.start({
      image: DATABASE,
      entrypoint: script.startsWith('/') ? ['sh', script] : [script],
      command: ['postgres'],
      volumes: [`${volume}:${VOLUME}`],
      files: { '/run/secrets/db': password, ...files },
      env: {
        POSTGRES_USER: 'postgres',
        POSTGRES_DB: 'letta',
        POSTGRES_PASSWORD_FILE: '/run/secrets/db',
        LETTA_UVICORN_WORKERS: '1',
        LETTA_PG_POOL_SIZE: '25',
        LETTA_PG_MAX_OVERFLOW: '10',
      },
    });
  const sh = (id: string, command: string): Promise<ExecResult> =>
    bench.engine.containers.exec(id, { cmd: ['sh', '-c', command] });
  const until = async (id: string, command: string): Promise<void> => {
    for (let i = 0; i < 600; i++) {
      if ((await sh(id, command)).exitCode === 0) return;
      await sleep(50);
    }
    throw new Error(`not within 30 s: ${command}`);
  };
  const psql = async (id: string, statement: string): Promise<string> =>
    (await sh(id, `psql -XAtqU postgres -d letta -c "${statement}"`)).stdout.trim();
  const remove = (id: string): Promise<void> => bench.engine.containers.remove(id, { force: true });

  /** Stops in the middle for as long as it is left to live. */
  const pause = 'touch /tmp/paused; sleep 600';

  it.each([
    ['while initdb works', {}, `test -e ${VOLUME}/*/PG_VERSION`],
    ['before the role is made', { [`${INIT}/05-pause.sh`]: pause }, 'test -e /tmp/paused'],
    ['after the role is made', { [`${INIT}/20-pause.sh`]: pause }, 'test -e /tmp/paused'],
  ])('begins again when it was killed %s', async (moment, files, killWhen) => {
    const volume = await bench.volume(moment.replaceAll(' ', '-'));
    const first = await start(volume, files);
    await until(first, killWhen);
    expect((await sh(first, HEALTH)).exitCode).not.toBe(0);
    await remove(first);

    const second = await start(volume);
    await until(second, HEALTH);
    expect(await psql(second, "SELECT rolsuper FROM pg_roles WHERE rolname = 'letta'")).toBe('f');
    await psql(second, 'CREATE TABLE kept (x int)');
    await remove(second);

    // Complete now: from here on nothing is emptied, however it ends.
    const third = await start(volume);
    await until(third, HEALTH);
    expect(await psql(third, 'SELECT count(*) FROM kept')).toBe('0');
    expect((await sh(third, `ls ${VOLUME}`)).stdout).toBe('pgdata\n');
    await remove(third);
  });

  it('takes data that lie in the volume itself, and leaves them there', async () => {
    const volume = await bench.volume('in-the-root');
    const first = await start(volume, { [`${INIT}/99-done.sh`]: '' }, 'docker-entrypoint.sh');
    await until(first, HEALTH);
    await psql(first, 'CREATE TABLE kept (x int)');
    await remove(first);

    const second = await start(volume);
    await until(second, HEALTH);
    expect(await psql(second, 'SELECT count(*) FROM kept')).toBe('0');
    expect(await psql(second, 'SHOW data_directory')).toBe(VOLUME);

    // Without the server's role it must not count as healthy.
    await psql(second, 'ALTER DATABASE letta OWNER TO postgres; DROP OWNED BY letta; DROP ROLE letta');
    expect((await sh(second, HEALTH)).exitCode).not.toBe(0);
    await remove(second);
  });

  it('touches nothing in a volume that holds something else', async () => {
    const volume = await bench.volume('foreign');
    const look = (command: string) =>
      bench.run({
        image: DATABASE,
        entrypoint: ['sh', '-c', command],
        volumes: [`${volume}:${VOLUME}`],
      });
    await look(`echo mine > ${VOLUME}/base`);
    const id = await start(volume);
    expect(await bench.engine.containers.wait(id)).not.toBe(0);
    expect((await look(`ls ${VOLUME}; cat ${VOLUME}/base`)).stdout).toBe('base\nmine\n');
  });
});
