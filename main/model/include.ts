/** `include`: other files' services and resources as if they were written here (compose-spec, "include"). */
import { canonical } from './canonical.ts';
import { check } from './check.ts';
import { readDotenv } from './dotenv.ts';
import type { Variables } from './interpolate.ts';
import { isRemoteFile } from './paths.ts';
import type { Path, Spot } from './problems.ts';
import type { Session } from './reader.ts';
import { includes } from './spec.ts';
import { getKey, mapping, same, stringOf, type Mapping, type Node, type Scalar } from './tree.ts';

const SECTIONS = ['services', 'volumes', 'networks', 'secrets', 'configs', 'models'] as const;

/** Files that merge into one, and what they are read with. */
export interface Group {
  readonly files: readonly { readonly file: string; readonly spot: Spot; readonly path: Path }[];
  /** what its files' relative paths start from; absolute */
  readonly folder: string;
  /** what stands before its relative paths: the folder, or its way from the including file's folder */
  readonly prefix: string;
  readonly variables: Variables;
  /** the files that led here by `include`, this group's not among them */
  readonly includedBy: readonly string[];
}

/** Merges a group of files; passed in, because it includes in its turn. */
type LoadGroup = (group: Group, session: Session) => Mapping;

/** Adds what a file includes to its tree. */
export function applyIncludes(
  tree: Mapping,
  file: string,
  group: Group,
  session: Session,
  load: LoadGroup,
): Mapping {
  const written = getKey(tree, 'include');
  tree.entries.delete('include');
  if (!written || (written.type === 'scalar' && written.value === null)) return tree;
  if (!check(written, includes, ['include'], session)) return tree;
  const list = canonical(written, includes, ['include'], session.problems);
  if (list.type === 'sequence')
    for (const [i, item] of list.items.entries()) {
      const included = includedGroup(item, ['include', i], file, group, session);
      const imported = included && load(included, session);
      if (imported) importResources(imported, tree, session);
    }
  return tree;
}

function texts(node: Node | undefined): (Scalar & { value: string })[] {
  if (node?.type !== 'sequence') return [];
  return node.items.filter((item): item is Scalar & { value: string } => stringOf(item) !== undefined);
}

function includedGroup(
  item: Node,
  path: Path,
  file: string,
  group: Group,
  session: Session,
): Group | undefined {
  const api = session.paths.path;
  const inFolder = (name: string) => (api.isAbsolute(name) ? name : api.join(group.folder, name));
  const paths = texts(getKey(item, 'path'));
  const remote = paths.find((one) => isRemoteFile(one.value));
  if (remote) {
    session.problems.add('model.remote', remote.at, path, { target: remote.at.template ?? remote.value });
    session.unread = true;
    return undefined;
  }
  const files = paths.map((one) => ({ file: inFolder(one.value), spot: one.at, path }));
  const first = files[0];
  if (!first) return undefined;

  const includedBy = [...group.includedBy, file];
  // each file of the group includes in its turn, so any of them can close the circle
  const again = files.find((one) => includedBy.includes(one.file));
  if (again) {
    const cycle = [...includedBy.slice(includedBy.indexOf(again.file)), again.file];
    session.problems.add('model.cycle-include', again.spot, path, { cycle });
    session.unread = true;
    return undefined;
  }
  const projectDirectory = stringOf(getKey(item, 'project_directory'));
  const folder = projectDirectory ? inFolder(projectDirectory) : api.dirname(first.file);
  const variables = includedVariables(item, path, folder, group, session);
  const prefix = api.relative(group.folder, folder) || '.';
  return { files, folder, prefix, variables, includedBy };
}

/** The variables of an included file: its own env files, then ours over them. */
function includedVariables(item: Node, path: Path, folder: string, group: Group, session: Session) {
  const api = session.paths.path;
  const envFiles = texts(getKey(item, 'env_file'));
  const values: Record<string, string> = {};
  const read = (file: string, bytes: Uint8Array | undefined) => {
    const bad =
      bytes && readDotenv(new TextDecoder().decode(bytes), { lookup: group.variables.lookup, values });
    if (bad) session.problems.add('model.bad-env-file', { file, line: bad.line }, [], { reason: bad.reason });
  };
  if (envFiles.length === 0) {
    const file = api.join(folder, '.env');
    const bytes = session.isFile(file) ? session.read(file, { file }, []) : undefined;
    read(file, bytes);
  }
  for (const envFile of envFiles) {
    const file = api.isAbsolute(envFile.value) ? envFile.value : api.join(group.folder, envFile.value);
    read(file, session.read(file, envFile.at, [...path, 'env_file']));
  }
  return group.variables.over(values);
}

/** Adds resources under names that are free, or that mean the very same. */
function importResources(imported: Mapping, tree: Mapping, session: Session): void {
  for (const section of SECTIONS) {
    const from = getKey(imported, section);
    if (from?.type !== 'mapping') continue;
    const existing = getKey(tree, section);
    const to = existing?.type === 'mapping' ? existing : mapping(from.at);
    for (const [name, entry] of from.entries) {
      const here = to.entries.get(name);
      if (!here) to.entries.set(name, entry);
      else if (!same(here.node, entry.node))
        session.problems.add('model.include-conflict', here.at, [section, name], {
          name,
          other: entry.at.file,
        });
    }
    tree.entries.set(section, { at: tree.entries.get(section)?.at ?? from.at, node: to });
  }
}
