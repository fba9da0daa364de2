import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { failure } from '../errors.ts';
import { LONGEST_SECRET } from '../stack/profile-secrets.ts';
import { utf8Of } from '../system/files.ts';
import type { Context } from './command-types.ts';

type Asker = Pick<Context, 'terminal' | 'screen' | 'interrupts'>;

/** Whether somebody can be asked: keys come from a terminal, and the question is seen on one. */
export const canAsk = ({ terminal }: Pick<Asker, 'terminal'>): boolean =>
  terminal.stdin.isTTY && terminal.stderr.isTTY;

/** Asks for one line; undefined when the input ended (Ctrl-D). Ctrl-C is the terminal's: it comes as a signal. */
export async function askLine(
  asker: Asker,
  question: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { terminal, screen } = asker;
  signal?.throwIfAborted();
  return screen.suspended(async () => {
    const lines = createInterface({ input: terminal.stdin, terminal: false });
    try {
      terminal.stderr.write(question);
      const ended = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
      const aborted = new Promise<never>((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
      const line = new Promise<string>((resolve) => lines.once('line', resolve));
      return await Promise.race([line, ended, aborted]);
    } finally {
      lines.close();
      terminal.stdin.pause();
    }
  });
}

/** `question [y/N] `; only y or yes is yes. */
export async function askYes(asker: Asker, question: string, signal?: AbortSignal): Promise<boolean> {
  const answer = await askLine(asker, `${question} [y/N] `, signal);
  return /^y(es)?$/i.test(answer?.trim() ?? '');
}

/**
 * Asks for something that must not be seen. With `multiline` a line end belongs to it, and Ctrl-D ends it.
 * @throws Failure `cli.no-terminal`, `cli.cancelled`
 */
export async function askHidden(
  asker: Asker,
  what: string,
  options: { readonly multiline?: boolean } = {},
): Promise<string> {
  const { terminal, screen, interrupts } = asker;
  if (!canAsk(asker)) throw failure('cli.no-terminal', { what });
  const how = options.multiline ? 'not shown, Ctrl-D on a line of its own ends it' : 'not shown';
  return screen.suspended(async () => {
    terminal.stderr.write(`${what} (${how}): `);
    const { stdin } = terminal;
    stdin.setRawMode(true);
    stdin.setEncoding('utf8');
    try {
      return await new Promise<string>((resolve, reject) => {
        const typed = new HiddenInput(options.multiline ?? false);
        stdin.on('end', () => resolve(typed.text));
        stdin.on('data', (keys: string) => {
          const end = typed.take(keys);
          if (end === 'done') resolve(typed.text);
          if (end === 'cancelled') {
            reject(failure('cli.cancelled', {}));
            // what is typed was not shown, nor was this key: the shell's prompt gets a line of its own
            terminal.stderr.write('\n');
            interrupts.interrupt();
          }
        });
        stdin.resume();
      });
    } finally {
      stdin.removeAllListeners('data').removeAllListeners('end');
      stdin.setRawMode(false);
      stdin.pause();
      terminal.stderr.write('\n');
    }
  });
}

/** What keys make of a hidden input. */
export class HiddenInput {
  text = '';
  readonly #multiline: boolean;

  constructor(multiline: boolean) {
    this.#multiline = multiline;
  }

  /** Takes keys as the terminal sends them in raw mode; what follows the end in one paste is dropped. */
  take(keys: string): 'more' | 'done' | 'cancelled' {
    // arrows and the marks of a paste are no text
    for (const key of stripVTControlCharacters(keys).replaceAll(/\r\n?/g, '\n')) {
      if (key === '\u0003') return 'cancelled';
      if (key === '\u0004' || (key === '\n' && !this.#multiline)) return 'done';
      if (key === '\u007F' || key === '\b') this.text = Array.from(this.text).slice(0, -1).join('');
      else if (key === '\u0015') this.text = this.text.slice(0, this.text.lastIndexOf('\n') + 1);
      else if (key === '\n' || key === '\t' || key >= ' ') this.text += key;
    }
    return 'more';
  }
}

/**
 * All of stdin, without the one line end at its end.
 * @param name of the secret that it is the value of
 * @throws Failure `secrets.bad-value` for what is no text in UTF-8, or longer than any secret
 */
export async function readStdin({ terminal }: Pick<Asker, 'terminal'>, name: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of terminal.stdin) {
    const bytes = Buffer.from(chunk as Uint8Array | string);
    length += bytes.length;
    if (length > LONGEST_SECRET + LINE_END)
      throw failure('secrets.bad-value', { name, problem: `it has more than ${LONGEST_SECRET} bytes` });
    chunks.push(bytes);
  }
  const text = utf8Of(Buffer.concat(chunks));
  if (text === undefined)
    throw failure('secrets.bad-value', { name, problem: 'it is no text in UTF-8, and would be changed' });
  return text.replace(/\r?\n$/, '');
}

const LINE_END = 2;
