import { describe, expect, it, vi } from 'vitest';
import type { Operation, StackState } from '../../main/contract.ts';
import { Ends } from '../../main/stack/ends.ts';
import { newOperation } from '../../main/stack/operation.ts';
import { stackState } from '../../main/stack/stack-status.ts';
import { watchStack } from '../../main/stack/watch-stack.ts';
import { desiredOf } from './helpers/desired.ts';
import { known, makeEngine, up } from './helpers/rig.ts';

const YAML = 'name: p\nservices:\n  a: { image: "app:1", healthcheck: { test: [CMD, x] } }\n';
const FACTS = [{ name: 'a', image: 'app:1', oneShot: false, dependsOn: [], canLack: [], scale: 1 }];

/** The states of a stack that is up, taken one by one. */
async function watching(yaml = YAML) {
  const engine = makeEngine();
  await up(engine, known(desiredOf(yaml)));
  const end = new AbortController();
  const stateOf = (containers: Parameters<typeof stackState>[0]['containers']): Promise<StackState> =>
    Promise.resolve(
      stackState({ project: 'p', chosen: {}, facts: FACTS, containers, probes: [], now: Date.now() }),
    );
  const told: { seen: (operation: Operation | undefined) => void } = { seen: () => {} };
  const operations = (seen: (operation: Operation | undefined) => void): (() => void) => {
    told.seen = seen;
    return () => {};
  };
  const input = { engine, project: 'p', stateOf, operations, ends: new Ends(), signal: end.signal };
  const states = watchStack(input)[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value } = (await states.next()) as { value: StackState };
    return `${value.status}: ${value.sentence}`;
  };
  return { engine, states, next, end, told };
}

describe('watching a stack', () => {
  it('tells the state now, after each change, and nothing when nothing changed', async () => {
    const { engine, next, end, states } = await watching();
    expect(await next()).toBe('running: All services are well.');
    engine.health('p-a-1', 'unhealthy', 'no');
    expect(await next()).toBe('degraded: a fails its health check.');
    await engine.containers.exec('p-a-1', { cmd: ['x'] });
    engine.health('p-a-1', 'healthy');
    expect(await next()).toBe('running: All services are well.');
    engine.crash('p-a-1', 4);
    expect(await next()).toBe('failed: a ended with exit code 4.');
    setTimeout(() => end.abort(), 20);
    expect(await states.next()).toEqual({ done: true, value: undefined });
  });

  it('knows nothing while the engine is gone, says why, and looks again when it is back', async () => {
    const { engine, next, end } = await watching();
    await next();
    engine.kill();
    expect(await next()).toMatch(/^unknown: .*fake:\/\//);
    engine.revive();
    expect(await next()).toBe('running: All services are well.');
    end.abort();
  });

  it('is busy while something is done with it, without a look at the engine for each word of it', async () => {
    const { engine, next, told, end } = await watching();
    await next();
    told.seen(newOperation('restart', 'p'));
    expect(await next()).toBe('busy: All services are well.');
    const looks = vi.spyOn(engine.containers, 'list');
    told.seen(undefined);
    expect(await next()).toBe('running: All services are well.');
    expect(looks).not.toHaveBeenCalled();
    end.abort();
  });

  it('finds an engine that keeps its connection and falls silent, and finds it again', async () => {
    const { engine, next, end } = await watching();
    vi.useFakeTimers();
    try {
      await next();
      engine.world.faults.lose(); // its stream stays as it is

      const gone = next();
      await vi.advanceTimersByTimeAsync(15_000);
      expect(await gone).toMatch(/^unknown: /);
      engine.world.faults.restore();
      const back = next();
      await vi.advanceTimersByTimeAsync(2_000);
      expect(await back).toBe('running: All services are well.');
      end.abort();
      await vi.advanceTimersByTimeAsync(10_000);
    } finally {
      vi.useRealTimers();
    }
  });

  it('tells an end that somebody asked for from one that nobody did', async () => {
    const { engine, next, end } = await watching();
    await next();
    await engine.containers.stop('p-a-1');
    expect(await next()).toBe('stopped: Nothing of it is running.');
    await engine.containers.start('p-a-1');
    expect(await next()).toBe('running: All services are well.');
    engine.crash('p-a-1', 137);
    expect(await next()).toBe('failed: a ended with exit code 137.');
    await engine.containers.start('p-a-1');
    await next();
    // a program that was told to read its settings again, and ended by that
    engine.world.emitContainer(engine.container('p-a-1'), 'kill', { signal: '1' });
    engine.crash('p-a-1', 143);
    expect(await next()).toBe('failed: a ended with exit code 143.');
    end.abort();
  });

  it('stays with a loop of restarts in each of its turns, until what is restarted has come up', async () => {
    const { engine, next, end, states } = await watching(
      YAML.replace('healthcheck', 'restart: always, healthcheck'),
    );
    await next();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
    try {
      for (let i = 0; i < 3; i += 1) engine.crash('p-a-1', 4);
      const failed = next();
      await vi.advanceTimersByTimeAsync(200);
      expect(await failed).toBe('failed: a keeps ending and was restarted 3 times.');
      // it is well by now, and no event says that it goes on so
      const well = next();
      await vi.advanceTimersByTimeAsync(9_000);
      expect(engine.container('p-a-1').health?.status).toBe('healthy');
      expect(await Promise.race([well, Promise.resolve('not yet')])).toBe('not yet');
      await vi.advanceTimersByTimeAsync(1_000);
      expect(await well).toBe('running: All services are well.');
      end.abort();
      await states.return?.();
    } finally {
      vi.useRealTimers();
    }
  });

  it('ends when its reader stops', async () => {
    const { states, next } = await watching();
    await next();
    expect(await states.return?.()).toEqual({ done: true, value: undefined });
  });

  it('fails at once where there is no engine at all', async () => {
    const engine = makeEngine();
    engine.kill();
    const states = watchStack({
      engine,
      project: 'p',
      stateOf: () => Promise.reject(new Error('not asked')),
      operations: () => () => {},
      ends: new Ends(),
      signal: new AbortController().signal,
    });
    await expect(states[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      errors: [{ code: 'engine.not-running' }],
    });
  });
});
