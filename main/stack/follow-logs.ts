import type { Engine, EventStreamItem, LogOptions } from '../docker/port.ts';
import { hasCode } from '../errors.ts';
import { redactor } from '../system/redact.ts';
import { LABEL } from './labels.ts';
import { containerFacts, observeContainers } from './observe.ts';
import type { ObservedContainer } from './observed.ts';
import { linesOf, optionsOf } from './stack-logs.ts';
import type { LogLine, LogRequest } from './stack-types.ts';

/** The log of a container that wrote nothing yet is read from a moment before it starts again, in milliseconds. */
const BEFORE_START_MS = 1_000;

export interface FollowInput {
  readonly engine: Engine;
  readonly project: string;
  readonly request: LogRequest;
  /** values to take out, asked anew for each container that starts: one may have been set in the meantime */
  readonly secrets: () => Promise<readonly string[]>;
}

/** The log behind its last line that was seen, or from a moment before a start at `startMs`. */
const since = (last: string | undefined, startMs: number): LogOptions => ({
  since: Math.max(0, last === undefined ? startMs - BEFORE_START_MS : Date.parse(last)) / 1000,
  tail: 'all',
});

/** What is read of one container. */
interface Reading {
  /** when its last line was written that was seen */
  last: string | undefined;
  isOver: boolean;
  readonly ended: Promise<void>;
}

/**
 * Lines as they are written, of the containers that are there and of those that start later or again, until the signal
 * aborts. A container's log ends with its process, so each start opens it anew, behind the last line that was seen.
 * @throws Failure when the engine is gone
 */
export async function* followLogs(input: FollowInput): AsyncGenerator<LogLine> {
  const { engine, project, request } = input;
  const end = new AbortController();
  const signal = AbortSignal.any([request.signal, end.signal]);
  const reading = new Merge<LogLine | EventStreamItem>();
  const known = new Map<string, Reading>();

  /** `from` is asked when an earlier reading of the same container has given its last line. */
  async function* newLines(
    c: ObservedContainer,
    from: (last?: string) => LogOptions,
  ): AsyncGenerator<LogLine> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = known.get(c.id);
    const now: Reading = { last: undefined, isOver: false, ended: promise };
    known.set(c.id, now);
    try {
      await before?.ended;
      const behind = before?.last;
      now.last = behind;
      const secretless = redactor(await input.secrets());
      const options = { ...optionsOf(request, c), follow: true, signal, ...from(behind) };
      const chunks = engine.containers.logs(c.id, options);
      for await (const line of linesOf(chunks, c, (text) => secretless.text(text))) {
        if (behind !== undefined && line.at <= behind) continue;
        now.last = line.at;
        yield line;
      }
    } catch (error) {
      if (!hasCode(error, 'engine.not-found')) throw error; // removed before it could be read
    } finally {
      now.isOver = true;
      resolve();
    }
  }
  const read = (c: ObservedContainer, from: (last?: string) => LogOptions): void => {
    if (!request.services || request.services.includes(c.service)) reading.add(newLines(c, from));
  };

  const filters = { type: ['container'], event: ['start'], label: [`${LABEL.project}=${project}`] };
  reading.add(engine.events(filters, signal));
  try {
    for await (const item of reading) {
      if (!('kind' in item)) yield item;
      // listed once it listens, so that what starts meanwhile is not lost
      else if (item.kind === 'connected') {
        const there = await observeContainers(engine, project);
        for (const c of there) {
          const before = known.get(c.id);
          // a start while nobody listened
          const again = c.state === 'running' && before?.isOver;
          if (!before || again) read(c, (last) => (before ? since(last, Date.parse(c.startedAt)) : {}));
        }
      } else if (item.kind === 'event') {
        const { Actor, timeNano } = item.event;
        const found = await engine.containers.inspect(Actor.ID, signal);
        if (!found) continue;
        const isNew = !known.has(Actor.ID);
        read(containerFacts(found), (last) => (isNew ? since(undefined, 0) : since(last, timeNano / 1e6)));
      }
    }
  } catch (error) {
    if (!request.signal.aborted) throw error;
  } finally {
    // whoever reads stops reading: a stream that waits for its next line would never end
    end.abort();
  }
}

/**
 * Whatever comes first from several sources, to which more may be added; each is asked for its next item when its last
 * one was taken. (A race of their promises would keep every item for as long as the quietest source is quiet.)
 */
class Merge<T> {
  readonly #open = new Set<AsyncIterator<T>>();
  readonly #come: ({ source: AsyncIterator<T>; result: IteratorResult<T> } | { error: unknown })[] = [];
  #wake = (): void => {};

  add(source: AsyncIterable<T>): void {
    const iterator = source[Symbol.asyncIterator]();
    this.#open.add(iterator);
    this.#ask(iterator);
  }

  #ask(source: AsyncIterator<T>): void {
    source
      .next()
      .then((result) => this.#come.push({ source, result }))
      .catch((error: unknown) => this.#come.push({ error }))
      .finally(() => this.#wake());
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    while (this.#open.size > 0) {
      const first = this.#come.shift();
      if (!first) await new Promise<void>((resolve) => (this.#wake = resolve));
      else if ('error' in first) throw first.error;
      else if (first.result.done) this.#open.delete(first.source);
      else {
        this.#ask(first.source);
        yield first.result.value;
      }
    }
  }
}
