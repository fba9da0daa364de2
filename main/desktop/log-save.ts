import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure, failure } from '../errors.ts';
import { withoutControls } from '../stack/plain-log.ts';
import type { LogRequest, Stack } from '../stack/stack-types.ts';

/** What is written at once, in characters. */
const PIECE = 2 ** 16;

/** Writes logs into files of the user's. */
export class LogSaver {
  readonly #end = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  /**
   * Writes every line that there is as `<time> <service> <text>`; how many they were. The file grows under another name
   * and takes the place of what was there only when it is whole.
   * @throws Failure `logs.not-saved`, or why the log cannot be read; nothing is left then
   */
  save(stack: Stack, request: Omit<LogRequest, 'signal'>, file: string): Promise<number> {
    const saved = save(stack, { ...request, signal: this.#end.signal }, file);
    // who asked is told how it ended
    const ended: Promise<unknown> = saved.catch(() => {}).then(() => this.#running.delete(ended));
    this.#running.add(ended);
    return saved;
  }

  /** Ends what is being written, and waits until nothing of it is left. */
  async close(): Promise<void> {
    this.#end.abort();
    await Promise.all(this.#running);
  }
}

async function save(stack: Stack, request: LogRequest, file: string): Promise<number> {
  const growing = `${file}.${randomUUID()}.part`;
  let count = 0;
  async function* pieces(): AsyncGenerator<string> {
    let piece = '';
    for await (const { at, service, text } of stack.logs(request)) {
      piece += `${at} ${service} ${withoutControls(text)}\n`;
      count += 1;
      if (piece.length < PIECE) continue;
      yield piece;
      piece = '';
    }
    yield piece;
  }
  try {
    const target = createWriteStream(growing, { flags: 'wx', mode: 0o600, flush: true });
    await pipeline(Readable.from(pieces()), target, { signal: request.signal });
    await rename(growing, file);
    return count;
  } catch (error) {
    await rm(growing, { force: true });
    if (error instanceof Failure) throw error;
    throw failure('logs.not-saved', { file, reason: reasonOf(error) }, error);
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Readonly<Record<string, string>> = {
    ENOSPC: 'the disk is full',
    EDQUOT: 'your share of the disk is used up',
    EACCES: 'you may not write there',
    EPERM: 'you may not write there',
    EROFS: 'nothing can be written there',
    ENOENT: 'the folder is not there',
    EISDIR: 'that is a folder',
  };
  return known[code ?? ''] ?? message;
}
