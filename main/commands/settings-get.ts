import type { RunCommand } from './command-types.ts';
import type { SettingJson } from './json-shapes.ts';
import { readSettings } from './settings-read.ts';
import { targetThere, valueOf } from './settings-target.ts';
import { print, printJson } from './terminal.ts';

export const run: RunCommand = async (call, context) => {
  const target = await targetThere(call, context, call.values[0] ?? '');
  const value = valueOf(target, await readSettings(context));
  const said: SettingJson = { name: target.name, value };
  if (context.json) await printJson(context.terminal, said);
  else if (value !== null) await print(context.terminal, `${value}\n`);
  return 0;
};
