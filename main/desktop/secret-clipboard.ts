import { createHash } from 'node:crypto';

/** How long a password stays in the clipboard, in milliseconds. */
export const CLEARED_AFTER_MS = 30_000;

interface Edges {
  readonly copy: (text: string) => Promise<void>;
  /** what is in the clipboard */
  readonly copied: () => Promise<string>;
  readonly clear: () => Promise<void>;
  /** something failed that nobody waits for */
  readonly report: (error: unknown) => void;
}

/** Passwords go into the clipboard for a short time: it is cleared then, unless something else was copied since. */
export class SecretClipboard {
  readonly #edges: Edges;
  #timer: NodeJS.Timeout | undefined;
  /** of what was copied: the text itself is not kept */
  #digest: string | undefined;

  constructor(edges: Edges) {
    this.#edges = edges;
  }

  async copy(secret: string): Promise<void> {
    await this.#edges.copy(secret);
    clearTimeout(this.#timer);
    this.#digest = digestOf(secret);
    this.#timer = setTimeout(() => void this.#clear().catch(this.#edges.report), CLEARED_AFTER_MS);
  }

  /** Takes out what is still there: with the app the timer ends. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#clear();
  }

  async #clear(): Promise<void> {
    if (this.#digest === undefined) return;
    const isStill = digestOf(await this.#edges.copied()) === this.#digest;
    this.#digest = undefined;
    if (isStill) await this.#edges.clear();
  }
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
