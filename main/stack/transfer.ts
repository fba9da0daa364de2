/** How fast bytes come, and how that is said. */

/** How long the speed is averaged over, in milliseconds. */
const WINDOW_MS = 5_000;

/** From less nobody can tell how fast a line is: bytes, and milliseconds. */
const LEAST_BYTES = 1e6;
const LEAST_MS = 500;

interface Sample {
  /** milliseconds */
  readonly at: number;
  readonly bytes: number;
}

/** The speed of a whole transfer, from the first bytes that came to the last. */
export class WholeSpeed {
  readonly #now: () => number;
  #first: Sample | undefined;
  #last: Sample | undefined;

  /** `now` gives milliseconds. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** So many bytes are there now. */
  note(bytes: number): void {
    if (bytes <= (this.#last?.bytes ?? 0)) return;
    this.#last = { at: this.#now(), bytes };
    this.#first ??= this.#last;
  }

  /** Bytes per second; undefined where it was too little or too short to tell. */
  perSecond(): number | undefined {
    const [first, last] = [this.#first, this.#last];
    if (!first || !last) return undefined;
    const [bytes, ms] = [last.bytes - first.bytes, last.at - first.at];
    return bytes < LEAST_BYTES || ms < LEAST_MS ? undefined : (bytes * 1000) / ms;
  }
}

/** The speed of what was transferred in the last seconds. */
export class Speed {
  readonly #now: () => number;
  #samples: Sample[] = [];

  /** `now` gives milliseconds. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** So many bytes are there now. */
  note(bytes: number): void {
    const at = this.#now();
    this.#samples = [...this.#samples.filter((s) => at - s.at < WINDOW_MS), { at, bytes }];
  }

  /** Bytes per second, 0 while there is no telling. */
  perSecond(): number {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.at === first.at) return 0;
    return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
  }
}

/** Millions of bytes, with one decimal. */
export const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);

/** Bytes as `0.4 MB`, `412 MB`, `1.2 GB`. */
export function memoryText(bytes: number): string {
  if (bytes >= 999.5e6) return `${(bytes / 1e9).toFixed(1)} GB`;
  const megabytes = Math.max(0, bytes / 1e6);
  return `${megabytes < 0.95 ? megabytes.toFixed(1) : Math.round(megabytes)} MB`;
}

/** Bytes per second as `8.1 MB/s`, `40 kB/s`. */
export const speedText = (speed: number): string =>
  speed < 1e5 ? `${Math.max(1, Math.round(speed / 1000))} kB/s` : `${mb(speed)} MB/s`;

/** `12.3 of 40.1 MB, 8.1 MB/s, 4 s left`; what is not known is left out. */
export function transferSentence(done: number, total: number | undefined, speed: number): string {
  const parts = [total === undefined ? `${mb(done)} MB` : `${mb(done)} of ${mb(total)} MB`];
  if (speed > 0) parts.push(`${mb(speed)} MB/s`);
  if (speed > 0 && total !== undefined) parts.push(`${Math.ceil((total - done) / speed)} s left`);
  return parts.join(', ');
}
