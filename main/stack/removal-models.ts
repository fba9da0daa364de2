import { volumesDeclared } from '../model/load.ts';
import { errorCode } from '../model/reader.ts';
import type { FileSource, Project } from '../model/types.ts';
import { errorsOf, hasCode, say } from '../errors.ts';
import type { ProfileBlock } from './profile.ts';
import { appliedSource, blockOf, loadOptions, type FilesNow, type StackSource } from './source.ts';
import type { StackContext } from './stack-context.ts';

/** What one reading of a stack says of its data. */
export interface DataModel {
  /** by key: those too that no enabled service uses */
  readonly volumes: Project['volumes'];
  readonly block?: ProfileBlock | undefined;
}

export interface DataModels {
  /** of the files as they are now and of what was applied, as far as they can be read */
  readonly models: readonly DataModel[];
  /** why these are not enough to delete data by */
  readonly unread?: { readonly file: string; readonly reason: string };
}

type Attempt = { readonly model: DataModel } | { readonly error: unknown };

/**
 * Everything that says whose a stack's volumes are. Files that are there and cannot be read may have given a volume
 * away since they were applied: the copy stands in only for files that are gone.
 */
export function dataModels({ edges, project, files }: StackContext): DataModels {
  const applied = edges.state.applied(project);
  const attempt = (source: () => StackSource): Attempt => {
    try {
      const found = source();
      const volumes = volumesDeclared(loadOptions({ ...found, projectName: project }, edges));
      return { model: { volumes, block: blockOf(found.source, found.files[0] ?? '') } };
    } catch (error) {
      return { error };
    }
  };
  // a stack that the settings do not know is found by its copy, and its files may be there all the same
  const now = attempt(() => ({ ...files.source(), source: edges.disk }));
  const before = applied && attempt(() => appliedSource(applied, edges.disk, edges.env));
  const tried = before ? [now, before] : [now];
  const models = tried.flatMap((t) => ('model' in t ? [t.model] : []));
  if ('model' in now || (models.length > 0 && areGone(files, now.error, edges.disk))) return { models };
  const errors = tried.flatMap((t) => ('error' in t ? errorsOf(t.error) : []));
  const named = errors.map((e) => e.data['file']).find((file) => typeof file === 'string');
  return {
    models,
    unread: {
      file: named ?? applied?.files[0] ?? `the file of ${project}`,
      reason: [...new Set(errors.map((e) => say(e).message))].join('; '),
    },
  };
}

/** Not one of the files is there any more, or the profile is not among the bundled ones. */
function areGone(files: FilesNow, error: unknown, disk: FileSource): boolean {
  if (hasCode(error, 'stack.no-compose-file') || hasCode(error, 'stack.no-such-profile')) return true;
  try {
    return files.source().files.every((file) => isMissing(disk, file));
  } catch {
    return false; // which files it has is not known, so nobody knows that they are gone
  }
}

function isMissing(disk: FileSource, file: string): boolean {
  try {
    disk.read(file);
    return false;
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(errorCode(error));
  }
}

/** Names on the engine of the volumes that the models declare; of the `external` ones any model counts. */
export function volumesNamed(models: readonly DataModel[]): {
  readonly all: readonly string[];
  readonly external: readonly string[];
} {
  const named = models.flatMap(({ volumes }) => Object.entries(volumes));
  const namesOf = (some: typeof named): string[] => [...new Set(some.map(([key, v]) => v.name ?? key))];
  return { all: namesOf(named), external: namesOf(named.filter(([, v]) => v.external)) };
}

/**
 * The secrets of a stack alone, by name, with the volumes whose data any model binds them to; undefined where a model
 * binds one to a volume that it does not declare, so that nobody knows its name.
 */
export function secretsDeclared(models: readonly DataModel[]): Map<string, readonly string[] | undefined> {
  const declared = new Map<string, readonly string[] | undefined>();
  for (const { block, volumes } of models)
    for (const { name, volume: key } of (block?.secrets ?? []).filter((s) => s.scope === 'stack')) {
      const before = declared.has(name) ? declared.get(name) : [];
      const own = key === undefined ? [] : volumes[key] && [volumes[key].name ?? key];
      declared.set(name, before && own && [...new Set([...before, ...own])]);
    }
  return declared;
}
