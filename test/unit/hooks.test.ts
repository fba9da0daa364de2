import { describe, expect, it } from 'vitest';
import type { Engine, ExecOptions } from '../../main/docker/port.ts';
import { failure } from '../../main/errors.ts';
import type { NamedService } from '../../main/stack/desired.ts';
import { runHooks } from '../../main/stack/hooks.ts';

/** Runs hooks on an engine whose commands take so many milliseconds by a clock of their own, and none ever fails. */
async function run(kind: 'post_start' | 'pre_stop', service: Partial<NamedService>, hanging: boolean) {
  const given: ExecOptions[] = [];
  const details: string[] = [];
  const exec = (_: string, options: ExecOptions) => {
    given.push(options);
    if (!hanging) return Promise.resolve({ exitCode: 0, stdout: '', stderr: '' });
    return Promise.reject(failure('engine.exec-timeout', { container: 'c', ms: options.timeoutMs ?? NaN }));
  };
  const engine = { containers: { exec } } as unknown as Engine;
  const hooks = [{ command: ['a'] }, { command: ['b'] }];
  const error = await runHooks(
    engine,
    'c',
    { name: 's', [kind]: hooks, ...service } as unknown as NamedService,
    kind,
    { detail: (text) => void details.push(text), progress: () => undefined },
    new AbortController().signal,
  ).catch((e: unknown) => e);
  return { error, details, ran: given.length, limit: given[0]?.timeoutMs ?? NaN };
}

describe('hooks that hang', () => {
  it.each([
    [undefined, 10_000],
    ['1m30s', 90_000],
    ['0s', 1_000],
  ])('before a stop with a grace period of %s: %i ms, then the stop goes on', async (grace, limit) => {
    const service = grace === undefined ? {} : { stop_grace_period: grace };
    const { error, details, ran, limit: given } = await run('pre_stop', service, true);
    expect(error).toBeUndefined();
    expect(ran).toBe(1);
    expect(given).toBeLessThanOrEqual(limit);
    expect(given).toBeGreaterThan(limit - 500);
    expect(details.at(-1)).toBe(`pre_stop[0] did not end within ${limit / 1000} s`);
  });

  it('after a start fail it', async () => {
    const { error } = await run('post_start', {}, true);
    expect(error).toMatchObject({
      errors: [{ code: 'stack.hook-late', data: { service: 's', hook: 'post_start[0]', ms: 600_000 } }],
    });
  });

  it('are all run when none hangs', async () => {
    expect(await run('pre_stop', {}, false)).toMatchObject({ error: undefined, ran: 2 });
  });
});
