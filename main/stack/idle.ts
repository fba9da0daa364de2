/** Lets what is not urgent wait until the engine has nothing of ours to do: it would slow down the start of others. */
export class Idle {
  #busy = 0;
  #later: (() => void)[] = [];

  /** Something is being done until the given function is called. */
  begin(): () => void {
    this.#busy += 1;
    return () => {
      this.#busy -= 1;
      this.#look();
    };
  }

  do(work: () => void): void {
    this.#later.push(work);
    this.#look();
  }

  /** After the steps that follow have begun. */
  #look(): void {
    setImmediate(() => {
      if (this.#busy > 0) return;
      for (const work of this.#later.splice(0)) work();
    });
  }
}
