// A stack while the keychain is locked, or is not there. Each call is the terminal in a process of its own, on the bus of
// a lab of its own: no test of another file meets its keychain locked.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab, freshLab, theEngine, type LabHandle } from '../setup/lab.ts';
import { lettaStack, type Ended } from './helpers/commands.ts';
import { freePort, LIGHT_FILE, openBox, type CoreBox } from './helpers/core-box.ts';
import { objectsOf, type Objects } from './helpers/objects.ts';

const NOTHING: Objects = { containers: {}, networks: {}, volumes: {} };

describeLab('a stack and its keychain', () => {
  let box: CoreBox;
  let lab: LabHandle;
  let bus: Record<string, string>;
  let port: number;
  beforeAll(async () => {
    lab = await freshLab('bus');
    const { DBUS_SESSION_BUS_ADDRESS = '' } = await lab.env();
    bus = { DBUS_SESSION_BUS_ADDRESS };
    port = await freePort();
    box = await openBox();
  });
  afterAll(async () => {
    await box[Symbol.asyncDispose]();
    await lab[Symbol.asyncDispose]();
  });

  const objects = (project: string): Promise<Objects> => objectsOf(box.engine, project);
  async function call(project: string, verb: string, args: string[] = [], env = {}): Promise<Ended> {
    const where = [
      '--file',
      LIGHT_FILE,
      '--project',
      project,
      '--host',
      theEngine().host,
      '--format',
      'json',
    ];
    return lettaStack([verb, ...where, ...args], {
      home: box.home,
      env: { LIGHT_PORT: String(port), ...bus, ...env },
    });
  }
  /** The codes that a call that failed prints. */
  function codes({ code, stderr }: Ended): readonly string[] {
    expect(code).not.toBe(0);
    const errors = stderr.split('\n').filter((line) => line.startsWith('{"errors"'));
    return errors.flatMap((line) =>
      (JSON.parse(line) as { errors: { code: string }[] }).errors.map((e) => e.code),
    );
  }

  it('starts, stops and stays up while it is locked; what must create says so and touches nothing', async () => {
    const project = box.project('locked');
    await lab.keychain('unlocked');
    expect(await call(project, 'up')).toMatchObject({ code: 0 });

    await lab.keychain('locked');
    const made = await objects(project);
    expect(await call(project, 'up')).toMatchObject({ code: 0 });
    expect(await objects(project)).toEqual(made);
    for (const verb of ['stop', 'start', 'restart', 'status']) {
      expect([verb, (await call(project, verb)).code]).toEqual([verb, 0]);
    }
    const before = await objects(project);
    expect(codes(await call(project, 'up', ['--force-recreate']))).toEqual(['secrets.locked']);
    expect(codes(await call(project, 'up', [], { LIGHT_GREETING: 'new' }))).toEqual(['secrets.locked']);
    expect(await objects(project)).toEqual(before);
    // redis takes no secret
    expect(await call(project, 'up', ['--force-recreate', 'redis'])).toMatchObject({ code: 0 });
    const logs = await call(project, 'logs', ['--tail', '1', 'redis']);
    expect([logs.code, logs.stdout]).toEqual([0, expect.stringContaining('"service":"redis"')]);
    expect((JSON.parse(logs.stderr) as { warnings: object[] }).warnings).toMatchObject([
      { code: 'secrets.left-in' },
      { code: 'secrets.locked' },
    ]);
    expect(await call(project, 'down')).toMatchObject({ code: 0 });
    expect(codes(await call(project, 'up'))).toEqual(['secrets.locked']);
    expect(await objects(project)).toEqual({ ...NOTHING, volumes: made.volumes });

    await lab.keychain('unlocked');
    expect(await call(project, 'up')).toMatchObject({ code: 0 });
    expect((await objects(project)).volumes).toEqual(made.volumes);
    expect(await call(project, 'down')).toMatchObject({ code: 0 });
  });

  it.each([
    ['is locked', 'locked', 'secrets.locked'],
    ['has no collection', 'empty', 'secrets.no-keyring'],
    ['does not run', 'absent', 'secrets.no-service'],
  ] as const)('makes nothing where the keychain %s', async (_, state, code) => {
    const project = box.project(`fresh-${state}`);
    await lab.keychain(state);
    expect(codes(await call(project, 'up'))).toEqual([code]);
    expect(await objects(project)).toEqual(NOTHING);
    const { code: exit, stdout } = await call(project, 'doctor', ['--only', 'secrets']);
    expect(exit).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([
      {
        id: 'secrets',
        status: 'fail',
        code,
        detail: expect.stringContaining('eychain'),
        fix: expect.any(String),
      },
    ]);
  });

  it('makes nothing where there is no bus', async () => {
    const project = box.project('nobus');
    const nowhere = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere/bus' };
    expect(codes(await call(project, 'up', [], nowhere))).toEqual(['secrets.no-bus']);
    expect(await objects(project)).toEqual(NOTHING);
  });
});
