import {
  settingNamed,
  settingThere,
  settingValue,
  withSettingValue,
  type SettingTarget,
} from '../stack/stack-settings.ts';
import type { Stack } from '../stack/stack-types.ts';
import { GLOBAL_KEYS, withGlobalValue, type GlobalKey } from '../system/global-settings.ts';
import type { Settings } from '../system/types.ts';
import type { Call, Context } from './command-types.ts';
import { readSettings } from './settings-read.ts';
import { namesStack, refOf, stackOf } from './target.ts';

/** What a name of a setting on the command line means. */
export type Target =
  { readonly kind: 'global'; readonly name: GlobalKey } | ({ readonly kind: 'stack' } & SettingTarget);

/**
 * A key for everything when no stack is named and it is one; otherwise a setting of the stack.
 * @throws Failure `stack.no-such-setting`, and what finding the stack throws
 */
export const targetOf = (call: Call, context: Context, name: string): Promise<Target> =>
  targetBy(call, context, name, settingNamed);

/** The same for what is only shown or taken back: see `settingThere`. */
export async function targetThere(call: Call, context: Context, name: string): Promise<Target> {
  const settings = await readSettings(context);
  return targetBy(call, context, name, (stack, of, from) => settingThere(stack, of, from, settings));
}

async function targetBy(
  call: Call,
  context: Context,
  name: string,
  find: typeof settingNamed,
): Promise<Target> {
  const key = GLOBAL_KEYS.find((k) => k === name);
  if (key && !namesStack(call)) return { kind: 'global', name: key };
  const stack = await stackOf(call, context);
  return { kind: 'stack', ...(await find(stack, name, fromOf(call, context, stack))) };
}

function fromOf(call: Call, context: Context, stack: Stack): SettingTarget['from'] {
  const { files } = refOf(call, context.terminal.cwd);
  return stack.profile !== undefined ? { profile: stack.profile } : { ...(files && { files }) };
}

/** The value that holds now: the user's or the default; null when there is neither. */
export const valueOf = (target: Target, settings: Settings): string | null =>
  target.kind === 'global' ? (settings[target.name] ?? null) : settingValue(target, settings);

/**
 * The settings with another value, or without one of the user's (`undefined`).
 * @throws Failure `stack.setting`, `settings.bad-value`
 */
export const withValue = (settings: Settings, target: Target, value: string | undefined): Settings =>
  target.kind === 'global'
    ? withGlobalValue(settings, target.name, value)
    : withSettingValue(settings, target, value);
