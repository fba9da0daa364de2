import type { AppSnapshot, NoteKind } from '../channels.ts';
import type { Operation, ServiceState, ServiceStatus } from '../contract.ts';
import { standingsOf, suffersUntil, WELL, type Standings } from './notify-suffer.ts';
import { isUp } from '../is-up.ts';
import { RESTARTS_ARE_A_LOOP } from '../stack/derive.ts';
import {
  engineIsBack,
  noteOf,
  operationNote,
  recovery,
  type Note,
  type Problem,
  type ProblemKind,
} from './notify-words.ts';

/** An unbroken time in which one thing was wrong, by itself or by another's fault. */
interface Incident {
  readonly kind: NoteKind;
  /** milliseconds since 1970 */
  readonly since: number;
  /** it was told, or was seen without being told */
  readonly told: 'no' | 'silently' | 'yes';
  /** since when all is well again; it ends only when that lasts */
  readonly wellSince?: number;
}

export interface NoteMemory {
  /** by `service:NAME`, or `engine` */
  readonly incidents: Readonly<Record<string, Incident>>;
  /** when something was told of it, milliseconds since 1970, the last quarter of an hour */
  readonly told: Readonly<Record<string, readonly number[]>>;
  /** what its dependents may suffer from: how each service stands, and since when */
  readonly standings: Standings;
  /** what ran when the engine answered last, and nobody changed since */
  readonly ran: readonly string[];
  /** an engine answered since we run */
  readonly engineWasThere: boolean;
  /** since when the engine answers, and what it has was not all well yet; milliseconds since 1970 */
  readonly arrived?: number | undefined;
  /** the operation that is going on */
  readonly operation?: { readonly kind: Operation['kind']; readonly since: number } | undefined;
  /** project that all of it is about */
  readonly project?: string | undefined;
}

export interface NoteSettings {
  /** kinds that are switched off */
  readonly off: readonly NoteKind[];
  /** minutes after midnight; from 22:00 to 07:00 is `[1320, 420]` */
  readonly quiet?: readonly [number, number];
}

export interface NoteInput {
  readonly snapshot: AppSnapshot;
  /** milliseconds since 1970, and minutes after midnight where the user is */
  readonly now: number;
  readonly minuteOfDay: number;
  readonly isWindowInFront: boolean;
  readonly settings: NoteSettings;
}

export interface Decision {
  readonly memory: NoteMemory;
  readonly notes: readonly Note[];
  /** when to decide again although nothing changes, milliseconds since 1970 */
  readonly again?: number;
}

export const NO_MEMORY: NoteMemory = {
  incidents: {},
  told: {},
  standings: new Map(),
  ran: [],
  engineWasThere: false,
};

/** What lasts shorter than this is not worth a word, in milliseconds. Docker's retries have waited already. */
const HOLD_DOWN_MS: Readonly<Record<ProblemKind, number>> = {
  unhealthy: 0,
  memory: 0,
  restarts: 0,
  exited: 3_000,
  engine: 10_000,
};
/** So long all must be well until it counts as recovered. */
const WELL_FOR_MS = 3_000;
/** So long after an engine came everything may still be starting: the host boots, or the engine was restarted. */
const ARRIVAL_MS = 120_000;
/** More often than this within a quarter of an hour is flapping: said once, then silence until it is calm. */
const FLAPPING = 3;
const FLAPPING_WITHIN_MS = 15 * 60_000;
/** An operation that took so long is told when it ends in the background. */
const LONG_MS = 20_000;

/**
 * Decides what the user is told of. Pure: the same memory, snapshot and time give the same decision.
 *
 * A service is told of once an incident, with its cause, and once when it is well again; not for what suffers from
 * another, not for what somebody asked for, not while the stack is being worked on or its window is in front. What was
 * already wrong when the app came to see it is shown and not told; and while the host boots or the engine was restarted,
 * what goes wrong until all was well once has its time to come up.
 */
