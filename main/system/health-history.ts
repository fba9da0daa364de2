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

/** How all services of a stack were from a moment on; milliseconds since 1970. */
export interface HealthRecord {
  readonly at: number;
  readonly project: string;
  readonly services: Readonly<Record<string, ServiceHealth>>;
  /** what was done with the stack just then */
  readonly doing?: Operation['kind'] | undefined;
}

const MINUTES = 15;
const BARS = (24 * 60) / MINUTES;

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

export interface Incident {
  readonly service: string;
  readonly sentence: string;
}

/** Services that are ill now and were not before. */
export function turnedIll(before: HealthRecord['services'], now: HealthRecord['services']): Incident[] {
  return Object.entries(now).flatMap(([service, { health, sentence }]) =>
    health === 'ill' && before[service]?.health !== 'ill'
      ? [{ service, sentence: sentence ?? `${service} is not well` }]
      : [],
  );
}

/**
 * The last 24 hours of a stack, by service. A record holds until the next one, and no longer than twice the time in
 * which the app gives a sign of life: beyond that it did not run. A bar shows the worst of its time.
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
    2 * beatMs,
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
 * Unbroken times in which a service was ill; one that the app saw no end of ends where it stopped watching. What was done
 * last while it lasted, or when it ended, is what ended it; a stack where nothing was done came back by itself.
 */
function incidentsOf(spans: readonly Span[], service: string, now: number): HealthHistory['incidents'] {
  const found: HealthHistory['incidents'] = [];
  let open: { from: number; to: number; sentence: string; doing?: Operation['kind'] | undefined } | undefined;
  const close = (next?: Span): void => {
    if (!open) return;
    const { from, to, sentence, doing } = open;
    const isWell = next && next.services[service]?.health !== 'stopped';
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
  for (const span of spans) {
    const state = span.services[service];
    if (open && span.from > open.to) close();
    if (state?.health !== 'ill') {
      close(span);
      continue;
    }
    open = open
      ? { ...open, to: span.to, doing: span.doing ?? open.doing }
      : {
          from: span.from,
          to: span.to,
          sentence: state.sentence ?? `${service} was not well`,
          doing: span.doing,
        };
  }
  close();
  return found;
}

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
