import { join } from 'node:path';
import type { Check, DoctorContext } from '../doctor-types.ts';

/** What a server leaves in `.letta`; the Letta Code client keeps other things there, and they are its own. */
const OF_A_SERVER = ['.persist', 'config', 'conf.yaml', 'sqlite.db', 'tool_execution_dir'];

/** A `.letta` folder of a server that ran without this stack: its agents are there, and this stack does not see them. */
export const checkStrayFolder: Check = {
  id: 'stray-folder',
  title: 'Stray .letta folder',
  category: 'machine',
  applicable: () => Promise.resolve(true),
  run: async (ctx) => {
    const folders = [...new Set([ctx.home, await projectFolder(ctx)])]
      .filter((folder) => folder !== undefined)
      .map((folder) => join(folder, '.letta'));
    const found: string[] = [];
    let first: string | undefined;
    for (const folder of folders) {
      const left = (await ctx.entries(folder))?.filter((name) => OF_A_SERVER.includes(name)) ?? [];
      if (left.length === 0) continue;
      found.push(`${folder} was left by another Letta server (${left.join(', ')})`);
      first ??= folder;
    }
    if (first === undefined) return { status: 'ok', detail: `none in ${folders.join(', ')}` };
    return {
      status: 'warn',
      detail: found.join('\n'),
      fix: 'This stack keeps its data in volumes and does not read it. Keep it if you need its agents, else remove it.',
      remedy: { do: 'open-folder', folder: first },
    };
  },
};

/** Undefined when the compose file cannot be read, which its own check tells. */
const projectFolder = (ctx: DoctorContext): Promise<string | undefined> =>
  ctx.stack().then(
    (stack) => stack.directory,
    () => undefined,
  );
