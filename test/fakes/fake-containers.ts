import type { ContainerInspect, ContainerSummary, Engine, Filters } from '../../main/docker/port.ts';
import { labelsMatch } from './event-hub.ts';
import { assertFree, createContainer, removeAnonymous } from './fake-create.ts';
import { inspectContainer, summary } from './fake-inspect.ts';
import { readLog, runExec, unpack, until, type ExecHandler } from './fake-io.ts';
import { die, start, stopNow } from './fake-lifecycle.ts';
import { refuse } from './refuse.ts';
import type { FakeContainer, World } from './world.ts';

export function fakeContainers(world: World, onExec: () => ExecHandler): Engine['containers'] {
  const { faults } = world;
  const need = (call: string, id: string): FakeContainer => {
    const c = world.findContainer(id);
    if (!c) throw refuse(call, 404, `No such container: ${id}`, id);
    return c;
  };
  return {
    async list(filters, options = {}): Promise<ContainerSummary[]> {
      await faults.enter('containers.list', [filters, options], options.signal);
      return [...world.containers.values()]
        .filter((c) => (options.all || filters['status'] || c.status === 'running') && matches(filters, c))
        .toReversed() // the newest first, as the engine does
        .map(summary);
    },
    async inspect(id, signal): Promise<ContainerInspect | undefined> {
      await faults.enter('containers.inspect', [id], signal);
      const c = world.findContainer(id);
      return c && inspectContainer(world, c);
    },
    async create(name, body, options) {
      await faults.enter('containers.create', [name, body, options]);
      return { Id: createContainer(world, name, body).id, Warnings: [] };
    },
    async start(id) {
      await faults.enter('containers.start', [id]);
      const c = need(`POST /containers/${id}/start`, id);
      if (c.status !== 'running') c.restarts = 0;
      start(world, c);
    },
    async stop(id, options = {}) {
      await faults.enter('containers.stop', [id, options], options.signal);
      const c = need(`POST /containers/${id}/stop`, id);
      if (c.status !== 'running') return;
      stopNow(world, c, world.behaviourOf(c).stopCode ?? 0);
    },
    async remove(id, options = {}) {
      await faults.enter('containers.remove', [id, options]);
      const c = world.findContainer(id);
      if (!c) return;
      if (c.status === 'running') {
        if (!options.force) {
          const text = `cannot remove container "${c.name}": container is running: stop the container before removing or force remove`;
          throw refuse(`DELETE /containers/${id}`, 409, text, id);
        }
        world.emitContainer(c, 'kill', { signal: '9' });
        c.stoppedByUs = true;
        die(world, c, 137);
      }
      world.containers.delete(c.id);
      for (const n of world.networks.values()) n.members.delete(c.id);
      if (options.volumes) removeAnonymous(world, c);
      c.status = 'removing';
      world.emitContainer(c, 'destroy');
    },
    async rename(id, name) {
      await faults.enter('containers.rename', [id, name]);
      const call = `POST /containers/${id}/rename`;
      const c = need(call, id);
      assertFree(world, call, name);
      const oldName = `/${c.name}`;
      c.name = name;
      world.emitContainer(c, 'rename', { oldName });
    },
    async putArchive(id, path, tar) {
      await faults.enter('containers.putArchive', [id, path, tar]);
      await unpack(need(`PUT /containers/${id}/archive`, id), path, tar);
    },
    async *logs(id, options) {
      await faults.enter('containers.logs', [id, options], options.signal);
      yield* readLog(need(`GET /containers/${id}/logs`, id), options);
    },
    async exec(id, options) {
      await faults.enter('containers.exec', [id, options], options.signal);
      return runExec(world, need(`POST /containers/${id}/exec`, id), options, onExec());
    },
    async execInteractive(id, options, io) {
      await faults.enter('containers.execInteractive', [id, options]);
      const c = need(`POST /containers/${id}/exec`, id);
      const { exitCode, stdout, stderr } = await runExec(world, c, { cmd: options.cmd }, onExec());
      io.stdout.write(stdout);
      io.stderr.write(stderr);
      return exitCode;
    },
    async usage(id, signal) {
      await faults.enter('containers.usage', [id], signal);
      const c = world.findContainer(id);
      if (c?.status !== 'running') return undefined;
      return { cpuNs: c.run * 1e6, memory: 1e6, at: Date.now() };
    },
    async wait(id, signal) {
      await faults.enter('containers.wait', [id], signal);
      const c = need(`POST /containers/${id}/wait`, id);
      await until(c, () => c.status !== 'running', signal, 'containers.wait');
      return c.exitCode;
    },
  };
}

function matches(filters: Filters, c: FakeContainer): boolean {
  const { label, name, id, status, network, volume } = filters;
  return (
    labelsMatch(label, c.body.Labels) &&
    (!name || name.some((n) => new RegExp(n).test(`/${c.name}`) || new RegExp(n).test(c.name))) &&
    (!id || id.some((i) => c.id.startsWith(i))) &&
    (!status || status.includes(c.status)) &&
    (!network || network.some((n) => c.networks.has(n))) &&
    (!volume || volume.some((v) => c.mounts.some((m) => m.Name === v || m.Destination === v)))
  );
}
