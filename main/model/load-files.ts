/** Files merged into one tree: interpolation, `extends`, `include`, merge, checks, defaults and paths. */
import { canonical, fillDefaults } from './canonical.ts';
import { check } from './check.ts';
import { checkMerged } from './check-merged.ts';
import { describe } from './check-scalar.ts';
import { applyExtends } from './extend.ts';
import { applyIncludes, type Group } from './include.ts';
import type { Variables } from './interpolate.ts';
import { enforceUnique, merge } from './merge.ts';
import { resolvePaths } from './paths.ts';
import type { Session } from './reader.ts';
import { file as fileKind } from './spec.ts';
import { getKey, mapping, remove, scalar, stringOf, type Mapping, type Node } from './tree.ts';

/** Merges a group of files: the canonical tree, its paths beginning with the group's prefix. */
export function loadGroup(group: Group, session: Session): Mapping {
  let merged = mapping({ file: group.files[0]?.file ?? '', line: 1, column: 1 });
  for (const file of group.files) merged = addFile(merged, file, group, session);
  fillDefaults(merged, fileKind);
  checkMerged(merged, session);
  resolvePaths(merged, fileKind, group.prefix, session.paths);
  resolveEnvironment(merged, group.variables, session);
  return merged;
}

function addFile(
  before: Mapping,
  { file, spot, path }: Group['files'][number],
  group: Group,
  session: Session,
): Mapping {
  const { problems } = session;
  let merged = before;
  for (const { root, resets } of session.parse(file, spot, path)) {
    if (root.type !== 'mapping') {
      if (root.type === 'scalar' && root.value === null) continue;
      problems.add('model.wrong-type', root.at, [], { expected: 'a mapping', found: describe(root) });
      session.unread = true;
      continue;
    }
    let tree = group.variables.tree(root, []);
    tree = applyExtends(tree, { file, folder: group.folder, resets, variables: group.variables }, session);
    for (const reset of resets) remove(merged, reset);
    tree = applyIncludes(tree, file, group, session, loadGroup);
    merged = tidy(merge(merged, tree, fileKind, [], problems), session);
  }
  return merged;
}

/** One file's tree checked and made canonical. */
function tidy(tree: Node, session: Session): Mapping {
  const unique = enforceUnique(tree, fileKind);
  check(unique, fileKind, [], session);
  return enforceUnique(canonical(unique, fileKind, [], session.problems), fileKind) as Mapping;
}

/** Gives names without a value (`environment: [NAME]`) and `environment:` sources their values. */
function resolveEnvironment(tree: Mapping, variables: Variables, session: Session): void {
  const services = getKey(tree, 'services');
  if (services?.type === 'mapping')
    for (const { node } of services.entries.values()) {
      const environment = getKey(node, 'environment');
      if (environment?.type !== 'sequence') continue;
      environment.items = environment.items.map((item) => {
        const name = stringOf(item) ?? '';
        const value = name.includes('=') ? undefined : variables.take(name);
        return value === undefined ? item : scalar(item.at, `${name}=${value}`);
      });
    }
  for (const section of ['secrets', 'configs'] as const) {
    const sources = getKey(tree, section);
    if (sources?.type !== 'mapping') continue;
    for (const [name, { node }] of sources.entries) {
      const variable = stringOf(getKey(node, 'environment'));
      const value = variable === undefined ? undefined : variables.take(variable);
      if (value !== undefined) session.contents[section].set(name, value);
    }
  }
}
