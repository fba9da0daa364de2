import { appendFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SeenSecrets } from '../system/seen-secrets.ts';

const LARGEST = 1_000_000;
const KEPT = 3;

/** Its stack, and those of its causes; of what else it carries nothing. */
function thrownText(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : 'not an error';
  const cause = error.cause === undefined ? '' : `\ncaused by: ${thrownText(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

/**
 * The app's own log: JSON lines in the logs folder, `app.log` and the `app.1.log` … before it, of a megabyte each,
 * without any secret that this process has met.
 * A log that cannot be written (the disk is full) must end nothing: it is told on stderr.
 */
export class AppLog {
  readonly file: string;
  /** what is taken out of each line */
  readonly secrets = new SeenSecrets();
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.file = join(folder, 'app.log');
  }

  /** `error` may be anything that was thrown; only its name, message and stack are written. */
  write(level: 'info' | 'error', text: string, error?: unknown): void {
    const { redacted } = this.secrets;
    const thrown = error === undefined ? {} : { error: redacted(thrownText(error)) };
    const line = JSON.stringify({ at: new Date().toISOString(), level, text: redacted(text), ...thrown });
    try {
      this.#rotate();
      appendFileSync(this.file, `${line}\n`, { mode: 0o600 });
    } catch (e) {
      process.stderr.write(`${line}\nthe log cannot be written: ${String(e)}\n`);
    }
  }

  #rotate(): void {
    const size = statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
    if (size < LARGEST) return;
    const older = (n: number): string => (n === 0 ? this.file : join(this.#folder, `app.${n}.log`));
    for (let n = KEPT - 1; n >= 0; n -= 1) {
      if (statSync(older(n), { throwIfNoEntry: false })) renameSync(older(n), older(n + 1));
    }
  }
}
