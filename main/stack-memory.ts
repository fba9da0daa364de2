import * as nodePath from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { CoreEdges } from './core-types.ts';
import { appError, errorsOf, saidOf } from './errors.ts';
import type { StackEdges } from './stack/stack-context.ts';
import { stackSettingsOf } from './stack/stack-settings.ts';
import type { StackSource } from './stack/source.ts';
import type { Settings, StackSettings } from './system/types.ts';

/** What settings and state know of stacks. */
export function stackMemory({
  settings,
  state,
  onWarning,
}: Pick<CoreEdges, 'settings' | 'state' | 'onWarning'>): Pick<StackEdges, 'isKnown' | 'forget' | 'remember'> {
  const remember = async (project: string, source: StackSource, isUp: boolean): Promise<void> => {
    const { settings: now } = await settings.read();
    const change = (s: Settings): Settings => remembered(s, project, source, isUp);
    if (!isDeepStrictEqual(now, change(now))) await settings.update(change);
  };

  return {
    isKnown: async (project) => {
      const known = stackSettingsOf((await settings.read()).settings, project);
      return known !== undefined || state.knows(project);
    },
    forget: async (project) => {
      await state.forget(project);
      await settings.update((s) => withoutStack(s, project));
    },
    remember: async (project, source, went) => {
      if (went === 'begun') return remember(project, source, false);
      try {
        await remember(project, source, true);
      } catch (error) {
        // it runs: minutes of starting did not fail because a file broke meanwhile
        const reason = saidOf(errorsOf(error))
          .map(({ message }) => message)
          .join('; ');
        onWarning?.(appError('stack.not-remembered', { project, reason }));
      }
    },
  };
}

function withoutStack(settings: Settings, project: string): Settings {
  const { [project]: _gone, ...stacks } = settings.stacks;
  const { current, ...rest } = settings;
  return { ...rest, ...(current !== undefined && current !== project && { current }), stacks };
}

/** The settings with this stack in them; as the current one when it is up, or when there is none yet. */
function remembered(settings: Settings, project: string, source: StackSource, isUp: boolean): Settings {
  const from = source.profile === undefined ? readFrom(source) : { profile: source.profile };
  const stack = { ...from, variables: stackSettingsOf(settings, project)?.variables ?? {} };
  const current = isUp ? project : (settings.current ?? project);
  return { ...settings, current, stacks: { ...settings.stacks, [project]: stack } };
}

/** Where files of the user's are, and how they were read: a plain `up` after it means the same model. */
function readFrom({
  files,
  directory,
  envFiles,
  composeProfiles,
}: StackSource): Omit<StackSettings, 'variables'> {
  const [first] = files;
  return {
    files,
    ...(first !== undefined && directory !== nodePath.dirname(first) && { directory }),
    ...(envFiles.length > 0 && { envFiles }),
    ...(composeProfiles.length > 0 && { composeProfiles }),
  };
}