export function decide(last: NoteMemory, input: NoteInput): Decision {
  const { snapshot, now } = input;
  if (!snapshot.isCurrent) return { memory: last, notes: [] };
  const { current: project } = snapshot;
  // of another stack than before everything is seen for the first time
  const memory = last.project === project || last === NO_MEMORY ? last : NO_MEMORY;
  const engineWasThere = memory.engineWasThere || snapshot.engine.reachable;
  const isFirst = memory === NO_MEMORY || !memory.engineWasThere;
  const { operation, notes: ofOperation } = afterOperation(memory, input);
  const isWorkedOn = snapshot.stacks[0]?.operation !== undefined;
  const arrived = arrivalOf(memory, snapshot, now);
  const isArriving = arrived !== undefined;
  const standings = standingsOf(memory.standings, snapshot, now);
  const problems = isWorkedOn ? [] : problemsOf(snapshot, engineWasThere, standings);

  const incidents: Record<string, Incident> = {};
  const told: Record<string, readonly number[]> = recent(memory.told, now);
  const notes: Note[] = [...ofOperation];
  let again = Infinity;

  for (const problem of problems) {
    const before = memory.incidents[problem.key];
    const incident: Incident = {
      kind: problem.kind,
      since: before?.since ?? now,
      told: before?.told ?? (isFirst ? 'silently' : 'no'),
    };
    const isHeld = isArriving && problem.key !== ENGINE;
    const due = Math.max(
      incident.since + HOLD_DOWN_MS[problem.kind],
      isHeld ? arrived + ARRIVAL_MS : 0,
      problem.suffersUntil,
    );
    if (incident.told !== 'no') incidents[problem.key] = incident;
    else if (due > now) {
      incidents[problem.key] = incident;
      again = Math.min(again, due);
    } else {
      const times = told[problem.key] ?? [];
      const note =
        times.length > FLAPPING
          ? undefined
          : noteOf(
              problem,
              { since: incident.since, now, minuteOfDay: input.minuteOfDay },
              times.length === FLAPPING,
            );
      const isTold = note !== undefined && mayTell(note.kind, input);
      if (isTold) notes.push(note);
      // what nobody was told of does not count: the one line before the silence must be one that was told
      if (isTold || note === undefined) told[problem.key] = [...times, now];
      incidents[problem.key] = { ...incident, told: isTold ? 'yes' : 'silently' };
    }
  }

  for (const [key, incident] of Object.entries(memory.incidents)) {
    if (incidents[key]) continue;
    const { wellSince: was, ...rest } = incident;
    const condition = isWorkedOn ? 'unknown' : conditionOf(key, snapshot);
    if (condition === 'gone') continue;
    if (condition === 'unknown') {
      // nothing sure is known of it; what was never told begins anew
      if (incident.told !== 'no') incidents[key] = rest;
      continue;
    }
    const wellSince = was ?? now;
    if (wellSince + WELL_FOR_MS > now) {
      incidents[key] = { ...rest, wellSince };
      again = Math.min(again, wellSince + WELL_FOR_MS);
    } else if ((told[key]?.length ?? 0) <= FLAPPING) {
      const lasted = wellSince - incident.since;
      const note =
        key === ENGINE
          ? engineIsBack(memory.ran, lasted, snapshot)
          : recovery(key.slice(keyOf('').length), lasted);
      // an engine may be back too soon for a word, and what ran on it gone
      const isNews = note.kind !== 'recovered' && incident.told === 'no';
      if ((isNews || incident.told === 'yes') && mayTell(note.kind, input)) notes.push(note);
    }
  }
  const ran = isWorkedOn ? [] : incidents[ENGINE] ? memory.ran : upOf(snapshot);

  return {
    memory: { incidents, told, standings, ran, engineWasThere, arrived, operation, project },
    notes,
    ...(again < Infinity && { again }),
  };
}

const upOf = ({ stacks }: AppSnapshot): string[] =>
  (stacks[0]?.services ?? []).filter(isUp).map((s) => s.name);

/** It is yet to come. */
const AWAY = Infinity;

/** Since when the engine is there, while what it has was not all well yet; undefined once it was, or has had its time. */
function arrivalOf(memory: NoteMemory, { engine, stacks }: AppSnapshot, now: number): number | undefined {
  if (!engine.reachable) return AWAY;
  const arrived = memory === NO_MEMORY || memory.arrived === AWAY ? now : memory.arrived;
  if (arrived === undefined || now >= arrived + ARRIVAL_MS) return undefined;
  const isSettled = (stacks[0]?.services ?? []).every(({ status }) => WELL.has(status) || GONE.has(status));
  return isSettled ? undefined : arrived;
}

