import type { Call, Context } from './command-types.ts';
import type { SettingJson } from './json-shapes.ts';
import { updateSettings } from './settings-read.ts';
import { targetOf, targetThere, valueOf, withValue, type Target } from './settings-target.ts';
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
    target.kind === 'stack' && !(await isApplied(context, target, said.value))
      ? `  (taken with the next: letta-stack up ${nameFor(target.stack)})`
      : '';
  const kept =
    target.kind === 'global' && target.name === 'secretStore'
      ? 'Secrets in the other store stay there; none is copied.\n'
      : '';
  await print(context.terminal, `${target.name} ${now}${when}\n${kept}`);
  return 0;
}

/** Whether the stack was brought up with this value, so that another `up` would change nothing. */
async function isApplied(
  context: Context,
  { stack, variable, setting }: Extract<Target, { kind: 'stack' }>,
  value: string | null,
): Promise<boolean> {
  const { edges } = await context.core();
  const applied = edges.state.applied(stack.project);
  return applied !== undefined && (applied.variables[variable] ?? setting?.default ?? null) === value;
}
