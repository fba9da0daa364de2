/** `extends`: a service on top of another one, of the same file or of another (compose-spec, "extends"). */
import { canonical } from './canonical.ts';
import type { Variables } from './interpolate.ts';
import { enforceUnique, merge } from './merge.ts';
import { nearest } from './nearest.ts';
import { absolute, isRemoteFile, resolvePaths } from './paths.ts';
import type { Path } from './problems.ts';
import type { Session } from './reader.ts';
import { file as fileKind, service as serviceKind } from './spec.ts';
import { clone, getKey, isNull, mapping, remove, stringOf, type Mapping, type Node } from './tree.ts';

/** The file whose services are looked at. */
interface Scope {
  readonly file: string;
  /** the project's folder, which `extends.file` is relative to once its own file's folder is before it */
  readonly folder: string;
  readonly resets: readonly (readonly string[])[];
  readonly variables: Variables;
}

/** Replaces every service that extends another by the merged one. */
export function applyExtends(tree: Mapping, scope: Scope, session: Session): Mapping {
  const services = getKey(tree, 'services');
  if (services?.type === 'mapping')
    for (const [name, entry] of services.entries)
      entry.node = extendService(name, entry.node, services, scope, [], session);
  return tree;
}

function extendService(
  name: string,
  service: Node,
  services: Mapping,
  scope: Scope,
  chain: readonly string[],
  session: Session,
): Node {
  const extending = getKey(service, 'extends');
  if (service.type !== 'mapping' || extending === undefined) return service;
  const path: Path = ['services', name, 'extends'];
  const wanted = stringOf(extending) ?? stringOf(getKey(extending, 'service'));
  // a wrong form stays, for the check of the merged file to name it
  if (wanted === undefined) return service;
  const own = without(service, 'extends');

  const step = `${name} (${scope.file})`;
  if (chain.includes(step)) {
    const cycle = [...chain.slice(chain.indexOf(step)), step];
    session.problems.add('model.cycle-extends', extending.at, path, { cycle });
    // one circle is told once
    service.entries.delete('extends');
    return own;
  }
  const found = findBase(wanted, extending, services, scope, path, session);
  if (!found) return own;
  const base = extendService(wanted, found.service, found.services, found.scope, [...chain, step], session);
  if (isNull(base)) return own;
  const source = mapping(service.at, { services: mapping(service.at, { [name]: clone(base) }) });
  for (const reset of scope.resets) remove(source, reset);
  const cleaned = getKey(getKey(source, 'services'), name);
  return cleaned ? merge(cleaned, own, serviceKind, ['services', name], session.problems) : own;
}

function without(node: Mapping, key: string): Mapping {
  const entries = new Map(node.entries);
  entries.delete(key);
  return { ...node, entries };
}

interface Base {
  readonly service: Node;
  readonly services: Mapping;
  readonly scope: Scope;
}

function findBase(
  wanted: string,
  extending: Node,
  services: Mapping,
  scope: Scope,
  path: Path,
  session: Session,
): Base | undefined {
  const fileNode = getKey(extending, 'file');
  const fileName = stringOf(fileNode);
  const other =
    fileNode && fileName !== undefined
      ? loadOther(fileName, fileNode, scope, path, session)
      : { services, scope };
  if (!other) return undefined;
  const service = getKey(other.services, wanted);
  if (service) return { service, ...other };
  const near = nearest(wanted, [...other.services.entries.keys()]);
  const data = near === undefined ? { name: wanted } : { name: wanted, near };
  session.problems.add('model.undefined-service', extending.at, path, data);
  return undefined;
}

/** The services of another file: canonical, not checked (only what is used of them is). */
function loadOther(
  name: string,
  at: Node,
  scope: Scope,
  path: Path,
  session: Session,
): { services: Mapping; scope: Scope } | undefined {
  if (isRemoteFile(name)) {
    session.problems.add('model.remote', at.at, path, { target: at.at.template ?? name });
    return undefined;
  }
  const file = absolute(session.paths, scope.folder, name);
  // relative to the project, as the project's own files are: what is named twice is found to be the same
  const api = session.paths.path;
  const folder = api.relative(scope.folder, api.dirname(file)) || '.';
  const resets: (readonly string[])[] = [];
  let merged: Node = mapping({ file, line: 1, column: 1 });
  const documents = session.parse(file, at.at, [...path, 'file']);
  if (session.unread && documents.length === 0) return undefined;
  for (const document of documents) {
    const tree = scope.variables.tree(document.root, []);
    for (const reset of document.resets) remove(merged, reset);
    resets.push(...document.resets);
    merged = enforceUnique(merge(merged, tree, fileKind, [], session.problems), fileKind);
    merged = enforceUnique(canonical(merged, fileKind, [], session.problems), fileKind);
  }
  resolvePaths(merged, fileKind, folder, session.paths);
  const services = getKey(merged, 'services');
  const other = { ...scope, file, resets };
  return { services: services?.type === 'mapping' ? services : mapping(merged.at), scope: other };
}
