import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeEngine } from '../setup/lab.ts';
import { canary, DATABASE, SERVER, Workbench, type Ended } from './production-box.ts';

const password = canary();
const bundle = [
  `LETTA_PG_URI=postgresql://letta:${password}@db:5432/letta`,
  `LETTA_SERVER_PASSWORD=${canary()}`,
  `LETTA_ENCRYPTION_KEY=${canary()}`,
].join('\n');

describeEngine('migrations of the production profile', () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.open();
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  describe("an image's newest migration", () => {
    const head = (image: string, before = 'true'): Promise<Ended> =>
      bench.run({
        image,
        entrypoint: ['sh', '-c', `${before}; exec python3 -I -S /letta-stack/migration-head.py`],
      });

    it.each([SERVER, 'letta/letta:0.16.7'])('of %s is what alembic says', async (image) => {
      const alembic = await bench.run({ image, entrypoint: ['sh', '-c', 'alembic heads 2>/dev/null'] });
      const ours = await head(image);
      expect(alembic.stdout).toMatch(/^[0-9a-f]{12} \(head\)\n$/);
      expect(ours.stdout).toBe(alembic.stdout.replace(' (head)', ''));
    });

    const write = (text: string): string => `printf '${text}' > /app/alembic/versions/zz.py`;
    it.each([
      ['a file that states none', write('x = 1')],
      ['a file that computes it', write('revision = str(1)\\ndown_revision = None')],
      ['a second head', write('revision = "zz"\\ndown_revision = None')],
      ['no migrations', 'rm -r /app/alembic/versions'],
      ['further folders', 'sed -i "s/^script_location.*/&\\nversion_locations = a b/" /app/alembic.ini'],
    ])('is not guessed with %s', async (_, before) => {
      const ended = await head(SERVER, before);
      expect(ended.exitCode).not.toBe(0);
      expect(ended.stdout).toBe('');
    });

    it('is the file that follows the newest', async () => {
      const ended = await head(SERVER, write('revision: str = "zz"\\ndown_revision = "1c28e167b74f"'));
      expect(ended).toEqual({ exitCode: 0, stdout: 'zz\n', stderr: '' });
    });
  });

  it('run when they are due and only then', async () => {
    const network = await bench.network();
    const db = await bench.start({
      image: DATABASE,
      entrypoint: ['sh', '/letta-stack/db-start.sh'],
      command: ['postgres'],
      network,
      alias: 'db',
      files: { '/run/secrets/db': password },
      env: {
        POSTGRES_USER: 'postgres',
        POSTGRES_DB: 'letta',
        POSTGRES_PASSWORD_FILE: '/run/secrets/db',
        POSTGRES_INITDB_ARGS: '--auth-host=scram-sha-256',
        LETTA_UVICORN_WORKERS: '1',
        LETTA_PG_POOL_SIZE: '25',
        LETTA_PG_MAX_OVERFLOW: '10',
      },
    });
    const psql = async (statement: string): Promise<string> => {
      const cmd = ['psql', '-X', '-U', 'postgres', '-d', 'letta', '-Atqc', statement];
      return (await bench.engine.containers.exec(db, { cmd })).stdout.trim();
    };
    const cmd = ['pg_isready', '-q', '-h', '127.0.0.1'];
    while ((await bench.engine.containers.exec(db, { cmd })).exitCode !== 0) await sleep(200);

    // As the image's start calls it: by name, from PATH.
    const start = (command: string): Promise<Ended> =>
      bench.run({
        image: SERVER,
        entrypoint: ['sh', '/letta-stack/server-start.sh'],
        command: ['sh', '-c', command],
        network,
        env: { MEMGPT_CONFIG_PATH: '/run/letta-stack/config', LETTA_DIR: '/var/log/letta' },
        files: { '/run/secrets/server': bundle },
      });
    const upgrade = 'alembic upgrade head';
    const at = () => psql('select version_num from alembic_version');

    const fresh = await start(upgrade);
    expect(fresh.stdout).toMatch(
      /running the migrations: the database is at no migration, without any table, /,
    );
    expect(fresh.exitCode).toBe(0);
    const head = await at();

    expect(await start(upgrade)).toEqual({
      exitCode: 0,
      stdout: `letta-stack: no migration is due: at ${head}, the newest of this image\n`,
      stderr: '',
    });

    // An older volume under this image.
    expect((await start('alembic downgrade -1')).exitCode).toBe(0);
    const older = await at();
    expect(older).not.toBe(head);
    const upgraded = await start(upgrade);
    expect(upgraded.stderr).toContain(`Running upgrade ${older} -> ${head}`);
    expect(await at()).toBe(head);

    // A newer image on this volume: its own migration is not taken for done.
    const newer = `printf 'revision = "zz"\\ndown_revision = "${head}"\\ndef upgrade(): pass\\ndef downgrade(): pass\\n'`;
    const next = await start(`${newer} > /app/alembic/versions/zz.py; ${upgrade}`);
    expect(next.stderr).toContain(`Running upgrade ${head} -> zz`);
    expect(await at()).toBe('zz');

    // What cannot be read for certain is left to alembic, which refuses a migration that it does not know.
    const unknown = await start(upgrade);
    expect(unknown.exitCode).not.toBe(0);
    expect(unknown.stdout + unknown.stderr).toContain("Can't locate revision identified by 'zz'");
    for (const ended of [fresh, upgraded, next, unknown]) {
      expect(ended.stdout + ended.stderr).not.toContain(password);
    }

    // The server's role is no superuser, and the superuser has no password.
    expect(await psql("select rolsuper from pg_roles where rolname = 'letta'")).toBe('f');
    expect(await psql("select rolpassword is null from pg_authid where rolname = 'postgres'")).toBe('t');
    expect(await psql("select string_agg(extname, ',' order by extname) from pg_extension")).toBe(
      'plpgsql,uuid-ossp,vector',
    );
  });
});
