import { runExec, runInteractive } from './exec.ts';
import { demultiplex } from './logs.ts';
import type { ContainerInspect, ContainerSummary, ContainerUsage, Engine, LogChunk } from './port.ts';
import { segment, type Transport } from './transport.ts';

/** What we read of a container's statistics; an ended one has none. */
interface ContainerStats {
  readonly read: string;
  readonly cpu_stats?: { readonly cpu_usage?: { readonly total_usage?: number } };
  readonly memory_stats?: {
    readonly usage?: number;
    readonly stats?: { readonly inactive_file?: number; readonly total_inactive_file?: number };
  };
}

/** As `docker stats` counts memory: without the inactive page cache, of cgroup v2 or v1. */
function usageOf({ read, cpu_stats: cpu, memory_stats: memory }: ContainerStats): ContainerUsage | undefined {
  const [cpuNs, used] = [cpu?.cpu_usage?.total_usage, memory?.usage];
  if (cpuNs === undefined || used === undefined) return undefined;
  const cache = memory?.stats?.total_inactive_file ?? memory?.stats?.inactive_file ?? 0;
  return { cpuNs, memory: Math.max(0, used - cache), at: Date.parse(read) };
}

/** The containers of an engine. */
export function containersOf(api: Transport): Engine['containers'] {
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
    async usage(id, signal) {
      // one shot: without it the engine waits a second for a second reading
      const query = { stream: false, 'one-shot': true };
      const stats = await api.find<ContainerStats>({
        method: 'GET',
        path: path(id, '/stats'),
        query,
        signal,
        subject: id,
      });
      return stats && usageOf(stats);
    },
    async wait(id, signal) {
      const query = { condition: 'not-running' };
      const answer = await api.call({ method: 'POST', path: path(id, '/wait'), query, signal, subject: id });
      return (answer.body as { StatusCode: number }).StatusCode;
    },
  };
}
