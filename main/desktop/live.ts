import { once } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type { AppSnapshot, OperationFailure } from '../channels.ts';
import {
  CONTRACT_VERSION,
  type EngineState,
  type Operation,
  type ProbeResult,
  type StackState,
} from '../contract.ts';
import type { Core } from '../core-types.ts';
import type { Engine } from '../docker/port.ts';
import { engineState } from '../engine-state.ts';
import { errorsOf, failure, saidOf } from '../errors.ts';
import { stackSettingsOf } from '../stack/stack-settings.ts';
import type { Stack } from '../stack/stack-types.ts';
import { subjectOf } from './probe-watch.ts';
import { pause } from '../stack/pause.ts';
import { unknownState, withOperation, withProbes } from '../stack/stack-status.ts';

/** How soon an engine that is not there is looked for again, in milliseconds. */
const AGAIN_MS = 1_000;
/** The stack that is shown before any was chosen. */
const FIRST_PROFILE = 'production';

export interface LiveEdges {
  readonly core: Core;
  /** what was seen when the app last ran, to be shown until the truth is known */
  readonly last?: AppSnapshot | undefined;
  readonly seen: (snapshot: AppSnapshot) => void;
}

/**
 * The app's picture of its stack, kept true: it follows the stack's own watch, finds an engine that comes or comes
 * back, and begins anew when the settings name another engine or stack, or Docker's current context another engine.
 */
export class Live {
  readonly #core: Core;
  readonly #seen: (snapshot: AppSnapshot) => void;
  readonly #end = new AbortController();
  #round = new AbortController();
  #snapshot: AppSnapshot;
  /** the state as its watch told it */
  #watched: StackState | undefined;
  #own: Operation | undefined;
  /** what the probes answered, and of which containers */
  #probes: { readonly results: readonly ProbeResult[]; readonly of: string } | undefined;

