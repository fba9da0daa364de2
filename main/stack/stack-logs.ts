import type { Engine, LogChunk } from '../docker/port.ts';
import { durationToNanoseconds } from '../model/durations.ts';
import { redactor } from '../system/redact.ts';
import type { ObservedContainer } from './observed.ts';
import type { LogLine, LogRequest } from './stack-types.ts';

/**
 * Lines of several containers in the order of their time. Without `follow` each container's lines are merged by their
 * timestamps; with it, lines come as they are written. Secrets (the values given) are taken out.
 */
export async function* readLogs(
  engine: Engine,
  containers: readonly ObservedContainer[],
  request: LogRequest,
  secrets: readonly string[],
): AsyncIterable<LogLine> {
  const secretless = redactor(secrets);
  const redact = (text: string): string => secretless.text(text);
  const since = request.since === undefined ? undefined : sinceSeconds(request.since, Date.now());
  const end = new AbortController();
  const options = {
    timestamps: true,
    signal: AbortSignal.any([request.signal, end.signal]),
    ...(request.follow && { follow: true }),
    ...(since !== undefined && { since }),
    ...(request.tail !== undefined && { tail: request.tail }),
  };
  const streams = containers.map((c) => linesOf(engine.containers.logs(c.id, options), c, redact));
  try {
    yield* request.follow ? asTheyCome(streams) : byTime(streams);
  } finally {
    // whoever reads stops reading: a stream that waits for its next line would never end
    end.abort();
  }
}

/** Unix seconds of an ISO 8601 time or of a Go duration before now. */
export function sinceSeconds(since: string, nowMs: number): number {
  const time = Date.parse(since);
  if (!Number.isNaN(time) && /^\d{4}-/.test(since)) return time / 1000;
  return (nowMs - durationToNanoseconds(since) / 1e6) / 1000;
}

async function* linesOf(
  chunks: AsyncIterable<LogChunk>,
  container: ObservedContainer,
  redact: (text: string) => string,
): AsyncGenerator<LogLine> {
  const pending = { stdout: '', stderr: '' };
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  const line = (stream: 'stdout' | 'stderr', raw: string): LogLine => {
    const at = raw.indexOf(' ');
    const time = at < 0 ? raw : raw.slice(0, at);
    const text = at < 0 ? '' : raw.slice(at + 1).replace(/\r$/, '');
    return { service: container.service, container: container.name, stream, at: time, text: redact(text) };
  };
  for await (const { stream, data } of chunks) {
    const parts = (pending[stream] + decoders[stream].decode(data, { stream: true })).split('\n');
    pending[stream] = parts.pop() ?? '';
    for (const part of parts) yield line(stream, part);
  }
  for (const stream of ['stdout', 'stderr'] as const)
    if (pending[stream]) yield line(stream, pending[stream]);
}

/** Merges streams that are each in order of time. */
async function* byTime(streams: readonly AsyncGenerator<LogLine>[]): AsyncIterable<LogLine> {
  const heads = await Promise.all(streams.map(async (s) => ({ stream: s, next: await s.next() })));
  for (;;) {
    let first: (typeof heads)[number] | undefined;
    for (const head of heads) {
      if (head.next.done) continue;
      const than = first?.next;
      if (!first || (than && !than.done && head.next.value.at < than.value.at)) first = head;
    }
    if (!first || first.next.done) return;
    yield first.next.value;
    first.next = await first.stream.next();
  }
}

/** Whatever comes first, from all streams, until all have ended. */
async function* asTheyCome(streams: readonly AsyncGenerator<LogLine>[]): AsyncIterable<LogLine> {
  const waiting = new Map(streams.map((s) => [s, next(s)]));
  // once nobody reads any more, their ends are of no interest
  for (const first of waiting.values()) first.catch(() => {});
  while (waiting.size > 0) {
    const { stream, result } = await Promise.race(waiting.values());
    if (result.done) waiting.delete(stream);
    else {
      const following = next(stream);
      following.catch(() => {});
      waiting.set(stream, following);
      yield result.value;
    }
  }
}

async function next(
  stream: AsyncGenerator<LogLine>,
): Promise<{ stream: AsyncGenerator<LogLine>; result: IteratorResult<LogLine> }> {
  return { stream, result: await stream.next() };
}
