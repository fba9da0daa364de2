import type { Span, TextLook } from './ansi.ts';

/** A part of a line that is drawn in one way. */
export interface LogPart {
  readonly text: string;
  readonly look: TextLook;
  /** which hit of the line it belongs to; a hit across colours has several parts */
  readonly hit: number | undefined;
}

/** Cuts the spans of a line where hits begin and end. */
export function partsOf(
  spans: readonly Span[],
  hits: readonly (readonly [from: number, to: number])[],
): LogPart[] {
  const parts: LogPart[] = [];
  let at = 0;
  let hit = 0;
  for (const { text, look } of spans) {
    const end = at + text.length;
    const start = at;
    while (at < end) {
      const [from, to] = hits[hit] ?? [Infinity, Infinity];
      const isHit = at >= from;
      const next = Math.min(end, isHit ? to : from);
      parts.push({ text: text.slice(at - start, next - start), look, hit: isHit ? hit : undefined });
      at = next;
      if (at >= to) hit += 1;
    }
  }
  return parts;
}
