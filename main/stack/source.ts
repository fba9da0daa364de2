import * as nodePath from 'node:path';
import { TextDecoder } from 'node:util';
import { parse, YAMLParseError } from 'yaml';
import { loadProject } from '../model/load.ts';
import { errorCode } from '../model/reader.ts';
import type { FileSource, Loaded, LoadOptions, PathApi } from '../model/types.ts';
import type { AppliedProfile } from '../system/types.ts';
import { appError, failure, Failure } from '../errors.ts';
import { isRaw, PROFILE_KEY, readProfileBlock, type ProfileBlock } from './profile.ts';
import { extendedBlock } from './profile-extends.ts';
import { placeProblem } from './host-places.ts';
import { variablesOf, type Chosen } from './profile-settings.ts';
import { findUserFiles } from './user-files.ts';

/** Where a stack's model comes from: files and the variables they take. */
export interface StackSource {
  /** bundled profile's id; absent for the user's own files */
  readonly profile?: string;
  readonly block?: ProfileBlock;
  /** project directory */
  readonly directory: string;
  /** absolute, in merge order */
  readonly files: readonly string[];
  readonly envFiles: readonly string[];
  readonly composeProfiles: readonly string[];
  readonly projectName?: string;
  /** what `${NAME}` sees; secrets are not among them */
  readonly variables: Readonly<Record<string, string>>;
  /** settings chosen for a profile, by variable */
  readonly chosen: Chosen;
  readonly source: FileSource;
}

/** The files of a stack as they are now, read when they are asked for: what only looks or ends needs none of them. */
export interface FilesNow {
  /** bundled profile's id; absent for the user's own files */
  readonly profile?: string;
  /** what the file says of itself, whatever the settings say. @throws Failure `stack.profile-block`, `stack.no-such-profile` */
  block(): ProfileBlock | undefined;
  /** @throws Failure with what is wrong with the block, the settings or the env files */
  source(): StackSource;
}

/** What reading takes from the machine. */
export interface ReadingEdges {
  readonly path: PathApi;
  readonly home: string;
}

/** The model of a source. @throws Failure with every problem of its files */
export const loadSource = (source: StackSource, edges: ReadingEdges): Loaded =>
  loadProject(loadOptions(source, edges));

/** How the model of a source is read. */
export function loadOptions(
  source: Omit<StackSource, 'block' | 'chosen' | 'envFiles'>,
  edges: ReadingEdges,
): LoadOptions {
  return {
    files: source.files,
    workingDir: source.directory,
    ...(source.projectName !== undefined && { projectName: source.projectName }),
    variables: source.variables,
    profiles: source.composeProfiles,
    source: source.source,
    path: edges.path,
    home: edges.home,
  };
}

/** The `x-letta-stack` block of a file, undefined when it has none or is no YAML (reading the model says why). */
export function blockOf(source: FileSource, file: string): ProfileBlock | undefined {
  const block = wholeBlock(source, file, []);
  if (block === undefined) return undefined;
  const own = rawBlock(source, file);
  return readProfileBlock(block, file, isRaw(own) && typeof own['extends'] === 'string');
}

/** With what it takes over from another file's, which may in its turn. `before` are the files that led here. */
function wholeBlock(source: FileSource, file: string, before: readonly string[]): unknown {
  return extendedBlock(rawBlock(source, file), file, (other) => {
    const next = nodePath.resolve(nodePath.dirname(file), other);
    const wrong = (problem: string): Failure =>
      failure('stack.profile-block', { file, path: `${PROFILE_KEY}.extends`, problem });
    if (next === file || before.includes(next)) throw wrong(`${other} extends this one`);
    try {
      document(source, next);
    } catch (e) {
      throw wrong(unreadOf(next, e)); // the model, which would say it too, is read after the block
    }
    return wholeBlock(source, next, [...before, file]);
  });
}

/** Why a file is no YAML, in words that name it. */
function unreadOf(file: string, e: unknown): string {
  if (errorCode(e) === 'ENOENT') return `there is no file ${file}`;
  const reason = e instanceof Error ? (e.message.split('\n')[0] ?? '') : String(e);
  if (!(e instanceof YAMLParseError)) return `${file} cannot be read: ${reason}`;
  const [at] = e.linePos ?? [];
  return `${file}${at ? `:${at.line}:${at.col}` : ''}: not valid YAML: ${reason.replace(/ at line \d+, column \d+:?$/, '')}`;
}

/** Whether the file that may have a block is there and is YAML: only then is none an answer. */
export function isBlockRead(files: FilesNow): boolean {
  try {
    const { source, files: all } = files.source();
    document(source, all[0] ?? '');
    return true;
  } catch {
    return false;
  }
}

function rawBlock(source: FileSource, file: string): unknown {
  try {
    return (document(source, file) as Record<string, unknown> | null)?.[PROFILE_KEY];
  } catch {
    return undefined; // the same file is read by the model right after, which names every problem with its line
  }
}

