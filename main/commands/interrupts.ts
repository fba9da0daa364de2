/** What a Ctrl-C (SIGINT) or SIGTERM does now. */
type Mode =
  /** ends the process: nothing is under way that must be ended in order */
  | 'leave'
  /** the first cancels the operation, the second leaves */
  | 'cancel'
  /** another program has the terminal and gets the Ctrl-C itself */
  | 'ignore';

export interface InterruptEdges {
  /** leaves at once with this exit code */
  readonly leave: (code: number) => void;
  /** says that the operation is being cancelled */
  readonly cancelling: () => void;
}

/** Exit code of what was cancelled. */
export const CANCELLED = 130;

/** Signals of the user, in one place. */
export class Interrupts {
  readonly #edges: InterruptEdges;
  #mode: Mode = 'leave';
  #controller = new AbortController();
  #terminate: (() => void) | undefined;

  constructor(edges: InterruptEdges) {
    this.#edges = edges;
  }

  /** What a signal calls, and a prompt that reads the key itself. */
  interrupt(signal: 'SIGINT' | 'SIGTERM' = 'SIGINT'): void {
    if (this.#mode === 'ignore' && signal === 'SIGINT') return;
    if (this.#mode === 'ignore' && this.#terminate) {
      this.#terminate();
      return;
    }
    if (this.#mode !== 'cancel' || this.#controller.signal.aborted) {
      this.#edges.leave(CANCELLED);
      return;
    }
    this.#cancel();
  }

  /** Nobody reads what we print any more: what must be ended in order is cancelled, all else is done. */
  unread(): void {
    if (this.#mode !== 'cancel') this.#edges.leave(0);
    else if (!this.#controller.signal.aborted) this.#cancel();
  }

  #cancel(): void {
    this.#edges.cancelling();
    this.#controller.abort();
  }

  /** Runs what must be ended in order: the first interrupt aborts its signal. */
  async cancellable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#controller = new AbortController();
    return this.#during('cancel', () => work(this.#controller.signal));
  }

  /** Runs what has the terminal to itself; a SIGTERM, which only we get, is for `terminate` to pass on. */
  async ignored<T>(work: () => Promise<T>, terminate?: () => void): Promise<T> {
    this.#terminate = terminate;
    try {
      return await this.#during('ignore', work);
    } finally {
      this.#terminate = undefined;
    }
  }

  async #during<T>(mode: Mode, work: () => Promise<T>): Promise<T> {
    const before = this.#mode;
    this.#mode = mode;
    try {
      return await work();
    } finally {
      this.#mode = before;
    }
  }
}