  constructor({ core, last, seen }: LiveEdges) {
    this.#core = core;
    this.#seen = seen;
    this.#snapshot = {
      contract: CONTRACT_VERSION,
      engine: { reachable: true },
      stacks: [],
      ...last,
      revision: 1,
      isCurrent: false,
    };
    this.#watched = last?.stacks[0];
  }

  get snapshot(): AppSnapshot {
    return this.#snapshot;
  }

  /**
   * The stack that is chosen now.
   * @param meant project that somebody asks something of
   * @throws Failure where it cannot be found; `app.other-stack` where it is not the one that is meant
   */
  async stack(meant?: string): Promise<Stack> {
    const { settings } = await this.#core.edges.settings.read();
    const { home: directory } = this.#core.edges;
    const { current: project } = settings;
    const isKnown = project !== undefined && stackSettingsOf(settings, project) !== undefined;
    const stack = await this.#core.stack({
      ...(isKnown ? { project } : { profile: FIRST_PROFILE }),
      directory,
    });
    if (meant !== undefined) requireSame(meant, stack.project);
    return stack;
  }

  /** What is shown of the stack that is meant. @throws Failure `app.other-stack` where that is another one */
  shown(meant: string): StackState | undefined {
    requireSame(meant, this.#snapshot.current ?? '');
    return this.#snapshot.stacks[0];
  }

  /** Follows until `close`. */
  async run(): Promise<void> {
    let followed: unknown;
    const look = (): void => {
      this.#followed().then(
        (now) => {
          if (!isDeepStrictEqual(now, followed)) this.again();
        },
        () => this.again(), // the next round says what is wrong with them
      );
    };
    const watches = [this.#core.edges.settings.watch(look), this.#core.watchContext(look)];
    while (!this.#end.signal.aborted) {
      this.#round = new AbortController();
      const signal = AbortSignal.any([this.#end.signal, this.#round.signal]);
      const over = new AbortController();
      try {
        followed = await this.#followed();
        await Promise.race([this.#follow(signal), aborted(signal, over.signal)]);
      } catch (error) {
        if (!signal.aborted) this.#lost(error);
      } finally {
        over.abort();
      }
      await pause(AGAIN_MS, signal);
    }
    for (const stop of watches) stop();
  }

  /** Shows another stack from now on: the settings have it as the chosen one. */
  show(stack: Stack): void {
    this.#turnTo(stack);
    this.again();
  }

  /** Looks at everything anew, at once: what is awaited of a connection that may be dead is left to itself. */
  again(): void {
    this.#round.abort();
  }

  /** As `again`, over new connections: those of before the computer slept may be dead. */
  slept(): void {
    this.#core.letEngineGo();
    this.again();
  }

  close(): void {
    this.#end.abort();
  }

  /** What we do with the stack, from the click on; undefined when it is over. */
  operation(operation: Operation | undefined): void {
    this.#own = operation;
    this.#tell({ stacks: this.#stacks() });
  }

  /** What the probes answered of the containers that `of` names; of others it says nothing. */
  probed(results: readonly ProbeResult[], of: string): void {
    this.#probes = { results, of };
    this.#tell({ stacks: this.#stacks() });
  }

  /** Settings of the app and places, told with the snapshot. */
  tell(
    change: Pick<
      AppSnapshot,
      | 'options'
      | 'places'
      | 'settingsSeen'
      | 'stateSeen'
      | 'trayMissing'
      | 'notifications'
      | 'unseen'
      | 'warning'
    >,
  ): void {
    this.#tell(change);
  }

  failed(how: OperationFailure | undefined): void {
    const { failure: _before, ...rest } = this.#snapshot;
    this.#replace({ ...rest, ...(how && { failure: how }) });
  }

  /** How an operation of ours ended. */
  ended(ended: NonNullable<AppSnapshot['ended']>): void {
    this.#tell({ ended });
  }

  /** What decides what is followed: of the settings, and which engine is meant. */
  async #followed(): Promise<unknown> {
    const { settings } = await this.#core.edges.settings.read();
    const { engine, current, mirror } = settings;
    const meant = await this.#core.engineMeant().catch(() => undefined); // the round says why there is none
    return { engine, meant, current, mirror, stack: stackSettingsOf(settings, current) };
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const stack = await this.stack();
    if (signal.aborted) return;
    this.#turnTo(stack);
    const engine = await this.#core.engineAnew();
    for await (const state of stack.watch(signal)) {
      if (signal.aborted) return;
      this.#watched = state;
      const { failure: failed, ended, ...rest } = this.#snapshot;
      const isOver = (of: { project: string; at: string }, aim: StackState['status'] | undefined): boolean =>
        !this.#own && isSettled(of, aim, state);
      const told = { engine: engineOf(engine, state), stacks: this.#stacks(), isCurrent: true };
      this.#replace({
        ...rest,
        ...(failed && !isOver(failed, aimOf(failed.kind)) && { failure: failed }),
        ...(ended && !(ended.outcome === 'cancelled' && isOver(ended, 'running')) && { ended }),
        ...told,
      });
    }
  }

  /** Of another stack than the one that was shown nothing is known yet. */
  #turnTo(stack: Stack): void {
    const title = titleOf(stack);
    const { title: _title, failure: _failure, ended: _ended, ...rest } = this.#snapshot;
    const named = { current: stack.project, ...(title !== undefined && { title }) };
    if (this.#snapshot.current === stack.project) {
      this.#tell(named);
      return;
    }
    this.#watched = undefined;
    this.#probes = undefined;
    this.#replace({ ...rest, ...named, stacks: [], isCurrent: false });
  }

  /** The engine does not answer, or what is followed cannot be read. */
  #lost(thrown: unknown): void {
    const [error] = saidOf(errorsOf(thrown));
    if (!error) return;
    if (this.#watched) this.#watched = unknownState(this.#watched, error.message);
    const engine = { ...this.#snapshot.engine, reachable: false, error };
    this.#tell({ engine, stacks: this.#stacks(), isCurrent: true });
  }

  #stacks(): StackState[] {
    if (!this.#watched) return [];
    const state = this.#watched;
    const probes = this.#probes?.of === subjectOf(state) ? this.#probes.results : [];
    const own = this.#own?.project === state.project ? this.#own : undefined;
    return [withOperation(withProbes(state, probes), own ?? state.operation)];
  }

  #tell(change: Partial<AppSnapshot>): void {
    this.#replace({ ...this.#snapshot, ...change });
  }

  #replace(next: AppSnapshot): void {
    if (isDeepStrictEqual(next, this.#snapshot)) return;
    this.#snapshot = { ...next, revision: this.#snapshot.revision + 1 };
    this.#seen(this.#snapshot);
  }
}

/** What failed or was cancelled is over when something was begun with its stack since, or when it has come true. */
function isSettled(
  { project, at }: { project: string; at: string },
  aim: StackState['status'] | undefined,
  { project: of, operation, status }: StackState,
): boolean {
  if (project !== of) return false;
  // one that was there before is what it may have failed for
  return operation ? Date.parse(operation.startedAt) > Date.parse(at) : status === aim;
}

/** Until the signal is aborted, or nobody waits for it any more: a listener that stays would keep the signal for ever. */
const aborted = async (signal: AbortSignal, over: AbortSignal): Promise<void> => {
  if (!signal.aborted) await once(signal, 'abort', { signal: over });
};

function requireSame(asked: string, shown: string): void {
  if (asked !== shown) throw failure('app.other-stack', { asked, shown });
}

/** How a stack is once this is done with it; undefined: its status does not tell. */
function aimOf(kind: OperationFailure['kind']): StackState['status'] | undefined {
  // with its containers gone it is stopped, whatever else is left
  if (kind === 'down' || kind === 'remove') return undefined;
  return kind === 'stop' ? 'stopped' : 'running';
}

/** The engine as it answers; while it does not, the stack's state says why. */
function engineOf(engine: Engine, { cause }: StackState): EngineState {
  const state = engineState(engine);
  if (cause?.kind !== 'engine') return state;
  const next = 'It is looked for again by itself.';
  const error = { code: 'engine.unreachable', data: {}, message: cause.sentence, next };
  return { ...state, reachable: false, error };
}

function titleOf(stack: Stack): string | undefined {
  try {
    return stack.block?.title;
  } catch {
    return undefined; // a title is not what one hears of a broken file by
  }
}
