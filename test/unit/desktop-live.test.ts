import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppSnapshot, OperationFailure } from '../../main/channels.ts';
import type { StackState } from '../../main/contract.ts';
import type { Core } from '../../main/core-types.ts';
import { Live } from '../../main/desktop/live.ts';
import { Operations, previewOf } from '../../main/desktop/operations.ts';
import { appError, Failure, failure } from '../../main/errors.ts';
import { newOperation } from '../../main/stack/operation.ts';
import { emptyPlan } from '../../main/stack/plan-down.ts';
import type { Plan } from '../../main/stack/plan-types.ts';
import type { OperationIo, Stack } from '../../main/stack/stack-types.ts';
import type { Settings } from '../../main/system/types.ts';
import { appSnapshot, stackState } from './helpers/snapshot.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

const stateOf = (project: string, more: Partial<StackState> = {}): StackState =>
  stackState({ project, services: [], ...more });
const settingsOf = (current: string): Settings => ({
  version: 1,
  current,
  stacks: { [current]: { files: [`/${current}.yaml`], variables: {} } },
});

/** A core whose settings, engine and states a test changes. */
class Rig {
  settings = settingsOf('p');
  settingsError: Error | undefined;
  engineError: Error | undefined;
  /** what is sent is lost: neither an engine nor a state comes */
  isDead = false;
  letGo = 0;
  /** a stack is found once this is there */
  finds = Promise.resolve();
  /** the watch of a stack that is not followed any more has still something to tell */
  late: StackState | undefined;
  up: Stack['up'] = () => Promise.resolve(stateOf('p'));
  plan: Stack['plan'] = () => Promise.resolve(emptyPlan('p', 'up', []));
  restarts = 0;
  #changed = (): void => {};
  #tell = (): void => {};
  #states: StackState[] = [];
  readonly seen: AppSnapshot[] = [];
  readonly live: Live;
  readonly operations: Operations;
  /** what is shown before it is done: stack and operation */
  readonly previewed: string[] = [];
  readonly running: Promise<void>;

  constructor(last?: AppSnapshot) {
    const engine = {
      endpoint: { url: 'unix:///e', source: 'test' },
      info: { version: '28', product: 'docker' },
    };
    const core = {
      edges: {
        home: '/home',
        settings: {
          read: () =>
            this.settingsError
              ? Promise.reject(this.settingsError)
              : Promise.resolve({ settings: this.settings }),
          watch: (changed: () => void) => {
            this.#changed = changed;
            return () => {};
          },
        },
      },
      engineMeant: () => Promise.resolve(engine.endpoint),
      engineAnew: () => (this.engineError ? Promise.reject(this.engineError) : Promise.resolve(engine)),
      letEngineGo: () => {
        this.letGo += 1;
        this.isDead = false;
      },
      watchContext: () => () => {},
      stack: async ({ project }: { project?: string }) => {
        await this.finds;
        return this.#stack(project ?? 'letta-production');
      },
    } as unknown as Core;
    this.live = new Live({ core, last, seen: (s) => this.seen.push(s) });
    this.operations = new Operations(this.live, (...shown) => this.previewed.push(shown.join(' ')));
    this.running = this.live.run();
  }

  get shown(): AppSnapshot {
    return this.live.snapshot;
  }

  /** The stack's watch tells a state. */
  state(state: StackState): void {
    this.#states.push(state);
    this.#tell();
  }

  change(settings: Settings): void {
    this.settings = settings;
    this.#changed();
  }

  async end(): Promise<void> {
    this.live.close();
    await pass(2_000);
    await this.running;
  }

  #stack(project: string): Stack {
    const next = (signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        this.#tell = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    const watch = async function* (this: Rig, signal: AbortSignal): AsyncGenerator<StackState> {
      if (this.isDead) await new Promise(() => {});
      yield stateOf(project);
      while (!signal.aborted) {
        const state = this.#states.shift();
        if (state) yield state;
        else await next(signal);
      }
      if (this.late) {
        await sleep(2_000);
        yield this.late;
      }
    }.bind(this);
    const block = { title: `Title of ${project}` };
    return {
      project,
      block,
      watch,
      up: (...args: Parameters<Stack['up']>) => this.up(...args),
      plan: (...args: Parameters<Stack['plan']>) => this.plan(...args),
      restart: () => Promise.resolve((this.restarts += 1)),
    } as unknown as Stack;
  }
}

