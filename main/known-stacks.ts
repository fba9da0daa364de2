import type { Core } from './core-types.ts';
import { errorsOf, type AppError } from './errors.ts';
import { shownSettings, stackSettingsOf } from './stack/stack-settings.ts';
import type { Stack } from './stack/stack-types.ts';
import type { ProfileBlock } from './stack/profile.ts';
import type { Settings } from './system/types.ts';

/** Every stack that can be named: of the bundled profiles by their own names, and the others that the settings know. */
export interface KnownStacks {
  readonly bundled: readonly Stack[];
  readonly others: readonly Stack[];
}

export async function knownStacks(core: Core, settings: Settings): Promise<KnownStacks> {
  const directory = core.edges.home;
  const bundled = await bundledStacks(core);
  const projects = Object.keys(settings.stacks).filter((p) => bundled.every((s) => s.project !== p));
  return {
    bundled,
    others: await Promise.all(projects.map((project) => core.stack({ project, directory }))),
  };
}

/** Every stack that can be named and read. */
export async function readableStacks(core: Core): Promise<readonly Stack[]> {
  const { bundled, others } = await knownStacks(core, (await core.edges.settings.read()).settings);
  return [...bundled, ...others].filter((s) => blockOrProblem(s).block);
}

async function bundledStacks(core: Core): Promise<readonly Stack[]> {
  const profiles = await core.profiles();
  return Promise.all(profiles.map(({ id }) => core.stack({ profile: id, directory: core.edges.home })));
}

/**
 * The stack of a project: as the settings have it, of a bundled profile that is named so, or as it was started.
 * @throws Failure `stack.not-applied`
 */
export async function stackOfProject(core: Core, project: string): Promise<Stack> {
  const { settings } = await core.edges.settings.read();
  // what the settings have of a bundled profile's stack counts: it may be files by the same name
  const bundled = stackSettingsOf(settings, project) ? [] : await bundledStacks(core);
  return bundled.find((s) => s.project === project) ?? core.stack({ project, directory: core.edges.home });
}

/** What a stack says of itself, or why it cannot be read: a stack that is broken is listed all the same. */
export function blockOrProblem(stack: Stack): {
  readonly block?: ProfileBlock;
  readonly problems: readonly AppError[];
} {
  try {
    const { block } = stack;
    return { ...(block && { block }), problems: [] };
  } catch (error) {
    return { problems: errorsOf(error) };
  }
}

/** What the settings of a stack are now, by name; undefined where it has none of that name, or cannot be read. */
export function settingsOf(stack: Stack, now: Settings): (name: string) => string | undefined {
  const variables = stackSettingsOf(now, stack.project)?.variables ?? {};
  const shown = shownSettings(blockOrProblem(stack).block, variables);
  return (name) => shown.find((s) => s.name === name)?.value;
}
