import { failure, hasCode } from '../errors.ts';
import { projectNameOf } from '../model/load.ts';
import type { FileSource } from '../model/types.ts';
import type { Settings, StackSettings, State } from '../system/types.ts';
import type { Chosen } from './profile-settings.ts';
import {
  appliedBlock,
  appliedSource,
  blockOf,
  loadOptions,
  profileSource,
  type FilesNow,
  type ReadingEdges,
  type StackSource,
} from './source.ts';
import { stackSettingsOf } from './stack-settings.ts';
import type { StackRef } from './stack-types.ts';
import { findUserFiles, type UserFiles } from './user-files.ts';

export interface FindEdges extends ReadingEdges {
  /** ids of the bundled profiles */
  readonly profileIds: () => readonly string[];
  readonly profileFile: (id: string) => string;
  readonly state: Pick<State, 'applied'>;
  readonly disk: FileSource;
  readonly env: Readonly<Record<string, string>>;
}

export interface FoundStack {
  readonly project: string;
  readonly files: FilesNow;
}

/**
 * The stack that `ref` means; by the name of a bundled profile's project also one of which nothing is known
 * yet. Of its files only the name is read, and that only where nothing else says it: a stack
 * can be looked at and ended whatever became of its files and settings.
 * @throws Failure `stack.no-such-profile`, `stack.no-stack`, `stack.not-applied`, `stack.name-taken`; why a name cannot
 * be read
 */
export function findStack(edges: FindEdges, settings: Settings, ref: StackRef): FoundStack {
  const chosenOf = (project: string): Chosen => stackSettingsOf(settings, project)?.variables ?? {};
  const ofProfile = (id: string, project: string): FoundStack => ({
    project,
    files: profileFiles(edges, id, chosenOf(project), project),
  });
  const ofFiles = (project: string, more: Partial<StackRef> = {}): FoundStack => ({
    project,
    files: userFiles(
      edges,
      { ...more, ...ref, ...(more.files && { files: more.files }) },
      chosenOf(project),
      project,
    ),
  });

  if (ref.profile !== undefined)
    return ofProfile(ref.profile, ref.project ?? nameOfProfile(edges, ref.profile));
  if (ref.files && ref.files.length > 0) {
    const named = ref.project ?? nameOfFiles(edges, ref);
    requireOwnName(edges, settings, named, ref.files[0] ?? '');
    return ofFiles(named);
  }
  const project = ref.project ?? settings.current;
  const known = stackSettingsOf(settings, project);
  if (project !== undefined && known) {
    if (known.profile !== undefined) return ofProfile(known.profile, project);
    return ofFiles(project, { ...startedWith(edges, project), ...readAs(known), files: known.files ?? [] });
  }
  const applied = project === undefined ? undefined : edges.state.applied(project);
  if (project !== undefined && applied) {
    const files: FilesNow = {
      ...(applied.profile !== undefined && { profile: applied.profile }),
      block: () => appliedBlock(applied, edges.disk),
      source: () => ({ ...appliedSource(applied, edges.disk, edges.env), projectName: project }),
    };
    return { project, files };
  }
  const named = ref.project;
  if (named !== undefined) {
    const id = edges.profileIds().find((its) => isNameOf(edges, its, named));
    if (id === undefined) throw failure('stack.not-applied', { project: named });
    return ofProfile(id, named);
  }
  const ofFolder = nameOfFolder(edges, ref);
  requireOwnName(edges, settings, ofFolder, lookForFiles(edges, ref).files[0] ?? '');
  return ofFiles(ofFolder);
}

/**
 * A file does not take the name of another stack: that one's keys, data and containers would be its own. The first of
 * the files counts: those behind it change what it says.
 * @throws Failure `stack.name-taken`
 */
