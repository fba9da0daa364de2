import type { LogChoice, PushValue } from '../main/channels.ts';
import { EMPTY, rejoined, withNew, withOlder, type LogWindow } from './log-window.ts';
import { errorsOf, type Connection, type SaidError } from './state.ts';
import { makeStore, type Store } from './store.ts';

/** What a view of the log shows. */
export interface LogState {
  readonly window: LogWindow;
  /** `ended`: nothing more comes, as the errors say */
  readonly phase: 'reading' | 'following' | 'ended';
  readonly isLoadingOlder: boolean;
  readonly errors: readonly SaidError[];
  /** why secrets are left in some of the lines */
  readonly unredacted: readonly SaidError[];
}

/** Follows the log of a choice of services: opens a session of main's, takes what it pushes, and reads older lines. */
export class LogReader {
  readonly choice: LogChoice;
  readonly #connection: Connection;
  readonly #state = makeStore<LogState>({
    window: EMPTY,
    phase: 'reading',
    isLoadingOlder: false,
    errors: [],
    unredacted: [],
  });
  #session: string | undefined;
  #stop = (): void => {};
  /** the end is not in sight: what is read there must stay */
  isHeld = false;

  constructor(connection: Connection, choice: LogChoice) {
    this.#connection = connection;
    this.choice = choice;
  }

  get state(): Store<LogState> {
    return this.#state;
  }

  /** Begins to follow, or begins again; gives the way to end it. */
  readonly open = (): (() => void) => {
    this.#stop();
    const session = crypto.randomUUID();
    const { call, on } = this.#connection;
    // parsing took this task its time: drawing has one of its own, so that neither holds a frame up
    const stop = on('logs', (push) => {
      if (push.session !== session) return;
      // out of sight nothing is held up, and timers are slow
      if (document.hidden) this.#take(session, push);
      else setTimeout(() => this.#take(session, push));
    });
    this.#session = session;
    this.#stop = () => {
      this.#session = undefined;
      stop();
      // it ends with the next session and with the window, whatever is answered
      call('unfollowLogs', { session }).catch(() => {});
    };
    this.#tell({ phase: 'reading', errors: [] });
    call('followLogs', { ...this.choice, session }).then(
      (page) => {
        if (this.#session !== session) return;
        const { window } = this.#state.get();
        this.#tell({ window: rejoined(window, page), phase: 'following' });
      },
      (thrown: unknown) => this.#fail(session, thrown),
    );
    return () => this.#stop();
  };

  /** Begins again at the end, with nothing of what is here. */
  readonly restart = (): void => {
    const { nextId } = this.#state.get().window;
    this.isHeld = false;
    this.#tell({ window: { ...EMPTY, nextId }, unredacted: [] });
    this.open();
  };

  /** Reads the page before the first line that is here; how many lines it had. */
  async older(): Promise<number> {
    const session = this.#session;
    const [first] = this.#state.get().window.entries;
    if (!first || this.#state.get().isLoadingOlder) return 0;
    this.#tell({ isLoadingOlder: true, errors: [] });
    try {
      const page = await this.#connection.call('olderLogs', { ...this.choice, before: first.at });
      // another page may stand here by now
      if (this.#session !== session) return 0;
      this.#tell({ window: withOlder(this.#state.get().window, page) });
      return page.lines.length;
    } catch (thrown) {
      this.#tell({ errors: errorsOf(thrown) });
      return 0;
    } finally {
      this.#tell({ isLoadingOlder: false });
    }
  }

  #take(session: string, { lines, unredacted, ended }: PushValue<'logs'>): void {
    if (this.#session !== session) return;
    if (lines.length > 0) {
      this.#tell({ window: withNew(this.#state.get().window, lines, this.isHeld) });
      // once they are drawn
      setTimeout(() =>
        this.#connection
          .call('logsTaken', { session })
          .catch((thrown: unknown) => this.#fail(session, thrown)),
      );
    }
    if (unredacted) this.#tell({ unredacted });
    if (ended) this.#tell({ phase: 'ended', errors: ended });
  }

  #fail(session: string, thrown: unknown): void {
    if (this.#session === session) this.#tell({ phase: 'ended', errors: errorsOf(thrown) });
  }

  #tell(change: Partial<LogState>): void {
    this.#state.set({ ...this.#state.get(), ...change });
  }
}
