import type { CallInput, CallName, CallOutput, SETTINGS_CALLS, StackEntry } from '../channels.ts';
import type { Core } from '../core-types.ts';
import { failure, saidOf } from '../errors.ts';
import { blockOrProblem, knownStacks, stackOfProject } from '../known-stacks.ts';
import { volumeNameOf } from '../stack/desired.ts';
import {
  filesOf,
  settingNamed,
  settingThere,
  shownSettings,
  stackSettingsOf,
  withSettingValue,
} from '../stack/stack-settings.ts';
import type { Stack } from '../stack/stack-types.ts';
import { globalProblem, withGlobalValue, withoutUserInfo } from '../system/global-settings.ts';
import { requireSound } from '../system/settings-watch.ts';
import type { Settings } from '../system/types.ts';
import { lookAtOwnFiles, openOwnFile } from './own-files.ts';
import { previewOf, type Operations } from './operations.ts';
import { removalOf, removeStack } from './remove-stack.ts';
import { switchStack } from './switch-stack.ts';
import type { Live } from './live.ts';

export type PathKind = 'compose file' | 'file' | 'folder';

export interface SettingsCallEdges {
  readonly core: Core;
  readonly live: Live;
  readonly operations: Operations;
  /** something on this computer that the user names; undefined: nothing */
  readonly choosePath: (kind: PathKind) => Promise<string | undefined>;
  /** something failed that nobody waits for */
  readonly report: (error: unknown) => void;
}

type Name = keyof typeof SETTINGS_CALLS & CallName;

/** Answers about settings, engine and stacks. */
export function settingsCalls(edges: SettingsCallEdges): {
  readonly [C in Name]: (input: CallInput<C>) => Promise<CallOutput<C>>;
} {
  const { core, live, operations, report } = edges;
  const { settings } = core.edges;
  // the page names no file: only what the user chose in a dialog is read
  let chosen: string | undefined;

  /** By defaults that nobody chose nothing is written. The watch of the settings tells what they are then. */
  async function update(change: (before: Settings) => Settings): Promise<null> {
    await requireSound(settings, undefined);
    await settings.update(change);
    return null;
  }

  return {
    stackSettings: async ({ project }) => {
      const stack = await stackOfProject(core, project);
      const { variables = {} } = stackSettingsOf((await settings.read()).settings, project) ?? {};
      const { block } = blockOrProblem(stack);
      const shown = shownSettings(block, variables);
      if (block) return shown;
      // of a file that declares nothing: every variable that it names can be set
      const named = await stack.variablesUsed().catch(() => []);
      const more = named.filter((name) => shown.every((s) => s.variable !== name));
      return [
        ...shown,
        ...more.flatMap((name) =>
          shownSettings(undefined, { [name]: '' }).map((s) => ({ ...s, changed: false })),
        ),
      ];
    },
    changeSetting: async ({ project, name, value }) => {
      const stack = await stackOfProject(core, project);
      const now = (await settings.read()).settings;
      const from = filesOf(stack, now);
      const target =
        value === null ? await settingThere(stack, name, from, now) : await settingNamed(stack, name, from);
      return update((before) => withSettingValue(before, target, value ?? undefined));
    },
    engineChoice: async () => {
      const { engine = null, mirror = null } = (await settings.read()).settings;
      const { contexts, wins } = await core.engineChoices();
      return {
        setting: engine,
        mirror,
        contexts: contexts.map((c) => ({ ...c })),
        ...(wins !== undefined && { wins }),
      };
    },
    chooseEngine: async ({ engine }) => {
      const problem = engine === null ? undefined : globalProblem('engine', engine);
      if (engine !== null && problem !== undefined)
        throw failure('settings.bad-value', { name: 'engine', value: withoutUserInfo(engine), problem });
      await core.tryEngine(engine ?? undefined);
      return update((before) => withGlobalValue(before, 'engine', engine ?? undefined));
    },
    changeMirror: ({ mirror }) => update((before) => withGlobalValue(before, 'mirror', mirror ?? undefined)),
    dataPlace: async ({ project }) => {
      const { project: model } = await (await stackOfProject(core, project)).load();
      const { endpoint, info } = await core.engine();
      const mounts = Object.values(model.services).flatMap(({ volumes = [] }) => volumes);
      const folders = mounts.flatMap((v) =>
        v.type === 'bind' && v.source && !v.read_only ? [v.source] : [],
      );
      return {
        folders: [...new Set(folders)],
        volumes: Object.keys(model.volumes).map((key) => volumeNameOf(model, key)),
        engine: info.name,
        ...(endpoint.local && { folder: `${info.rootDir}/volumes` }),
      };
    },
    stacks: async () => {
      const now = (await settings.read()).settings;
      const { bundled, others } = await knownStacks(core, now);
      return [...bundled, ...others].map((stack) => entryOf(stack, now));
    },
    choosePath: async ({ kind }) => (await edges.choosePath(kind)) ?? null,
    openOwnFile: async () => {
      const file = await edges.choosePath('compose file');
      if (file === undefined) return null;
      chosen = file;
      return openOwnFile(core, file, update);
    },
    openOwnFileAgain: async () => (chosen === undefined ? null : openOwnFile(core, chosen, update)),
    ownFiles: ({ project }) => lookAtOwnFiles(core, project),
    restartPreview: async ({ project }) =>
      previewOf(await (await stackOfProject(core, project)).planRestart([])),
    switchStack: async (request) => {
      await requireSound(settings, undefined);
      await switchStack({ core, live, operations, report }, request);
      return null;
    },
    removal: async ({ project }) => removalOf(await (await stackOfProject(core, project)).removal()),
    removeStack: async (request) => {
      await removeStack({ core, operations, report }, request);
      return null;
    },
  };
}

/** A stack as it can be chosen. */
export function entryOf(stack: Stack, settings: Settings): StackEntry {
  const { block, problems } = blockOrProblem(stack);
  const { project, profile } = stack;
  const files = stackSettingsOf(settings, project)?.files;
  return {
    project,
    ...(profile !== undefined && { profile }),
    ...(files && { files: [...files] }),
    title: block?.title ?? project,
    ...(block && { summary: block.summary, version: block.version }),
    ...(block?.support && { support: { status: block.support.status, reason: block.support.reason } }),
    problems: saidOf(problems),
  };
}
