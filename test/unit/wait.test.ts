import { describe, expect, it } from 'vitest';
import { Failure } from '../../main/errors.ts';
import { isKilledInALoop } from '../../main/stack/derive.ts';
import type { ObservedContainer } from '../../main/stack/observed.ts';
import type { Condition, Plan, Step } from '../../main/stack/plan-types.ts';
import { emptyPlan } from '../../main/stack/plan-down.ts';
import { planUp } from '../../main/stack/plan-up.ts';
import { observeFor } from '../../main/stack/run-plan.ts';
import { Surprise } from '../../main/stack/surprise.ts';
import { verdictOf, waitFor } from '../../main/stack/wait.ts';
import { ContainerWatch } from '../../main/stack/watch.ts';
import type { Behaviour } from '../fakes/world.ts';
import { container } from './helpers/containers.ts';
import { desiredOf } from './helpers/desired.ts';
import { ABLE, known, makeEngine, up } from './helpers/rig.ts';

type Some = Partial<ObservedContainer>;

describe('a container that is waited for', () => {
  it.each<[condition: Condition, some: Some, verdict: string]>([
    ['running', { state: 'created' }, 'not yet'],
    ['running', { state: 'created', error: 'no port' }, 'a could not be started: no port'],
    ['running', { state: 'running' }, 'ready'],
    ['running', { state: 'running', health: 'unhealthy' }, 'ready'],
    ['running', { state: 'exited' }, 'ready'],
    ['running', { state: 'exited', restartPolicy: 'always' }, 'a ended with exit code 0'],
    ['running', { state: 'exited', exitCode: 3 }, 'a ended with exit code 3'],
    ['running', { state: 'restarting', restarts: 2, exitCode: 1 }, 'not yet'],
    [
      'running',
      { state: 'restarting', restarts: 5, exitCode: 1 },
      'a keeps ending and was restarted 5 times',
    ],
    ['healthy', { state: 'running', health: 'starting' }, 'not yet'],
    [
      'healthy',
      { state: 'running', health: 'starting', restarts: 5 },
      'a keeps ending and was restarted 5 times',
    ],
    ['healthy', { state: 'running', health: 'healthy' }, 'ready'],
    [
      'healthy',
      { state: 'running', health: 'unhealthy', healthOutput: 'refused' },
      'a fails its health check: refused',
    ],
    ['healthy', { state: 'running' }, 'a has no health check, and something waits for its health'],
    ['healthy', { state: 'exited' }, 'a ended with exit code 0'],
    [
      'healthy',
      { state: 'exited', exitCode: 137, oomKilled: true },
      'a was ended because it used more memory than its limit',
    ],
    ['healthy', { state: 'paused', health: 'healthy' }, 'not yet'],
    ['completed', { state: 'running' }, 'not yet'],
    ['completed', { state: 'exited' }, 'ready'],
    ['completed', { state: 'exited', exitCode: 1 }, 'a ended with exit code 1'],
    ['completed', { state: 'dead', exitCode: 1 }, 'a ended with exit code 1'],
  ])('%s %j: %s', (condition, some, expected) => {
    const verdict = verdictOf({ condition, patient: false }, container(some), 1);
    const text =
      verdict && (verdict.ready ? 'ready' : [verdict.sentence, verdict.detail].filter(Boolean).join(': '));
    expect(text ?? 'not yet').toBe(expected);
  });

  it('that ran before may be unhealthy for a while', () => {
    const unhealthy = container({ health: 'unhealthy' });
    expect(verdictOf({ condition: 'healthy', patient: true }, unhealthy)).toBeUndefined();
  });

  it('is not judged by restarts from before', () => {
    const c = container({ health: 'starting', restarts: 12 });
    expect(verdictOf({ condition: 'healthy', patient: false }, c, 12)).toBeUndefined();
    expect(verdictOf({ condition: 'healthy', patient: false }, c, 9)).toMatchObject({ ready: false });
  });

  it('that is gone is a surprise', () => {
    expect(() => verdictOf({ condition: 'running', patient: false }, undefined)).toThrow(Surprise);
  });
});

const yaml = (health = 'healthcheck: { test: [CMD, x], interval: 1s, timeout: 1s, retries: 1 }'): string =>
  `name: p
services:
  db: { image: "app:1", ${health} }
  web: { image: "app:1", depends_on: { db: { condition: service_healthy } } }
  gate: { image: "app:1", depends_on: { web: { condition: service_started } } }
`;

