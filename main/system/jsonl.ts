import { closeSync, fstatSync, fsyncSync, openSync, readSync, statSync, writeFileSync } from 'node:fs';
import { copyAside, isErrno, readIfThere, writeAtomic } from './files.ts';

/** What a file of JSON lines holds. */
export interface Lines {
  /** one value a line, in order */
  readonly values: readonly unknown[];
  /** lines that are not JSON: a write that was cut by kill -9 or a full disk */
  readonly torn: number;
}

/**
 * An append-only file of JSON lines. A line that was cut is skipped, and what is appended after it begins on a line of
 * its own, so that a crash costs at most the line being written.
 * Writers take a lock around `append` and `replace`; readers need none.
 */
export class JsonLines {
  readonly path: string;
  #seen: { key: string; lines: Lines } | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** All lines now on disk; the same object as before when the file did not change. */
  read(): Lines {
    // taken before reading: a line added in between is seen by the next read
    const key = this.#key();
    if (this.#seen?.key === key) return this.#seen.lines;
    const values: unknown[] = [];
    let torn = 0;
    for (const line of (readIfThere(this.path) ?? '').split('\n')) {
      if (line === '') continue;
      try {
        values.push(JSON.parse(line));
      } catch {
        torn++;
      }
    }
    this.#seen = { key, lines: { values, torn } };
    return this.#seen.lines;
  }

  /** Adds one line; it is on disk when this returns. */
  append(value: unknown): void {
    const file = openSync(this.path, 'a+', 0o600);
    try {
      const line = `${JSON.stringify(value)}\n`;
      // unlike writeSync, which may write a part only
      writeFileSync(file, endsComplete(file) ? line : `\n${line}`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }

  /** Replaces everything: a crash leaves the old file or the new one. A copy of one with torn lines is kept. */
  replace(values: readonly unknown[]): void {
    if (this.read().torn > 0) copyAside(this.path);
    writeAtomic(this.path, values.map((value) => `${JSON.stringify(value)}\n`).join(''));
  }

  /** Changes with everybody's writes: a replaced file has another inode, an appended one another size. */
  #key(): string {
    try {
      const { ino, size, mtimeMs } = statSync(this.path);
      return `${ino} ${size} ${mtimeMs}`;
    } catch (e) {
      if (isErrno(e, 'ENOENT')) return 'none';
      throw e;
    }
  }
}

/** Whether the file is empty or its last line ends. */
function endsComplete(file: number): boolean {
  const { size } = fstatSync(file);
  const last = Buffer.alloc(1);
  return size === 0 || (readSync(file, last, 0, 1, size - 1) === 1 && last[0] === 0x0a);
}
