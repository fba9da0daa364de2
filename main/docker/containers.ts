import { runExec, runInteractive } from './exec.ts';
import { demultiplex } from './logs.ts';
import type { ContainerInspect, ContainerStats, ContainerSummary, Engine, LogChunk } from './port.ts';
import { segment, type Transport } from './transport.ts';

/** The containers of an engine; `hostMemory` in bytes tells a limit from none. */
export function containersOf(api: Transport, hostMemory: number): Engine['containers'] {
  const path = (id: string, action = ''): string => `/containers/${segment(id)}${action}`;
  const inspect = (id: string, signal?: AbortSignal): Promise<ContainerInspect | undefined> =>
    api.find<ContainerInspect>({ method: 'GET', path: path(id, '/json'), signal, subject: id });

  return {
    inspect,
    async list(filters, { all = false, signal } = {}) {
      const query = { all, filters };
      const { body } = await api.call({ method: 'GET', path: '/containers/json', query, signal });
      return body as ContainerSummary[];
    },
    async create(name, body, { platform } = {}) {
      const query = { name, platform };
      const answer = await api.call({ method: 'POST', path: '/containers/create', query, body });
      const { Id, Warnings } = answer.body as { Id: string; Warnings: string[] | null };
      return { Id, Warnings: Warnings ?? [] };
    },
    async start(id) {
      await api.call({ method: 'POST', path: path(id, '/start'), subject: id });
    },
    async stop(id, { timeoutS, signal } = {}) {
      await api.call({
        method: 'POST',
        path: path(id, '/stop'),
        query: { t: timeoutS },
        signal,
        subject: id,
      });
    },
    async kill(id, signalName) {
      await api.call({ method: 'POST', path: path(id, '/kill'), query: { signal: signalName }, subject: id });
    },
    async remove(id, { force = false, volumes = false } = {}) {
      const request = {
        method: 'DELETE',
        path: path(id),
        query: { force, v: volumes },
        subject: id,
      } as const;
      // 404: gone already. 409 also says that another removal is under way: then its end is waited for.
      const { status, body } = await api.call(request, [404, 409]);
      if (status !== 409) return;
      const text = (body as { message?: string }).message ?? '';
      if (!/removal of container .* is already in progress/.test(text))
        throw api.fault(`DELETE ${path(id)}`, text, { status, subject: id });
      await api.call({ method: 'POST', path: path(id, '/wait'), query: { condition: 'removed' } }, [404]);
    },
    async rename(id, name) {
      await api.call({ method: 'POST', path: path(id, '/rename'), query: { name }, subject: id });
    },
    async putArchive(id, folder, tar) {
      const query = { path: folder };
      await api.call({
        method: 'PUT',
        path: path(id, '/archive'),
        query,
        tar: Buffer.from(tar),
        subject: id,
      });
    },
    async *logs(id, { follow = false, since, until, tail = 'all', timestamps = false, signal }) {
      const container = await inspect(id, signal);
      const query = { stdout: true, stderr: true, follow, since, until, tail, timestamps };
      const request = { method: 'GET', path: path(id, '/logs'), query, signal, subject: id } as const;
      yield* demultiplex(
        api.stream(request, true),
        container?.Config.Tty ?? false,
      ) as AsyncIterable<LogChunk>;
    },
    exec: (id, options) => runExec(api, id, options),
    execInteractive: (id, options, io) => runInteractive(api, id, options, io),
    async stats(id) {
      const request = {
        method: 'GET',
        path: path(id, '/stats'),
        query: { stream: false },
        subject: id,
      } as const;
      return containerStats((await api.call(request)).body as RawStats, hostMemory);
    },
    async wait(id, signal) {
      const query = { condition: 'not-running' };
      const answer = await api.call({ method: 'POST', path: path(id, '/wait'), query, signal, subject: id });
      return (answer.body as { StatusCode: number }).StatusCode;
    },
  };
}

/** The parts of `GET /containers/{id}/stats` that we read. */
export interface RawStats {
  readonly cpu_stats: CpuStats;
  readonly precpu_stats: CpuStats;
  readonly memory_stats: {
    readonly usage?: number;
    readonly limit?: number;
    readonly stats?: Readonly<Record<string, number>>;
  };
}
interface CpuStats {
  readonly cpu_usage: { readonly total_usage: number };
  readonly system_cpu_usage?: number;
  readonly online_cpus?: number;
}

/**
 * Use of processor and memory as `docker stats` shows it: the difference of the two samples, and memory without the
 * page cache that the kernel would give up (`total_inactive_file` of cgroup 1, `inactive_file` of cgroup 2).
 */
export function containerStats(raw: RawStats, hostMemory: number): ContainerStats {
  const { cpu_stats: now, precpu_stats: before, memory_stats: memory } = raw;
  const used = now.cpu_usage.total_usage - before.cpu_usage.total_usage;
  const whole = (now.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0);
  const usage = memory.usage ?? 0;
  const cache = memory.stats?.['total_inactive_file'] ?? memory.stats?.['inactive_file'] ?? 0;
  const limit = memory.limit ?? 0;
  return {
    cpuPercent: used > 0 && whole > 0 ? (used / whole) * (now.online_cpus ?? 1) * 100 : 0,
    memory: cache < usage ? usage - cache : usage,
    memoryLimit: limit >= hostMemory ? 0 : limit,
  };
}