function requireOwnName(edges: FindEdges, settings: Settings, project: string, file: string): void {
  const known: Pick<StackSettings, 'profile' | 'files'> | undefined =
    stackSettingsOf(settings, project) ?? edges.state.applied(project);
  if (known?.profile === undefined && known?.files?.[0] === file) return;
  const profile = known ? known.profile : edges.profileIds().find((id) => isNameOf(edges, id, project));
  const other = profile === undefined ? known?.files?.join(', ') : `the profile ${profile}`;
  if (other !== undefined) throw failure('stack.name-taken', { project, file, other });
}

function isNameOf(edges: FindEdges, id: string, project: string): boolean {
  try {
    return nameOfProfile(edges, id) === project;
  } catch {
    return false; // one that cannot be read has no name to take
  }
}

/** A bundled profile by this name. */
function profileFiles(edges: FindEdges, id: string, chosen: Chosen, projectName: string): FilesNow {
  const file = (): string => fileOfProfile(edges, id);
  return {
    profile: id,
    block: () => blockOf(edges.disk, file()),
    source: () => ({
      ...profileSource(id, file(), edges.path.dirname(file()), edges.disk, chosen),
      projectName,
    }),
  };
}

/** @throws Failure `stack.no-such-profile` */
function fileOfProfile(edges: FindEdges, id: string): string {
  const known = edges.profileIds();
  if (!known.includes(id)) throw failure('stack.no-such-profile', { id, known });
  return edges.profileFile(id);
}

/** The user's own files by this name. */
function userFiles(edges: FindEdges, ref: StackRef, chosen: Chosen, projectName: string): FilesNow {
  const block = (): ReturnType<FilesNow['block']> => {
    const first = ref.files?.[0] ?? lookForFiles(edges, ref).files[0];
    return blockOf(edges.disk, first ?? '');
  };
  const source = (): StackSource => {
    const found = lookForFiles(edges, ref);
    const own = block();
    return {
      ...found,
      ...(own && { block: own }),
      projectName,
      variables: { ...found.variables, ...chosen },
      chosen,
      source: edges.disk,
    };
  };
  return { block, source };
}

function lookForFiles({ env, disk, path }: FindEdges, ref: StackRef): UserFiles {
  return findUserFiles({
    files: ref.files ?? [],
    envFiles: ref.envFiles ?? [],
    composeProfiles: ref.composeProfiles ?? [],
    ...(ref.projectDirectory !== undefined && { projectDirectory: ref.projectDirectory }),
    directory: ref.directory,
    env,
    source: disk,
    path,
  });
}

/** `--env-file` and `--profile` of a stack's last up: a plain up after it means the same model. */
function startedWith({ state }: FindEdges, project: string): Partial<StackRef> {
  const { envFiles, composeProfiles } = state.applied(project) ?? {};
  return { ...(envFiles && { envFiles }), ...(composeProfiles && { composeProfiles }) };
}

/** How the settings have that the files are read: of a stack that was taken over, what it was made with. */
function readAs({ directory, envFiles, composeProfiles }: StackSettings): Partial<StackRef> {
  return {
    ...(directory !== undefined && { projectDirectory: directory }),
    ...(envFiles && { envFiles }),
    ...(composeProfiles && { composeProfiles }),
  };
}

/** A bundled profile's name is fixed in its file. */
function nameOfProfile(edges: FindEdges, id: string): string {
  const file = fileOfProfile(edges, id);
  const directory = edges.path.dirname(file);
  const bare = { directory, files: [file], composeProfiles: [], variables: {}, source: edges.disk };
  return projectNameOf(loadOptions(bare, edges));
}

function nameOfFiles(edges: FindEdges, ref: StackRef): string {
  return projectNameOf(loadOptions({ ...lookForFiles(edges, ref), source: edges.disk }, edges));
}

/** Nothing is named and nothing was started: the Compose file of the folder, as with docker compose. */
function nameOfFolder(edges: FindEdges, ref: StackRef): string {
  try {
    return nameOfFiles(edges, ref);
  } catch (error) {
    throw hasCode(error, 'stack.no-compose-file') ? failure('stack.no-stack', {}, error) : error;
  }
}
