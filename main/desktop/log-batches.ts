import type { LogLineShape } from '../channels.ts';

/** No more often than this, in milliseconds, and not before the last batch was taken. */
const EVERY_MS = 100;
/** A batch is full with so many lines or characters: the page must not stand still while it takes one. */
const MOST_LINES = 500;
const MOST_CHARS = 125_000;

/**
 * Gathers lines into batches. Where more is written than the page takes, whoever reads the log waits for room, and with
 * it the engine, which keeps what was not read until it rotates it away: a burst takes longer, and nothing that the
 * engine still has is left out.
 */
export class LogBatches {
  readonly #pass: (lines: LogLineShape[]) => void;
  #lines: LogLineShape[] = [];
  #chars = 0;
  #isTaken = true;
  #timer: NodeJS.Timeout | undefined;
  #room = Promise.withResolvers<void>();
  #isClosed = false;

  constructor(pass: (lines: LogLineShape[]) => void) {
    this.#pass = pass;
  }

  /** Resolves when there is room for the next line. */
  add(line: LogLineShape): Promise<void> | undefined {
    this.#lines.push(line);
    this.#chars += line.text.length;
    this.#flush();
    return this.#isFull ? this.#room.promise : undefined;
  }

  /** The page took the last batch. */
  taken(): void {
    this.#isTaken = true;
    this.#flush();
  }

  /** Resolves when everything was passed on. */
  async empty(): Promise<void> {
    while (this.#lines.length > 0 && !this.#isClosed) await this.#room.promise;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#room.resolve();
  }

  get #isFull(): boolean {
    return !this.#isClosed && (this.#lines.length >= MOST_LINES || this.#chars >= MOST_CHARS);
  }

  #flush(): void {
    if (this.#isClosed || this.#timer || !this.#isTaken || this.#lines.length === 0) return;
    const lines = this.#lines;
    this.#lines = [];
    this.#chars = 0;
    this.#isTaken = false;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#flush();
    }, EVERY_MS);
    const { resolve } = this.#room;
    this.#room = Promise.withResolvers();
    this.#pass(lines);
    resolve();
  }
}
