import type { RunCommand } from './command-types.ts';
import type { ProfilesJson } from './json-shapes.ts';
import { print, printJson } from './terminal.ts';
import { table } from './text.ts';

export const run: RunCommand = async (_call, context) => {
  const { terminal, screen, json } = context;
  const core = await context.core();
  const profiles = (await core.profiles()).map(({ id, block }): ProfilesJson[number] => ({
    id,
    title: block.title,
    summary: block.summary,
    version: block.version,
    ...(block.support && { support: { ...block.support } }),
    needs: { ...block.needs },
  }));
  if (json) {
    await printJson(terminal, profiles);
    return 0;
  }
  const rows = profiles.map((p) => [p.id, p.title, p.version, p.support?.status ?? '-', p.summary]);
  await print(terminal, table(screen.style, ['PROFILE', 'TITLE', 'VERSION', 'SUPPORT', 'WHAT IT IS'], rows));
  return 0;
};
