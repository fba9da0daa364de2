import { knownStacks } from '../known-stacks.ts';
import { shownSettings, stackSettingsOf } from '../stack/stack-settings.ts';
import type { Stack } from '../stack/stack-types.ts';
import { GLOBAL_KEYS, globalLabel } from '../system/global-settings.ts';
import type { Settings } from '../system/types.ts';
import type { Call, Context, RunCommand } from './command-types.ts';
import type { SettingsJson } from './json-shapes.ts';
import { readSettings } from './settings-read.ts';
import type { Style } from './style.ts';
import { namesStack, stackOf } from './target.ts';
import { print, printJson } from './terminal.ts';
import { columns } from './text.ts';

export const run: RunCommand = async (call, context) => {
  const { terminal, screen, json } = context;
  const core = await context.core();
  const settings = await readSettings(context);
  const { engine, mirror, current, secretStore = 'keychain' } = settings;
  const shown: SettingsJson = {
    file: core.edges.settings.path,
    ...(engine !== undefined && { engine }),
    ...(mirror !== undefined && { mirror }),
    ...(current !== undefined && { current }),
    secretStore,
    stacks: await stacksOf(call, context, settings),
  };
  if (json) await printJson(terminal, shown);
  else await print(terminal, settingsText(shown, screen.style, namesStack(call)));
  return 0;
};

type ShownStack = SettingsJson['stacks'][number];

/** The named stack; otherwise every bundled profile and every stack that the settings know. */
async function stacksOf(call: Call, context: Context, settings: Settings): Promise<ShownStack[]> {
  if (namesStack(call)) {
    const stack = await stackOf(call, context);
    return [shownStack(stack, settings)];
  }
  const { bundled, others } = await knownStacks(await context.core(), settings);
  return [
    ...bundled.map((stack) => shownStack(stack, settings)),
    // of the user's own files, which may be gone: only what the settings say
    ...others.map(({ project }) => ({
      project,
      ...filesOf(project, settings),
      settings: shownSettings(undefined, stackSettingsOf(settings, project)?.variables ?? {}),
    })),
  ];
}

function shownStack(stack: Stack, settings: Settings): ShownStack {
  return {
    project: stack.project,
    ...(stack.profile !== undefined && { profile: stack.profile }),
    ...filesOf(stack.project, settings),
    settings: shownSettings(stack.block, stackSettingsOf(settings, stack.project)?.variables ?? {}),
  };
}

function filesOf(project: string, settings: Settings): { files?: string[] } {
  const files = stackSettingsOf(settings, project)?.files;
  return files ? { files: [...files] } : {};
}

/** Everything, or one stack alone. What the user changed is marked. Ends with a newline. */
export function settingsText(shown: SettingsJson, style: Style, oneStack: boolean): string {
  const none = style.paint('dim', '(not set)');
  const keys = GLOBAL_KEYS.map((key) => [key, shown[key] ?? none, style.paint('dim', globalLabel(key))]);
  const stacks = shown.stacks.map((stack) => {
    const from = stack.profile === undefined ? (stack.files?.join(', ') ?? '') : `profile ${stack.profile}`;
    const rows = stack.settings.map((s) => [
      s.changed ? style.paint('bold', `* ${s.name}`) : `  ${s.name}`,
      s.value === '' ? style.paint('dim', '(empty)') : s.value,
      style.paint(
        'dim',
        s.changed && s.label !== '' ? `${s.label} (default: ${s.default || 'empty'})` : s.label,
      ),
    ]);
    return `${style.paint('bold', stack.project)}  ${from}\n${columns(rows, '  ')}`;
  });
  const all = oneStack ? [] : [`${style.paint('dim', shown.file)}\n${columns(keys, '  ')}`];
  return [...all, ...stacks].join('\n');
}