const GONE = failure('engine.not-running', { endpoint: 'unix:///e', reason: 'refused' });

describe('the picture of the stack', () => {
  it('is what was seen last until the truth is known', async () => {
    const rig = new Rig(appSnapshot(stateOf('p'), { revision: 9 }));
    expect(rig.shown).toMatchObject({ isCurrent: false, stacks: [{ project: 'p' }] });
    await pass(10);
    expect(rig.shown).toMatchObject({
      isCurrent: true,
      title: 'Title of p',
      engine: { reachable: true, version: '28' },
    });
    expect(rig.seen.map((s) => s.revision)).toEqual(
      rig.seen.map((s) => s.revision).toSorted((a, b) => a - b),
    );
    await rig.end();
  });

  it('finds an engine that comes later', async () => {
    const rig = new Rig();
    rig.engineError = GONE;
    await pass(10);
    expect(rig.shown).toMatchObject({ engine: { reachable: false, error: { code: 'engine.not-running' } } });
    rig.engineError = undefined;
    await pass(1_100);
    expect(rig.shown).toMatchObject({ engine: { reachable: true }, stacks: [{ status: 'running' }] });
    await rig.end();
  });

  it('is unknown, and not worked on, while a round cannot begin', async () => {
    const rig = new Rig();
    await pass(10);
    rig.state(stateOf('p', { status: 'busy', operation: newOperation('up', 'p') }));
    await pass(10);
    rig.engineError = GONE;
    rig.live.again();
    await pass(1_100);
    expect(rig.shown.stacks[0]).toMatchObject({ status: 'unknown', cause: { kind: 'engine' } });
    expect(rig.shown.stacks[0]?.operation).toBeUndefined();
    await rig.end();
  });

  it('keeps nothing of its rounds while no engine is there', async () => {
    const rig = new Rig();
    rig.engineError = GONE;
    await pass(2_000);
    const added = vi.spyOn(AbortSignal.prototype, 'addEventListener');
    const removed = vi.spyOn(AbortSignal.prototype, 'removeEventListener');
    await pass(100_000);
    // one round, and the pause behind it, may be under way
    expect(added.mock.calls.length).toBeGreaterThan(100);
    expect(added.mock.calls.length - removed.mock.calls.length).toBeLessThan(5);
    added.mockRestore();
    removed.mockRestore();
    await rig.end();
  });

  it('waits for nothing that was asked before the computer slept', async () => {
    const rig = new Rig(appSnapshot(stateOf('p')));
    rig.isDead = true;
    await pass(10);
    expect(rig.shown.isCurrent).toBe(false);
    rig.live.slept();
    await pass(10);
    expect(rig.shown.isCurrent).toBe(true);
    expect(rig.letGo).toBe(1);
    await rig.end();
  });

  it('goes on when settings that could not be read can be', async () => {
    const rig = new Rig();
    await pass(10);
    rig.settingsError = failure('settings.newer', { file: 'f', version: 9 });
    rig.change(rig.settings);
    await pass(1_100);
    expect(rig.shown.engine.error?.code).toBe('settings.newer');
    rig.settingsError = undefined;
    await pass(1_100);
    expect(rig.shown.engine.reachable).toBe(true);
    await rig.end();
  });

  it('says nothing of another stack before it was looked at', async () => {
    const rig = new Rig();
    await pass(10);
    rig.live.failed({ kind: 'up', project: 'p', at: '', errors: [] });
    rig.change(settingsOf('other'));
    await pass(1_100);
    const turned = rig.seen.find((s) => s.current === 'other');
    expect(turned).toMatchObject({ stacks: [], isCurrent: false, title: 'Title of other' });
    expect(turned?.failure).toBeUndefined();
    expect(rig.shown).toMatchObject({ current: 'other', isCurrent: true, stacks: [{ project: 'other' }] });
    await rig.end();
  });

  it('tells nothing where nothing changed', async () => {
    const rig = new Rig();
    await pass(10);
    const told = rig.seen.length;
    rig.state(stateOf('p'));
    await pass(10);
    rig.live.tell({});
    expect(rig.seen).toHaveLength(told);
    rig.state(stateOf('p', { sentence: 'Otherwise.' }));
    await pass(10);
    expect(rig.seen).toHaveLength(told + 1);
    await rig.end();
  });

  it('does not turn back to a stack that was found only after another was chosen', async () => {
    const rig = new Rig();
    await pass(10);
    const found = Promise.withResolvers<void>();
    rig.finds = found.promise;
    rig.live.again();
    await pass(1_100);
    rig.finds = Promise.resolve();
    rig.change(settingsOf('other'));
    await pass(1_100);
    expect(rig.shown.current).toBe('other');
    const told = rig.seen.length;
    found.resolve();
    await pass(10);
    expect(rig.seen.slice(told).map((s) => s.current)).toEqual([]);
    expect(rig.shown).toMatchObject({ current: 'other', stacks: [{ project: 'other' }] });
    await rig.end();
  });

  it('takes nothing from the watch of a stack that it left', async () => {
    const rig = new Rig();
    await pass(10);
    rig.late = stateOf('p', { sentence: 'Too late.' });
    rig.change(settingsOf('other'));
    await pass(3_100);
    expect(rig.shown).toMatchObject({ current: 'other', stacks: [{ project: 'other' }] });
    await rig.end();
  });

  it('keeps what failed of the stack that was shown before', async () => {
    const rig = new Rig();
    await pass(10);
    rig.change(settingsOf('other'));
    await pass(1_100);
    rig.live.failed({ kind: 'up', project: 'p', at: '', errors: [] });
    rig.state(stateOf('other', { sentence: 'All is well.' }));
    await pass(10);
    expect(rig.shown).toMatchObject({ current: 'other', failure: { project: 'p' } });
    await rig.end();
  });

  it.each<[what: string, startedAt: string, isKept: boolean]>([
    ['keeps a failure while what it failed for goes on', '2026-01-01T00:00:00Z', true],
    ['forgets a failure when something else is begun', '2026-01-01T00:00:02Z', false],
  ])('%s', async (_what, startedAt, isKept) => {
    const rig = new Rig();
    await pass(10);
    rig.live.failed({ kind: 'stop', project: 'p', at: '2026-01-01T00:00:01Z', errors: [] });
    const operation = { ...newOperation('restart', 'p'), startedAt };
    rig.state(stateOf('p', { status: 'busy', operation }));
    await pass(10);
    expect(rig.shown.failure !== undefined).toBe(isKept);
    await rig.end();
  });

  it('forgets a failure when all is well', async () => {
    const rig = new Rig();
    await pass(10);
    rig.live.failed({ kind: 'up', project: 'p', at: '', errors: [] });
    rig.state(stateOf('p', { status: 'failed' }));
    await pass(10);
    expect(rig.shown.failure).toBeDefined();
    rig.state(stateOf('p'));
    await pass(10);
    expect(rig.shown.failure).toBeUndefined();
    await rig.end();
  });
});

