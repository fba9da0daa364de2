import path from 'node:path';
import type { OwnFiles } from '../channels.ts';
import type { Core } from '../core-types.ts';
import { errorsOf, failure, hasCode, saidOf, type AppError } from '../errors.ts';
import { tooManyContainers } from '../stack/plan-unsupported.ts';
import { stackSettingsOf } from '../stack/stack-settings.ts';
import type { StackRef } from '../stack/stack-types.ts';
import { nodeFiles } from '../system/file-source.ts';
import type { Settings } from '../system/types.ts';
import { excerptsOf } from './excerpts.ts';

/**
 * Reads a Compose file of the user's and remembers its stack, so that it can be shown and started. Everything that is
 * wrong with it comes with where it stands; then nothing is remembered.
 * @throws Failure `stack.name-taken` where another stack has its name; `settings.refused`
 */
export async function openOwnFile(
  core: Core,
  file: string,
  update: (change: (before: Settings) => Settings) => Promise<unknown>,
): Promise<OwnFiles> {
  const looked = await look(core, { files: [file], directory: path.dirname(file) });
  const { project, problems } = looked;
  if (project === undefined || problems.length > 0) return looked;
  const { settings } = await core.edges.settings.read();
  if (isOf(settings, project, file)) return looked;
  await update((now) => {
    // a terminal may have made a stack of this name since it was looked at
    if (isOf(now, project, file)) return now;
    const known = stackSettingsOf(now, project);
    const other = known?.files?.join(', ') ?? `the profile ${known?.profile ?? ''}`;
    if (known) throw failure('stack.name-taken', { project, file, other });
    return { ...now, stacks: { ...now.stacks, [project]: { files: [file], variables: {} } } };
  });
  return looked;
}

/** Whether the settings have this file, and no other, as this stack. */
function isOf(settings: Settings, project: string, file: string): boolean {
  const files = stackSettingsOf(settings, project)?.files;
  return files?.length === 1 && files[0] === file;
}

/** What is wrong with the files of a stack that the settings know. */
export async function lookAtOwnFiles(core: Core, project: string): Promise<OwnFiles> {
  const { files = [] } = stackSettingsOf((await core.edges.settings.read()).settings, project) ?? {};
  return { ...(await look(core, { project, directory: core.edges.home })), files: [...files] };
}

async function look(core: Core, ref: StackRef): Promise<OwnFiles> {
  const files = [...(ref.files ?? [])];
  let project: string | undefined;
  try {
    const stack = await core.stack(ref);
    project = stack.project;
    // the block first: it is read by another reader than the model
    const { block } = stack;
    const { warnings, project: model } = await stack.load();
    const problems = Object.entries(model.services).flatMap(([name, service]) =>
      tooManyContainers({ ...service, name }),
    );
    return {
      files,
      project,
      ...(block && { title: block.title }),
      services: Object.keys(model.services),
      problems: saidOf(problems),
      warnings: saidOf(warnings),
      excerpts: excerptsOf(warnings, textOf),
    };
  } catch (error) {
    // nothing is wrong with the file
    if (hasCode(error, 'stack.name-taken')) throw error;
    const problems: readonly AppError[] = errorsOf(error);
    return {
      files,
      ...(project !== undefined && { project }),
      services: [],
      problems: saidOf(problems),
      warnings: [],
      excerpts: excerptsOf(problems, textOf),
    };
  }
}

function textOf(file: string): string | undefined {
  try {
    return new TextDecoder().decode(nodeFiles.read(file));
  } catch {
    return undefined; // that it cannot be read is among the problems
  }
}
