import type { HistoryEntry } from '../system/types.ts';
import type { RunCommand } from './command-types.ts';
import type { Style } from './style.ts';
import { namesStack, stackOf } from './target.ts';
import { print, printJson } from './terminal.ts';

export const run: RunCommand = async (call, context) => {
  const { terminal, screen, json } = context;
  const core = await context.core();
  const all = core.edges.state.history();
  const project = namesStack(call) ? (await stackOf(call, context)).project : undefined;
  const entries = project === undefined ? all : all.filter((entry) => entry.project === project);
  if (json) await printJson(terminal, entries);
  else await print(terminal, historyText(entries, screen.style));
  return 0;
};

/** Newest first: when, what, and the change to the version before. Ends with a newline. */
export function historyText(entries: readonly HistoryEntry[], style: Style): string {
  if (entries.length === 0) return 'Nothing has been changed or applied yet.\n';
  return entries
    .map((entry) => {
      const what = [entry.kind, entry.project, entry.title].filter((part) => part !== undefined).join('  ');
      const lines = entry.diff === '' ? [] : entry.diff.trimEnd().split('\n');
      const diff = lines.map((line) => `  ${style.paint(colourOf(line), line)}\n`);
      return `${style.paint('bold', `${entry.at}  ${what}`)}\n${diff.join('')}`;
    })
    .join('\n');
}

function colourOf(line: string): 'green' | 'red' | 'dim' | 'reset' {
  if (/^(\+\+\+|---|@@|===)/.test(line)) return 'dim';
  if (line.startsWith('+')) return 'green';
  return line.startsWith('-') ? 'red' : 'reset';
}
