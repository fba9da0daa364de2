/** The model printed as the CLI's `config` command prints it. */
import { Document, Scalar } from 'yaml';
import { compare } from './decode.ts';
import { toJson, writeObject } from './json.ts';
import type { Kind } from './kinds.ts';
import * as spec from './spec.ts';
import type { Extensions, Project } from './types.ts';
import { resolvePlain } from './yaml-scalars.ts';

const ANY: Kind = { kind: 'any' };
const SECTIONS = {
  networks: spec.network,
  volumes: spec.volume,
  secrets: spec.secret,
  configs: spec.config,
} as const;
type Section = keyof typeof SECTIONS;

/**
 * The model as `docker compose config --format json` prints it, byte for byte (CLI 2.40): keys in the
 * specification's order, names sorted, `$` doubled, no line break at its end.
 */
export function formatJson(project: Project): string {
  const map = (values: Readonly<Record<string, unknown>>, item: Kind): string =>
    toJson(values, { kind: 'map', item }, '  ');
  const top: [string, string][] = [
    ['name', toJson(project.name, ANY)],
    ['services', map(project.services, spec.service)],
  ];
  for (const [key, kind] of Object.entries(SECTIONS)) {
    const section = project[key as Section];
    if (Object.keys(section).length > 0) top.push([key, map(section, kind)]);
  }
  for (const [key, value] of Object.entries(project.extensions)) top.push([key, toJson(value, ANY, '  ')]);
  return doubleDollars(
    writeObject(
      top.toSorted(([a], [b]) => compare(a, b)),
      '',
    ),
  );
}

/** The model as YAML, as `docker compose config` prints it: the same model, with services' `x-` keys. */
export function formatYaml(project: Project): string {
  const top = new Map<string, unknown>([['name', toYaml(project.name, ANY)]]);
  const services = toYaml(project.services, { kind: 'map', item: spec.service }) as Map<string, unknown>;
  for (const [name, extensions] of Object.entries(project.serviceExtensions)) {
    const service = services.get(name);
    if (service instanceof Map) addExtensions(service as Map<string, unknown>, extensions);
  }
  top.set('services', services);
  for (const [key, kind] of [...Object.entries(SECTIONS), ['models', spec.model]] as const) {
    const section = project[key as Section | 'models'];
    if (Object.keys(section).length > 0) top.set(key, toYaml(section, { kind: 'map', item: kind }));
  }
  addExtensions(top, project.extensions);
  return doubleDollars(
    escapeControls(new Document(top, { aliasDuplicateObjects: false }).toString({ lineWidth: 0 })),
  );
}

/** Control characters and separators, which YAML knows only as escapes; a text with one is in quotes. */
const CONTROLS = /[\u007f-\u009f\u2028\u2029\ufeff]/g;
const escapeControls = (text: string): string =>
  text.replaceAll(CONTROLS, (one) => `\\u${(one.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);

const doubleDollars = (text: string): string => text.replaceAll('$', '$$$$');

function addExtensions(target: Map<string, unknown>, extensions: Extensions): void {
  for (const [key, value] of Object.entries(extensions)) target.set(key, toYaml(value, ANY));
}

/** A value as the YAML library prints it, with its keys in order. */
function toYaml(value: unknown, kind: Kind): unknown {
  if (typeof value === 'string') return yamlString(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => toYaml(item, kind.kind === 'list' ? kind.item : ANY));
  const values = value as Readonly<Record<string, unknown>>;
  const made = new Map<string, unknown>();
  if (kind.kind === 'object') {
    for (const [key, field] of Object.entries(kind.fields))
      if (!(values[key] === undefined || (field.always && isEmpty(values[key]))))
        made.set(key, toYaml(values[key], field));
  } else
    for (const key of Object.keys(values).toSorted(compare))
      made.set(key, toYaml(values[key], kind.kind === 'map' ? kind.item : ANY));
  return made;
}

/** What JSON always has and YAML leaves out. */
const isEmpty = (value: unknown): boolean =>
  value === null ||
  (typeof value === 'object' && !Array.isArray(value) && Object.values(value).every(isEmpty));

/** Quotes what the CLI would read as anything but this text (`0440`, `yes`, `2024-01-01`). */
function yamlString(text: string): Scalar<string> {
  const node = new Scalar(text);
  const misread = typeof resolvePlain(text).value !== 'string' || /^(?:y|yes|n|no|on|off)$/i.test(text);
  if (misread || new RegExp(CONTROLS).test(text)) node.type = 'QUOTE_DOUBLE';
  return node;
}
