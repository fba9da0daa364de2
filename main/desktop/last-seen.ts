import { join } from 'node:path';
import { AppSnapshot } from '../channels.ts';
import { readIfThere, writeAtomic } from '../system/files.ts';

/** What the app showed last, to be shown (marked as such) until the truth is known at its next start. */
export class LastSeen {
  readonly #file: string;

  constructor(stateFolder: string) {
    this.#file = join(stateFolder, 'last-seen.json');
  }

  /** Undefined when there is none that can be understood: it is only a picture. */
  read(): AppSnapshot | undefined {
    try {
      const text = readIfThere(this.#file);
      const found = text === undefined ? undefined : AppSnapshot.safeParse(JSON.parse(text));
      return found?.success ? found.data : undefined;
    } catch {
      return undefined;
    }
  }

  /** The stack alone, without what was being done: all else is known anew at once. */
  write({ contract, revision, engine, stacks, isCurrent, current, title }: AppSnapshot): void {
    const still = stacks.filter((s) => s.status !== 'busy');
    const shown = { contract, revision, engine, stacks: still, isCurrent, current, title };
    writeAtomic(this.#file, `${JSON.stringify(shown)}\n`);
  }
}
