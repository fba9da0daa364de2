import { describe, expect, it } from 'vitest';
import type { Engine, LogChunk } from '../../main/docker/port.ts';
import { readLogs, sinceSeconds } from '../../main/stack/stack-logs.ts';
import type { LogLine, LogRequest } from '../../main/stack/stack-types.ts';
import { container } from './helpers/containers.ts';
import { makeEngine } from './helpers/rig.ts';

type Said = readonly (string | Uint8Array | readonly ['stderr', string])[];
/** How the options looked that each log was asked with. */
type Options = Parameters<Engine['containers']['logs']>[1];

/** An engine whose containers say these pieces; `hang` keeps a log open until it is aborted. */
function engineThatSays(said: Readonly<Record<string, Said>>, hang = false, seen: Options[] = []): Engine {
  const engine = makeEngine();
  engine.containers.logs = async function* (id, options): AsyncGenerator<LogChunk> {
    seen.push(options);
    for (const piece of said[id] ?? []) {
      if (typeof piece === 'string') yield { stream: 'stdout', data: Buffer.from(piece) };
      else if (piece instanceof Uint8Array) yield { stream: 'stdout', data: piece };
      else yield { stream: 'stderr', data: Buffer.from(piece[1]) };
      await Promise.resolve();
    }
    if (hang)
      await new Promise((_resolve, reject) =>
        options.signal?.addEventListener('abort', () => reject(new Error('aborted'))),
      );
  };
  return engine;
}

const T = (n: number): string => `2026-01-01T00:00:00.${String(n).padStart(9, '0')}Z`;
const containers = ['a', 'b'].map((service) => container({ service, id: service }));

async function linesOf(
  engine: Engine,
  request: Partial<LogRequest> = {},
  secrets: readonly string[] = [],
): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  const signal = new AbortController().signal;
  for await (const line of readLogs(engine, containers, { signal, ...request }, secrets)) lines.push(line);
  return lines;
}
const texts = async (...args: Parameters<typeof linesOf>): Promise<string[]> =>
  (await linesOf(...args)).map((l) => `${l.service} ${l.text}`);

describe('logs of several containers', () => {
  it('are put in the order of their times', async () => {
    const engine = engineThatSays({
      a: [`${T(1)} one\n${T(4)} four\n`, `${T(5)} five\n`],
      b: [`${T(2)} two\n`, `${T(3)} three\n`, `${T(9)} nine\n`],
    });
    expect(await texts(engine)).toEqual(['a one', 'b two', 'b three', 'a four', 'a five', 'b nine']);
  });

  it('are put together from torn pieces, each stream of its own, torn letters too', async () => {
    const bytes = Buffer.from(`${T(2)} grün\n`);
    const half = bytes.indexOf(0xc3) + 1;
    const engine = engineThatSays({
      a: [
        `${T(1)} be`,
        ['stderr', `${T(1)} error `],
        'gun\n',
        ['stderr', 'text\n'],
        bytes.subarray(0, half),
        bytes.subarray(half),
        `${T(3)} no end`,
      ],
    });
    expect((await linesOf(engine)).map((l) => `${l.stream} ${l.at.slice(-3, -1)} ${l.text}`)).toEqual([
      'stdout 01 begun',
      'stderr 01 error text',
      'stdout 02 grün',
      'stdout 03 no end',
    ]);
  });

  it('of over 16 KB are whole, although each piece comes with a time of its own', async () => {
    const secret = 'very-secret-value/1';
    const engine = engineThatSays({
      a: [`${T(1)} ${'x'.repeat(16_384)}very-sec`, `${T(2)} ret-value/1`, `${T(3)} end\n${T(4)} next\n`],
    });
    expect(await texts(engine, {}, [secret])).toEqual([`a ${'x'.repeat(16_384)}•••end`, 'a next']);
  });

  it('without an end come in parts, of which each has the time', async () => {
    const piece = 'x'.repeat(2 ** 20);
    const pieces = [1, 2, 3, 4, 5, 6].map((n) => `${T(n)} ${piece}`);
    const lines = await linesOf(engineThatSays({ a: [...pieces, `${T(7)} end\n`] }));
    expect(lines.map(({ at, text }) => [at, text.length])).toEqual([
      [T(1), 4 * 2 ** 20],
      [T(1), 2 * 2 ** 20 + 3],
    ]);
  });

  it.each([
    ['an empty line', `${T(1)} \n`, ''],
    ['a line of a terminal', `${T(1)} text\r\n`, 'text'],
    ['a line with spaces', `${T(1)}   indented\n`, '  indented'],
    ['nothing but a time', `${T(1)}\n`, ''],
  ])('%s', async (_what, said, text) => {
    const [line] = await linesOf(engineThatSays({ a: [said] }));
    expect(line).toEqual({ service: 'a', container: 'p-a-1', stream: 'stdout', at: T(1), text });
  });

  it('never show a secret, torn or not, nor its encoded forms', async () => {
    const secret = 'very-secret-value/1';
    const engine = engineThatSays({
      a: [`${T(1)} password=very-sec`, `ret-value/1 end\n${T(2)} ${encodeURIComponent(secret)}\n`],
      b: [['stderr', `${T(3)} ${Buffer.from(secret).toString('base64')}\n`]],
    });
    const all = (await texts(engine, {}, [secret])).join('\n');
    expect(all).not.toMatch(/secret|%2F|dmVye/);
    expect(all).toContain('end');
  });

  it('end with the abort of who asked', async () => {
    const engine = engineThatSays({ a: [`${T(1)} one\n`] }, true);
    const controller = new AbortController();
    const run = linesOf(engine, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(run).rejects.toThrow('aborted');
  });
});

describe('what is asked of the engine', () => {
  it('is the request', async () => {
    const seen: Options[] = [];
    await linesOf(engineThatSays({}, false, seen), { tail: 7, since: '2026-01-01T00:00:00Z' });
    expect(seen[0]).toMatchObject({ timestamps: true, tail: 7, since: 1767225600 });
    expect(seen[0]).not.toHaveProperty('follow');
  });

  it('since the last start is each container’s own', async () => {
    const seen: Options[] = [];
    const engine = engineThatSays({}, false, seen);
    const both = [
      container({ service: 'a', id: 'a', startedAt: '2026-01-01T00:00:01.5Z' }),
      container({ service: 'b', id: 'b', startedAt: '0001-01-01T00:00:00Z' }),
    ];
    const signal = new AbortController().signal;
    for await (const _ of readLogs(engine, both, { signal, since: 'start' }, [])) expect.unreachable();
    expect(seen.map(({ since }) => since)).toEqual([1767225601.5, 0]);
  });

  it.each<[since: string, seconds: number]>([
    ['2026-01-01T00:00:00Z', 1767225600],
    ['2026-01-01T01:00:00+01:00', 1767225600],
    ['2026-01-01', 1767225600],
    ['10m', 1_000_000 - 600],
    ['1h30m', 1_000_000 - 5400],
    ['1500ms', 1_000_000 - 1.5],
  ])('since %s', (since, seconds) => {
    expect(sinceSeconds(since, 1_000_000_000)).toBe(seconds);
  });
});
