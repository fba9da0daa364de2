/** The settings of a stack as terminal and window show and change them. */
import { failure } from '../errors.ts';
import type { Settings, StackSettings } from '../system/types.ts';
import { settingOf, settingProblem } from './profile-settings.ts';
import type { ProfileBlock, Setting } from './profile-schema.ts';
import type { Stack } from './stack-types.ts';

/** What the settings have of a stack. A project may be called `constructor`, which every object has something of. */
export const stackSettingsOf = (
  { stacks }: Pick<Settings, 'stacks'>,
  project: string | undefined,
): StackSettings | undefined =>
  project !== undefined && Object.hasOwn(stacks, project) ? stacks[project] : undefined;

/** A setting with the value that holds now. */
export interface ShownSetting {
  readonly name: string;
  readonly label: string;
  readonly type: Setting['type'];
  readonly variable: string;
  /** the user's, else the default */
  readonly value: string;
  readonly default: string;
  /** the user's value is another than the default */
  readonly changed: boolean;
}

/** The setting of a stack that a name means. */
export interface SettingTarget {
  readonly name: string;
  readonly variable: string;
  readonly setting?: Setting;
  readonly stack: Pick<Stack, 'project' | 'profile'>;
  /** where the stack's files are, for an entry that the settings do not have yet */
  readonly from: Pick<StackSettings, 'profile' | 'files'>;
}

/** Where the files of a stack are, for an entry that the settings do not have yet. */
export function filesOf(
  stack: Pick<Stack, 'project' | 'profile'>,
  settings: Settings,
): SettingTarget['from'] {
  const { profile, files } = stackSettingsOf(settings, stack.project) ?? {};
  if (files) return { files };
  const id = profile ?? stack.profile;
  return id === undefined ? {} : { profile: id };
}

/** What a block declares, and whatever else was chosen: that is for a file without a block, or for an older one. */
export function shownSettings(
  block: ProfileBlock | undefined,
  variables: StackSettings['variables'],
): ShownSetting[] {
  const declared = (block?.settings ?? []).map((s): ShownSetting => {
    const value = variables[s.variable] ?? s.default;
    const { name, label, type, variable } = s;
    return { name, label, type, variable, value, default: s.default, changed: value !== s.default };
  });
  const others = Object.entries(variables)
    .filter(([variable]) => declared.every((s) => s.variable !== variable))
    .map(([variable, value]) => plainSetting(variable, value));
  return [...declared, ...others];
}

/** A variable of which nothing is declared. */
const plainSetting = (variable: string, value: string): ShownSetting => ({
  name: variable,
  label: '',
  type: 'string',
  variable,
  value,
  default: '',
  changed: true,
});

/**
 * By its name in the profile's block, or, for a file without such a block, a variable that the file names.
 * @throws Failure `stack.no-such-setting`, and what reading the stack's files throws
 */
export async function settingNamed(
  stack: Stack,
  name: string,
  from: SettingTarget['from'],
): Promise<SettingTarget> {
  const { block } = stack;
  if (block) {
    const setting = settingOf(block, name);
    return { name: setting.name, variable: setting.variable, setting, stack, from };
  }
  const known = await stack.variablesUsed();
  if (!known.includes(name)) throw failure('stack.no-such-setting', { name, known });
  return { name, variable: name, stack, from };
}

/**
 * The same for what is only shown or taken back: what the settings hold of a stack can be named as they hold it,
 * whatever became of the files.
 */
export async function settingThere(
  stack: Stack,
  name: string,
  from: SettingTarget['from'],
  settings: Settings,
): Promise<SettingTarget> {
  try {
    return await settingNamed(stack, name, from);
  } catch (e) {
    if (!Object.hasOwn(stackSettingsOf(settings, stack.project)?.variables ?? {}, name)) throw e;
    return { name, variable: name, stack, from };
  }
}

/** The value that holds now: the user's or the default; null when there is neither. */
export function settingValue({ stack, variable, setting }: SettingTarget, settings: Settings): string | null {
  const variables = stackSettingsOf(settings, stack.project)?.variables ?? {};
  const own = Object.hasOwn(variables, variable) ? variables[variable] : undefined;
  return own ?? setting?.default ?? null;
}

/**
 * The settings with another value of it, or without one of the user's (`undefined`).
 * @throws Failure `stack.setting`
 */
export function withSettingValue(
  settings: Settings,
  { setting, variable, stack, from }: SettingTarget,
  value: string | undefined,
): Settings {
  const problem = value === undefined || !setting ? undefined : settingProblem(setting, value);
  if (setting && problem !== undefined) {
    throw failure('stack.setting', { name: setting.name, label: setting.label, problem });
  }
  const entry = stackSettingsOf(settings, stack.project) ?? { ...from, variables: {} };
  const { [variable]: _before, ...others } = entry.variables;
  const variables = value === undefined ? others : { ...others, [variable]: value };
  return { ...settings, stacks: { ...settings.stacks, [stack.project]: { ...entry, variables } } };
}
