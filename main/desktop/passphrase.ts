import { failure } from '../errors.ts';
import type { AskPassphrase } from '../system/types.ts';

/** The passphrase of the encrypted file: typed in the window, in this process's memory alone, gone with it. */
export class Passphrase {
  #value: string | undefined;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws Failure `secrets.passphrase-asked` until it was given */
  readonly ask: AskPassphrase = () =>
    this.#value === undefined
      ? Promise.reject(failure('secrets.passphrase-asked', { file: this.#file }))
      : Promise.resolve(this.#value);

  give(value: string | undefined): void {
    this.#value = value;
  }
}
