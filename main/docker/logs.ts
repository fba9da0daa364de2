import type { LogChunk } from './port.ts';

const HEADER = 8;

/**
 * Takes apart the engine's multiplexed stream (Docker Engine API, "Attach to a container", stream format): frames
 * of `[stream, 0, 0, 0, size as 32 bit big endian]` and their bytes, cut into chunks anywhere. A container with a
 * terminal has no frames: everything is its one output.
 */
export async function* demultiplex(
  chunks: AsyncIterable<Uint8Array>,
  tty: boolean,
): AsyncGenerator<LogChunk> {
  if (tty) {
    for await (const data of chunks) yield { stream: 'stdout', data };
    return;
  }
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    while (rest.length >= HEADER) {
      const end = HEADER + rest.readUInt32BE(4);
      if (rest.length < end) break;
      yield { stream: rest[0] === 2 ? 'stderr' : 'stdout', data: rest.subarray(HEADER, end) };
      rest = rest.subarray(end);
    }
  }
}
