import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { pack } from 'tar-stream';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ContainerCreate, Engine, EngineEvent, Healthcheck, LogChunk } from '../../main/docker/port.ts';
import type { ErrorCode } from '../../main/errors.ts';
import { FakeEngine } from '../fakes/fake-engine.ts';
import type { Behaviour } from '../fakes/world.ts';
import { describeEngine, describeLab, freshLab } from '../setup/lab.ts';
import { codesOf, connectTo, removeTestObjects, TEST_IMAGE, testPrefix } from './real-engine.ts';

/** An engine under test, and the few things that a fake must be told where a real container just does them. */
interface Subject {
  readonly engine: Engine;
  /** a fake's container of that name shall behave so; the real one has the command for it */
  script(name: string, behaviour: Behaviour): void;
  fileIn(id: string, path: string): Promise<string>;
  takePort(port: number): Promise<() => void>;
  /** after all tests */
  end(): Promise<void>;
}

function fakeSubject(): Subject {
  const engine = new FakeEngine({ images: { [TEST_IMAGE]: { config: { Volumes: { '/data': {} } } } } });
  engine.onExec = async (_c, { cmd, stdin }) => {
    if (cmd[0] === 'sleep') await sleep(Number(cmd[1]) * 1000);
    return {
      exitCode: cmd.includes('cat; echo err >&2; exit 3') ? 3 : 0,
      stdout: String(stdin ?? ''),
      stderr: 'err\n',
    };
  };
  return {
    engine,
    script: (name, behaviour) => engine.behave(name, behaviour),
    fileIn: (id, path) => Promise.resolve(engine.container(id).files.get(path)?.data.toString() ?? ''),
    takePort: (port) => {
      engine.takePort('127.0.0.1', port);
      return Promise.resolve(() => engine.world.takenPorts.clear());
    },
    end: () => Promise.resolve(),
  };
}

