import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppSnapshot } from '../../main/channels.ts';
import type { StackState } from '../../main/contract.ts';
import type { Core } from '../../main/core-types.ts';
import { Live } from '../../main/desktop/live.ts';
import { Operations, previewOf } from '../../main/desktop/operations.ts';
import { failure } from '../../main/errors.ts';
import { newOperation } from '../../main/stack/operation.ts';
import type { Plan } from '../../main/stack/plan-types.ts';
import type { OperationIo, Stack } from '../../main/stack/stack-types.ts';
import type { Settings } from '../../main/system/types.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

const stateOf = (project: string, more: Partial<StackState> = {}): StackState => ({
  project,
  status: 'running',
  sentence: 'So it is.',
  services: [],
  probes: [],
  urls: [],
  ...more,
});
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
  up: Stack['up'] = () => Promise.resolve(stateOf('p'));
  #changed = (): void => {};
  #tell = (): void => {};
  #states: StackState[] = [];
  readonly seen: AppSnapshot[] = [];
  readonly live: Live;
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
      engine: () => (this.engineError ? Promise.reject(this.engineError) : Promise.resolve(engine)),
      stack: ({ project }: { project?: string }) =>
        Promise.resolve(this.#stack(project ?? 'letta-production')),
    } as unknown as Core;
    this.live = new Live({ core, last, seen: (s) => this.seen.push(s) });
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
      yield stateOf(project);
      while (!signal.aborted) {
        const state = this.#states.shift();
        if (state) yield state;
        else await next(signal);
      }
    }.bind(this);
    const block = { title: `Title of ${project}` };
    return {
      project,
      block,
      watch,
      up: (...args: Parameters<Stack['up']>) => this.up(...args),
    } as unknown as Stack;
  }
}

const GONE = failure('engine.not-running', { endpoint: 'unix:///e', reason: 'refused' });

describe('the picture of the stack', () => {
  it('is what was seen last until the truth is known', async () => {
    const last = {
      contract: 1,
      revision: 9,
      engine: { reachable: true },
      stacks: [stateOf('p')],
      isCurrent: true,
      current: 'p',
    } as const;
    const rig = new Rig({ ...last, stacks: [stateOf('p')] });
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
    rig.live.failed({ kind: 'up', at: '', errors: [] });
    rig.change(settingsOf('other'));
    await pass(1_100);
    const turned = rig.seen.find((s) => s.current === 'other');
    expect(turned).toMatchObject({ stacks: [], isCurrent: false, title: 'Title of other' });
    expect(turned?.failure).toBeUndefined();
    expect(rig.shown).toMatchObject({ current: 'other', isCurrent: true, stacks: [{ project: 'other' }] });
    await rig.end();
  });

  it('forgets a failure when all is well', async () => {
    const rig = new Rig();
    await pass(10);
    rig.live.failed({ kind: 'up', at: '', errors: [] });
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
  project: 'p',
  operation: 'up',
  steps: [],
  warnings: [],
  confirmations: [{ kind: 'foreign-volume', subject: 'v', text: 'It is of another.' }],
  orphans: [],
  unchanged: [],
};

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
    const ended = new Operations(rig.live).begin({ kind: 'up', services: [] });
    expect(rig.shown.stacks[0]).toMatchObject({ status: 'busy', operation: { kind: 'up' } });
    expect(await ended).toBe('done');
    expect(rig.shown).toMatchObject({ ended: { outcome: 'done' }, stacks: [{ status: 'running' }] });
    await rig.end();
  });

  it('is one at a time', async () => {
    const rig = new Rig();
    await pass(10);
    const operations = new Operations(rig.live);
    const first = operations.begin({ kind: 'up', services: [] });
    expect(() => operations.begin({ kind: 'stop', services: [] })).toThrow(/busy/);
    await first;
    expect(operations.isRunning).toBe(false);
    await rig.end();
  });

  it('that is cancelled has not failed', async () => {
    const rig = new Rig();
    await pass(10);
    rig.up = (_request, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(failure('stack.cancelled', { project: 'p' })));
      });
    const operations = new Operations(rig.live);
    const ended = operations.begin({ kind: 'up', services: [] });
    await pass(10);
    await operations.cancel();
    expect(await ended).toBe('cancelled');
    expect(rig.shown.failure).toBeUndefined();
    await rig.end();
  });

  it.each<[what: string, agreement: string | undefined, outcome: string]>([
    ['no word', undefined, 'failed'],
    ['the word for another plan', previewOf({ ...PLAN, confirmations: [] }).agreement, 'failed'],
    ['the word for this plan', previewOf(PLAN).agreement, 'done'],
  ])('does what needs the user’s word: with %s', async (_what, agreement, outcome) => {
    const rig = new Rig();
    await pass(10);
    rig.up = asking;
    const request = { kind: 'up' as const, services: [], ...(agreement !== undefined && { agreement }) };
    expect(await new Operations(rig.live).begin(request)).toBe(outcome);
    expect(rig.shown.failure?.errors[0]?.code).toBe(
      outcome === 'failed' ? 'stack.confirmation-needed' : undefined,
    );
    await rig.end();
  });
});