const PLAN: Plan = {
  ...emptyPlan('p', 'up', []),
  confirmations: [{ kind: 'foreign-volume', subject: 'v', text: 'It is of another.' }],
};

describe('what failed', () => {
  it.each<[kind: OperationFailure['kind'], status: StackState['status'], isKept: boolean]>([
    ['up', 'running', false],
    ['restart', 'running', false],
    ['up', 'stopped', true],
    ['stop', 'running', true],
    ['remove', 'running', true],
    ['remove', 'stopped', true],
    ['down', 'stopped', true],
    ['stop', 'stopped', false],
    ['stop', 'degraded', true],
  ])('of %s, while the stack is %s, is kept: %s', async (kind, status, isKept) => {
    const rig = new Rig();
    await pass(10);
    rig.state(stateOf('p', { status: 'degraded' }));
    await pass(10);
    rig.live.failed({ kind, project: 'p', at: '', errors: [] });
    rig.state(stateOf('p', { status }));
    await pass(10);
    expect(rig.shown.failure !== undefined).toBe(isKept);
    await rig.end();
  });
});

describe('what was cancelled', () => {
  const cancelled = { project: 'p', at: '2026-01-01T00:00:00.000Z', outcome: 'cancelled' } as const;

  it.each<[after: string, state: StackState, isKept: boolean]>([
    ['is told while the stack is down', stateOf('p', { status: 'stopped' }), true],
    [
      'is over when another begins something',
      stateOf('p', { status: 'busy', operation: newOperation('up', 'p') }),
      false,
    ],
    ['is over when all is well', stateOf('p'), false],
  ])('%s', async (_after, state, isKept) => {
    const rig = new Rig();
    await pass(10);
    rig.live.ended(cancelled);
    rig.state(state);
    await pass(10);
    expect(rig.shown.ended).toEqual(isKept ? cancelled : undefined);
    await rig.end();
  });
});

