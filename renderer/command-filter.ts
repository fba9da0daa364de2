import type { Command } from './commands.ts';

/**
 * The commands in which every word of the query is found, upper and lower case being one. First those whose title
 * begins with the query, then those in which each word begins a word of the title, then the rest; otherwise in their
 * order.
 */
export function matching(commands: readonly Command[], query: string): Command[] {
  const asked = wordsOf(query);
  return commands
    .map((command) => ({ command, rank: rankOf(command, asked) }))
    .filter(({ rank }) => rank < Infinity)
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ command }) => command);
}

function rankOf({ title, words = '' }: Command, asked: readonly string[]): number {
  const own = wordsOf(title);
  if (own.join(' ').startsWith(asked.join(' '))) return 0;
  if (asked.every((word) => own.some((w) => w.startsWith(word)))) return 1;
  const all = `${own.join(' ')} ${words}`;
  return asked.every((word) => all.includes(word)) ? 2 : Infinity;
}

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
