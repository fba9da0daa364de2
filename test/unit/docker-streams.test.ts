import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonLines, lines } from '../../main/docker/lines.ts';
import { demultiplex } from '../../main/docker/logs.ts';

/** Cuts bytes at the given places. */
async function* cut(bytes: Buffer, places: readonly number[]): AsyncGenerator<Uint8Array> {
  const at = [...new Set(places.map((p) => p % (bytes.length + 1)))].toSorted((a, b) => a - b);
  let from = 0;
  for (const to of [...at, bytes.length]) {
    yield bytes.subarray(from, to);
    from = to;
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test('lines come out whole wherever the stream is cut, in a character too', async () => {
  const line = fc
    .string({ unit: 'binary', minLength: 1 })
    .filter((s) => !/[\r\n\uFFFD\uFEFF]/.test(s) && s.trim() === s);
  await fc.assert(
    fc.asyncProperty(
      fc.array(line),
      fc.array(fc.nat()),
      fc.constantFrom('\n', '\r\n'),
      async (texts, places, end) => {
        const bytes = Buffer.from(texts.map((t) => t + end).join(''));
        expect(await all(lines(cut(bytes, places)))).toEqual(texts);
      },
    ),
  );
});

test('a last line without an end is a line; JSON is parsed', async () => {
  expect(await all(jsonLines(cut(Buffer.from('{"a":1}\r\n\n{"b":2}'), [3, 9])))).toEqual([
    { a: 1 },
    { b: 2 },
  ]);
});

test('frames are put together wherever the stream is cut', async () => {
  const frame = fc.record({
    stream: fc.constantFrom('stdout' as const, 'stderr' as const),
    data: fc.uint8Array(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(frame), fc.array(fc.nat()), async (frames, places) => {
      const bytes = Buffer.concat(
        frames.map(({ stream, data }) => {
          const header = Buffer.alloc(8);
          header[0] = stream === 'stdout' ? 1 : 2;
          header.writeUInt32BE(data.length, 4);
          return Buffer.concat([header, data]);
        }),
      );
      const found = await all(demultiplex(cut(bytes, places), false));
      expect(found.map((f) => ({ ...f, data: Uint8Array.from(f.data) }))).toEqual(frames);
    }),
  );
});

test('a terminal’s output has no frames', async () => {
  const bytes = Buffer.from([1, 0, 0, 0, 0, 0, 0, 1, 65]);
  const found = await all(demultiplex(cut(bytes, [4]), true));
  expect(found.every((f) => f.stream === 'stdout')).toBe(true);
  expect(Buffer.concat(found.map((f) => f.data))).toEqual(bytes);
});
