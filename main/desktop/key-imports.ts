import { randomUUID } from 'node:crypto';
import type { EnvContents } from '../env-import.ts';
import { failure } from '../errors.ts';
import type { SecretEntries } from '../system/age.ts';
import type { EnvFile } from '../system/env-file.ts';

/** What was read of a file is forgotten after this, in milliseconds. */
const KEPT_MS = 10 * 60_000;

/** A `.env` file with what it has for a stack, or a backup of keys: still encrypted, then opened. */
export type ReadImport =
  | { readonly is: 'env'; readonly project: string; readonly file: EnvFile; readonly contents: EnvContents }
  | { readonly is: 'sealed'; readonly path: string; readonly sealed: Uint8Array }
  | { readonly is: 'backup'; readonly path: string; readonly content: SecretEntries };

/** The file that was chosen last: its values stay here, the window has its names. */
export class KeyImports {
  #last: { readonly token: string; readonly read: ReadImport } | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** In place of any before. @returns the token that names it */
  keep(read: ReadImport): string {
    const token = randomUUID();
    this.#last = { token, read };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.close(token), KEPT_MS);
    return token;
  }

  /** @throws Failure `secrets.import-gone` where it is not of this kind, too */
  get<I extends ReadImport['is']>(token: string, ...kinds: readonly I[]): Extract<ReadImport, { is: I }> {
    const read = this.#last?.token === token ? this.#last.read : undefined;
    if (!read || !isOf(read, kinds)) throw failure('secrets.import-gone', {});
    return read;
  }

  /** Forgets the file; one that `token` names only where no other was chosen since. */
  close(token = this.#last?.token): void {
    if (this.#last?.token !== token) return;
    clearTimeout(this.#timer);
    this.#last = undefined;
  }
}

const isOf = <I extends ReadImport['is']>(
  read: ReadImport,
  kinds: readonly I[],
): read is Extract<ReadImport, { is: I }> => kinds.some((kind) => kind === read.is);