async function failureOf(
  behaviour: Behaviour,
  options = {},
): Promise<{ code: string; data: Record<string, unknown> }> {
  const engine = makeEngine({ behaviours: { 'p-db-1': behaviour } });
  try {
    await up(engine, known(desiredOf(yaml())), { options });
  } catch (e) {
    if (e instanceof Failure) return e.errors[0] as never;
    throw e;
  }
  throw new Error('it went up');
}

describe('a container that an engine kills each time it is started', () => {
  const killed = { state: 'restarting', restarts: 3, exitCode: 137 } as const;

  it.each([
    [killed, true],
    [{ ...killed, restarts: 2 }, false],
    [{ ...killed, exitCode: 1 }, false],
    [{ ...killed, oomKilled: true }, false],
    [{ ...killed, state: 'running' }, false],
  ])('%j: %s', (some, expected) => {
    expect(isKilledInALoop(container(some))).toBe(expected);
  });

  it('is made anew by the next plan', async () => {
    const engine = makeEngine();
    const desired = known(desiredOf(yaml()));
    await up(engine, desired);
    const observed = await observeFor(engine, desired);
    const containers = observed.containers.map((c) => (c.service === 'gate' ? { ...c, ...killed } : c));
    const { steps } = planUp(desired, { ...observed, containers }, { ...ABLE });
    expect(steps.find((s) => s.kind === 'create')).toMatchObject({
      container: { service: 'gate' },
      cause: 'it is killed each time it is started',
    });
  });

  it.each([
    ['is a surprise that a new plan mends', 'old', { id: 'one' }, Surprise],
    ['is a failure when it was made for this very plan', 'new', { createdBy: 'create:p-a-1' }, Failure],
  ])('%s', async (_, name, made, error) => {
    const looks = [container({ health: 'starting' }), container(killed)];
    const watch = {
      until: async (_id: string, decide: (c?: ObservedContainer) => unknown) => {
        for (const c of looks) {
          const decided = decide(c);
          if (decided !== undefined) return decided;
        }
        throw new Error('undecided');
      },
    } as unknown as ContainerWatch;
    const step = {
      id: 'wait:a',
      after: [],
      cause: name,
      kind: 'wait',
      service: 'a',
      containers: [{ service: 'a', number: 1, name: 'p-a-1', ...made }],
      condition: 'healthy',
      optional: false,
      patient: false,
    } as const;
    const edges = { engine: makeEngine(), watch, redact: (text: string) => text, jobOf: () => undefined };
    const report = { detail: () => {}, progress: () => {} };
    const run = waitFor(
      edges,
      emptyPlan('p', 'up', [step]),
      step,
      ['one'],
      report,
      new AbortController().signal,
    );
    await expect(run).rejects.toThrow(error);
    await expect(run).rejects.toThrow(/keeps ending|is killed each time/);
  });
});

describe('an up that does not get well', () => {
  it('names what failed, its last answer and lines, and who waits for it', async () => {
    const behaviour: Behaviour = { health: ['unhealthy'], healthOutput: 'no route', prints: ['one', 'two'] };
    expect(await failureOf(behaviour)).toMatchObject({
      code: 'stack.not-healthy',
      data: {
        service: 'db',
        sentence: 'db fails its health check',
        detail: 'no route',
        waiting: ['web', 'gate'],
        log: ['one', 'two'],
      },
    });
  });

  it('does not wait for a container that has ended', async () => {
    expect(await failureOf({ exitsAfterMs: 1, exitCode: 3, healthAfterMs: 1000 })).toMatchObject({
      data: { sentence: 'db ended with exit code 3' },
    });
  });

  it('says that memory was the reason', async () => {
    expect(await failureOf({ oom: true })).toMatchObject({
      data: { sentence: 'db was ended because it used more memory than its limit' },
    });
  });

  it('ends when its time is over', async () => {
    expect(await failureOf({ health: [] }, { waitTimeoutMs: 60 })).toMatchObject({
      data: { sentence: 'db was not healthy within 0 s, it is starting', waiting: ['web', 'gate'] },
    });
  });

  it('ends at once when it is cancelled', async () => {
    const engine = makeEngine({ behaviours: { 'p-db-1': { health: [] } } });
    const cancel = new AbortController();
    const run = up(engine, known(desiredOf(yaml())), { signal: cancel.signal });
    setTimeout(() => cancel.abort(), 30);
    await expect(run).rejects.toMatchObject({ errors: [{ code: 'stack.cancelled' }] });
    expect(engine.container('p-db-1').status).toBe('running');
  });

  it('goes on without what is optional, and fails at its end', async () => {
    const engine = makeEngine({ behaviours: { 'p-db-1': { health: ['unhealthy'] } } });
    const optional = yaml().replace(
      'condition: service_healthy',
      'condition: service_healthy, required: false',
    );
    await expect(up(engine, known(desiredOf(optional)))).rejects.toMatchObject({
      errors: [{ code: 'stack.not-healthy', data: { service: 'db', waiting: [] } }],
    });
    expect(engine.container('p-web-1').status).toBe('running');
  });
});