/** Something that is wrong, and until when that is taken for another's fault, milliseconds since 1970. */
type Wrong = Problem & { readonly suffersUntil: number };

function problemsOf(
  { engine, stacks, current: project = '' }: AppSnapshot,
  engineWasThere: boolean,
  standings: Standings,
): readonly Wrong[] {
  if (!engine.reachable) {
    const sentence = engine.error?.message ?? 'The container engine does not answer.';
    const problem: Wrong = { key: ENGINE, project, name: ENGINE, kind: 'engine', sentence, suffersUntil: 0 };
    return engineWasThere ? [problem] : [];
  }
  const services = stacks[0]?.services ?? [];
  return services.flatMap((s): Wrong[] => {
    const kind = kindOf(s);
    if (!kind) return [];
    const sentence = s.cause?.sentence ?? `${s.name} ended`;
    const detail = s.cause?.detail !== undefined && { detail: s.cause.detail };
    const suffers = suffersUntil(s, services, standings);
    return [{ key: keyOf(s.name), project, name: s.name, kind, sentence, ...detail, suffersUntil: suffers }];
  });
}

/** Undefined for what is well, and for what was stopped because somebody wanted it so. */
function kindOf({ status, cause, restarts }: ServiceState): ProblemKind | undefined {
  if (cause?.kind === 'oom') return 'memory';
  if (status === 'unhealthy') return 'unhealthy';
  if (status === 'restarting') return restarts >= RESTARTS_ARE_A_LOOP ? 'restarts' : 'exited';
  return status === 'failed' ? 'exited' : undefined;
}

const GONE: ReadonlySet<ServiceStatus> = new Set(['stopped', 'absent']);

/**
 * How something is that was wrong before and is not named as wrong now. Unknown: it starts, is paused, or the
 * engine is silent. Gone: somebody ended it or took it out of the stack, and needs no word of it.
 */
function conditionOf(key: string, { stacks, engine }: AppSnapshot): 'well' | 'gone' | 'unknown' {
  if (!engine.reachable) return 'unknown';
  if (key === ENGINE) return 'well';
  const service = stacks[0]?.services.find((s) => keyOf(s.name) === key);
  if (!service || GONE.has(service.status)) return 'gone';
  return WELL.has(service.status) ? 'well' : 'unknown';
}

const ENGINE = 'engine';
/** Services have any name, `engine` and `constructor` too. */
const keyOf = (service: string): string => `service:${service}`;

/** An operation that took long and ended while nobody looked; not one that was cancelled. */
function afterOperation(
  memory: NoteMemory,
  input: NoteInput,
): { operation?: NoteMemory['operation']; notes: readonly Note[] } {
  const { snapshot, now } = input;
  const before = memory.operation;
  // a silent engine says nothing of what is done on it
  if (!snapshot.engine.reachable) return { operation: before, notes: [] };
  const running = snapshot.stacks[0]?.operation;
  if (running) return { operation: before ?? { kind: running.kind, since: now }, notes: [] };
  if (!before || now - before.since < LONG_MS || !mayTell('operation', input)) return { notes: [] };
  const note = operationNote(before, snapshot);
  return { notes: note ? [note] : [] };
}

function mayTell(kind: NoteKind, { isWindowInFront, settings, minuteOfDay }: NoteInput): boolean {
  if (isWindowInFront || settings.off.includes(kind)) return false;
  if (!settings.quiet) return true;
  const [from, to] = settings.quiet;
  const isQuiet =
    from <= to ? minuteOfDay >= from && minuteOfDay < to : minuteOfDay >= from || minuteOfDay < to;
  return !isQuiet;
}

const recent = (told: NoteMemory['told'], now: number): Record<string, readonly number[]> =>
  Object.fromEntries(
    Object.entries(told)
      .map(([key, times]) => [key, times.filter((t) => now - t < FLAPPING_WITHIN_MS)] as const)
      .filter(([, times]) => times.length > 0),
  );
