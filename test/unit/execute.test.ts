import { describe, expect, it } from 'vitest';
import type { Task } from '../../main/contract.ts';
import { executePlan, type Carry } from '../../main/stack/execute.ts';
import { emptyPlan } from '../../main/stack/plan-down.ts';
import type { Plan, Step } from '../../main/stack/plan-types.ts';

/** A plan of steps `a`, `b < a`, `c < a b` … */
function planOf(...lines: readonly string[]): Plan {
  const steps = lines.map((line): Step => {
    const [id = '', after = ''] = line.split(' < ');
    return { id, after: after === '' ? [] : after.split(' '), cause: '', kind: 'removeVolume', name: id };
  });
  return emptyPlan('p', 'down', steps);
}

/** Steps that end when the test says so. */
class Stage {
  readonly begun: string[] = [];
  readonly #ends = new Map<string, PromiseWithResolvers<void>>();
  readonly signals = new Map<string, AbortSignal>();
  readonly carry: Carry = (step, _report, signal) => {
    this.begun.push(step.id);
    this.signals.set(step.id, signal);
    return this.#of(step.id).promise;
  };
  async end(...ids: string[]): Promise<void> {
    for (const id of ids) this.#of(id).resolve();
    await settle();
  }
  async fail(id: string, error: Error): Promise<void> {
    this.#of(id).reject(error);
    await settle();
  }
  #of(id: string): PromiseWithResolvers<void> {
    const known = this.#ends.get(id) ?? Promise.withResolvers<void>();
    this.#ends.set(id, known);
    return known;
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const never = new AbortController().signal;

describe('carrying out a plan', () => {
  it('runs at once what waits for nothing, and the rest as soon as it can', async () => {
    const stage = new Stage();
    const run = executePlan(planOf('a', 'b', 'c < a', 'd < a b', 'e < d c'), stage.carry, { signal: never });
    expect(stage.begun).toEqual(['a', 'b']);
    await stage.end('a');
    expect(stage.begun).toEqual(['a', 'b', 'c']);
    await stage.end('b');
    expect(stage.begun).toEqual(['a', 'b', 'c', 'd']);
    await stage.end('c', 'd');
    expect(stage.begun).toEqual(['a', 'b', 'c', 'd', 'e']);
    await stage.end('e');
    await run;
  });

  it('does nothing for an empty plan', async () => {
    await executePlan(planOf(), () => Promise.reject(new Error('never')), { signal: never });
  });

  it('after a failure begins nothing more, aborts what runs, waits for it and throws the first', async () => {
    const stage = new Stage();
    const tasks: Task[] = [];
    const run = executePlan(planOf('a', 'b', 'c < b', 'd < a'), stage.carry, {
      signal: never,
      onTasks: (all) => void tasks.splice(0, Infinity, ...all),
    });
    const failed = expect(run).rejects.toThrow('first');
    await stage.fail('a', new Error('first'));
    expect(stage.signals.get('b')?.aborted).toBe(true);
    await stage.end('b');
    await failed;
    expect(stage.begun).toEqual(['a', 'b']);
    expect(tasks.map((t) => `${t.id} ${t.status}`)).toEqual(['a failed', 'b done', 'c skipped', 'd skipped']);
  });

  it('throws the first failure although others follow', async () => {
    const stage = new Stage();
    const run = executePlan(planOf('a', 'b'), stage.carry, { signal: never });
    const failed = expect(run).rejects.toThrow('first');
    await stage.fail('b', new Error('first'));
    await stage.fail('a', new Error('second'));
    await failed;
  });

  it('when cancelled begins nothing more and throws the reason once what runs has ended', async () => {
    const stage = new Stage();
    const cancel = new AbortController();
    const tasks: Task[] = [];
    const run = executePlan(planOf('a', 'b < a'), stage.carry, {
      signal: cancel.signal,
      onTasks: (all) => void tasks.splice(0, Infinity, ...all),
    });
    const failed = expect(run).rejects.toThrow('enough');
    cancel.abort(new Error('enough'));
    expect(stage.signals.get('a')?.aborted).toBe(true);
    await stage.fail('a', new Error('because of it'));
    await failed;
    expect(tasks.map((t) => `${t.id} ${t.status}`)).toEqual(['a cancelled', 'b skipped']);
  });

  it('begins nothing when it was cancelled before', async () => {
    const stage = new Stage();
    const signal = AbortSignal.abort(new Error('before'));
    await expect(executePlan(planOf('a'), stage.carry, { signal })).rejects.toThrow('before');
    expect(stage.begun).toEqual([]);
  });

  it('takes steps that wait for each other as an error, not as done', async () => {
    const run = executePlan(planOf('a', 'b < c', 'c < b'), () => Promise.resolve(), { signal: never });
    await expect(run).rejects.toThrow(/b, c/);
  });

  it('tells bytes that only rise, and details as they come', async () => {
    const seen: (Task | undefined)[] = [];
    const carry: Carry = (_step, report) => {
      report.progress(5, 10);
      report.progress(3, 10);
      report.detail('half');
      report.progress(7, 10);
      return Promise.resolve();
    };
    await executePlan(planOf('a'), carry, { signal: never, onTasks: ([a]) => void seen.push(a) });
    expect(seen.map((t) => t?.progress?.current)).toEqual([undefined, undefined, 5, 5, 5, 7, 7, 7]);
    expect(seen.at(-1)).toMatchObject({
      status: 'done',
      detail: 'half',
      progress: { current: 7, total: 10 },
    });
  });

  it('walks ten thousand steps in a row and at once', async () => {
    const row = Array.from({ length: 10_000 }, (_, i) => (i === 0 ? 's0' : `s${i} < s${i - 1}`));
    let done = 0;
    const count: Carry = () => Promise.resolve(void (done += 1));
    await executePlan(planOf(...row), count, { signal: never });
    const star = Array.from({ length: 10_000 }, (_, i) => (i === 0 ? 's0' : `s${i} < s0`));
    await executePlan(planOf(...star), count, { signal: never });
    expect(done).toBe(20_000);
  });
});
