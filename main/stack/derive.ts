import type { Cause, ServiceState, ServiceStatus, StackStatus } from '../contract.ts';
import { isUp } from '../is-up.ts';
import type { ObservedContainer } from './observed.ts';

/** Exit codes of a process that was ended by a stop, not by itself: 128 + SIGINT, SIGKILL, SIGTERM. */
const STOPPED_BY_SIGNAL = new Set([130, 137, 143]);

/** What a container is, in the words of the contract. */
export function containerStatus(c: ObservedContainer): ServiceStatus {
  switch (c.state) {
    case 'running':
      if (c.health === 'unhealthy') return 'unhealthy';
      if (c.health === 'starting') return 'starting';
      return c.health === 'healthy' ? 'healthy' : 'running';
    case 'restarting':
      return 'restarting';
    case 'paused':
      return 'paused';
    case 'created':
      return c.error ? 'failed' : 'created';
    case 'exited':
    case 'dead':
      if (c.oomKilled) return 'failed';
      if (c.ended === 'asked') return 'stopped';
      if (c.exitCode === 0) return 'completed';
      return STOPPED_BY_SIGNAL.has(c.exitCode) && c.ended !== 'itself' ? 'stopped' : 'failed';
    default:
      return 'stopped';
  }
}

/**
 * A container that Docker restarted this often ends in a loop. Its `RestartCount` counts what its policy did since
 * somebody started the container last: a start or restart by anybody, and one of the engine, begins at 0 again
 * (moby, `ResetRestartManager`).
 */
export const RESTARTS_ARE_A_LOOP = 3;

/** Whether a container ended again and again since it had been restarted `before` times, or had come up. */
export const endsInALoop = (c: ObservedContainer, before = c.restartsHeld ?? 0): boolean =>
  c.restarts - before >= RESTARTS_ARE_A_LOOP;

/** Docker counts a restart as successful once the container ran for so long, in milliseconds (its `--restart`). */
const HOLDS_AFTER_MS = 10_000;
/** The longest that Docker waits before a restart, in milliseconds: what no check calls healthy must run for as long. */
const HOLDS_UNCHECKED_AFTER_MS = 60_000;

/** So far an engine's clock may be ahead of ours (milliseconds); one that is further says nothing of how long it runs. */
const SKEW_MS = 60_000;

/**
 * When a container has come up, if it goes on as it runs now: milliseconds since 1970; Infinity while its health check
 * has yet to say, and for what does not run.
 */
function upAt(c: ObservedContainer, now: number): number {
  if (c.state !== 'running' || c.health === 'starting') return Infinity;
  const started = Date.parse(c.startedAt);
  if (started - now > SKEW_MS) return now;
  return Math.min(started, now) + (c.health === 'healthy' ? HOLDS_AFTER_MS : HOLDS_UNCHECKED_AFTER_MS);
}

/** Whether a container has come up: what ends it later is no part of the loop that it may have been in. */
export const hasComeUp = (c: ObservedContainer, now: number): boolean => upAt(c, now) <= now;

/** When a container that is in a loop of restarts has come up; undefined for what is in no loop, or does not run. */
export function holdsAt(c: ObservedContainer, now: number): number | undefined {
  if (!endsInALoop(c) || c.state !== 'running') return undefined;
  const at = upAt(c, now);
  return now < at ? at : undefined;
}

/** What a container is now: one in a loop of restarts is restarting in each turn of it, until it has come up. */
export function statusAt(c: ObservedContainer, now: number): ServiceStatus {
  return holdsAt(c, now) === undefined ? containerStatus(c) : 'restarting';
}

/**
 * Whether somebody kills a container each time it is started, and not for its memory. An engine does so with one that
 * was started while it still ended what a crash of its own had left (28.5, "cannot delete running task" in its log),
 * and goes on until that container is removed.
 */
export const isKilledInALoop = (c: ObservedContainer, before = 0): boolean =>
  endsInALoop(c, before) && c.state === 'restarting' && c.exitCode === 137 && !c.oomKilled;

