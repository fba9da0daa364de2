import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import * as shapes from '../../main/commands/json-shapes.ts';
import { ServiceState, Snapshot, StackState } from '../../main/contract.ts';
import { describeEngine, engine, theEngine } from '../setup/lab.ts';
import { buildCli, CLI, CliBox, LIGHT } from './cli-process.ts';

const PROJECT = 'cli-light';
const VOLUME = `${PROJECT}_pgdata`;
/** the engine's, or one that nothing uses while tests are only collected */
const DOCKER_HOST = engine?.host ?? '';

describeEngine('letta-stack, as built, on an engine', () => {
  const port = 8397;
  let box: CliBox;

  beforeAll(async () => {
    box = new CliBox({ DOCKER_HOST, LIGHT_PORT: String(port) });
    await buildCli();
    expect((await box.run(['settings', 'set', 'secretStore', 'file'])).code).toBe(0);
    await box.run(['down', '-f', LIGHT, '--project', PROJECT, '--volumes', VOLUME, '--yes-delete', VOLUME]);
  });
  afterAll(async () => {
    await box.run(['down', '--project', PROJECT, '--volumes', VOLUME, '--yes-delete', VOLUME]);
    box.remove();
  });

  test('bad input is 2, no engine is 3, and nothing goes to stdout', async () => {
    expect(await box.run(['upp'])).toMatchObject({ code: 2, stdout: '' });
    expect(await box.run(['up'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('No stack'),
    });
    expect(await box.run(['up', 'prodution'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('prodution'),
    });
    expect(await box.run(['ps', '-f', '/nowhere.yaml'])).toMatchObject({ code: 2, stdout: '' });
    const gone = ['--host', 'unix:///nowhere/docker.sock'];
    expect(await box.run([...gone, 'ps', '-f', LIGHT])).toMatchObject({ code: 3, stdout: '' });
    expect((await box.run([...gone, 'doctor', '--only', 'engine'])).code).toBe(3);
    const status = await box.run([...gone, 'status', '-f', LIGHT, '--format', 'json']);
    expect(status.code).toBe(3);
    expect(Snapshot.parse(JSON.parse(status.stdout)).engine).toMatchObject({
      reachable: false,
      error: { code: 'engine.not-running' },
    });
  });

  test('plan, then up: the same steps, one on a line, and where it answers', async () => {
    const planned = await box.run(['plan', '-f', LIGHT, '--project', PROJECT, '--format', 'json']);
    const steps = shapes.PlanJson.parse(JSON.parse(planned.stdout)).steps.map((s) => s.title);
    const { code, stdout, stderr } = await box.run(['up', '-f', LIGHT, '--project', PROJECT]);
    expect(code).toBe(0);
    const told = stderr
      .split('\n')
      .flatMap((l) => /^\d\d:\d\d:\d\d (.*) {2}done( \d+\.\d\d? s)?$/.exec(l)?.[1] ?? []);
    expect(told.toSorted(compare)).toEqual(steps.toSorted(compare));
    expect(stdout).toBe(
      `${PROJECT} is running. All services are well.\n  Page  http://127.0.0.1:${port}/\n` +
        `Stop it with: letta-stack stop --project ${PROJECT}  (down removes its containers too; data stays)\n`,
    );
    const again = await box.run(['up']);
    expect(again).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('Nothing to do. ') });
  });

  test('status, ps and open say what is there', async () => {
    const status = Snapshot.parse(
      JSON.parse((await box.run(['status', '--deep', '--format', 'json'])).stdout),
    );
    expect(status.stacks[0]).toMatchObject({ project: PROJECT, status: 'running' });
    expect(status.stacks[0]?.probes.map((p) => [p.id, p.ok])).toEqual([
      ['published', true],
      ['database', true],
      ['redis', true],
    ]);
    const ps = z
      .array(ServiceState)
      .parse(JSON.parse((await box.run(['ps', '--format=json', 'nginx'])).stdout));
    expect(ps.map((s) => [s.name, s.status, s.ports[0]?.published])).toEqual([['nginx', 'healthy', port]]);
    expect((await box.run(['open'])).stdout).toBe(`http://127.0.0.1:${port}/\n`);
    const wrong = await box.run(['ps', 'ngnix']);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean nginx?') });
  });

  test('logs: chosen by service and pattern; a reader that goes away is no error', async () => {
    const { code, stdout } = await box.run(['logs', 'redis', '--grep', 'Ready to accept']);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^redis \| .*Ready to accept connections.*\n$/),
    ]);
    const cli = `'${process.execPath}' '${CLI}'`;
    const piped = await promisify(execFile)('bash', ['-c', `${cli} logs | head -1; echo \${PIPESTATUS[0]}`], {
      env: box.env,
    });
    expect(piped.stderr).toBe('');
    expect(piped.stdout.trimEnd().split('\n').at(-1)).toBe('0');
  });

  test('exec: stdin, exit code, and psql as the user and on the database of the container', async () => {
    expect(await box.run(['exec', 'redis'], { stdin: 'echo "hello $0"; exit 7\n' })).toMatchObject({
      code: 7,
      stdout: 'hello sh\n',
    });
    expect(
      (await box.run(['exec', 'db', 'psql', '-Atc', 'select current_user, current_database()'])).stdout,
    ).toBe('postgres|light\n');
    expect((await box.run(['exec', 'db', 'psql', '-U', 'light', '-Atc', 'select current_user'])).stdout).toBe(
      'light\n',
    );
  });

  test('config gives hashes as the Docker CLI does', async () => {
    const { code, stdout } = await box.run(['config', '--hash', '*']);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^db [0-9a-f]{64}\nnginx [0-9a-f]{64}\nredis [0-9a-f]{64}\n$/),
    ]);
    expect(JSON.parse((await box.run(['config', '--format', 'json'])).stdout)).toMatchObject({
      name: PROJECT,
    });
  });

  test('at a terminal: a picture that is redrawn; Ctrl-C once cancels, and the next up goes on', async () => {
    const session = box.atTerminal(['up', '--force-recreate']);
    await session.shows(/wait until db is healthy +\S*running/);
    session.write('\u0003');
    const { code } = await session.ended;
    expect(code).toBe(130);
    const text = session.seen();
    expect(text).toContain('Cancelling …');
    // drawn again and again, each time in one piece
    expect(text.split('\u001B[?2026h').length).toBeGreaterThan(5);
    expect(text.lastIndexOf('\u001B[?25h')).toBeGreaterThan(text.lastIndexOf('\u001B[?25l'));
    expect((await box.run(['up'])).code).toBe(0);
  });

  test('a second Ctrl-C leaves at once; SIGTERM cancels like Ctrl-C', async () => {
    const session = box.atTerminal(['up', '--force-recreate']);
    await session.shows(/wait until db is healthy +\S*running/);
    session.write('\u0003\u0003');
    expect((await session.ended).code).toBe(130);
    const background = box.inBackground(['up', '--force-recreate']);
    await background.shows('wait until db is healthy');
    background.kill('SIGTERM');
    expect(await background.ended).toMatchObject({ code: 130, stderr: expect.stringContaining('Cancelled') });
    expect((await box.run(['up'])).code).toBe(0);
  });

  test('a shell at a terminal has the size of ours, and its exit code', async () => {
    const session = box.atTerminal(['exec', 'redis']);
    // the size follows the start, as with the Docker CLI: the engine takes it for a process that runs only
    session.write('for i in 1 2 3 4 5 6 7 8 9; do stty size; sleep 0.3; done; exit 5\r');
    expect((await session.ended).code).toBe(5);
    expect(session.seen()).toContain('30 90');
  });

  test('logs -f goes on until Ctrl-C', async () => {
    const session = box.atTerminal(['logs', '-f', '--tail', '1', 'db']);
    await session.shows('db |');
    session.write('\u0003');
    expect((await session.ended).code).toBe(130);
  });

  test('a port that is taken ends up with the cause', async () => {
    await box.run(['stop', 'nginx']);
    const blocker = createServer().listen(port, '127.0.0.1');
    try {
      const { code, stderr } = await box.run(['up']);
      expect(code).toBe(1);
      expect(stderr).toContain(String(port));
    } finally {
      blocker.close();
    }
    const started = await box.run(['start', '--format', 'json']);
    expect(StackState.parse(JSON.parse(started.stdout)).status).toBe('running');
  });

  test('secrets: a value is set from stdin, shown only when asked, and exported encrypted', async () => {
    const canary = `canary-${crypto.randomUUID()}`;
    expect((await box.run(['secrets', 'set', 'OPENAI_API_KEY'], { stdin: `${canary}\n` })).code).toBe(0);
    const listed = await box.run(['secrets', '--format', 'json']);
    expect(shapes.SecretsJson.parse(JSON.parse(listed.stdout))).toContainEqual(
      expect.objectContaining({ name: 'OPENAI_API_KEY', set: true }),
    );
    expect((await box.run(['secrets', 'show', 'OPENAI_API_KEY'])).stdout).toBe(`${canary}\n`);
    const exported = await box.run([
      'secrets',
      'export',
      '--project',
      PROJECT,
      'copy.age',
      '--format',
      'json',
    ]);
    const { names } = shapes.SecretsExportJson.parse(JSON.parse(exported.stdout));
    expect(names).toContain('global/OPENAI_API_KEY');
    expect((await box.run(['secrets', 'export', 'copy.age'])).code).toBe(2);
    expect((await box.run(['secrets', 'unset', 'OPENAI_API_KEY'])).code).toBe(0);
    const restored = await box.run(['secrets', 'import', '--project', PROJECT, 'copy.age']);
    expect(restored).toMatchObject({ code: 0, stdout: expect.stringContaining('global/OPENAI_API_KEY') });
    expect((await box.run(['secrets', 'show', 'OPENAI_API_KEY'])).stdout).toBe(`${canary}\n`);
    expect((await box.run(['secrets', 'unset', 'OPENAI_API_KEY'])).code).toBe(0);
    const all = [
      restored,
      listed,
      exported,
      await box.run(['status', '--format', 'json']),
      await box.run(['history']),
    ];
    for (const { stdout, stderr } of all) expect(stdout + stderr).not.toContain(canary);
  });

  test('a volume is deleted when its name is typed, and not before', async () => {
    const refused = await box.run(['down', '--volumes', VOLUME, '--yes']);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('not deleted') });
    const wrong = box.atTerminal(['down', '--volumes', VOLUME]);
    await wrong.shows(`Type ${VOLUME} to delete it: `);
    wrong.write('yes\r');
    expect((await wrong.ended).code).toBe(2);
    expect((await box.run(['ps', '--format=json'])).stdout).toContain('"healthy"');
    const right = box.atTerminal(['down', '--volumes', VOLUME]);
    await right.shows(`Type ${VOLUME} to delete it: `);
    right.write(`${VOLUME}\r`);
    expect((await right.ended).code).toBe(0);
    expect(right.seen()).toContain(`Deleted: ${VOLUME}`);
  });

  test.skipIf(theEngineHasNoCli())(
    'compose runs the Docker CLI on the same stack, with its exit code',
    async () => {
      await box.run(['up']);
      const { code, stdout } = await box.run(['compose', '--', 'ps', '--services']);
      expect([code, stdout.trim().split('\n').toSorted(compare)]).toEqual([0, ['db', 'nginx', 'redis']]);
      expect((await box.run(['compose', '--', 'nope'])).code).not.toBe(0);
    },
  );
});

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** The Docker CLI comes with the lab. */
function theEngineHasNoCli(): boolean {
  return engine === undefined || theEngine().lab === undefined;
}
