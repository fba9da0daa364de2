import { failure } from '../errors.ts';
import { settingOf, settingProblem } from '../stack/profile-settings.ts';
import type { Setting } from '../stack/profile-schema.ts';
import type { Stack } from '../stack/stack-types.ts';
import type { Settings, StackSettings } from '../system/types.ts';
import type { Call, Context } from './command-types.ts';
import { GLOBAL_KEYS, type GlobalKey, globalProblem, withoutUserInfo } from './settings-keys.ts';
import { readSettings } from './settings-read.ts';
import { namesStack, refOf, stackOf } from './target.ts';

/** What a name of a setting on the command line means. */
export type Target =
  | { readonly kind: 'global'; readonly name: GlobalKey }
  | {
      readonly kind: 'stack';
      readonly name: string;
      readonly variable: string;
      readonly setting?: Setting;
      readonly stack: Stack;
      /** where its files are, for an entry that the settings do not have yet */
      readonly from: Pick<StackSettings, 'profile' | 'files'>;
    };

/**
 * A key for everything when no stack is named and it is one; otherwise a setting of the stack: by its name in the
 * profile's block, or, for a file without such a block, a variable that the file names.
 * @throws Failure `stack.no-such-setting`, and what finding the stack throws
 */
export async function targetOf(call: Call, context: Context, name: string): Promise<Target> {
  const key = GLOBAL_KEYS.find((k) => k === name);
  if (key && !namesStack(call)) return { kind: 'global', name: key };
  const stack = await stackOf(call, context);
  const from = fromOf(call, context, stack);
  const { block } = stack;
  if (block) {
    const setting = settingOf(block, name);
    return { kind: 'stack', name: setting.name, variable: setting.variable, setting, stack, from };
  }
  const known = await stack.variablesUsed();
  if (!known.includes(name)) throw failure('stack.no-such-setting', { name, known });
  return { kind: 'stack', name, variable: name, stack, from };
}

/**
 * The same for what is only shown or taken back: what the settings hold of a stack can be named as they hold it,
 * whatever became of the files.
 */
export async function targetThere(call: Call, context: Context, name: string): Promise<Target> {
  try {
    return await targetOf(call, context, name);
  } catch (e) {
    const stack = await stackOf(call, context);
    const { stacks } = await readSettings(context);
    if (!Object.hasOwn(stacks[stack.project]?.variables ?? {}, name)) throw e;
    return { kind: 'stack', name, variable: name, stack, from: fromOf(call, context, stack) };
  }
}

function fromOf(call: Call, context: Context, stack: Stack): Pick<StackSettings, 'profile' | 'files'> {
  const { files } = refOf(call, context.terminal.cwd);
  return stack.profile !== undefined ? { profile: stack.profile } : { ...(files && { files }) };
}

/** The value that holds now: the user's or the default; null when there is neither. */
export function valueOf(target: Target, settings: Settings): string | null {
  if (target.kind === 'global') return settings[target.name] ?? null;
  const chosen = settings.stacks[target.stack.project]?.variables[target.variable];
  return chosen ?? target.setting?.default ?? null;
}

/**
 * The settings with another value, or without one of the user's (`undefined`).
 * @throws Failure `stack.setting`, `cli.bad-value`
 */
export function withValue(settings: Settings, target: Target, value: string | undefined): Settings {
  if (target.kind === 'global') {
    const problem = value === undefined ? undefined : globalProblem(target.name, value);
    if (value !== undefined && problem !== undefined) {
      throw failure('cli.bad-value', { what: target.name, value: withoutUserInfo(value), problem });
    }
    const { [target.name]: _before, ...others } = settings;
    return value === undefined ? others : { ...others, [target.name]: value };
  }
  const { setting, variable, stack, from } = target;
  const problem = value === undefined || !setting ? undefined : settingProblem(setting, value);
  if (setting && problem !== undefined) {
    throw failure('stack.setting', { name: setting.name, label: setting.label, problem });
  }
  const entry = settings.stacks[stack.project] ?? { ...from, variables: {} };
  const { [variable]: _before, ...others } = entry.variables;
  const variables = value === undefined ? others : { ...others, [variable]: value };
  return { ...settings, stacks: { ...settings.stacks, [stack.project]: { ...entry, variables } } };
}
