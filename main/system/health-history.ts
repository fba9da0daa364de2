import type { AppSnapshot, HealthBar, HealthHistory } from '../channels.ts';
import type { Operation, ServiceStatus } from '../contract.ts';
import { incidentText } from '../incident-text.ts';
import type { HistoryEntry } from './types.ts';

/** How a service was from a moment on. */
interface ServiceHealth {
  readonly health: Exclude<HealthBar, 'unwatched'>;
  /** why it was ill */
  readonly sentence?: string | undefined;
}

/** How all services of a stack were from a moment on; milliseconds since 1970. Without any, nobody watched from then on. */
export interface HealthRecord {
  readonly at: number;
  readonly project: string;
  readonly services: Readonly<Record<string, ServiceHealth>>;
  /** what was done with the stack just then */
  readonly doing?: Operation['kind'] | undefined;
}

const MINUTES = 15;
const BARS = (24 * 60) / MINUTES;
/** So much later than it is due a sign of life may come, in milliseconds. */
const LATE_MS = 30_000;

const HEALTH: Readonly<Record<ServiceStatus, ServiceHealth['health']>> = {
  healthy: 'well',
  running: 'well',
  // what comes up is not ill yet, and was not well until it is
  starting: 'starting',
  completed: 'well',
  unhealthy: 'ill',
  restarting: 'ill',
  failed: 'ill',
  paused: 'stopped',
  stopped: 'stopped',
  created: 'stopped',
  absent: 'stopped',
};

/** Of a snapshot; undefined where it says nothing sure: not current, or the engine does not answer. */
export function healthOf({ isCurrent, engine, stacks }: AppSnapshot): HealthRecord['services'] | undefined {
  const [stack] = stacks;
  if (!isCurrent || !engine.reachable || !stack || stack.status === 'unknown') return undefined;
  return Object.fromEntries(
    stack.services.map((s) => {
      const health = HEALTH[s.status];
      return [
        s.name,
        { health, ...(health === 'ill' && { sentence: s.cause?.sentence ?? `${s.name} is ${s.status}` }) },
      ];
    }),
  );
}

/** Well for a shorter time than this is a restart between two ends, in milliseconds. */
const WELL_FOR_MS = 3_000;

export interface Incident {
  /** ISO 8601 */
  readonly at: string;
  readonly service: string;
  readonly sentence: string;
}

/** Services that are ill, or were and are not known to be over it: since when they are well, by name. */
export type Ill = ReadonlyMap<string, { readonly wellSince?: number }>;

/** Incidents that begin now, and which ones go on. What starts again is not over it: a loop of restarts is one. */
export function incidentsNow(
  before: Ill,
  services: HealthRecord['services'],
  now: number,
): { ill: Ill; begun: Incident[] } {
  const ill = new Map<string, { readonly wellSince?: number }>();
  const begun: Incident[] = [];
  const at = new Date(now).toISOString();
  for (const [service, { health, sentence }] of Object.entries(services)) {
    const known = before.get(service);
    const wellSince = known?.wellSince ?? now;
    if (health === 'ill') {
      ill.set(service, {});
      if (!known || now - wellSince >= WELL_FOR_MS)
        begun.push({ at, service, sentence: sentence ?? `${service} is not well` });
    } else if (known && health !== 'stopped') ill.set(service, health === 'well' ? { wellSince } : known);
  }
  return { ill, begun };
}

/**
 * The last 24 hours of a stack, by service. A record holds until the next one, and no longer than the time in which the
 * app gives a sign of life: beyond that it did not run. A bar shows the worst of its time.
 */
export function healthHistory(
  records: readonly HealthRecord[],
  project: string,
  now: number,
  beatMs: number,
): HealthHistory {
  const bar = MINUTES * 60_000;
  // the last bar is the one that is going on
  const from = Math.ceil(now / bar) * bar - BARS * bar;
  const spans = spansOf(
    records.filter((r) => r.project === project),
    now,
    beatMs + LATE_MS,
  );
  const names = [...new Set(spans.flatMap((s) => Object.keys(s.services)))];
  return {
    from: new Date(from).toISOString(),
    minutes: MINUTES,
    services: names.map((service) => ({
      service,
      bars: Array.from({ length: BARS }, (_, i) =>
        worst(spans, service, from + i * bar, from + (i + 1) * bar),
      ),
    })),
    incidents: names
      .flatMap((service) => incidentsOf(spans, service, now))
      .filter((i) => i.to === undefined || Date.parse(i.to) > from)
      .toSorted((a, b) => Date.parse(b.from) - Date.parse(a.from)),
  };
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly services: HealthRecord['services'];
  readonly doing?: Operation['kind'] | undefined;
}

