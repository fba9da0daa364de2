import type { Engine, LogChunk, LogOptions } from '../docker/port.ts';
import { durationToNanoseconds } from '../model/durations.ts';
import { redactor } from '../system/redact.ts';
import type { ObservedContainer } from './observed.ts';
import type { LogLine, LogRequest } from './stack-types.ts';

/** Takes secrets out of a text. */
type Redact = (text: string) => string;

/**
 * Lines that containers have written, merged in the order of their timestamps. Secrets (the values given) are taken out.
 */
export async function* readLogs(
  engine: Engine,
  containers: readonly ObservedContainer[],
  request: LogRequest,
  secrets: readonly string[],
): AsyncIterable<LogLine> {
  const secretless = redactor(secrets);
  const end = new AbortController();
  const signal = AbortSignal.any([request.signal, end.signal]);
  const streams = containers.map((c) =>
    linesOf(engine.containers.logs(c.id, { ...optionsOf(request, c), signal }), c, (text) =>
      secretless.text(text),
    ),
  );
  try {
    yield* byTime(streams);
  } finally {
    end.abort();
  }
}

/** What a request asks of a container's log. */
export function optionsOf(
  { since, tail }: Pick<LogRequest, 'since' | 'tail'>,
  { startedAt }: Pick<ObservedContainer, 'startedAt'>,
): LogOptions {
  // one that never started has the engine's zero time, long before any line
  const time = since === 'start' ? startedAt : since;
  return {
    timestamps: true,
    ...(time !== undefined && { since: Math.max(0, sinceSeconds(time, Date.now())) }),
    ...(tail !== undefined && { tail }),
  };
}

/** Unix seconds of an ISO 8601 time or of a Go duration before now. */
export function sinceSeconds(since: string, nowMs: number): number {
  const time = Date.parse(since);
  if (!Number.isNaN(time) && /^\d{4}-/.test(since)) return time / 1000;
  return (nowMs - durationToNanoseconds(since) / 1e6) / 1000;
}

/** A line that is longer, in characters, comes in parts: one without an end must not fill the memory. */
const LONGEST = 4 * 2 ** 20;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z /;

/**
 * The lines of one container's log, put together from the pieces in which they come. Of a line of over 16 KB each piece
 * begins with a time of its own (moby, daemon/logger/copier.go), which is no part of it.
 */
export async function* linesOf(
  chunks: AsyncIterable<LogChunk>,
  container: ObservedContainer,
  redact: Redact,
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
    const before = pending[stream];
    const piece = decoders[stream].decode(data, { stream: true });
    const [first = '', ...others] = (before === '' ? piece : piece.replace(TIME, '')).split('\n');
    const parts = [before + first, ...others];
    const rest = parts.pop() ?? '';
    for (const part of parts) yield line(stream, part);
    pending[stream] = rest;
    if (rest.length <= LONGEST) continue;
    yield line(stream, rest);
    pending[stream] = rest.slice(0, rest.indexOf(' ') + 1);
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
