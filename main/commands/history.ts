import type { HistoryEntry } from '../system/types.ts';
import { healthEntries } from '../system/health-history.ts';
import { HealthLog } from '../system/health-log.ts';
import type { RunCommand } from './command-types.ts';
import type { Style } from './style.ts';
import { namesStack, stackOf } from './target.ts';
import { print, printJson } from './terminal.ts';
import { span } from './text.ts';

export const run: RunCommand = async (call, context) => {
  const { terminal, screen, json } = context;
  const core = await context.core();
  const { state, folders } = core.edges;
  const health = new HealthLog(folders);
  const watched = health.projects().flatMap((p) => healthEntries(p, health.read(p, terminal.now())));
  const all = together(state.history(), watched);
  const project = namesStack(call) ? (await stackOf(call, context)).project : undefined;
  const entries = project === undefined ? all : all.filter((entry) => entry.project === project);
  if (json) await printJson(terminal, entries);
  else await print(terminal, historyText(entries, screen.style));
  return 0;
};

/** What was noted and what the app watched, newest first; what it still knows the length of is not told twice. */
export function together(
  noted: readonly HistoryEntry[],
  watched: readonly HistoryEntry[],
): readonly HistoryEntry[] {
  const beginningOf = ({ at, project, title }: HistoryEntry): string => JSON.stringify([at, project, title]);
  const known = new Set(watched.map(beginningOf));
  const others = noted.filter((entry) => entry.kind !== 'incident' || !known.has(beginningOf(entry)));
  return [...others, ...watched].toSorted((a, b) => (a.at < b.at ? 1 : -1));
}

/** Newest first: when, what, and the change to the version before. Ends with a newline. */
export function historyText(entries: readonly HistoryEntry[], style: Style): string {
  if (entries.length === 0) return 'Nothing has been changed or applied yet.\n';
  return entries
    .map((entry) => {
      const words = [WORDS[entry.kind], entry.project, entry.title, ...lengthOf(entry)];
      const what = words.filter((part) => part !== undefined).join('  ');
      const lines = entry.diff === '' ? [] : entry.diff.trimEnd().split('\n');
      const diff = lines.map((line) => `  ${style.paint(colourOf(line), line)}\n`);
      return `${style.paint('bold', `${entry.at}  ${what}`)}\n${diff.join('')}`;
    })
    .join('\n');
}

const WORDS: Readonly<Record<HistoryEntry['kind'], string>> = {
  settings: 'settings',
  profile: 'profile',
  incident: 'incident',
  health: 'not well',
  unwatched: 'not watched',
};

/** Of what lasts: how long, and what ended it. */
function lengthOf({ at, until, kind, done }: HistoryEntry): string[] {
  if (kind !== 'health' && kind !== 'unwatched') return [];
  const length = until === undefined ? 'until now' : `for ${span(Date.parse(until) - Date.parse(at))}`;
  if (done === undefined) return [length];
  return [`${length}, ${done === 'itself' ? 'came back by itself' : `ended by ${done}`}`];
}

function colourOf(line: string): 'green' | 'red' | 'dim' | 'reset' {
  if (/^(\+\+\+|---|@@|===)/.test(line)) return 'dim';
  if (line.startsWith('+')) return 'green';
  return line.startsWith('-') ? 'red' : 'reset';
}
