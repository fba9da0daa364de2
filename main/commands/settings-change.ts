import type { Call, Context } from './command-types.ts';
import type { SettingJson } from './json-shapes.ts';
import { updateSettings } from './settings-read.ts';
import { targetOf, targetThere, valueOf, withValue } from './settings-target.ts';
import { nameFor } from './target.ts';
import { print, printJson } from './terminal.ts';

/** `settings set` and `settings unset` (no value). */
export async function changeSetting(
  call: Call,
  context: Context,
  value: string | undefined,
): Promise<number> {
  const find = value === undefined ? targetThere : targetOf;
  const target = await find(call, context, call.values[0] ?? '');
  const settings = await updateSettings(context, (before) => withValue(before, target, value));
  const said: SettingJson = { name: target.name, value: valueOf(target, settings) };
  if (context.json) {
    await printJson(context.terminal, said);
    return 0;
  }
  const now = said.value === null ? 'is not set' : `= ${said.value}`;
  const when =
    target.kind === 'stack' ? `  (taken with the next: letta-stack up ${nameFor(target.stack)})` : '';
  await print(context.terminal, `${target.name} ${now}${when}\n`);
  return 0;
}
