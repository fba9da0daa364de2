import { describe, expect, it } from 'vitest';
import { followLogs } from '../../main/stack/follow-logs.ts';
import type { LogRequest } from '../../main/stack/stack-types.ts';
import type { Behaviour } from '../fakes/world.ts';
import { desiredOf } from './helpers/desired.ts';
import { known, makeEngine, up } from './helpers/rig.ts';

const YAML = 'name: p\nservices:\n  a: { image: "app:1" }\n  b: { image: "app:1" }\n';

/** The lines of a stack of two, taken one by one. */
async function following(request: Partial<LogRequest> = {}, behaviours: Record<string, Behaviour> = {}) {
  const engine = makeEngine({ behaviours });
  await up(engine, known(desiredOf(YAML)));
  const end = new AbortController();
  let secrets: readonly string[] = [];
  const lines = followLogs({
    engine,
    project: 'p',
    request: { follow: true, signal: end.signal, ...request },
    secrets: async () => secrets,
  });
  const next = async (): Promise<string | undefined> => {
    const { value } = await lines.next();
    return value && `${value.service}: ${value.text}`;
  };
  return { engine, lines, next, end, learn: (values: readonly string[]) => void (secrets = values) };
}

describe('following logs', () => {
  it('gives what was written and what is written, of all services', async () => {
    const { engine, next, end } = await following();
    engine.print('p-a-1', 'one');
    expect(await next()).toBe('a: one');
    engine.print('p-b-1', 'two');
    expect(await next()).toBe('b: two');
    end.abort();
    expect(await next()).toBeUndefined();
  });

  it('goes on with a container that is started again, and says no line twice', async () => {
    const { engine, next, end } = await following();
    engine.print('p-a-1', 'before');
    expect(await next()).toBe('a: before');
    const waiting = next();
    await engine.containers.stop('p-a-1');
    await engine.containers.start('p-a-1');
    await new Promise((resolve) => setTimeout(resolve, 20));
    engine.print('p-a-1', 'after');
    expect(await waiting).toBe('a: after');
    end.abort();
    expect(await next()).toBeUndefined();
  });

  it('goes on with a container that is made later, from its first line', async () => {
    const { engine, next, end } = await following({ tail: 0 }, { 'p-c-1': { prints: ['hello'] } });
    const waiting = next();
    await up(engine, known(desiredOf(`${YAML}  c: { image: "app:1" }\n`)));
    expect(await waiting).toBe('c: hello');
    end.abort();
  });

  it('leaves out services that were not asked for, then too', async () => {
    const { engine, next, end } = await following({ services: ['b'] });
    const waiting = next();
    engine.print('p-a-1', 'no');
    await engine.containers.stop('p-a-1');
    await engine.containers.start('p-a-1');
    engine.print('p-a-1', 'no');
    engine.print('p-b-1', 'yes');
    expect(await waiting).toBe('b: yes');
    end.abort();
  });

  it('takes out a secret that was set since it began, once its container is made with it', async () => {
    const { engine, next, end, learn } = await following(
      {},
      { 'p-a-1': { prints: ['it is new-secret-value'] } },
    );
    expect(await next()).toBe('a: it is new-secret-value');
    learn(['new-secret-value']);
    const waiting = next();
    await up(engine, known(desiredOf(YAML)), { options: { forceRecreate: true, services: ['a'] } });
    expect(await waiting).not.toContain('new-secret-value');
    end.abort();
  });

  it('ends the requests of a reader who stops, although they wait for their next line', async () => {
    const { engine, lines, next, end } = await following();
    engine.print('p-a-1', 'one');
    const signals: (AbortSignal | undefined)[] = [];
    const logs = engine.containers.logs.bind(engine.containers);
    engine.containers.logs = (id, options) => {
      signals.push(options.signal);
      return logs(id, options);
    };
    await next();
    await lines.return(undefined);
    expect(signals.map((s) => s?.aborted)).toEqual([true, true]);
    expect(end.signal.aborted).toBe(false);
  });
});

it('reads on after a start that nobody told of, while the connection was lost', async () => {
  const { engine, next, end } = await following();
  engine.print('p-a-1', 'before');
  expect(await next()).toBe('a: before');
  const waiting = next();
  engine.world.hub.lose('gone');
  const silent = engine.world.hub.emit.bind(engine.world.hub);
  engine.world.hub.emit = () => {};
  await engine.containers.stop('p-a-1');
  await engine.containers.start('p-a-1');
  engine.world.hub.emit = silent;
  await new Promise((resolve) => setTimeout(resolve, 20));
  engine.print('p-a-1', 'after');
  engine.world.hub.reconnect();
  expect(await waiting).toBe('a: after');
  end.abort();
});