describe('waiting by events', () => {
  const step: Extract<Step, { kind: 'wait' }> = {
    id: 'wait:a',
    after: [],
    cause: '',
    kind: 'wait',
    service: 'a',
    containers: [],
    condition: 'healthy',
    optional: false,
    patient: false,
    budgetMs: 5000,
  };
  const plan: Plan = emptyPlan('p', 'up', [step]);
  const labels = { 'com.docker.compose.project': 'p', 'com.docker.compose.service': 'a' };
  const body = {
    Image: 'checked:1',
    Labels: labels,
    HostConfig: {},
    NetworkingConfig: { EndpointsConfig: {} },
  };

  /** One container with a health check that never answers by itself, and a wait for it. */
  async function waiting() {
    const engine = makeEngine({ behaviours: { a1: { health: [] } } });
    const { Id } = await engine.containers.create('a1', body);
    await engine.containers.start(Id);
    const watch = new ContainerWatch(engine, 'p');
    const details: string[] = [];
    const jobOf = () => undefined;
    const report = { detail: (t: string) => void details.push(t), progress: () => undefined };
    const edges = { engine, watch, redact: (t: string) => t.replaceAll('secret', '•••'), jobOf };
    const cancel = new AbortController();
    const done = waitFor(edges, plan, step, [Id], report, cancel.signal).finally(() => watch.close());
    await new Promise((resolve) => setTimeout(resolve, 10));
    return { engine, done, details, cancel };
  }
  const inspects = (engine: ReturnType<typeof makeEngine>): number =>
    engine.calls.filter((c) => c.name === 'containers.inspect').length;

  it('ends with the health event, without looking in between', async () => {
    const { engine, done } = await waiting();
    const before = inspects(engine);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(inspects(engine)).toBe(before);
    const begun = performance.now();
    engine.health('a1', 'healthy');
    await done;
    expect(performance.now() - begun).toBeLessThan(100);
  });

  it('looks again after a reconnect: what happened in between was not told', async () => {
    const { engine, done } = await waiting();
    engine.world.hub.lose('gone');
    engine.world.findContainer('a1')!.health!.status = 'healthy';
    engine.world.hub.reconnect();
    await done;
  });

  it('passes on what the health check prints, without secrets', async () => {
    const { engine, done, details } = await waiting();
    engine.world.findContainer('a1')!.health!.log = [
      { Start: '', End: '', ExitCode: 1, Output: 'first\nthe secret line\n' },
    ];
    engine.world.hub.reconnect();
    await new Promise((resolve) => setTimeout(resolve, 10));
    engine.health('a1', 'healthy');
    await done;
    expect(details).toEqual(['the ••• line']);
  });

  it('is not woken by execs', async () => {
    const { engine, done } = await waiting();
    const before = inspects(engine);
    await engine.containers.exec('a1', { cmd: ['x'] });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(inspects(engine)).toBe(before);
    engine.health('a1', 'healthy');
    await done;
  });

  it('ends with its signal', async () => {
    const { done, cancel } = await waiting();
    cancel.abort(new Error('enough'));
    await expect(done).rejects.toThrow('enough');
  });

  it('ends with its signal before the engine has answered for events, too', async () => {
    const engine = makeEngine();
    engine.events = async function* () {
      await new Promise(() => undefined);
      yield { kind: 'connected' };
    };
    const watch = new ContainerWatch(engine, 'p');
    const cancel = new AbortController();
    const done = watch.until('x', () => true, cancel.signal);
    cancel.abort(new Error('enough'));
    await expect(done).rejects.toThrow('enough');
    watch.close();
  });

  it('is a surprise when the container is removed', async () => {
    const { engine, done } = await waiting();
    const removed = expect(done).rejects.toBeInstanceOf(Surprise);
    await engine.containers.remove('a1', { force: true });
    await removed;
  });
});