async function realSubject(url?: string, end = (): Promise<void> => Promise.resolve()): Promise<Subject> {
  const engine = await connectTo(url);
  return {
    engine,
    script: () => undefined,
    fileIn: async (id, path) => (await engine.containers.exec(id, { cmd: ['cat', path] })).stdout,
    takePort: async (port) => {
      const server = net.createServer().listen(port, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      return () => void server.close();
    },
    end: async () => {
      engine.close();
      await end();
    },
  };
}

/** A container that ends at once, with 0, when it is asked to. */
const STOPPABLE = { Cmd: ['sh', '-c', "trap 'exit 0' TERM; echo ready; sleep 60 & wait"] };

const refused = async (promise: Promise<unknown>, code: ErrorCode): Promise<void> =>
  expect(await codesOf(promise)).toEqual([code]);

describe('the fake engine keeps the contract', () => contract(() => Promise.resolve(fakeSubject())));

describeEngine('a real engine keeps the contract', () => contract(() => realSubject()));

describeLab('an engine of 20.10 keeps the contract', () =>
  contract(async () => {
    const lab = await freshLab('old', { suite: 'bookworm', images: ['redis'] });
    return realSubject(lab.host, async () => lab[Symbol.asyncDispose]());
  }),
);

function contract(make: () => Promise<Subject>): void {
  const { prefix, labels, filters } = testPrefix();
  let subject: Subject;
  let engine: Engine;
  let count = 0;
  const newName = (): string => {
    const name = `${prefix}-${++count}`;
    subject.script(name, { prints: ['ready'] });
    return name;
  };

  beforeAll(async () => {
    subject = await make();
    ({ engine } = subject);
  });
  afterEach(() => removeTestObjects(engine, filters));
  afterAll(() => subject?.end());

  const body = (more: Record<string, unknown> = {}): ContainerCreate => ({
    Image: TEST_IMAGE,
    Labels: labels,
    HostConfig: {},
    NetworkingConfig: { EndpointsConfig: {} },
    ...more,
  });
  const newContainer = async (more: Record<string, unknown> = {}): Promise<{ id: string; name: string }> => {
    const name = newName();
    return { id: (await engine.containers.create(name, body(more))).Id, name };
  };
  /** Waits for a line: a process that was only just started does not handle SIGTERM yet. */
  const printed = async (id: string, line: string): Promise<void> => {
    await expect.poll(() => text(engine.containers.logs(id, {})), { timeout: 10_000 }).toContain(line);
  };
  const freePort = async (): Promise<number> => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as net.AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
  };

  test('a container is created, started, stopped and removed; what is done already is no error', async () => {
    const { id, name } = await newContainer(STOPPABLE);
    expect(await engine.containers.inspect(name)).toMatchObject({
      Id: id,
      Name: `/${name}`,
      State: { Status: 'created', Running: false },
      Config: { Image: TEST_IMAGE },
    });
    expect(await engine.containers.list(filters)).toEqual([]);
    await engine.containers.start(id);
    await engine.containers.start(id);
    expect(await engine.containers.list(filters)).toMatchObject([
      { Id: id, Names: [`/${name}`], State: 'running', Labels: labels },
    ]);
    await printed(id, 'ready');
    await engine.containers.stop(id, { timeoutS: 10 });
    await engine.containers.stop(id);
    expect((await engine.containers.inspect(id))?.State).toMatchObject({ Status: 'exited', ExitCode: 0 });
    expect(await engine.containers.list(filters, { all: true })).toMatchObject([{ State: 'exited' }]);
    await engine.containers.remove(id);
    await engine.containers.remove(id);
    expect(await engine.containers.inspect(id)).toBeUndefined();
  });

  test('what is not there is named', async () => {
    const missing = `${prefix}-missing`;
    await refused(engine.containers.start(missing), 'engine.not-found');
    await refused(engine.containers.stop(missing), 'engine.not-found');
    await refused(engine.containers.rename(missing, `${missing}2`), 'engine.not-found');
    await refused(engine.networks.remove(missing), 'engine.not-found');
    await refused(engine.volumes.remove(missing), 'engine.not-found');
    await refused(
      engine.containers.create(newName(), body({ Image: 'redis:none' })),
      'engine.image-not-found',
    );
    expect(await engine.images.inspect('redis:none')).toBeUndefined();
    expect(await engine.networks.inspect(missing)).toBeUndefined();
    expect(await engine.volumes.inspect(missing)).toBeUndefined();
  });

  test('a name is given once, to a container and to a network', async () => {
    const first = await newContainer();
    const second = await newContainer();
    await refused(engine.containers.create(first.name, body()), 'engine.name-conflict');
    await refused(engine.containers.rename(second.id, first.name), 'engine.name-conflict');
    const renamed = newName();
    await engine.containers.rename(second.id, renamed);
    expect((await engine.containers.inspect(second.id))?.Name).toBe(`/${renamed}`);
    const network = newName();
    await engine.networks.create({ Name: network, Labels: labels });
    await refused(engine.networks.create({ Name: network, Labels: labels }), 'engine.name-conflict');
  });

  test('a running container is removed by force only', async () => {
    const { id } = await newContainer();
    await engine.containers.start(id);
    await refused(engine.containers.remove(id), 'engine.in-use');
    await engine.containers.remove(id, { force: true });
    expect(await engine.containers.inspect(id)).toBeUndefined();
  });

  test('events tell a life in order, the health check included', async () => {
    const seen: EngineEvent[] = [];
    const controller = new AbortController();
    const connected = Promise.withResolvers<void>();
    const listening = (async () => {
      for await (const item of engine.events({ ...filters, type: ['container'] }, controller.signal))
        if (item.kind === 'connected') connected.resolve();
        else if (item.kind === 'event' && !item.event.Action.startsWith('exec_')) seen.push(item.event);
    })();
    await connected.promise;
    const healthcheck: Healthcheck = { Test: ['CMD', 'true'], Interval: 2e8, Retries: 1 };
    const { id } = await newContainer({ Healthcheck: healthcheck, ...STOPPABLE });
    await engine.containers.start(id);
    await printed(id, 'ready');
    await expect
      .poll(async () => (await engine.containers.inspect(id))?.State.Health?.Status, { timeout: 10_000 })
      .toBe('healthy');
    await engine.containers.stop(id);
    await engine.containers.remove(id);
    await expect.poll(() => seen.map((e) => e.Action)).toContain('destroy');
    controller.abort();
    await listening;
    const order = seen.map((e) => e.Action).filter((a) => !['attach', 'resize'].includes(a));
    // moby emits `stop` before `die` or after it, as the two happen to be written
    expect(order.toSorted()).toEqual(
      ['create', 'start', 'health_status: healthy', 'kill', 'die', 'stop', 'destroy'].toSorted(),
    );
    expect(order.slice(0, 4)).toEqual(['create', 'start', 'health_status: healthy', 'kill']);
    expect(order.at(-1)).toBe('destroy');
    expect(seen.every((e) => e.Actor.ID === id)).toBe(true);
    expect(seen.map((e) => e.timeNano)).toEqual(seen.map((e) => e.timeNano).toSorted((a, b) => a - b));
  });

  test('a health check that fails leaves its last output', async () => {
    const Healthcheck: Healthcheck = {
      Test: ['CMD-SHELL', 'echo not yet; exit 1'],
      Interval: 2e8,
      Retries: 1,
    };
    const name = newName();
    subject.script(name, { health: ['unhealthy'], healthOutput: 'not yet\n' });
    const { Id } = await engine.containers.create(name, body({ Healthcheck }));
    await engine.containers.start(Id);
    await expect
      .poll(async () => (await engine.containers.inspect(Id))?.State.Health?.Status, { timeout: 10_000 })
      .toBe('unhealthy');
    const health = (await engine.containers.inspect(Id))?.State.Health;
    expect(health?.Log?.at(-1)).toMatchObject({ ExitCode: 1, Output: 'not yet\n' });
    expect(health?.FailingStreak).toBeGreaterThan(0);
  });

  test('a container that runs says what it uses', async () => {
    const { Id } = await engine.containers.create(newName(), body({ Cmd: ['sleep', '60'] }));
    expect(await engine.containers.usage(Id)).toBeUndefined();
    await engine.containers.start(Id);
    const first = await engine.containers.usage(Id);
    expect(first?.memory).toBeGreaterThan(0);
    expect(Math.abs((first?.at ?? 0) - Date.now())).toBeLessThan(60_000);
    const second = await engine.containers.usage(Id);
    expect(second?.cpuNs).toBeGreaterThanOrEqual(first?.cpuNs ?? Infinity);
    expect(await engine.containers.usage('not-there')).toBeUndefined();
  });

  test('a process that ends leaves its code; a restart policy starts it again', async () => {
    const once = newName();
    subject.script(once, { exitsAfterMs: 20, exitCode: 3 });
    const { Id } = await engine.containers.create(once, body({ Cmd: ['sh', '-c', 'exit 3'] }));
    await engine.containers.start(Id);
    expect(await engine.containers.wait(Id)).toBe(3);
    expect(await engine.containers.usage(Id)).toBeUndefined();
    expect((await engine.containers.inspect(Id))?.State).toMatchObject({ Status: 'exited', ExitCode: 3 });
    const twice = newName();
    subject.script(twice, { exitsAfterMs: 20, exitCode: 3 });
    const RestartPolicy = { Name: 'on-failure', MaximumRetryCount: 1 };
    const again = await engine.containers.create(
      twice,
      body({ Cmd: ['sh', '-c', 'exit 3'], HostConfig: { RestartPolicy } }),
    );
    await engine.containers.start(again.Id);
    await expect
      .poll(
        async () => {
          const c = await engine.containers.inspect(again.Id);
          return [c?.RestartCount, c?.State.Status];
        },
        { timeout: 10_000 },
      )
      .toEqual([1, 'exited']);
  });

  test('logs: the last lines, both streams, and following until it ends', async () => {
    const name = newName();
    const script = 'for i in 1 2 3; do echo line $i; done; sleep 0.3';
    subject.script(name, { prints: ['line 1', 'line 2', 'line 3'], exitsAfterMs: 100 });
    const { Id } = await engine.containers.create(name, body({ Cmd: ['sh', '-c', script] }));
    await engine.containers.start(Id);
    expect(await text(engine.containers.logs(Id, { follow: true }))).toBe('line 1\nline 2\nline 3\n');
    expect(await text(engine.containers.logs(Id, { tail: 1 }))).toBe('line 3\n');
    expect(await text(engine.containers.logs(Id, { tail: 1, timestamps: true }))).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z line 3\n$/,
    );
  });

  test('following a log ends with the abort', async () => {
    const { id } = await newContainer();
    await engine.containers.start(id);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    await refused(
      text(engine.containers.logs(id, { follow: true, signal: controller.signal })),
      'engine.cancelled',
    );
  });

  test('exec: input, both outputs, code; stopped, late and cancelled are told apart', async () => {
    const { id } = await newContainer();
    await refused(engine.containers.exec(id, { cmd: ['true'] }), 'engine.api');
    await engine.containers.start(id);
    const cmd = ['sh', '-c', 'cat; echo err >&2; exit 3'];
    expect(await engine.containers.exec(id, { cmd, stdin: 'héllo' })).toEqual({
      exitCode: 3,
      stdout: 'héllo',
      stderr: 'err\n',
    });
    await refused(engine.containers.exec(id, { cmd: ['sleep', '2'], timeoutMs: 200 }), 'engine.exec-timeout');
    const signal = AbortSignal.timeout(200);
    await refused(engine.containers.exec(id, { cmd: ['sleep', '2'], signal }), 'engine.cancelled');
  });

  test('a file is put in before the first start and is there after it', async () => {
    const { id } = await newContainer();
    const tar = pack();
    tar.entry({ name: 'hello.txt', mode: 0o444 }, 'hello\n');
    tar.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of tar) chunks.push(chunk as Buffer);
    await engine.containers.putArchive(id, '/etc', Buffer.concat(chunks));
    await engine.containers.start(id);
    expect(await subject.fileIn(id, '/etc/hello.txt')).toBe('hello\n');
  });

  test('networks: labels, members with aliases, not removed while in use', async () => {
    const name = newName();
    const { Id } = await engine.networks.create({ Name: name, Driver: 'bridge', Labels: labels });
    expect(await engine.networks.list(filters)).toMatchObject([{ Id, Name: name, Labels: labels }]);
    const { id, name: container } = await newContainer();
    await engine.networks.connect(name, id, { Aliases: ['db'] });
    await engine.containers.start(id);
    expect((await engine.networks.inspect(name))?.Containers).toMatchObject({ [id]: { Name: container } });
    const joined = (await engine.containers.inspect(id))?.NetworkSettings.Networks[name];
    expect(joined?.NetworkID).toBe(Id);
    expect(joined?.Aliases).toContain('db');
    await refused(engine.networks.remove(Id), 'engine.in-use');
    await engine.networks.disconnect(name, id);
    await engine.networks.remove(Id);
    expect(await engine.networks.inspect(Id)).toBeUndefined();
  });

  test('a network that went away stops the start of its container', async () => {
    const name = newName();
    const { Id } = await engine.networks.create({ Name: name, Labels: labels });
    const NetworkingConfig = { EndpointsConfig: { [name]: {} } };
    const { id } = await newContainer({ HostConfig: { NetworkMode: name }, NetworkingConfig });
    await engine.networks.remove(Id);
    await refused(engine.containers.start(id), 'engine.not-found');
    expect((await engine.containers.inspect(id))?.State.Status).toBe('created');
  });

  test('a container that ran knows its network by its id: one made anew under the name is another one', async () => {
    const name = newName();
    const { Id } = await engine.networks.create({ Name: name, Labels: labels });
    const NetworkingConfig = { EndpointsConfig: { [name]: {} } };
    const { id } = await newContainer({ ...STOPPABLE, HostConfig: { NetworkMode: name }, NetworkingConfig });
    const idOfNetwork = async (): Promise<string | undefined> =>
      (await engine.containers.inspect(id))?.NetworkSettings.Networks[name]?.NetworkID;
    expect(await idOfNetwork()).toBe('');
    await engine.containers.start(id);
    await engine.containers.stop(id, { timeoutS: 1 });
    expect(await idOfNetwork()).toBe(Id);
    await engine.networks.remove(Id);
    await engine.networks.create({ Name: name, Labels: labels });
    await refused(engine.containers.start(id), 'engine.not-found');
    expect(await idOfNetwork()).toBe(Id);
  });

  test('volumes: made once, kept by their users', async () => {
    const Name = newName();
    const first = await engine.volumes.create({ Name, Labels: labels });
    expect(first).toMatchObject({ Name, Driver: 'local', Labels: labels });
    expect(await engine.volumes.create({ Name, Labels: { other: '1' } })).toMatchObject({ Labels: labels });
    expect(await engine.volumes.list(filters)).toMatchObject([{ Name }]);
    const { id } = await newContainer({ HostConfig: { Binds: [`${Name}:/data:rw`] } });
    expect((await engine.containers.inspect(id))?.Mounts).toMatchObject([
      { Type: 'volume', Name, Destination: '/data', RW: true },
    ]);
    await refused(engine.volumes.remove(Name), 'engine.in-use');
    expect((await engine.diskUsage()).volumes.find((v) => v.Name === Name)?.Size).toBeTypeOf('number');
    await engine.containers.remove(id, { volumes: true });
    expect(await engine.volumes.inspect(Name)).toBeDefined();
    await engine.volumes.remove(Name);
  });

  test('an anonymous volume goes with its container only when asked', async () => {
    const anonymous = async (id: string): Promise<string> =>
      (await engine.containers.inspect(id))?.Mounts.find((m) => m.Destination === '/cache')?.Name ?? '';
    const kept = await newContainer({ Volumes: { '/cache': {} } });
    const keptVolume = await anonymous(kept.id);
    await engine.containers.remove(kept.id);
    expect(await engine.volumes.inspect(keptVolume)).toBeDefined();
    await engine.volumes.remove(keptVolume);
    const gone = await newContainer({ Volumes: { '/cache': {} } });
    const goneVolume = await anonymous(gone.id);
    expect(await engine.volumes.inspect(goneVolume)).toBeDefined();
    await engine.containers.remove(gone.id, { volumes: true });
    expect(await engine.volumes.inspect(goneVolume)).toBeUndefined();
  });

  test('a port is published once: held by a container, held by a program', async () => {
    const port = await freePort();
    const HostConfig = { PortBindings: { '6379/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] } };
    const more = { ExposedPorts: { '6379/tcp': {} }, HostConfig };
    const first = await newContainer(more);
    await engine.containers.start(first.id);
    expect((await engine.containers.inspect(first.id))?.NetworkSettings.Ports['6379/tcp']).toEqual([
      { HostIp: '127.0.0.1', HostPort: String(port) },
    ]);
    const second = await newContainer(more);
    await expect(engine.containers.start(second.id)).rejects.toMatchObject({
      errors: [{ code: 'engine.port-taken', data: { address: '127.0.0.1', port, by: 'container' } }],
    });
    expect((await engine.containers.inspect(second.id))?.State).toMatchObject({ Status: 'created' });
    await engine.containers.remove(first.id, { force: true });
    const release = await subject.takePort(port);
    await expect(engine.containers.start(second.id)).rejects.toMatchObject({
      errors: [{ code: 'engine.port-taken', data: { address: '127.0.0.1', port, by: 'process' } }],
    });
    release();
    await engine.containers.start(second.id);
  });

  test('pull: there already, missing, cancelled', async () => {
    const phases: string[] = [];
    const image = await engine.images.pull(TEST_IMAGE, { onProgress: (p) => phases.push(p.phase) });
    expect(image).toEqual(await engine.images.inspect(TEST_IMAGE));
    expect(phases.at(-1)).toBe('done');
    await refused(engine.images.pull('redis:none'), 'engine.image-not-found');
    await refused(engine.images.pull(TEST_IMAGE, { signal: AbortSignal.abort() }), 'engine.cancelled');
  });

  test('an image gets a second name and loses it', async () => {
    const ref = `${prefix}:1`;
    await engine.images.tag(TEST_IMAGE, ref);
    expect((await engine.images.inspect(ref))?.Id).toBe((await engine.images.inspect(TEST_IMAGE))?.Id);
    expect((await engine.images.list()).some((i) => i.RepoTags?.includes(ref))).toBe(true);
    await engine.images.remove(ref);
    expect(await engine.images.inspect(ref)).toBeUndefined();
    expect(await engine.images.inspect(TEST_IMAGE)).toBeDefined();
    await refused(engine.images.remove(ref), 'engine.image-not-found');
  });

  test('ping answers', () => engine.ping());
}

async function text(chunks: AsyncIterable<LogChunk>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const { data } of chunks) all.push(data);
  return Buffer.concat(all).toString('utf8');
}
