// The doctor mends through the terminal, as built, on a real database; what data hangs on is asked, whatever --yes says.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab, theEngine } from '../setup/lab.ts';
import { buildCli, CliBox } from './cli-process.ts';
import { runWell } from './helpers/commands.ts';
import { freePort, PROFILES } from './helpers/core-box.ts';

const PROJECT = 'doctor-terminal';
const START = 400_000;
const STACK = ['-f', path.join(PROFILES, 'production', 'compose.yaml'), '--project', PROJECT];
const docker = (args: readonly string[], input?: string): Promise<string> =>
  runWell('docker', args, input === undefined ? {} : { input });

describeLab('letta-stack doctor --fix', () => {
  let box: CliBox;
  const db = `${PROJECT}-db-1`;
  const sql = (statement: string): Promise<string> =>
    docker(
      ['exec', '-i', db, 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-U', 'postgres', 'letta'],
      statement,
    );
  const down = async (): Promise<void> => {
    await box.run(['remove', ...STACK, '--yes-delete', PROJECT]);
  };

  beforeAll(async () => {
    box = new CliBox({ DOCKER_HOST: theEngine().host, LETTA_STACK_PORT: String(await freePort()) });
    await buildCli();
    expect((await box.run(['settings', 'set', 'secretStore', 'file'])).code).toBe(0);
    await down();
    const up = await box.run(['up', ...STACK, 'db']);
    expect(up.code, up.stderr).toBe(0);
  }, START);
  afterAll(async () => {
    await down();
    box.remove();
  }, START);

  it(
    'asks for the password and the extension in spite of --yes, and mends both',
    async () => {
      await sql('ALTER ROLE letta PASSWORD \'another\'; DROP EXTENSION "uuid-ossp"');
      const checks = ['doctor', ...STACK, '--fix', '--yes', '--only', 'database-password,extensions'];
      const unasked = await box.run(checks);
      expect(unasked.code).toBe(1);
      expect(unasked.stderr).toContain('not mended, since it changes data or a role and nobody can be asked');
      expect(unasked.stdout).toMatch(/fail +Database takes the stored password[^]*warn +Database extensions/);

      const asked = box.atTerminal(checks);
      await asked.shows('Reset the password? [y/N]');
      asked.write('y\n');
      await asked.shows('Create uuid-ossp? [y/N]');
      asked.write('y\n');
      const { code, stdout } = await asked.ended;
      expect(stdout).toMatch(/ok\S* +Database takes the stored password +letta enters db/);
      expect(stdout).toMatch(/ok\S* +Database extensions/);
      expect(code).toBe(0);
      expect(await sql("SELECT count(*) FROM pg_extension WHERE extname = 'uuid-ossp'")).toBe('1\n');
    },
    START,
  );

  it(
    'never says yes for the user to data that this program does not know',
    async () => {
      // settings and keys of a machine whose state was lost
      const home = path.join(box.folder, 'fresh');
      mkdirSync(home);
      cpSync(path.join(box.folder, 'home', 'config'), path.join(home, 'config'), { recursive: true });
      const env = { LETTA_STACK_HOME: home };
      const list = ['ps', '-a', '--no-trunc', '--format', '{{.ID}}', '--filter', `name=${PROJECT}`];
      const before = await docker(list);
      const fix = ['doctor', ...STACK, '--fix', '--yes', '--only', 'services,changes'];
      const ended = await box.run(fix, { env });
      expect(ended.stderr).toContain('not done, since it needs your word');
      expect(ended.stderr).toContain(`Volume ${PROJECT}_pgdata`);
      expect(ended.stderr).toContain(`letta-stack up --file ${STACK[1]} --project ${PROJECT}`);
      expect(ended.stderr).not.toContain('Done:');
      expect(await docker(list)).toBe(before);
      rmSync(home, { recursive: true });
    },
    START,
  );

  it(
    'finds a setting that was really changed, and does not start for it what was stopped',
    async () => {
      const only = ['--only', 'changes', '--format', 'json'];
      await box.run(['stop', ...STACK]);
      const set = await box.run(['settings', 'set', ...STACK, 'db-memory', '700m']);
      expect(set).toMatchObject({ code: 0 });
      const { stdout } = await box.run(['doctor', ...STACK, ...only]);
      expect(JSON.parse(stdout)).toMatchObject([
        { id: 'changes', status: 'warn', detail: expect.stringMatching(/^db: /m) },
      ]);
      await box.run(['doctor', ...STACK, '--fix', '--yes', '--only', 'services,changes']);
      expect(await docker(['inspect', '--format', '{{.State.Running}}', db])).toBe('false\n');
    },
    START,
  );
});