function spansOf(records: readonly HealthRecord[], now: number, longest: number): Span[] {
  return records.map((r, i) => ({
    from: r.at,
    to: Math.min(records[i + 1]?.at ?? now, r.at + longest),
    services: r.services,
    doing: r.doing,
  }));
}

const WORST: readonly HealthBar[] = ['ill', 'starting', 'well', 'stopped'];

function worst(spans: readonly Span[], service: string, from: number, to: number): HealthBar {
  const seen = new Set(
    spans.filter((s) => s.from < to && s.to > from).map((s) => s.services[service]?.health),
  );
  return WORST.find((health) => health !== 'unwatched' && seen.has(health)) ?? 'unwatched';
}

/**
 * Unbroken times in which a service was ill; one that the app saw no end of ends where it stopped watching. What starts
 * again is not well yet: a loop of restarts is one. What was done last while it lasted, or when it ended, is what ended
 * it; a stack where nothing was done came back by itself.
 */
function incidentsOf(spans: readonly Span[], service: string, now: number): HealthHistory['incidents'] {
  const found: HealthHistory['incidents'] = [];
  let open: { from: number; to: number; sentence: string; doing?: Operation['kind'] | undefined } | undefined;
  const close = (next?: Span): void => {
    if (!open) return;
    const { from, to, sentence, doing } = open;
    const isWell = next?.services[service]?.health === 'well';
    const done = next && (next.doing ?? doing ?? (isWell ? 'itself' : undefined));
    found.push({
      service,
      from: new Date(from).toISOString(),
      ...(to < now && { to: new Date(to).toISOString() }),
      sentence,
      ...(done && { done }),
    });
    open = undefined;
  };
  for (const [i, span] of spans.entries()) {
    const state = span.services[service];
    const isBrief = span.to - span.from < WELL_FOR_MS && spans[i + 1]?.services[service]?.health === 'ill';
    if (open && (span.from > open.to || isUnwatched(span))) close();
    const isOver = state?.health === 'well' ? !isBrief : state?.health === 'stopped' || !state;
    if (open && !isOver) {
      open = { ...open, to: span.to, doing: span.doing ?? open.doing };
    } else if (state?.health === 'ill') {
      const sentence = state.sentence ?? `${service} was not well`;
      open = { from: span.from, to: span.to, sentence, doing: span.doing };
    } else close(span);
  }
  close();
  return found;
}

const isUnwatched = ({ services }: Span): boolean => Object.keys(services).length === 0;

/** The same for the terminal's history: what was ill, and when nobody watched. Nothing where it was never watched. */
export function healthEntries(
  project: string,
  { from, minutes, services, incidents }: HealthHistory,
): HistoryEntry[] {
  const ill = incidents.map(({ service, from: at, to, sentence, done }): HistoryEntry => ({
    at,
    ...(to !== undefined && { until: to }),
    kind: 'health',
    project,
    title: incidentText({ service, sentence }),
    ...(done !== undefined && { done }),
    diff: '',
  }));
  const atBar = (i: number): string => new Date(Date.parse(from) + i * minutes * 60_000).toISOString();
  const isWatched = (services[0]?.bars ?? []).map((_, i) => services.some((s) => s.bars[i] !== 'unwatched'));
  const unwatched = isWatched.flatMap((watched, i): HistoryEntry[] => {
    if (watched || isWatched[i - 1] === false) return [];
    const next = isWatched.indexOf(true, i);
    const until = next === -1 ? {} : { until: atBar(next) };
    return [{ at: atBar(i), ...until, kind: 'unwatched', project, diff: '' }];
  });
  return [...ill, ...unwatched];
}
