import { setTimeout as sleep } from 'node:timers/promises';
import { extract } from 'tar-stream';
import { failure } from '../../main/errors.ts';
import type { Engine, ExecOptions, ExecResult, LogChunk } from '../../main/docker/port.ts';
import { refuse } from './refuse.ts';
import type { FakeContainer, World } from './world.ts';

/** Answers an exec in a fake container; the default is exit code 0 and no output. */
export type ExecHandler = (
  container: FakeContainer,
  options: ExecOptions,
) => ExecResult | Promise<ExecResult>;

export async function unpack(c: FakeContainer, folder: string, tar: Uint8Array): Promise<void> {
  const archive = extract();
  archive.end(Buffer.from(tar));
  for await (const entry of archive) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const path = `${folder}/${entry.header.name}`.replaceAll(/\/+/g, '/');
    if (entry.header.type === 'file')
      c.files.set(path, { mode: entry.header.mode ?? 0, data: Buffer.concat(chunks) });
  }
}

export async function* readLog(
  c: FakeContainer,
  o: Parameters<Engine['containers']['logs']>[1],
): AsyncGenerator<LogChunk> {
  const past = c.log.filter((l) => l.at >= (o.since ?? 0) * 1000 && l.at <= (o.until ?? Infinity) * 1000);
  let next = c.log.length;
  const give = (l: FakeContainer['log'][number]): LogChunk =>
    o.timestamps
      ? {
          stream: l.chunk.stream,
          data: Buffer.concat([Buffer.from(`${new Date(l.at).toISOString()} `), l.chunk.data]),
        }
      : l.chunk;
  for (const l of typeof o.tail === 'number' ? past.slice(past.length - Math.min(o.tail, past.length)) : past)
    yield give(l);
  while (o.follow && (c.status === 'running' || next < c.log.length)) {
    await until(c, () => c.log.length > next || c.status !== 'running', o.signal, 'containers.logs');
    for (; next < c.log.length; next++) {
      const l = c.log[next];
      if (l) yield give(l);
    }
  }
}

export async function runExec(
  world: World,
  c: FakeContainer,
  options: ExecOptions,
  handler: ExecHandler,
): Promise<ExecResult> {
  if (c.status !== 'running')
    throw refuse(`POST /containers/${c.id}/exec`, 409, `container ${c.id} is not running`, c.id);
  const command = options.cmd.join(' ');
  world.emitContainer(c, `exec_create: ${command}`);
  world.emitContainer(c, `exec_start: ${command}`);
  const own = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, own.signal]) : own.signal;
  const waits: Promise<never>[] = [rejectOn(signal, 'containers.exec')];
  if (options.timeoutMs !== undefined) waits.push(late(c, options.timeoutMs, own.signal));
  try {
    const result = await Promise.race([Promise.resolve(handler(c, options)), ...waits]);
    world.emitContainer(c, 'exec_die', { exitCode: String(result.exitCode) });
    return result;
  } finally {
    for (const w of waits) w.catch(() => undefined);
    own.abort();
  }
}

async function late(c: FakeContainer, ms: number, signal: AbortSignal): Promise<never> {
  await sleep(ms, undefined, { signal });
  throw failure('engine.exec-timeout', { container: c.id, ms });
}

function rejectOn(signal: AbortSignal, call: string): Promise<never> {
  return new Promise((_resolve, reject) => {
    const cancel = (): void => reject(failure('engine.cancelled', { call }));
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
  });
}

/** Waits until something about the container makes `done` true. */
export async function until(
  c: FakeContainer,
  done: () => boolean,
  signal: AbortSignal | undefined,
  call: string,
): Promise<void> {
  while (!done()) {
    await new Promise<void>((resolve, reject) => {
      const cancel = (): void => reject(failure('engine.cancelled', { call }));
      if (signal?.aborted) return cancel();
      const wake = (): void => {
        c.waiters.delete(wake);
        signal?.removeEventListener('abort', cancel);
        resolve();
      };
      c.waiters.add(wake);
      signal?.addEventListener('abort', cancel, { once: true });
    });
  }
}
