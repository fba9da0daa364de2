/** `env_file` and `label_file` read into a service's environment and labels. */
import { record } from './decode.ts';
import { readDotenv, readRaw, type DotenvOptions } from './dotenv.ts';
import type { Lookup, Variables } from './interpolate.ts';
import type { Path } from './problems.ts';
import type { Session } from './reader.ts';
import type { At, Node } from './tree.ts';
import { locate } from './locate.ts';
import type { Service } from './types.ts';

interface Context {
  readonly name: string;
  readonly tree: Node;
  readonly variables: Variables;
  readonly session: Session;
}

/** The service with its env files under its environment, and without `env_file`. */
export function withEnvFiles(service: Service, context: Context): Service {
  const { env_file: files, ...rest } = service;
  const own = service.environment ?? {};
  const values = record<string>();
  for (const [key, value] of Object.entries(own)) if (value !== null) values[key] = value;
  const lookup: Lookup = (key) =>
    context.variables.lookup(key) ?? (Object.hasOwn(own, key) ? (own[key] ?? undefined) : undefined);
  for (const [i, file] of (files ?? []).entries()) {
    const path = ['services', context.name, 'env_file', i];
    const bytes = readListed(file.path, file.required, 'env', path, context);
    if (bytes) readInto(bytes, file.path, file.format ?? '', path, { lookup, values }, context);
  }
  // a name without a value hides the env file's
  const environment = Object.assign(record<string | null>(), values, own);
  return Object.keys(environment).length === 0 ? rest : { ...rest, environment };
}

/** The service with its label files under its labels, and without `label_file`. */
export function withLabelFiles(service: Service, context: Context): Service {
  const { label_file: files, ...rest } = service;
  const values = record<string>();
  for (const [i, file] of (files ?? []).entries()) {
    const path = ['services', context.name, 'label_file', i];
    const found = record<string>();
    const lookup: Lookup = (key) => (Object.hasOwn(values, key) ? values[key] : undefined);
    const bytes = readListed(file, true, 'label', path, context);
    if (bytes) readInto(bytes, file, '', path, { lookup, values: found }, context);
    Object.assign(values, found);
  }
  const labels = Object.assign(values, service.labels);
  return Object.keys(labels).length === 0 ? rest : { ...rest, labels };
}

function readListed(
  file: string,
  required: boolean,
  kind: 'env' | 'label',
  path: Path,
  { tree, session }: Context,
): Uint8Array | undefined {
  const spot = placeOf(tree, path, file);
  const bytes = session.readIfThere(file, spot, path);
  if (bytes !== 'missing') return bytes;
  if (required && kind === 'env')
    session.problems.add('model.env-file-missing', spot, path, { envFile: file });
  if (required && kind === 'label')
    session.problems.add('model.label-file-missing', spot, path, { labelFile: file });
  return undefined;
}

const placeOf = (tree: Node, path: Path, file: string): Pick<At, 'file'> & Partial<At> =>
  locate(tree, path) ?? { file };

function readInto(
  bytes: Uint8Array,
  file: string,
  format: string,
  path: Path,
  options: DotenvOptions,
  { tree, session }: Context,
): void {
  const text = new TextDecoder().decode(bytes);
  if (!['', '.env', 'raw'].includes(format)) {
    session.problems.add('model.bad-env-format', placeOf(tree, path, file), path, { format });
    return;
  }
  const onVariable = (variable: string, missing: boolean): void => {
    if (missing) session.warnings.add('model.unset-variable', { file }, [], { variable });
  };
  const bad = format === 'raw' ? readRaw(text, options) : readDotenv(text, { ...options, onVariable });
  if (bad) session.problems.add('model.bad-env-file', { file, line: bad.line }, [], { reason: bad.reason });
}
