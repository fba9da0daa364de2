export type Level = 'error' | 'warning' | 'info' | 'debug';

/** From the worst on. */
export const LEVELS: readonly Level[] = ['error', 'warning', 'info', 'debug'];

const WORDS: Readonly<Record<string, Level>> = {
  emerg: 'error',
  emergency: 'error',
  alert: 'error',
  panic: 'error',
  fatal: 'error',
  crit: 'error',
  critical: 'error',
  severe: 'error',
  error: 'error',
  err: 'error',
  warning: 'warning',
  warn: 'warning',
  notice: 'info',
  info: 'info',
  information: 'info',
  log: 'info',
  debug: 'debug',
  debug1: 'debug',
  debug2: 'debug',
  debug3: 'debug',
  debug4: 'debug',
  debug5: 'debug',
  verbose: 'debug',
  trace: 'debug',
};
const WORD = Object.keys(WORDS)
  .toSorted((a, b) => b.length - a.length)
  .join('|');

/** A level is looked for in this many characters from the start of a line. */
const WITHIN = 300;

/** Where programs put the word; the first that fits counts. */
const PLACES: readonly RegExp[] = [
  // {"level":"error", …}; pino's and bunyan's numbers are below
  new RegExp(`"(?:level|lvl|severity|levelname|log\\.level)"\\s*:\\s*"(${WORD})"`, 'i'),
  // logfmt, which Redis 8 can write: level=warning
  new RegExp(`(?:^|\\s)(?:level|lvl|severity)="?(${WORD})\\b`, 'i'),
  // nginx: 2026/11/26 10:00:00 [error] 29#29: …; Python: [INFO] …
  new RegExp(`\\[\\s*(${WORD})\\s*\\]`, 'i'),
  // PostgreSQL: … UTC [1] LOG:  …; uvicorn: INFO:     …; logging.basicConfig: ERROR:root:…
  new RegExp(`(?:^|\\s)(${WORD.toUpperCase()}):`),
  // Letta: … - letta.server - WARNING - …; loguru: … | ERROR    | …
  new RegExp(`\\s[-|]\\s+(${WORD.toUpperCase()})\\s+[-|]`),
  // at the start, or behind nothing but a time: 2026-11-26 10:00:00,123 ERROR …
  new RegExp(`^[\\s\\d:.,/TZ+-]*(${WORD.toUpperCase()})\\s`),
];
const NUMBER = /"level"\s*:\s*(\d{2})\b/;
/** Redis: `1:M 26 Nov 2026 10:00:00.000 * Ready` (redis/src/server.c, serverLogRaw). */
const REDIS = /^\d+:[XCSM] \d+ \w{3} \d{4} [\d:.]+ ([.\-*#]) /;
const REDIS_MARKS: Readonly<Record<string, Level>> = {
  '.': 'debug',
  '-': 'debug',
  '*': 'info',
  '#': 'warning',
};
/** The access log of nginx and others, by the answer's status: `… "GET / HTTP/1.1" 502 …` */
const ACCESS = /^\S+ \S+ \S+ \[[^\]]+\] "[^"]*" ([1-5])\d\d /;
/** Lines that belong to the one before: of a stack trace, or PostgreSQL's words on its error. */
const CONTINUED = /^\s+\S|^Traceback |\s(?:DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LOCATION):\s/;

/**
 * How grave a line is by its own words; undefined where it says nothing of it. A line that continues another has that
 * one's level.
 * @param before level of the service's line before it
 */
export function levelOf(line: string, before?: Level): Level | undefined {
  const text = line.slice(0, WITHIN);
  const redis = REDIS.exec(text)?.[1];
  if (redis !== undefined) return REDIS_MARKS[redis];
  const status = ACCESS.exec(text)?.[1];
  if (status !== undefined) return status === '5' ? 'error' : status === '4' ? 'warning' : 'info';
  if (CONTINUED.test(text)) return before;
  for (const place of PLACES) {
    const word = place.exec(text)?.[1];
    if (word !== undefined) return WORDS[word.toLowerCase()];
  }
  const number = text.startsWith('{') ? NUMBER.exec(text)?.[1] : undefined;
  return number === undefined ? undefined : levelOfNumber(Number(number));
}

/** pino and bunyan: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal. */
function levelOfNumber(number: number): Level {
  if (number >= 50) return 'error';
  if (number >= 40) return 'warning';
  return number >= 30 ? 'info' : 'debug';
}
