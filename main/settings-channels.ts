import { z } from 'zod';
import { AppErrorSchema } from './contract.ts';
import { Preview } from './preview-shape.ts';
import { SettingType } from './setting-type.ts';

/** What the window may ask about settings, engine and stacks, and about removing one: a part of `channels.ts`. */

/** Which stack is meant: another may be shown by the time that a call arrives, and is not to be touched for it. */
export const Project = z.string().min(1).max(200);
export const oneStack = z.strictObject({ project: Project });
/** of a call that takes nothing */
export const nothing = z.strictObject({});
/** of a setting; the core says what is wrong with it */
const Value = z.string().max(4_000);

/** A setting that a stack takes, with what it is now. */
export const StackSetting = z.object({
  name: z.string(),
  label: z.string(),
  type: SettingType,
  variable: z.string(),
  value: z.string(),
  default: z.string(),
  /** the user chose it; otherwise it is the default */
  changed: z.boolean(),
});
export type StackSetting = z.infer<typeof StackSetting>;

export const EngineChoice = z.object({
  /** a context’s name or an address; null: found by itself */
  setting: z.string().nullable(),
  /** variable of the environment that names the engine, whatever is chosen */
  wins: z.string().optional(),
  contexts: z.array(
    z.object({ name: z.string(), host: z.string().optional(), problem: z.string().optional() }),
  ),
  /** registry that images come from instead; null: their own */
  mirror: z.string().nullable(),
});
export type EngineChoice = z.infer<typeof EngineChoice>;

/** A stack that can be shown: of a bundled profile, or one that the settings know. */
export const StackEntry = z.object({
  project: z.string(),
  profile: z.string().optional(),
  files: z.array(z.string()).optional(),
  title: z.string(),
  summary: z.string().optional(),
  version: z.string().optional(),
  support: z.object({ status: z.enum(['current', 'retired', 'community']), reason: z.string() }).optional(),
  /** why it cannot be read */
  problems: z.array(AppErrorSchema),
});
export type StackEntry = z.infer<typeof StackEntry>;

/** Some lines of a file, as an editor shows them. */
export const Excerpt = z.object({
  file: z.string(),
  /** number of the first line */
  from: z.number().int(),
  lines: z.array(z.string()),
});
export type Excerpt = z.infer<typeof Excerpt>;

/** A Compose file of the user's, and what is wrong with it. */
export const OwnFiles = z.object({
  files: z.array(z.string()),
  /** undefined where not even its name can be read */
  project: z.string().optional(),
  title: z.string().optional(),
  services: z.array(z.string()),
  problems: z.array(AppErrorSchema),
  warnings: z.array(AppErrorSchema),
  /** where the problems, or the warnings, are */
  excerpts: z.array(Excerpt),
});
export type OwnFiles = z.infer<typeof OwnFiles>;

export const DataPlace = z.object({
  volumes: z.array(z.string()),
  /** folders and files of this computer that its containers may write to */
  folders: z.array(z.string()),
  engine: z.string(),
  folder: z.string().optional(),
});
export type DataPlace = z.infer<typeof DataPlace>;

export const SwitchStack = z.strictObject({
  /** the one that is shown: what is stopped */
  from: Project,
  to: Project,
  /** stop the one and start the other; otherwise the other is only shown */
  isStarted: z.boolean(),
  /** of the preview of the other’s start */
  agreement: z.string().max(200).optional(),
});
export type SwitchStack = z.infer<typeof SwitchStack>;

/** Everything of a stack that would be removed, and what would not. */
export const RemovalShape = z.object({
  project: z.string(),
  engine: z.string(),
  /** where its secrets are */
  store: z.string(),
  containers: z.array(z.string()),
  networks: z.array(z.string()),
  volumes: z.array(
    z.object({ name: z.string(), createdAt: z.string().optional(), size: z.number().optional() }),
  ),
  /** nameless volumes, which go with their container */
  nameless: z.array(z.object({ name: z.string(), container: z.string() })),
  secrets: z.array(z.string()),
  /** settings or state know it */
  isKnown: z.boolean(),
  keeps: z.array(z.object({ what: z.string(), why: z.string() })),
  /** names this list: what is there beside it is not removed */
  agreement: z.string(),
});
export type RemovalShape = z.infer<typeof RemovalShape>;

export const RemoveStack = z.strictObject({
  project: Project,
  /** what the user typed; the project’s name is the word */
  typed: z.string().max(200),
  agreement: z.string().max(200),
});
export type RemoveStack = z.infer<typeof RemoveStack>;

export const SETTINGS_CALLS = {
  stackSettings: { input: oneStack, output: z.array(StackSetting) },
  /** null: the default again; how it is then comes with the snapshot’s `settingsSeen` */
  changeSetting: {
    input: z.strictObject({
      project: Project,
      name: z.string().min(1).max(200),
      value: Value.nullable(),
    }),
    output: z.null(),
  },
  /** asks for a file or a folder on this computer; null: the user chose none */
  choosePath: { input: z.strictObject({ kind: z.enum(['file', 'folder']) }), output: z.string().nullable() },
  engineChoice: { input: nothing, output: EngineChoice },
  /** kept only when it answers; null: found by itself */
  chooseEngine: { input: z.strictObject({ engine: Value.nullable() }), output: z.null() },
  changeMirror: { input: z.strictObject({ mirror: Value.nullable() }), output: z.null() },
  /** where the data of a stack lies; no folder where the engine has another file system */
  dataPlace: { input: oneStack, output: DataPlace },
  stacks: { input: nothing, output: z.array(StackEntry) },
  /** asks for a Compose file and remembers its stack where nothing is wrong with it; null: the user chose none */
  openOwnFile: { input: nothing, output: OwnFiles.nullable() },
  /** the same for the file that was chosen last: it was corrected */
  openOwnFileAgain: { input: nothing, output: OwnFiles.nullable() },
  /** what is wrong with the files of a stack that is known */
  ownFiles: { input: oneStack, output: OwnFiles },
  /** what a restart of the whole would do */
  restartPreview: { input: oneStack, output: Preview },
  switchStack: { input: SwitchStack, output: z.null() },
  removal: { input: oneStack, output: RemovalShape },
  removeStack: { input: RemoveStack, output: z.null() },
} as const;
