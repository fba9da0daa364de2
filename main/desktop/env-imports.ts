import { randomUUID } from 'node:crypto';
import type { EnvImport } from '../channels.ts';
import type { Core } from '../core-types.ts';
import { failure } from '../errors.ts';
import type { EnvContents } from '../env-import.ts';
import type { Stack } from '../stack/stack-types.ts';
import type { EnvFile } from '../system/env-file.ts';
import { readImport } from '../take-import.ts';

/** What was read of a file is forgotten after this, in milliseconds. */
const KEPT_MS = 10 * 60_000;

interface Read {
  readonly token: string;
  readonly project: string;
  readonly file: EnvFile;
  readonly contents: EnvContents;
}

/** The `.env` file that was chosen last: its values stay here, the window has its names. */
export class EnvImports {
  #last: Read | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @throws Failure as `readImport` */
  async read(path: string, core: Core, stack: Stack): Promise<EnvImport> {
    const { file, contents } = await readImport(core, stack, path);
    const token = randomUUID();
    this.#last = { token, project: stack.project, file, contents };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.close(), KEPT_MS);
    const { secrets, settings, invented, others, empty } = contents;
    return {
      token,
      file: path,
      secrets: secrets.map(({ value: _value, cleaned, ...s }) => ({ ...s, cleaned: [...cleaned] })),
      settings: settings.map((s) => ({ ...s })),
      invented: invented.map((i) => ({ ...i })),
      others: [...others],
      empty: [...empty],
    };
  }

  /** @throws Failure `secrets.import-gone` */
  get(token: string): Read {
    if (this.#last?.token !== token) throw failure('secrets.import-gone', {});
    return this.#last;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#last = undefined;
  }
}
