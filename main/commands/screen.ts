import type { Operation, Task } from '../contract.ts';
import { finalLines, liveLines, plainLines, type View } from './progress-lines.ts';
import { makeStyle, type Style, styleOf } from './style.ts';
import type { Terminal } from './terminal.ts';

/** How often the live picture is drawn, in milliseconds. */
const EVERY_MS = 100;

const HIDE_CURSOR = '\u001B[?25l';
const SHOW_CURSOR = '\u001B[?25h';
/** Without wrapping, a line that is too long after all cannot shift the ones below it. */
const NO_WRAP = '\u001B[?7l';
const WRAP = '\u001B[?7h';
/** Terminals that know them show all between these two at once: no flicker. */
const BEGIN = '\u001B[?2026h';
const END = '\u001B[?2026l';
const CLEAR_LINE = '\u001B[K';
const CLEAR_BELOW = '\u001B[J';

/**
 * stderr as progress, warnings and questions share it: a live picture at the bottom where it is a terminal, plain lines
 * elsewhere, nothing of the progress with `--format json`.
 */
export class Screen {
  /** of stdout, for data */
  readonly style: Style;
  /** of stderr */
  readonly errorStyle: Style;
  cancelling = false;
  readonly #terminal: Terminal;
  #mode: 'live' | 'plain' | 'silent';
  #said = new Map<string, Task['status']>();
  #operation: Operation | undefined;
  #timer: NodeJS.Timeout | undefined;
  #drawn = 0;
  #drawnOn: NodeJS.WriteStream;
  #frame = 0;
  #suspended = false;

  constructor(terminal: Terminal, json: boolean) {
    this.#terminal = terminal;
    this.#drawnOn = terminal.stderr;
    this.style = json ? makeStyle(false) : styleOf(terminal.stdout, terminal.env);
    this.errorStyle = json ? makeStyle(false) : styleOf(terminal.stderr, terminal.env);
    const live = terminal.stderr.isTTY && terminal.env['TERM'] !== 'dumb';
    this.#mode = json ? 'silent' : live ? 'live' : 'plain';
  }

  /** Shows an operation's progress until `finish`. */
  update(operation: Operation): void {
    this.#operation = operation;
    if (this.#mode === 'plain') this.#printPlain();
    // drawn at once the first time, then at the timer's pace however often it changes
    if (this.#mode === 'live' && !this.#timer) this.#draw();
    if (this.#mode !== 'silent') this.#timer ??= setInterval(() => this.#tick(), EVERY_MS).unref();
  }

  /** The operation is over: what was drawn becomes plain text above the prompt. */
  finish(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    const operation = this.#operation;
    if (operation && this.#mode === 'plain') this.#printPlain();
    if (operation && this.#mode === 'live') {
      this.#erase();
      const lines = finalLines(operation, this.#view());
      this.#terminal.stderr.write(lines.map((l) => `${l}\n`).join(''));
    }
    this.restore();
    this.#operation = undefined;
    this.#said = new Map();
  }

  /** Nobody reads stderr any more: no progress is drawn from here on. */
  mute(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#mode = 'silent';
  }

  /** Says something above the live picture. Ends its own line. */
  note(text: string): void {
    if (this.#mode === 'live') this.#erase();
    this.#terminal.stderr.write(`${text}\n`);
    if (this.#timer && !this.#suspended) this.#tick();
  }

  /** Lets a question have the terminal, then draws on. */
  async suspended<T>(work: () => Promise<T>): Promise<T> {
    if (this.#mode === 'live') this.#erase();
    this.restore();
    this.#suspended = true;
    try {
      return await work();
    } finally {
      this.#suspended = false;
    }
  }

  /** Draws lines in place of those drawn before: for `status --watch`. */
  redraw(lines: readonly string[], stream: NodeJS.WriteStream): void {
    this.#drawnOn = stream;
    stream.write(frameOf(lines, this.#drawn));
    this.#drawn = lines.length;
  }

  /** Gives the terminal back as it was. Safe to call at any time, also while the process ends. */
  restore(): void {
    if (this.#drawn === 0) return;
    this.#drawn = 0;
    this.#drawnOn.write(WRAP + SHOW_CURSOR);
  }

  #tick(): void {
    if (this.#suspended) return;
    if (this.#mode === 'live') this.#draw();
    else this.#printPlain();
  }

  #draw(): void {
    if (!this.#operation || this.#suspended) return;
    this.#frame += 1;
    this.redraw(liveLines(this.#operation, this.#view()), this.#terminal.stderr);
  }

  #printPlain(): void {
    if (!this.#operation) return;
    const lines = plainLines(this.#operation, this.#said, this.#terminal.now());
    if (lines.length > 0) this.#terminal.stderr.write(`${lines.join('\n')}\n`);
  }

  #erase(): void {
    if (this.#drawn > 0) this.#drawnOn.write(`\u001B[${this.#drawn}F${CLEAR_BELOW}${WRAP}${SHOW_CURSOR}`);
    this.#drawn = 0;
  }

  #view(): View {
    const { columns, rows } = this.#terminal.stderr;
    return {
      now: this.#terminal.now(),
      frame: this.#frame,
      // a terminal that does not say its size gets the smallest common one
      columns: columns || 80,
      rows: rows || 24,
      style: this.errorStyle,
      cancelling: this.cancelling,
    };
  }
}

/** Escapes that put `lines` where `before` lines stand above the cursor. */
export function frameOf(lines: readonly string[], before: number): string {
  const up = before > 0 ? `\u001B[${before}F` : '';
  const body = lines.map((line) => `${line}${CLEAR_LINE}\n`).join('');
  return `${BEGIN}${HIDE_CURSOR}${NO_WRAP}${up}${body}${CLEAR_BELOW}${END}`;
}
