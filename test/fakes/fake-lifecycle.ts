import { engineFailure } from '../../main/docker/engine-error.ts';
import { bindingsOf, healthcheckOf } from './fake-inspect.ts';
import type { FakeContainer, World } from './world.ts';

/** Starts a container as the engine would: networks and ports first, then the process, its health and its end. */
export function start(world: World, c: FakeContainer): void {
  if (c.status === 'running') return;
  const call = `POST /containers/${c.id}/start`;
  const fail = (status: number, message: string): never => {
    c.error = message;
    throw engineFailure({ call, endpoint: 'fake://', status, message, subject: c.name });
  };
  for (const name of c.networks.keys()) {
    const wanted = c.networkIds.get(name) ?? name;
    if (!world.findNetwork(wanted))
      fail(404, `failed to set up container networking: network ${wanted} not found`);
  }
  const taken = bindingsOf(c).find((b) => isTaken(world, c, b.address, b.port));
  if (taken) fail(500, portText(world, c, taken.address, taken.port));
  const behaviour = world.behaviourOf(c);
  if (behaviour.startError !== undefined) fail(500, behaviour.startError);

  c.status = 'running';
  c.error = '';
  c.exitCode = 0;
  c.oomKilled = false;
  c.stoppedByUs = false;
  c.startedAt = new Date().toISOString();
  c.run += 1;
  for (const name of c.networks.keys()) {
    const network = world.findNetwork(name);
    if (network) c.networkIds.set(name, network.Id);
    network?.members.add(c.id);
  }
  for (const line of behaviour.prints ?? [])
    c.log.push({ at: Date.now(), chunk: { stream: 'stdout', data: Buffer.from(`${line}\n`) } });
  world.emitContainer(c, 'start');

  const image = [...world.images.values()].find((i) => i.Id === c.imageId);
  delete c.health;
  if (healthcheckOf(c.body, image)) {
    c.health = { status: 'starting', streak: 0, log: [] };
    scheduleHealth(world, c, 0);
  }
  if (behaviour.exitsAfterMs !== undefined || behaviour.oom) scheduleExit(world, c);
}

/** Something that happens later, unless the container was stopped or started again in the meantime. */
function later(c: FakeContainer, ms: number, act: () => void): void {
  const { run } = c;
  setTimeout(() => {
    if (c.run === run && c.status === 'running') act();
  }, ms).unref();
}

function scheduleHealth(world: World, c: FakeContainer, at: number): void {
  const behaviour = world.behaviourOf(c);
  const status = (behaviour.health ?? ['healthy'])[at];
  if (status === undefined) return;
  later(c, behaviour.healthAfterMs ?? 2, () => {
    setHealth(world, c, status, behaviour.healthOutput ?? '');
    scheduleHealth(world, c, at + 1);
  });
}

/** The health check's next answer; an event only when the state changes, as the engine does. */
export function setHealth(world: World, c: FakeContainer, status: string, output: string): void {
  const health = (c.health ??= { status: 'starting', streak: 0, log: [] });
  const now = new Date().toISOString();
  const ExitCode = status === 'unhealthy' ? 1 : 0;
  health.log = [...health.log, { Start: now, End: now, ExitCode, Output: output }].slice(-5);
  health.streak = status === 'unhealthy' ? Math.max(health.streak + 1, 3) : 0;
  if (health.status === status) return;
  health.status = status;
  world.emitContainer(c, `health_status: ${status}`);
}

function scheduleExit(world: World, c: FakeContainer): void {
  const { exitsAfterMs = 0, exitCode = 0, oom = false } = world.behaviourOf(c);
  later(c, exitsAfterMs, () => {
    if (oom) {
      c.oomKilled = true;
      world.emitContainer(c, 'oom');
    }
    die(world, c, oom ? 137 : exitCode);
  });
}

/** `docker stop`: asked, ended, stopped. */
export function stopNow(world: World, c: FakeContainer, exitCode: number): void {
  c.stoppedByUs = true;
  world.emitContainer(c, 'kill', { signal: '15' });
  die(world, c, exitCode);
  world.emitContainer(c, 'stop');
}

/** The process has ended; by its restart policy it may start again. */
export function die(world: World, c: FakeContainer, exitCode: number): void {
  c.status = 'exited';
  c.exitCode = exitCode;
  c.finishedAt = new Date().toISOString();
  c.run += 1;
  delete c.health;
  for (const network of c.networks.keys()) world.findNetwork(network)?.members.delete(c.id);
  world.emitContainer(c, 'die', { exitCode: String(exitCode) });
  if (c.stoppedByUs || !restarts(c, exitCode)) return;
  c.restarts += 1;
  start(world, c);
}

function restarts(c: FakeContainer, exitCode: number): boolean {
  const policy = c.body.HostConfig['RestartPolicy'] as
    { Name?: string; MaximumRetryCount?: number } | undefined;
  switch (policy?.Name ?? 'no') {
    case 'always':
    case 'unless-stopped':
      return c.restarts < 3; // the real one waits ever longer instead
    case 'on-failure':
      return exitCode !== 0 && c.restarts < (policy?.MaximumRetryCount || 3);
    default:
      return false;
  }
}

function isTaken(world: World, self: FakeContainer, address: string, port: number): boolean {
  const clash = (a: string, p: number): boolean =>
    p === port && (a === address || a === '0.0.0.0' || address === '0.0.0.0');
  for (const taken of world.takenPorts) {
    const at = taken.lastIndexOf(':');
    if (clash(taken.slice(0, at), Number(taken.slice(at + 1)))) return true;
  }
  return holder(world, self, clash) !== undefined;
}

function holder(
  world: World,
  self: FakeContainer,
  clash: (a: string, p: number) => boolean,
): FakeContainer | undefined {
  return [...world.containers.values()].find(
    (c) => c !== self && c.status === 'running' && bindingsOf(c).some((b) => clash(b.address, b.port)),
  );
}

/** moby 28.5's two texts: another container has the port, or a process has. */
function portText(world: World, c: FakeContainer, address: string, port: number): string {
  const where = `failed to set up container networking: driver failed programming external connectivity on endpoint ${c.name} (${c.id}): `;
  const byProcess = [...world.takenPorts].some((t) => t.endsWith(`:${port}`));
  return byProcess
    ? `${where}failed to bind host port for ${address}:${port}:10.192.0.3:80/tcp: address already in use`
    : `${where}Bind for ${address}:${port} failed: port is already allocated`;
}
