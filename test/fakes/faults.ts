import { failure, type Failure } from '../../main/errors.ts';

/** One call of the port, as tests read it afterwards: `containers.create`, `['web', {…}]`. */
export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
}

interface Fault {
  readonly name: string;
  /** fires at this call of that name, counted from now; 1 is the next */
  left: number;
  readonly error: () => Failure;
}

/** Writes every call down and makes the chosen ones fail. */
export class Faults {
  readonly calls: Call[] = [];
  private readonly faults: Fault[] = [];
  private lost = false;

  /** Makes the `nth` call of `name` from now on fail (1: the next), once, before it has any effect. */
  failNth(name: string, nth: number, error: Failure | (() => Failure)): void {
    this.faults.push({ name, left: nth, error: typeof error === 'function' ? error : () => error });
  }

  /** From now on every call fails as with an engine that was killed, until `restore`. */
  lose(): void {
    this.lost = true;
  }
  restore(): void {
    this.lost = false;
  }
  get connectionLost(): boolean {
    return this.lost;
  }

  /** To be awaited at the start of each call: records it, and throws what was planned for it. */
  async enter(name: string, args: readonly unknown[], signal?: AbortSignal): Promise<void> {
    this.calls.push({ name, args });
    await Promise.resolve(); // as with a real engine, no call ends within the caller's own turn
    if (signal?.aborted) throw failure('engine.cancelled', { call: name });
    if (this.lost)
      throw failure('engine.not-running', { endpoint: 'fake://', reason: 'nothing listens there' });
    for (const fault of this.faults.filter((f) => f.name === name)) {
      fault.left -= 1;
      if (fault.left > 0) continue;
      this.faults.splice(this.faults.indexOf(fault), 1);
      throw fault.error();
    }
  }

  /** How often `name` was called. */
  count(name: string): number {
    return this.calls.filter((c) => c.name === name).length;
  }
}
