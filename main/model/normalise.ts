/** What the specification implies and the files need not say: names, the default network, dependencies. */
import { readBoolean } from './check-scalar.ts';
import type { Lookup } from './interpolate.ts';
import { cleanPosix } from './posix.ts';
import {
  getKey,
  isNull,
  mapping,
  scalar,
  sequence,
  setKey,
  stringOf,
  textOf,
  type Mapping,
  type Node,
} from './tree.ts';

/** Fills the merged tree in, in place. */
export function normalise(tree: Mapping, projectName: string, lookup: Lookup): void {
  addDefaultNetwork(tree);
  const services = getKey(tree, 'services');
  if (services?.type === 'mapping')
    for (const { node } of services.entries.values())
      if (node.type === 'mapping') normaliseService(node, lookup);
  for (const section of ['networks', 'volumes', 'configs', 'secrets'])
    nameResources(tree, section, projectName);
}

/** A service that says nothing of networks is on the `default` one. */
function addDefaultNetwork(tree: Mapping): void {
  const services = getKey(tree, 'services');
  if (services?.type !== 'mapping') return;
  let used = false;
  for (const { node: service } of services.entries.values()) {
    if (service.type !== 'mapping' || service.entries.has('provider') || service.entries.has('network_mode'))
      continue;
    const networks = getKey(service, 'networks');
    if (networks?.type !== 'mapping' || networks.entries.size === 0)
      setKey(service, 'networks', mapping(service.at, { default: null }));
    used ||= getKey(getKey(service, 'networks'), 'default') !== undefined;
  }
  const networks = getKey(tree, 'networks');
  if (!used || getKey(networks, 'default')) return;
  if (networks?.type === 'mapping') setKey(networks, 'default', null);
  else setKey(tree, 'networks', mapping(tree.at, { default: null }));
}

/** A resource without a name is called after its project and key; an external one after its key. */
function nameResources(tree: Mapping, section: string, projectName: string): void {
  const resources = getKey(tree, section);
  if (resources?.type !== 'mapping') return;
  for (const [key, entry] of resources.entries) {
    if (isNull(entry.node)) entry.node = mapping(entry.at);
    if (entry.node.type !== 'mapping' || !isNull(getKey(entry.node, 'name'))) continue;
    setKey(entry.node, 'name', isExternal(entry.node) ? key : `${projectName}_${key}`);
  }
}

/** Whether a resource is said to exist already. */
export function isExternal(resource: Node): boolean {
  const external = getKey(resource, 'external');
  return external?.type === 'scalar' && external.value !== null && readBoolean(textOf(external)) === true;
}

function normaliseService(service: Mapping, lookup: Lookup): void {
  if (stringOf(getKey(service, 'pull_policy')) === 'if_not_present')
    setKey(service, 'pull_policy', 'missing');
  const build = getKey(service, 'build');
  if (build?.type === 'mapping') {
    if (isNull(getKey(build, 'dockerfile')) && isNull(getKey(build, 'dockerfile_inline')))
      setKey(build, 'dockerfile', 'Dockerfile');
    const args = getKey(build, 'args');
    if (args) setKey(build, 'args', takeValues(args, lookup, false));
  }
  const environment = getKey(service, 'environment');
  if (environment) setKey(service, 'environment', takeValues(environment, lookup, true));
  addDependencies(service);
  const volumes = getKey(service, 'volumes');
  if (volumes?.type === 'sequence')
    for (const volume of volumes.items) {
      const target = stringOf(getKey(volume, 'target'));
      if (volume.type === 'mapping' && target !== undefined) setKey(volume, 'target', cleanPosix(target));
    }
}

/** Names without a value take that of the variable of this name; others stay, or go, without one. */
function takeValues(node: Node, lookup: Lookup, keepEmpty: boolean): Node {
  if (node.type === 'sequence') {
    const valued = node.items.map((item) => {
      const name = stringOf(item) ?? '';
      const value = name.includes('=') ? undefined : lookup(name);
      return value === undefined ? item : scalar(item.at, `${name}=${value}`);
    });
    const stays = (item: Node) => keepEmpty || (stringOf(item) ?? '').includes('=');
    return sequence(node.at, valued.filter(stays));
  }
  if (node.type !== 'mapping') return node;
  for (const [name, entry] of node.entries) {
    if (!isNull(entry.node)) continue;
    const value = lookup(name);
    if (value !== undefined) entry.node = scalar(entry.at, value);
    else if (!keepEmpty) node.entries.delete(name);
  }
  return node;
}

/** Links, shared namespaces and shared volumes make a service depend on another one. */
function addDependencies(service: Mapping): void {
  const existing = getKey(service, 'depends_on');
  const dependencies = existing?.type === 'mapping' ? existing : mapping(service.at);
  const add = (name: string, from: Node, restart: boolean): void => {
    if (dependencies.entries.has(name)) return;
    const dependency = mapping(from.at, { condition: 'service_started', restart, required: true });
    dependencies.entries.set(name, { at: from.at, node: dependency });
  };
  for (const link of items(service, 'links')) {
    const [name = '', ...alias] = (stringOf(link) ?? '').split(':');
    add(alias.length > 1 ? (stringOf(link) ?? '') : name, link, true);
  }
  for (const key of ['network_mode', 'ipc', 'pid', 'uts', 'cgroup']) {
    const mode = getKey(service, key);
    const reference = stringOf(mode);
    if (mode && reference?.startsWith('service:')) add(reference.slice('service:'.length), mode, true);
  }
  for (const from of items(service, 'volumes_from')) {
    const reference = stringOf(from) ?? '';
    if (!reference.startsWith('container:')) add(reference.split(':', 1)[0] ?? '', from, false);
  }
  if (dependencies.entries.size > 0) setKey(service, 'depends_on', dependencies);
}

function items(service: Mapping, key: string): readonly Node[] {
  const list = getKey(service, key);
  return list?.type === 'sequence' ? list.items : [];
}