/** Why a container is not as it should be, as one sentence with what it was read from; undefined when all is well. */
export function causeOf(c: ObservedContainer, status = containerStatus(c)): Cause | undefined {
  const detail = c.healthOutput ? { detail: c.healthOutput } : {};
  switch (status) {
    case 'unhealthy':
      return { kind: 'health', sentence: `${c.service} fails its health check`, ...detail };
    case 'starting':
      return { kind: 'starting', sentence: `${c.service} is starting`, ...detail };
    case 'restarting':
      return exitCause(c, restartSentence(c));
    case 'paused':
      return { kind: 'start', sentence: `${c.service} is paused` };
    case 'created':
      return { kind: 'start', sentence: `${c.service} was created and not started` };
    case 'failed':
      if (c.state === 'created') {
        return { kind: 'start', sentence: `${c.service} could not be started`, detail: c.error };
      }
      return exitCause(c, `${c.service} ended with exit code ${c.exitCode}`);
    case 'running':
    case 'healthy':
    case 'completed':
    case 'stopped':
    case 'absent':
  }
  return undefined;
}

function restartSentence(c: ObservedContainer): string {
  const often =
    ['is being restarted', 'was restarted once'][c.restarts] ?? `was restarted ${c.restarts} times`;
  return `${c.service} ${endsInALoop(c) ? 'keeps ending' : 'ended'} and ${often}`;
}

function exitCause(c: ObservedContainer, sentence: string): Cause {
  if (c.oomKilled) {
    const said = `${c.service} was ended because it used more memory than its limit`;
    return { kind: 'oom', sentence: said, exitCode: c.exitCode };
  }
  // of one that runs by now it may not be known
  const exitCode = c.state === 'running' && c.exitCode === 0 ? {} : { exitCode: c.exitCode };
  return { kind: 'exit', sentence, ...exitCode, ...(c.error && { detail: c.error }) };
}

/** What of a service a stack's state needs besides its containers. */
export interface ServiceFacts {
  readonly name: string;
  readonly image: string;
  /** one-shot: it is well when it ended with 0 */
  readonly oneShot: boolean;
  readonly dependsOn: readonly string[];
  /** those of them that it goes on without (compose-spec, `depends_on.required`) */
  readonly canLack: readonly string[];
  /** how many containers it should have */
  readonly scale: number;
}

/**
 * States of a stack's services at a time (milliseconds since 1970), from its model and what the engine has; those that
 * are to have no container are left out.
 */
export function serviceStates(
  services: readonly ServiceFacts[],
  containers: readonly ObservedContainer[],
  now: number,
): ServiceState[] {
  const byService = Map.groupBy(
    containers.filter((c) => !c.oneoff),
    (c) => c.service,
  );
  const unwanted = new Set(
    services.filter((s) => s.scale === 0 && !byService.has(s.name)).map((s) => s.name),
  );
  const states = services
    .filter((s) => !unwanted.has(s.name))
    .map((s) => serviceState(s, byService.get(s.name) ?? [], now));
  // where nothing runs or failed, nothing waits either
  if (!states.some((s) => isUp(s) || s.status === 'failed')) return states;
  const statusOf = new Map(states.map((s) => [s.name, s.status]));
  return states.map((state) => {
    if (state.status !== 'created' && state.status !== 'absent') return state;
    const facts = services.find((s) => s.name === state.name);
    const blocker = facts?.dependsOn.find((d) => !unwanted.has(d) && !isWell(statusOf.get(d)));
    if (!blocker) return state;
    return { ...state, cause: { kind: 'dependency', sentence: `${state.name} waits for ${blocker}` } };
  });
}

const isWell = (status: ServiceStatus | undefined): boolean =>
  status === 'healthy' || status === 'running' || status === 'completed';

/** Worst first: with several containers the service is as its worst one. */
const SEVERITY: readonly ServiceStatus[] = [
  'failed',
  'unhealthy',
  'restarting',
  'stopped',
  'paused',
  'created',
  'completed',
  'starting',
  'running',
  'healthy',
];

