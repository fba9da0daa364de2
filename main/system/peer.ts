import type { Socket } from 'node:net';

/** A line longer than this is nobody we know. Bytes. */
const LONGEST_LINE = 4 * 1024 * 1024;
/** A peer that stopped reading is sent nothing more until it has read. Bytes. */
const MOST_UNREAD = 256 * 1024;

/** JSON lines over a local socket: every message is one JSON value and a newline. */
export class Peer {
  /** resolves when the other side is gone, however that came */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  #rest = '';
  #early: unknown[] = [];
  #listener: ((message: unknown) => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.setEncoding('utf8');
    // a broken connection is told by `close`, which follows
    socket.on('error', () => undefined);
    socket.on('data', (text: string) => this.#read(text));
  }

  /** Sends a message; dropped when the other side does not read (every message here is a whole state). */
  send(message: unknown): void {
    if (this.#socket.writable && this.#socket.writableLength < MOST_UNREAD) {
      this.#socket.write(`${JSON.stringify(message)}\n`);
    }
  }

  /** Takes the messages from now on; those that came before are given at once. */
  onMessage(listener: (message: unknown) => void): void {
    this.#listener = listener;
    const early = this.#early;
    this.#early = [];
    for (const message of early) listener(message);
  }

  /** The next message; undefined when the other side is gone first. */
  async next(): Promise<unknown> {
    const early = this.#early.shift();
    if (early !== undefined) return early;
    return new Promise((resolve) => {
      this.#listener = (message) => {
        this.#listener = undefined;
        resolve(message);
      };
      void this.closed.then(() => resolve(undefined));
    });
  }

  /** Says goodbye after what was sent has gone out. */
  close(): void {
    this.#socket.end();
    // one that never answers the goodbye must not hold us
    this.#socket.unref();
  }

  /** This connection does not keep the process alive. */
  unref(): void {
    this.#socket.unref();
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > LONGEST_LINE) this.#socket.destroy();
    for (const line of lines) {
      let message: unknown;
      try {
        message = JSON.parse(line);
      } catch {
        // not our protocol: whoever it is, the conversation is over
        this.#socket.destroy();
        return;
      }
      if (this.#listener) this.#listener(message);
      else this.#early.push(message);
    }
  }
}
