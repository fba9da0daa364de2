/** Short forms of the specification and the long forms they stand for, and the defaults of long forms. */
import { wrong, type Wrong } from './problems.ts';
import { parsePorts } from './ports.ts';
import {
  getKey,
  mapping,
  same,
  scalar,
  setKey,
  stringOf,
  type Mapping,
  type Node,
  type Scalar,
} from './tree.ts';
import { parseVolume } from './volumes.ts';

type Long = Mapping | Wrong | undefined;

/** The long form in which a string is the value of `key`. */
const stringAs =
  (key: string) =>
  (short: Scalar): Long =>
    typeof short.value === 'string' ? mapping(short.at, { [key]: short.value }) : undefined;

/** `build: ./dir`. */
export const buildContext = stringAs('context');
/** `extends: service`. */
export const extendsFromText = stringAs('service');
/** `include: [file]`. */
export const includeFromText = stringAs('path');
/** `secrets: [name]`, `configs: [name]`. */
export const sourceFromText = stringAs('source');
/** `env_file: file`. */
export const envFileFromText = stringAs('path');

/** `gpus: all`. */
export const allGpus = (short: Scalar): Long =>
  short.value === 'all' ? mapping(short.at, { count: 'all' }) : undefined;

/** `nofile: 1024`. */
export const ulimitFromNumber = (short: Scalar): Long =>
  (typeof short.value === 'number' && !short.float) || typeof short.value === 'string'
    ? mapping(short.at, { single: short.value })
    : undefined;

/** `depends_on: [name]`. */
export const bareDependency = (name: Scalar): Node =>
  mapping(name.at, { condition: 'service_started', required: true });

/** `networks: [name]`, `models: [name]`. */
export const bareName = (name: Scalar): Node => scalar(name.at, null);

/** `devices: ["/dev/a:/dev/b:rwm"]`. */
export function deviceFromText(short: Scalar): Long {
  if (typeof short.value !== 'string') return undefined;
  const parts = short.value.split(':');
  if (parts.length > 3)
    return wrong('model.bad-mount', { value: short.value, reason: 'it has too many colons' });
  const [source = '', target = '', permissions = 'rwm'] = parts;
  return mapping(short.at, { source, target: target === '' ? source : target, permissions });
}

/** `ports: ["127.0.0.1:8080-8081:80-81/tcp", 80]`: one long form for each container port. */
export function portsFromText(short: Scalar): Node[] | Wrong | undefined {
  if (typeof short.value !== 'string' && (typeof short.value !== 'number' || short.float)) return undefined;
  const ports = parsePorts(String(short.value));
  if ('type' in ports) return ports;
  return ports.map((port) => mapping(short.at, { ...port }));
}

/** `volumes: ["name:/path:ro"]`. */
export function volumeFromText(short: Scalar): Long {
  if (typeof short.value !== 'string') return undefined;
  const volume = parseVolume(short.value);
  if ('type' in volume && volume.type === 'wrong') return volume;
  const { bind, volume: options, ...rest } = volume;
  const long = mapping(short.at, rest);
  if (bind) setKey(long, 'bind', mapping(short.at, bind));
  if (options) setKey(long, 'volume', mapping(short.at, options));
  return long;
}

const fill = (target: Mapping, key: string, value: string | boolean): void => {
  if (!target.entries.has(key)) setKey(target, key, value);
};

export const contextDefault = (build: Mapping): void => fill(build, 'context', '.');

export function dependencyDefaults(dependency: Mapping): void {
  fill(dependency, 'condition', 'service_started');
  fill(dependency, 'required', true);
}

export const envFileDefaults = (envFile: Mapping): void => fill(envFile, 'required', true);

export function portDefaults(port: Mapping): void {
  fill(port, 'protocol', 'tcp');
  fill(port, 'mode', 'ingress');
}

export function deviceRequestDefaults(request: Mapping): void {
  if (!request.entries.has('device_ids')) fill(request, 'count', 'all');
}

export const secretDefaults = (secret: Mapping): void =>
  fill(secret, 'target', `/run/secrets/${stringOf(getKey(secret, 'source')) ?? ''}`);

/** `external: {name: x}`, an old form of `external: true` and `name: x`. */
export function deprecatedExternal(resource: Mapping): Wrong | undefined {
  const external = getKey(resource, 'external');
  if (external?.type !== 'mapping') return undefined;
  const name = getKey(external, 'name');
  setKey(resource, 'external', scalar(external.at, true));
  const other = getKey(resource, 'name');
  if (name && !other) setKey(resource, 'name', name);
  return name && other && !same(name, other)
    ? wrong('model.conflict', { reason: 'name and external.name are two names' })
    : undefined;
}
