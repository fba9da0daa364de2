import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../main/docker/port.ts';
import { describeEngine } from '../setup/lab.ts';
import { connectTo, removeTestObjects, TEST_IMAGE, testPrefix } from './real-engine.ts';

/** A terminal's three ends: what is typed goes into `keys`, what is shown comes out of `shown` and `errors`. */
function terminal(isTTY: boolean) {
  const raw: boolean[] = [];
  const keys = Object.assign(new PassThrough(), { isTTY, setRawMode: (on: boolean) => raw.push(on) });
  const screen = Object.assign(new PassThrough(), { isTTY, rows: 33, columns: 77 });
  const errors = new PassThrough();
  const texts = { shown: '', errors: '' };
  screen.setEncoding('utf8').on('data', (text: string) => (texts.shown += text));
  errors.setEncoding('utf8').on('data', (text: string) => (texts.errors += text));
  const io = { stdin: keys, stdout: screen, stderr: errors } as unknown as Parameters<
    Engine['containers']['execInteractive']
  >[2];
  return { io, keys, screen, raw, texts };
}

describeEngine('exec at a terminal', () => {
  const { prefix, labels, filters } = testPrefix();
  let engine: Engine;
  let id: string;

  beforeAll(async () => {
    engine = await connectTo();
    const NetworkingConfig = { EndpointsConfig: {} };
    const body = { Image: TEST_IMAGE, Labels: labels, HostConfig: {}, NetworkingConfig };
    id = (await engine.containers.create(`${prefix}-1`, body)).Id;
    await engine.containers.start(id);
  });
  afterAll(async () => {
    await removeTestObjects(engine, filters);
    engine.close();
  });

  test('keys go in raw, the window has our size and follows it, the code comes back', async () => {
    const { io, keys, screen, raw, texts } = terminal(true);
    const done = engine.containers.execInteractive(id, { cmd: ['sh'], tty: true }, io);
    keys.write('sleep 0.2; stty size\n');
    await expect.poll(() => texts.shown, { timeout: 10_000 }).toContain('33 77');
    screen.rows = 44;
    screen.emit('resize');
    keys.write('sleep 0.2; stty size\n');
    await expect.poll(() => texts.shown, { timeout: 10_000 }).toContain('44 77');
    keys.write('exit 5\n');
    expect(await done).toBe(5);
    expect(raw).toEqual([true, false]);
    expect(screen.listenerCount('resize')).toBe(0);
  });

  test('without a terminal both outputs are kept apart, and the end of the input is the end', async () => {
    const { io, keys, raw, texts } = terminal(false);
    const cmd = ['sh', '-c', 'cat; echo bad >&2; exit 4'];
    const done = engine.containers.execInteractive(id, { cmd, tty: false }, io);
    keys.end('typed');
    expect(await done).toBe(4);
    expect(texts).toEqual({ shown: 'typed', errors: 'bad\n' });
    expect(raw).toEqual([]);
  });

  test('user, folder and environment are the command’s', async () => {
    const options = { user: 'nobody', workingDir: '/tmp', env: ['A=b c'] };
    const { stdout } = await engine.containers.exec(id, {
      cmd: ['sh', '-c', 'id -un; pwd; echo $A'],
      ...options,
    });
    expect(stdout).toBe('nobody\n/tmp\nb c\n');
  });

  test('a command that does not exist', async () => {
    const { exitCode, stdout } = await engine.containers.exec(id, { cmd: ['letta-stack-none'] });
    expect(exitCode).toBe(127);
    expect(stdout).toMatch(/executable file not found/);
  });

  test('one that ends without reading its input', async () => {
    const stdin = 'x'.repeat(4_000_000);
    const { exitCode } = await engine.containers.exec(id, { cmd: ['sh', '-c', 'exit 6'], stdin });
    expect(exitCode).toBe(6);
  });
});
