import { describe, expect, it } from 'vitest';
import type { StackState } from '../../main/contract.ts';
import { stackState } from '../../main/stack/stack-status.ts';
import { watchStack } from '../../main/stack/watch-stack.ts';
import { desiredOf } from './helpers/desired.ts';
import { known, makeEngine, up } from './helpers/rig.ts';

const YAML = 'name: p\nservices:\n  a: { image: "app:1", healthcheck: { test: [CMD, x] } }\n';
const FACTS = [{ name: 'a', image: 'app:1', oneShot: false, dependsOn: [], scale: 1 }];

/** The states of a stack that is up, taken one by one. */
async function watching() {
  const engine = makeEngine();
  await up(engine, known(desiredOf(YAML)));
  const end = new AbortController();
  const stateOf = (containers: Parameters<typeof stackState>[0]['containers']): Promise<StackState> =>
    Promise.resolve(stackState({ project: 'p', chosen: {}, facts: FACTS, containers, probes: [] }));
  const states = watchStack(engine, 'p', stateOf, end.signal)[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value } = (await states.next()) as { value: StackState };
    return `${value.status}: ${value.sentence}`;
  };
  return { engine, states, next, end };
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

  it('ends when its reader stops', async () => {
    const { states, next } = await watching();
    await next();
    expect(await states.return?.()).toEqual({ done: true, value: undefined });
  });

  it('fails at once where there is no engine at all', async () => {
    const engine = makeEngine();
    engine.kill();
    const states = watchStack(
      engine,
      'p',
      () => Promise.reject(new Error('not asked')),
      new AbortController().signal,
    );
    await expect(states[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      errors: [{ code: 'engine.not-running' }],
    });
  });
});
