const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A span in its two largest units: `3 d 4 h`, `12 s`. */
export function span(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < MINUTE) return `${s} s`;
  if (s < HOUR) return `${Math.floor(s / MINUTE)} min`;
  if (s < DAY) return two(Math.floor(s / HOUR), 'h', Math.floor((s % HOUR) / MINUTE), 'min');
  return two(Math.floor(s / DAY), 'd', Math.floor((s % DAY) / HOUR), 'h');
}

/** How long something took, as short as it may be: `84 ms`, `1.2 s`. */
export function took(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : span(ms);
}

/** Time since an ISO 8601 time; undefined where it is none. */
export function since(iso: string, now: number): string | undefined {
  const at = Date.parse(iso);
  return Number.isNaN(at) ? undefined : span(now - at);
}

/** The time of day here of an ISO 8601 time or milliseconds, `14:02:33`; undefined where it is no time. */
export function timeOfDay(time: string | number): string | undefined {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return undefined;
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((n) => String(n).padStart(2, '0')).join(':');
}

/** The time of day without seconds, `14:02`; undefined where it is no time. */
export const clock = (time: string | number): string | undefined => timeOfDay(time)?.slice(0, 5);

/** The day here of an ISO 8601 time and its time of day, `2026-01-31 14:02`; the text itself where it is no time. */
export function dayAndTime(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock(iso)}`;
}

/** A time of the last 24 hours: `14:02`, `yesterday 23:11`; undefined where it is none. */
export function recentTime(iso: string, now: number): string | undefined {
  const time = clock(iso);
  const day = (at: number): string => new Date(at).toDateString();
  if (time === undefined || day(Date.parse(iso)) === day(now)) return time;
  return `yesterday ${time}`;
}

const two = (a: number, unit: string, b: number, small: string): string =>
  b === 0 ? `${a} ${unit}` : `${a} ${unit} ${b} ${small}`;
