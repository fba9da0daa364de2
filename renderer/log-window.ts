import type { LogLineShape, LogPageShape } from '../main/channels.ts';
import { levelOf, type Level } from './log-level.ts';
import { logText, plain } from './text.ts';

/** The window keeps no more than this: so many lines, and so many characters. */
export const MOST_LINES = 50_000;
export const MOST_CHARS = 20_000_000;
/** What a line costs besides its text, as characters. */
const OVERHEAD = 100;

/** A line as the window keeps it. */
export interface LogEntry {
  /** grows with each line that arrives */
  readonly id: number;
  /** when it was written; ISO 8601 */
  readonly at: string;
  readonly service: string;
  readonly stream: LogLineShape['stream'];
  readonly level: Level | undefined;
  /** with its colours */
  readonly raw: string;
  /** what is shown of it, and searched */
  readonly text: string;
}

/** The lines that the window keeps, in the order of their time, and what it knows of those that it does not. */
export interface LogWindow {
  readonly entries: readonly LogEntry[];
  /** of the entries, in characters */
  readonly size: number;
  /** older lines that were here, and can be read again */
  readonly letGo: number;
  /** the engine has older lines */
  readonly hasOlder: boolean;
  /** older lines that were here and that the engine has no more: their container is gone, or its log was rotated */
  readonly lost: number;
  /** newer lines that were not taken, or were let go: the end is not here */
  readonly newer: number;
  readonly nextId: number;
  /** of the newest line of each service */
  readonly levels: ReadonlyMap<string, Level | undefined>;
}

export const EMPTY: LogWindow = {
  entries: [],
  size: 0,
  letGo: 0,
  hasOlder: false,
  lost: 0,
  newer: 0,
  nextId: 1,
  levels: new Map(),
};

/**
 * With lines that were just written. A full window lets go of its oldest lines; where somebody reads older ones it stays
 * as it is, and counts what comes.
 * @param isHeld the end is not in sight
 */
export function withNew(window: LogWindow, lines: readonly LogLineShape[], isHeld: boolean): LogWindow {
  if (window.newer > 0) return { ...window, newer: window.newer + lines.length };
  const { entries, levels } = entriesOf(lines, window.nextId, window.levels);
  const size = window.size + sizeOf(entries);
  const all = merged(window.entries, entries);
  if (isHeld && isTooMuch(all.length, size)) return { ...window, newer: lines.length };
  const next = { ...window, entries: all, size, nextId: window.nextId + lines.length, levels };
  let first = 0;
  let left = size;
  for (; isTooMuch(all.length - first, left); first += 1) left -= sizeOf(all.slice(first, first + 1));
  return first === 0 ? next : { ...next, entries: all.slice(first), size: left, letGo: window.letGo + first };
}

/** With the page before its first line; what is too much then is let go of at the new end. */
export function withOlder(window: LogWindow, { lines, hasOlder }: LogPageShape): LogWindow {
  const { entries } = entriesOf(lines, window.nextId, new Map());
  const all = merged(entries, window.entries);
  let left = window.size + sizeOf(entries);
  let last = all.length;
  for (; isTooMuch(last, left); last -= 1) left -= sizeOf(all.slice(last - 1, last));
  const letGo = Math.max(0, window.letGo - lines.length);
  return {
    ...window,
    entries: all.slice(0, last),
    size: left,
    newer: window.newer + all.length - last,
    nextId: window.nextId + lines.length,
    letGo: hasOlder ? letGo : 0,
    lost: hasOlder ? window.lost : window.lost + letGo,
    hasOlder,
  };
}

/** With the page that a new session begins with: joined to what is here where nothing can be missing in between. */
export function rejoined(window: LogWindow, page: LogPageShape): LogWindow {
  const [first] = page.lines;
  const last = window.entries.at(-1);
  if (!first && last) return window;
  if (!first || !last || window.newer > 0 || (page.hasOlder && first.at > last.at)) {
    const fresh = withNew({ ...EMPTY, nextId: window.nextId }, page.lines, false);
    return { ...fresh, hasOlder: fresh.hasOlder || page.hasOlder };
  }
  // what is pushed may come before the page
  const isBefore = first.at < (window.entries[0]?.at ?? '');
  const known = new Set(window.entries.filter(({ at }) => at >= first.at).map(keyOf));
  const lines = page.lines.filter((line) => !known.has(keyOf(line)));
  return { ...withNew(window, lines, false), hasOlder: isBefore ? page.hasOlder : window.hasOlder };
}

const keyOf = ({ at, service }: { at: string; service: string }): string => `${at} ${plain(service)}`;

const isTooMuch = (count: number, size: number): boolean =>
  count > MOST_LINES || (size > MOST_CHARS && count > 1);

function sizeOf(entries: readonly LogEntry[]): number {
  let size = 0;
  for (const { raw, text } of entries) size += OVERHEAD + text.length + (raw === text ? 0 : raw.length);
  return size;
}

function entriesOf(
  lines: readonly LogLineShape[],
  nextId: number,
  before: LogWindow['levels'],
): { entries: LogEntry[]; levels: LogWindow['levels'] } {
  const levels = new Map(before);
  const entries = lines.map(({ service, stream, at, text: raw }, i) => {
    const text = logText(raw);
    const level = levelOf(text, levels.get(service));
    levels.set(service, level);
    return { id: nextId + i, at: plain(at), service: plain(service), stream, level, raw, text };
  });
  return { entries, levels };
}

/** Both in the order of time; services are read side by side, so that a line may come after a younger one. */
function merged(old: readonly LogEntry[], fresh: readonly LogEntry[]): readonly LogEntry[] {
  const sorted = fresh.toSorted(byTime);
  const [first] = sorted;
  const last = old.at(-1);
  if (!first || !last) return old.length > 0 ? old : sorted;
  if (last.at <= first.at) return [...old, ...sorted];
  let from = old.length;
  while (from > 0 && (old[from - 1]?.at ?? '') > first.at) from -= 1;
  return [...old.slice(0, from), ...[...old.slice(from), ...sorted].toSorted(byTime)];
}

const byTime = (a: LogEntry, b: LogEntry): number => (a.at < b.at ? -1 : Number(a.at > b.at));