function serviceState(
  facts: ServiceFacts,
  containers: readonly ObservedContainer[],
  now: number,
): ServiceState {
  const worst = containers.toSorted(
    (a, b) => SEVERITY.indexOf(statusAt(a, now)) - SEVERITY.indexOf(statusAt(b, now)),
  )[0];
  const { name } = facts;
  const waits = facts.dependsOn.length > 0 ? { dependsOn: [...facts.dependsOn] } : {};
  if (!worst) return { name, status: 'absent', image: facts.image, restarts: 0, ...waits, ports: [] };
  const status = statusAt(worst, now);
  // what is never started again by itself may end: nobody else would say that it is done
  const ended = status === 'completed' && !facts.oneShot && isRestarted(worst);
  const cause = (ended ? undefined : causeOf(worst, status)) ?? shortOf(facts, containers.length);
  return {
    name,
    status: ended ? 'stopped' : status,
    ...(cause && { cause }),
    image: worst.image || facts.image,
    containerId: worst.id,
    containerName: worst.name,
    ...(!worst.neverStarted && { startedAt: worst.startedAt }),
    restarts: worst.restarts,
    ...waits,
    ports: [...worst.ports],
  };
}

/** Whether the engine starts it again after a clean end (Docker Engine API, `RestartPolicy`). */
const isRestarted = ({ restartPolicy }: ObservedContainer): boolean =>
  restartPolicy === 'always' || restartPolicy === 'unless-stopped';

function shortOf({ name, scale }: ServiceFacts, there: number): Cause | undefined {
  if (there >= scale) return undefined;
  return { kind: 'missing', sentence: `${name} has ${there} of its ${scale} containers` };
}

/**
 * The stack's state as one word and one sentence: stopped when nothing runs, running when all is well, busy while
 * something starts, failed when something ended by itself, degraded when it runs and is not well.
 */
export function stackStatus(services: readonly ServiceState[]): {
  status: StackStatus;
  sentence: string;
  cause?: Cause;
} {
  const has = (...wanted: ServiceStatus[]): ServiceState | undefined =>
    services.find((s) => wanted.includes(s.status));
  const failed = has('failed', 'restarting');
  if (failed) return withCause('failed', failed);
  const alive = services.filter((s) =>
    ['healthy', 'running', 'starting', 'unhealthy', 'paused'].includes(s.status),
  );
  if (alive.length === 0) return { status: 'stopped', sentence: 'Nothing of it is running.' };
  const bad = has('unhealthy', 'paused');
  if (bad) return withCause('degraded', bad);
  const starting = has('starting');
  if (starting) return { status: 'busy', sentence: `${starting.name} is starting.` };
  const missing = has('absent', 'stopped', 'created') ?? services.find((s) => s.cause?.kind === 'missing');
  if (missing) {
    const cause: Cause = missing.cause ?? { kind: 'missing', sentence: `${missing.name} is not running` };
    return { status: 'degraded', sentence: `${cause.sentence}.`, cause };
  }
  return { status: 'running', sentence: 'All services are well.' };
}

/** A service that is like this serves somebody, or is about to; like anything else it serves nobody. */
const SERVES: ReadonlySet<ServiceStatus> = new Set(['starting', 'running', 'healthy']);

/**
 * Who runs on although a service is down that it may lack, one sentence a service; undefined when nobody does.
 * `provides` says in a word what such a service is for.
 */
export function withoutSentence(
  facts: readonly ServiceFacts[],
  services: readonly ServiceState[],
  provides: Readonly<Record<string, string>>,
): string | undefined {
  const statusOf = new Map(services.map((s) => [s.name, s.status]));
  const isDown = (name: string): boolean => !SERVES.has(statusOf.get(name) ?? 'absent');
  const sentences = services
    .filter(({ name }) => isDown(name))
    .flatMap(({ name }) => {
      const on = facts.filter((f) => f.canLack.includes(name) && !isDown(f.name)).map((f) => f.name);
      if (on.length === 0) return [];
      return [`${on.join(', ')} ${on.length === 1 ? 'runs' : 'run'} without ${provides[name] ?? name}.`];
    });
  return sentences.length > 0 ? sentences.join(' ') : undefined;
}

function withCause(
  status: StackStatus,
  service: ServiceState,
): { status: StackStatus; sentence: string; cause?: Cause } {
  const sentence = service.cause?.sentence ?? `${service.name} is ${service.status}`;
  return { status, sentence: `${sentence}.`, ...(service.cause && { cause: service.cause }) };
}
