import type { Stack } from '../stack/stack-types.ts';
import { type Candidate, candidates, type Sources } from './candidates.ts';
import type { Context, RunCommand } from './command-types.ts';
import { bundledProfiles } from './edges.ts';
import { parseCommandLine } from './parse.ts';
import { GLOBAL_KEYS } from '../system/global-settings.ts';
import { stackOf } from './target.ts';
import { print } from './terminal.ts';

/** What the completion scripts call: a line a candidate, `value<TAB>summary`. Never an error: a key was pressed. */
export const run: RunCommand = async (call, context) => {
  const found = await candidates(call.rest, sourcesOf(context));
  const line = ({ value, summary }: Candidate): string =>
    summary === undefined ? value : `${value}\t${summary}`;
  await print(context.terminal, found.map((c) => `${line(c)}\n`).join(''));
  return 0;
};

function sourcesOf(context: Context): Sources {
  /** of a stack that may not be there, or whose files may be wrong */
  const of = async (
    stackWords: readonly string[],
    read: (stack: Stack) => Promise<readonly string[]>,
  ): Promise<readonly string[]> => {
    const parsed = parseCommandLine(['ps', ...stackWords], bundledProfiles);
    if (parsed.kind !== 'call') return [];
    try {
      return await read(await stackOf(parsed.call, context));
    } catch {
      return []; // then there is nothing to offer; the command itself will say why
    }
  };
  return {
    profiles: bundledProfiles,
    services: (words) => of(words, async (stack) => Object.keys((await stack.load()).project.services)),
    secrets: (words) => of(words, async (stack) => (await stack.secrets()).map((s) => s.name)),
    settings: async (words) => [
      ...(words.length === 0 ? GLOBAL_KEYS : []),
      ...(await of(words, (stack) => Promise.resolve((stack.block?.settings ?? []).map((s) => s.name)))),
    ],
    models: async () => (await import('../gpu/report.ts')).modelNames(),
  };
}
