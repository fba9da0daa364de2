/** Relative paths of a Compose file made absolute (compose-spec, sections that speak of relative paths). */
import { kindOf, type Kind, type PathRule } from './kinds.ts';
import { getKey, scalar, setKey, stringOf, type Mapping, type Node } from './tree.ts';
import type { FileSource, PathApi } from './types.ts';

/** What paths are resolved with. */
export interface PathContext {
  readonly path: PathApi;
  readonly home: string;
  readonly source: FileSource;
}

/** A path relative to `base` made absolute; `~` is the home folder, the empty path stays empty. */
export function absolute(context: PathContext, base: string, value: string): string {
  const expanded = expandHome(context, value);
  if (expanded === '' || context.path.isAbsolute(expanded)) return expanded;
  return join(context, base, expanded);
}

const expandHome = (context: PathContext, value: string): string =>
  value.startsWith('~') ? join(context, context.home, value.slice(1)) : value;

/** Two parts of a path made one, without a separator at its end. */
function join({ path }: PathContext, base: string, rest: string): string {
  const joined = path.join(base, rest);
  const isRoot = path.dirname(joined) === joined;
  return joined.endsWith(path.sep) && !isRoot ? joined.slice(0, -path.sep.length) : joined;
}

/** Whether a path is absolute on POSIX or on Windows, whichever the engine runs on. */
const isAbsoluteAnywhere = (value: string): boolean => /^(?:\/|\\\\|.:[\\/])/u.test(value);

function resolve(context: PathContext, base: string, value: string, rule: PathRule): string {
  switch (rule) {
    case 'local':
      return absolute(context, base, value);
    case 'real':
      return realpath(context, absolute(context, base, value));
    case 'context':
      return isRemote(value) ? value : absolute(context, base, value);
    case 'either':
    default: {
      const expanded = expandHome(context, value);
      if (isAbsoluteAnywhere(expanded) || context.path.isAbsolute(expanded)) return expanded;
      return join(context, base, expanded);
    }
  }
}

/** The first symbolic link on the way resolved, as the CLI does for watched folders. */
function realpath(context: PathContext, value: string): string {
  const { sep } = context.path;
  if (!context.path.isAbsolute(value)) return value;
  const parts = value.split(sep);
  for (let i = 1; i <= parts.length; i++) {
    const folder = parts.slice(0, i).join(sep);
    if (folder === '') continue;
    const real = context.source.realpath?.(folder) ?? folder;
    if (real !== folder) return [real, ...parts.slice(i)].join(sep);
  }
  return value;
}

/** Whether a build context is a URL, a repository, an image or another service. */
const isRemote = (value: string): boolean =>
  value.includes('://') || /^(?:service:|github\.com\/|git@)/.test(value);

/** Whether a Compose file is named that has to be fetched: a Git repository or an OCI artefact. */
export const isRemoteFile = (value: string): boolean => /^(?:[a-z]+:\/\/|git@|github\.com\/)/.test(value);

/** Makes every path of a tree absolute, in place. */
export function resolvePaths(node: Node, kind: Kind, base: string, context: PathContext): void {
  if (node.type === 'sequence' && kind.kind === 'list')
    node.items = node.items.map((item) => resolved(item, kind.item, base, context));
  if (node.type !== 'mapping') return;
  for (const [key, entry] of node.entries)
    entry.node = resolved(entry.node, kindOf(kind, key), base, context, kind);
  if (kind.kind === 'object' && kind.paths === 'mount') resolveMount(node, base, context);
  if (kind.kind === 'object' && kind.paths === 'device') resolveDevice(node, base, context);
}

function resolved(node: Node, kind: Kind, base: string, context: PathContext, parent?: Kind): Node {
  const rule =
    kind.kind === 'string'
      ? kind.path
      : parent?.kind === 'pairs' || parent?.kind === 'ssh'
        ? pairRule(parent)
        : undefined;
  const value = stringOf(node);
  if (rule !== undefined && value !== undefined) return scalar(node.at, resolve(context, base, value, rule));
  resolvePaths(node, kind, base, context);
  return node;
}

const pairRule = (kind: Extract<Kind, { kind: 'pairs' | 'ssh' }>): PathRule | undefined =>
  kind.kind === 'ssh' ? 'either' : kind.path;

/** A bind mount's source. */
function resolveMount(mount: Mapping, base: string, context: PathContext): void {
  const source = stringOf(getKey(mount, 'source'));
  if (stringOf(getKey(mount, 'type')) === 'bind' && source !== undefined)
    setKey(mount, 'source', resolve(context, base, source, 'either'));
}

/** The device of a local volume that is a bind mount. */
function resolveDevice(volume: Mapping, base: string, context: PathContext): void {
  const options = getKey(volume, 'driver_opts');
  const device = stringOf(getKey(options, 'device'));
  if (stringOf(getKey(volume, 'driver')) !== 'local' || stringOf(getKey(options, 'o')) !== 'bind') return;
  if (options?.type === 'mapping' && device !== undefined)
    setKey(options, 'device', resolve(context, base, device, 'either'));
}
