/** What can only be said once all files are merged: keys that exclude each other. */
import { isExternal } from './normalise.ts';
import { isDamaged, type Path } from './problems.ts';
import type { Session } from './reader.ts';
import { getKey, isNull, stringOf, type Mapping, type Node } from './tree.ts';

/** Checks a merged tree. */
export function checkMerged(tree: Mapping, session: Session): void {
  each(tree, 'services', (service, path) => {
    const requests = [
      [getKey(service, 'gpus'), [...path, 'gpus']],
      [
        getKey(getKey(getKey(getKey(service, 'deploy'), 'resources'), 'reservations'), 'devices'),
        [...path, 'deploy', 'resources', 'reservations', 'devices'],
      ],
    ] as const;
    for (const [list, here] of requests) checkDevices(list, here, session);
    checkBinds(getKey(service, 'volumes'), [...path, 'volumes'], session);
  });
  each(tree, 'volumes', (volume, path) => checkExternal(volume, path, session));
  each(tree, 'configs', (config, path) =>
    checkSource(config, ['file', 'environment', 'content'], path, session),
  );
  each(tree, 'secrets', (secret, path) => checkSource(secret, ['file', 'environment'], path, session));
}

function each(tree: Mapping, section: string, visit: (node: Mapping, path: Path) => void): void {
  const items = getKey(tree, section);
  if (items?.type !== 'mapping') return;
  for (const [name, { node }] of items.entries) if (node.type === 'mapping') visit(node, [section, name]);
}

function checkDevices(list: Node | undefined, path: Path, session: Session): void {
  if (list?.type !== 'sequence') return;
  for (const [i, request] of list.items.entries())
    if (getKey(request, 'count') && getKey(request, 'device_ids'))
      session.problems.add('model.conflict', request.at, [...path, i], {
        reason: 'count and device_ids exclude each other',
      });
}

function checkBinds(list: Node | undefined, path: Path, session: Session): void {
  if (list?.type !== 'sequence') return;
  for (const [i, mount] of list.items.entries())
    if (stringOf(getKey(mount, 'type')) === 'bind' && !getKey(mount, 'source'))
      session.problems.add('model.missing-key', mount.at, [...path, i], { key: 'source' });
}

/** An external volume says nothing but its name. */
function checkExternal(volume: Mapping, path: Path, session: Session): void {
  if (!isExternal(volume)) return;
  for (const [key, { at }] of volume.entries)
    if (key !== 'name' && key !== 'external' && !key.startsWith('x-'))
      session.problems.add('model.conflict', at, [...path, key], {
        reason: `an external volume exists already: "${key}" cannot be set here`,
      });
}

/** A secret or config has one source, unless it is external or a driver brings it. */
function checkSource(node: Mapping, sources: readonly string[], path: Path, session: Session): void {
  const given = sources.filter((source) => node.entries.has(source));
  if (given.length > 1) {
    const place = node.entries.get(given[1] ?? '')?.at ?? node.at;
    session.problems.add('model.conflict', place, path, {
      reason: `${given.join(' and ')} exclude each other`,
    });
  }
  if (given.length > 0 || node.entries.has('driver') || !isNull(getKey(node, 'external'))) return;
  if (isDamaged(session, path)) return;
  session.problems.add('model.incomplete', node.at, path, {
    reason: `one of ${sources.join(', ')} must be set`,
  });
}
