import type { LogSince } from '../main/channels.ts';
import { LEVELS, type Level } from './log-level.ts';
import type { LogEntry } from './log-window.ts';
import type { Choice } from './option-words.ts';

/** Lines of this level and of worse ones; `all`: also those that say none. */
export type LevelFilter = 'all' | Level;

export const LEVEL_CHOICES: readonly Choice<LevelFilter>[] = [
  { value: 'all', title: 'All' },
  { value: 'error', title: 'Errors' },
  { value: 'warning', title: 'Warnings and worse' },
  { value: 'info', title: 'Info and worse' },
  { value: 'debug', title: 'Any that is said' },
];

export const SINCE_CHOICES: readonly Choice<LogSince>[] = [
  { value: 'all', title: 'The beginning' },
  { value: 'start', title: 'The last start' },
  { value: '24h', title: '24 hours ago' },
  { value: '1h', title: '1 hour ago' },
  { value: '15m', title: '15 minutes ago' },
];

export function ofLevel(entries: readonly LogEntry[], filter: LevelFilter): readonly LogEntry[] {
  if (filter === 'all') return entries;
  const worst = LEVELS.indexOf(filter);
  return entries.filter(({ level }) => level !== undefined && LEVELS.indexOf(level) <= worst);
}