describe('an operation of the app', () => {
  const asking = async (_request: unknown, io: OperationIo): Promise<StackState> => {
    io.onPlan?.(PLAN);
    if (!(await io.confirm(PLAN.confirmations)))
      throw failure('stack.confirmation-needed', { texts: ['It is of another.'] });
    return stateOf('p');
  };

  it('is seen as busy at once, and how it ended afterwards', async () => {
    const rig = new Rig();
    await pass(10);
    const ended = rig.operations.begin({ project: 'p', kind: 'up', services: [] });
    expect(rig.shown.stacks[0]).toMatchObject({ status: 'busy', operation: { kind: 'up' } });
    expect(await ended).toBe('done');
    expect(rig.shown).toMatchObject({ ended: { outcome: 'done' }, stacks: [{ status: 'running' }] });
    await rig.end();
  });

  it('is one at a time', async () => {
    const rig = new Rig();
    await pass(10);
    const { operations } = rig;
    const first = operations.begin({ project: 'p', kind: 'up', services: [] });
    expect(() => operations.begin({ project: 'p', kind: 'stop', services: [] })).toThrow(/busy/);
    await first;
    expect(operations.running).toBeUndefined();
    await rig.end();
  });

  it('that removes everything is waited for, whoever asks to cancel it', async () => {
    const rig = new Rig();
    await pass(10);
    const { operations } = rig;
    const removed = Promise.withResolvers<void>();
    let signal: AbortSignal | undefined;
    const ended = operations.course('remove', 'p', (course) => {
      ({ signal } = course.io(undefined));
      return removed.promise;
    });
    expect(rig.shown.stacks[0]?.operation).toMatchObject({ kind: 'remove', cancellable: false });
    const cancelled = operations.cancel('p');
    await pass(10);
    expect(signal?.aborted).toBe(false);
    expect(() => operations.requireFree()).toThrow(/busy/);
    removed.reject(
      new Failure([
        appError('stack.cancelled', { project: 'p' }),
        appError('stack.removal-incomplete', { project: 'p', left: ['volume v'] }),
      ]),
    );
    await cancelled;
    expect(await ended).toBe('failed');
    expect(rig.shown.failure?.errors.map((e) => e.code)).toEqual([
      'stack.cancelled',
      'stack.removal-incomplete',
    ]);
    await rig.end();
  });

  it('is refused where another stack is shown than the one that is meant', async () => {
    const rig = new Rig();
    await pass(10);
    const { operations } = rig;
    const meant = { project: 'before', kind: 'up' as const, services: [] };
    expect(() => operations.begin(meant)).toThrow(/asked of the stack "before", and "p" is shown/);
    await expect(operations.cancel('before')).rejects.toThrow(/"before"/);
    expect(rig.shown.stacks[0]?.operation).toBeUndefined();
    await rig.end();
  });

  it('is refused where another stack was chosen and is not shown yet', async () => {
    const rig = new Rig();
    await pass(10);
    rig.settings = settingsOf('other');
    const ended = rig.operations.begin({ project: 'p', kind: 'up', services: [] });
    expect(await ended).toBe('failed');
    expect(rig.shown.failure).toMatchObject({ project: 'p', errors: [{ code: 'app.other-stack' }] });
    await rig.end();
  });

  it('goes on, and is not shown as another stack’s, when that is chosen', async () => {
    const rig = new Rig();
    await pass(10);
    const end = Promise.withResolvers<StackState>();
    rig.up = () => end.promise;
    const { operations } = rig;
    const ended = operations.begin({ project: 'p', kind: 'up', services: [] });
    rig.change(settingsOf('other'));
    await pass(1_100);
    expect(rig.shown).toMatchObject({ current: 'other', stacks: [{ project: 'other', status: 'running' }] });
    expect(() => operations.begin({ project: 'other', kind: 'stop', services: [] })).toThrow(/p is busy/);
    end.reject(new Error('no'));
    expect(await ended).toBe('failed');
    expect(rig.shown.failure?.project).toBe('p');
    await rig.end();
  });

  it('that is cancelled has not failed', async () => {
    const rig = new Rig();
    await pass(10);
    rig.up = (_request, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(failure('stack.cancelled', { project: 'p' })));
      });
    const { operations } = rig;
    const ended = operations.begin({ project: 'p', kind: 'up', services: [] });
    await pass(10);
    await operations.cancel('p');
    expect(await ended).toBe('cancelled');
    expect(rig.shown.failure).toBeUndefined();
    await rig.end();
  });

  it.each<[what: string, agreement: string | undefined, outcome: string]>([
    ['no word', undefined, 'unseen'],
    ['the word for another plan', previewOf({ ...PLAN, confirmations: [] }).agreement, 'unseen'],
    ['the word for this plan', previewOf(PLAN).agreement, 'done'],
  ])('does what needs the user’s word: with %s', async (_what, agreement, outcome) => {
    const rig = new Rig();
    await pass(10);
    rig.up = asking;
    const { ended: before } = rig.shown;
    expect(await rig.operations.begin({ ...START, ...(agreement !== undefined && { agreement }) })).toBe(
      outcome,
    );
    expect(rig.previewed).toEqual(outcome === 'unseen' ? ['p up'] : []);
    // it is not an end that anybody is told of
    if (outcome === 'unseen') expect(rig.shown.ended).toBe(before);
    expect(rig.shown.failure).toBeUndefined();
    await rig.end();
  });

  const MAKES_ANEW = emptyPlan('p', 'up', [
    {
      kind: 'remove',
      container: { service: 'web', number: 1, name: 'p-web-1' },
      id: 'remove:p-web-1',
      after: [],
      cause: '',
    },
  ]);
  const planned = (plan: Plan): Promise<Plan> => Promise.resolve(plan);
  const unplanned = (): Promise<Plan> => Promise.reject(GONE);
  it.each<[what: string, outcome: string, services: string[], isLooked: boolean, plan: () => Promise<Plan>]>([
    ['with nothing changed', 'done', [], false, () => planned(emptyPlan('p', 'up', []))],
    ['with something changed', 'unseen', [], false, () => planned(MAKES_ANEW)],
    ['of which nobody knows', 'unseen', [], false, unplanned],
    ['that was looked at', 'done', [], true, unplanned],
    ['of one service', 'done', ['web'], false, unplanned],
  ])('restarts what %s: %s', async (_what, outcome, services, isLooked, plan) => {
    const rig = new Rig();
    await pass(10);
    rig.plan = plan;
    const request = { project: 'p', kind: 'restart' as const, services };
    expect(await rig.operations.begin(request, isLooked)).toBe(outcome);
    expect([rig.previewed, rig.restarts]).toEqual(outcome === 'unseen' ? [['p restart'], 0] : [[], 1]);
    await rig.end();
  });

  it('does not ask about a restart that was cancelled while it was looked at', async () => {
    const rig = new Rig();
    await pass(10);
    rig.plan = async () => {
      await sleep(100);
      return MAKES_ANEW;
    };
    const ended = rig.operations.begin({ project: 'p', kind: 'restart', services: [] });
    void rig.operations.cancel('p');
    await pass(200);
    expect([await ended, rig.previewed, rig.restarts]).toEqual(['cancelled', [], 0]);
    await rig.end();
  });

  it('that was looked at may be tried again, for as long as it does nothing else', async () => {
    const rig = new Rig();
    await pass(10);
    const pull = { kind: 'pullImage', ref: 'a:1', id: 'pull:a:1', after: [], cause: '' } as const;
    const plan = (...steps: Plan['steps']): Plan => emptyPlan('p', 'up', steps);
    let now = plan(pull);
    const begin = (agreement?: string): Promise<string> =>
      rig.operations.begin({ ...START, ...(agreement !== undefined && { agreement }) });
    let fails = true;
    rig.up = async (_request, io) => {
      io.onPlan?.(now);
      if (fails) throw failure('engine.connection-lost', { call: 'pull', endpoint: 'e', reason: 'r' });
      return stateOf('p');
    };
    expect(await begin()).toBe('unseen');
    expect(await begin(previewOf(now).agreement)).toBe('failed');
    expect(await begin()).toBe('failed');
    now = plan(pull, { ...pull, ref: 'b:1', id: 'pull:b:1' });
    expect(await begin()).toBe('unseen');
    now = plan(pull);
    fails = false;
    expect(await begin()).toBe('done');
    // that is done; the next one is another
    expect(await begin()).toBe('unseen');
    await rig.end();
  });
});

const START = { project: 'p', kind: 'up' as const, services: [] };