/** @throws what reading throws; what is no YAML (`silent` would take what there is of it), but no warnings */
const document = (source: FileSource, file: string): unknown =>
  parse(new TextDecoder().decode(source.read(file)), { merge: true, logLevel: 'error' });

/**
 * A bundled profile: its variables come from the settings alone, never from the process environment.
 * @throws Failure with every `stack.setting-gone` and `stack.setting` there is
 */
export function profileSource(
  id: string,
  file: string,
  directory: string,
  source: FileSource,
  chosen: Chosen,
): StackSource {
  const block = blockOf(source, file);
  const base = { profile: id, directory, files: [file], envFiles: [], composeProfiles: [], chosen, source };
  if (!block) return { ...base, variables: {} };
  const variables = variablesOf(block, chosen);
  const wrong = block.settings.flatMap((setting) => {
    const { name, label, variable } = setting;
    const problem = placeProblem(setting, variables[variable] ?? '', source);
    return problem === undefined ? [] : [appError('stack.setting', { name, label, problem })];
  });
  if (wrong.length > 0) throw new Failure(wrong);
  return { ...base, block, variables };
}

/**
 * What `up` applied, read from its copy; files that the copy does not have (env files) are read from disk.
 * @throws Failure `model.env-file-missing`, `model.bad-env-file`
 */
export function appliedSource(
  applied: AppliedProfile,
  disk: FileSource,
  env: Readonly<Record<string, string>>,
): StackSource {
  const source = appliedFiles(applied, disk);
  const block = appliedBlock(applied, disk);
  return {
    ...(applied.profile !== undefined && { profile: applied.profile }),
    ...(block && { block }),
    directory: applied.directory,
    files: applied.files,
    envFiles: applied.envFiles ?? [],
    composeProfiles: applied.composeProfiles ?? [],
    variables: { ...ownVariables(applied, disk, env), ...applied.variables },
    chosen: applied.variables,
    source,
  };
}

/** The block of what `up` applied. */
export const appliedBlock = (applied: AppliedProfile, disk: FileSource): ProfileBlock | undefined =>
  blockOf(appliedFiles(applied, disk), applied.files[0] ?? '');

function appliedFiles({ contents }: AppliedProfile, disk: FileSource): FileSource {
  const encoder = new TextEncoder();
  return {
    read: (path) => {
      const text = contents[path];
      return text === undefined ? disk.read(path) : encoder.encode(text);
    },
  };
}

/** What the user's own files took from the environment and the env files, as it is there now. */
function ownVariables(
  applied: AppliedProfile,
  disk: FileSource,
  env: Readonly<Record<string, string>>,
): Record<string, string> {
  if (applied.profile !== undefined) return {};
  const { variables } = findUserFiles({
    files: applied.files,
    envFiles: applied.envFiles ?? [],
    composeProfiles: applied.composeProfiles ?? [],
    projectDirectory: applied.directory,
    directory: applied.directory,
    env,
    source: disk,
    path: nodePath,
  });
  return Object.fromEntries(Object.entries(variables).filter(([name]) => applied.environment.includes(name)));
}

/**
 * Content of the `configs:` entries of a model, from `content:`, `environment:` or the file; none of what is not set.
 * @throws Failure `model.*` for a file that cannot be read
 */
export function configContents(
  loaded: Loaded,
  { source, files }: Pick<StackSource, 'source' | 'files'>,
): Map<string, Uint8Array> {
  const encoder = new TextEncoder();
  return new Map(
    Object.entries(loaded.project.configs).flatMap(([name, config]): [string, Uint8Array][] => {
      if (config.external) return [];
      if (config.content !== undefined) return [[name, encoder.encode(config.content)]];
      if (config.environment !== undefined) {
        const value = loaded.contents.configs[name];
        return value === undefined ? [] : [[name, encoder.encode(value)]];
      }
      // LF only: a checkout on Windows must not change what runs in the container
      if (config.file === undefined) return [];
      const bytes = readNamed(source, config.file, { file: files[0] ?? '', path: `configs.${name}.file` });
      return [[name, withoutCarriageReturns(bytes)]];
    }),
  );
}

function readNamed(source: FileSource, target: string, place: { file: string; path: string }): Uint8Array {
  try {
    return source.read(target);
  } catch (e) {
    const code = errorCode(e);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw failure('model.not-found', { ...place, target });
    if (code === 'EISDIR') throw failure('model.is-directory', { ...place, target });
    throw failure('model.unreadable', { ...place, target, reason: code });
  }
}

function withoutCarriageReturns(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(13)) return bytes;
  const text = new TextDecoder('utf-8', { fatal: false }).decode(bytes);
  return text.includes('\uFFFD') ? bytes : new TextEncoder().encode(text.replaceAll('\r\n', '\n'));
}
