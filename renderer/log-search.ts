import { useEffect, useMemo, useReducer, useState } from 'react';
import type { LogEntry } from './log-window.ts';

/** So long may it search before the page draws again, in milliseconds. */
const SLICE_MS = 8;

/** A hit: the line, and which one in it. */
export interface Hit {
  readonly id: number;
  readonly nth: number;
}

/** What is looked for, as it stands, upper and lower case being one. */
export const patternOf = (query: string): RegExp | undefined =>
  query === '' ? undefined : new RegExp(query.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`), 'giu');

/** Where it stands in a text. */
export function hitsIn(text: string, pattern: RegExp | undefined): (readonly [from: number, to: number])[] {
  if (!pattern) return [];
  return Array.from(text.matchAll(pattern), ({ 0: found, index }) => [index, index + found.length] as const);
}

/** How often a pattern stands in each line; counted in slices, so that a long log holds nothing up. */
class Counts {
  readonly #pattern: RegExp;
  #counts = new Map<number, number>();

  constructor(pattern: RegExp) {
    this.#pattern = pattern;
  }

  /** Undefined while it was not looked at. */
  of({ id }: LogEntry): number | undefined {
    return this.#counts.get(id);
  }

  /** Looks at those that were not looked at, and says when it has got on; gives the way to stop. */
  count(entries: readonly LogEntry[], gotOn: () => void): () => void {
    let next = 0;
    let timer: number | undefined;
    if (this.#counts.size > 2 * entries.length) this.#forget(entries);
    const slice = (): void => {
      const until = performance.now() + SLICE_MS;
      while (next < entries.length && performance.now() < until) {
        for (const entry of entries.slice(next, (next += 20))) {
          if (!this.#counts.has(entry.id))
            this.#counts.set(entry.id, hitsIn(entry.text, this.#pattern).length);
        }
      }
      if (next < entries.length) timer = window.setTimeout(slice);
      gotOn();
    };
    slice();
    return () => clearTimeout(timer);
  }

  #forget(entries: readonly LogEntry[]): void {
    const kept = entries.flatMap(({ id }) => {
      const count = this.#counts.get(id);
      return count === undefined ? [] : [[id, count] as const];
    });
    this.#counts = new Map(kept);
  }
}

export interface LogSearch {
  readonly pattern: RegExp | undefined;
  /** hits in all lines that are shown, as far as they were looked at */
  readonly total: number;
  /** some lines were not looked at yet */
  readonly isBusy: boolean;
  readonly current: Hit | undefined;
  /** of the current one among all, from 1 on */
  readonly position: number | undefined;
  /** The hit after or before the current one; where there is none, after or before the line `from`. Its line's index. */
  readonly move: (by: 1 | -1, from: number) => number | undefined;
}

/** Finds a text in the lines that are shown. */
export function useLogSearch(entries: readonly LogEntry[], query: string): LogSearch {
  const pattern = useMemo(() => patternOf(query), [query]);
  const counts = useMemo(() => pattern && new Counts(pattern), [pattern]);
  const [current, setCurrent] = useState<Hit & { readonly of: RegExp }>();
  const [, draw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => counts?.count(entries, draw), [counts, entries]);

  let total = 0;
  let position: number | undefined;
  let isBusy = false;
  const isCurrent = current !== undefined && current.of === pattern;
  for (const entry of counts ? entries : []) {
    const count = counts?.of(entry);
    if (isCurrent && entry.id === current.id) position = total + current.nth + 1;
    total += count ?? 0;
    isBusy ||= count === undefined;
  }

  function move(by: 1 | -1, from: number): number | undefined {
    if (!counts || !pattern || total === 0) return undefined;
    const at = isCurrent ? entries.findIndex(({ id }) => id === current.id) : -1;
    const start = at < 0 ? from : at;
    const found = nextHit(entries, (entry) => counts.of(entry) ?? 0, {
      by,
      start,
      nth: at < 0 || !isCurrent ? undefined : current.nth,
    });
    if (!found) return undefined;
    setCurrent({ id: found.id, nth: found.nth, of: pattern });
    return found.index;
  }

  return { pattern, total, isBusy, current: position === undefined ? undefined : current, position, move };
}

interface Start {
  readonly by: 1 | -1;
  /** index of the line where it begins */
  readonly start: number;
  /** the hit there that is the current one; undefined: none is */
  readonly nth: number | undefined;
}

/** The next hit in one direction, around the end if it must be. */
export function nextHit(
  entries: readonly LogEntry[],
  countOf: (entry: LogEntry) => number,
  { by, start, nth }: Start,
): (Hit & { readonly index: number }) | undefined {
  const here = entries[start];
  if (!here) return undefined;
  const inLine = nth === undefined ? (by === 1 ? 0 : -1) : nth + by;
  if (inLine >= 0 && inLine < countOf(here)) return { index: start, id: here.id, nth: inLine };
  for (let step = 1; step <= entries.length; step += 1) {
    const index = (start + by * step + entries.length * 2) % entries.length;
    const entry = entries[index];
    const count = entry ? countOf(entry) : 0;
    if (entry && count > 0) return { index, id: entry.id, nth: by === 1 ? 0 : count - 1 };
  }
  return undefined;
}
