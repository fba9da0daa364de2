import { describe, expect, it } from 'vitest';
import type { Engine, LogChunk } from '../../main/docker/port.ts';
import { readLogPage } from '../../main/stack/log-page.ts';
import type { LogPage, LogPageRequest } from '../../main/stack/stack-types.ts';
import { container } from './helpers/containers.ts';
import { makeEngine } from './helpers/rig.ts';

type Options = Parameters<Engine['containers']['logs']>[1];

const T = (second: number): string => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
/** Seconds at which each service wrote a line. */
type Written = Readonly<Record<string, readonly number[]>>;

/** An engine that counts `tail` from the end of a log, whatever `until` says, as Docker does. */
function engineOf(written: Written, seen: Options[]): Engine {
  const engine = makeEngine();
  engine.containers.logs = async function* (id, options): AsyncGenerator<LogChunk> {
    seen.push(options);
    const all = written[id] ?? [];
    const { tail, since = 0, until = Infinity } = options;
    for (const second of typeof tail === 'number' ? all.slice(-tail) : all) {
      const unix = Date.parse(T(second)) / 1000;
      if (unix < since || unix > until) continue;
      yield { stream: 'stdout', data: Buffer.from(`${T(second)} ${id}${second} my-secret-value\n`) };
    }
  };
  return engine;
}

async function pageOf(
  written: Written,
  request: Partial<LogPageRequest>,
  seen: Options[] = [],
): Promise<LogPage> {
  const containers = Object.keys(written).map((service) => container({ service, id: service }));
  const signal = new AbortController().signal;
  return readLogPage(engineOf(written, seen), containers, { lines: 4, signal, ...request }, [
    'my-secret-value',
  ]);
}
const wordsOf = ({ lines, hasOlder }: LogPage): string =>
  `${lines.map(({ text }) => text.split(' ')[0]).join(' ')}${hasOlder ? ' older' : ''}`;

const UNEVEN = { a: [1, 2, 3, 4, 5, 6, 7, 8], b: [0, 5.5, 9] };

describe('a page of the log', () => {
  it.each<[what: string, written: Written, request: Partial<LogPageRequest>, words: string]>([
    ['nothing', { a: [], b: [] }, {}, ''],
    ['all there is', { a: [1, 3], b: [2] }, {}, 'a1 b2 a3'],
    ['exactly as many as are asked for', { a: [1, 3], b: [2, 4] }, {}, 'a1 b2 a3 b4'],
    ['one more than asked for', { a: [1, 3, 5], b: [2, 4] }, {}, 'b2 a3 b4 a5 older'],
    ['a quiet service beside a loud one', UNEVEN, {}, 'a6 a7 a8 b9 older'],
    ['the page before it', UNEVEN, { before: T(6) }, 'a3 a4 a5 b5.5 older'],
    ['the first page', UNEVEN, { before: T(3) }, 'b0 a1 a2'],
    ['before the first', UNEVEN, { before: T(0) }, ''],
    ['what is since a time', UNEVEN, { before: T(6), since: T(5) }, 'a5 b5.5'],
  ])('%s', async (_what, written, request, words) => {
    expect(wordsOf(await pageOf(written, request))).toBe(words);
  });

  it('pages follow each other without a gap, and no line comes twice', async () => {
    const written = {
      a: Array.from({ length: 300 }, (_, i) => i),
      b: Array.from({ length: 40 }, (_, i) => i * 9 + 0.5),
      c: [],
    };
    const pages: string[][] = [];
    let before: string | undefined;
    for (;;) {
      const page = await pageOf(written, { lines: 37, ...(before !== undefined && { before }) });
      pages.unshift(page.lines.map(({ at }) => at));
      before = page.lines[0]?.at;
      if (!page.hasOlder) break;
    }
    expect(pages.flat()).toEqual([...written.a, ...written.b].toSorted((x, y) => x - y).map(T));
  });

  it('asks for no more than it gives where the engine can count', async () => {
    const seen: Options[] = [];
    await pageOf(UNEVEN, {}, seen);
    await pageOf(UNEVEN, { before: T(6) }, seen);
    expect(seen.map(({ tail }) => tail)).toEqual([5, 5, undefined, undefined]);
    expect(seen[2]?.until).toBe((Date.parse(T(6)) + 1) / 1000);
  });

  it('has no secret', async () => {
    expect(JSON.stringify(await pageOf(UNEVEN, {}))).not.toContain('my-secret-value');
  });

  it('keeps no more than it may of a log of long lines, and leaves no gap', async () => {
    const engine = makeEngine();
    engine.containers.logs = async function* (id): AsyncGenerator<LogChunk> {
      for (let i = 0; i < 20; i += 1) {
        const text = id === 'a' ? 'x'.repeat(2 ** 20) : 'short';
        yield { stream: 'stdout', data: Buffer.from(`${T(i + (id === 'a' ? 0 : 0.5))} ${text}\n`) };
      }
    };
    const containers = ['a', 'b'].map((service) => container({ service, id: service }));
    const signal = new AbortController().signal;
    const page = await readLogPage(engine, containers, { lines: 100, signal }, []);
    expect(page.hasOlder).toBe(true);
    expect(page.lines.map(({ service }) => service).join('')).toBe('ab'.repeat(8));
    expect(page.lines[0]?.at).toBe(T(12));
  });
});
