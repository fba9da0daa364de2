/** Loads a project: the only way from files and variables to the model. */
import { Failure, type AppError } from '../errors.ts';
import { checkConsistency } from './consistency.ts';
import { decode, plain, record } from './decode.ts';
import { withEnvFiles, withLabelFiles } from './env-files.ts';
import { Variables } from './interpolate.ts';
import type { Kind } from './kinds.ts';
import { loadGroup } from './load-files.ts';
import { normalise } from './normalise.ts';
import { Problems, type Findings } from './problems.ts';
import { normaliseProjectName, PROJECT_NAME } from './project-name.ts';
import { Session } from './reader.ts';
import { file as fileKind } from './spec.ts';
import { getKey, type Mapping, type Node } from './tree.ts';
import type { Extensions, Loaded, LoadOptions, Project, Service, Unresolved } from './types.ts';

/**
 * Reads, merges and checks a set of Compose files.
 * @returns the model of the enabled services, and what was noticed on the way
 * @throws Failure with every problem found, each a `model.*` error with its file, line, column and key path
 */
export function loadProject(options: LoadOptions): Loaded {
  const { project, variables, session } = read(options);
  if (session.problems.size > 0) throw new Failure(withCauses(session));
  return {
    project: withoutUnused(project),
    warnings: session.warnings.all(),
    variablesUsed: variables.names(false),
    missingVariables: variables.names(true),
    sourceFiles: [...session.files],
    contents: {
      secrets: Object.fromEntries(session.contents.secrets),
      configs: Object.fromEntries(session.contents.configs),
    },
  };
}

/**
 * The name of a project alone. What is wrong in its files, but for what makes them unreadable, is no matter here.
 * @throws Failure when a file cannot be read or the name cannot be made of it
 */
export function projectNameOf(options: LoadOptions): string {
  const session = new Session(options);
  const ofName = findings();
  const name = projectName(options, pathsOf(options), session, ofName);
  if (session.problems.size > 0) throw new Failure(session.problems.all());
  // the whole reading knows the line and says it
  return ofName.problems.size > 0 ? loadProject(options).project.name : name;
}

/**
 * Every variable that the files name, sorted, whatever else is wrong with them: one that must be set can so be set.
 * @throws Failure when a file cannot be read
 */
export function variablesNamed(options: LoadOptions): readonly string[] {
  const { variables, session } = read(options);
  if (session.unread) throw new Failure(withCauses(session));
  return variables.names(false);
}

/**
 * Every volume of the files by its key, those too that no enabled service uses. What services take from env and label
 * files is no matter here; a variable that is not set is, since it may be a volume's name.
 * @throws Failure with every other problem of reading
 */
export function volumesDeclared(options: LoadOptions): Project['volumes'] {
  const { project, session } = read(options);
  const unset = session.warnings
    .all()
    .filter(({ code, data }) => code === 'model.unset-variable' && /^volumes\b/.test(String(data['path'])));
  const wrong = withCauses(session).filter(({ code }) => !FROM_FILES.has(code));
  const errors = [...new Set([...unset, ...wrong])];
  if (errors.length > 0) throw new Failure(errors);
  return project.volumes;
}

/** What is missing of a service's own `env_file` and `label_file`. */
const FROM_FILES: ReadonlySet<string> = new Set(['model.env-file-missing', 'model.label-file-missing']);

function read(options: LoadOptions): { project: Project; variables: Variables; session: Session } {
  const session = new Session(options);
  const files = pathsOf(options);
  const name = projectName(options, files, session);
  const values = { ...options.variables, COMPOSE_PROJECT_NAME: name };
  const variables = new Variables(values, session);
  const group = {
    files: files.map((file) => ({ file, spot: { file }, path: [] })),
    folder: options.workingDir,
    prefix: options.workingDir,
    variables,
    includedBy: [],
  };
  const tree = loadGroup(group, session);
  if (tree.entries.size === 0 && session.problems.size === 0)
    session.problems.add('model.empty-file', { file: files[0] ?? '' }, [], {});
  normalise(tree, name, (variable) => variables.take(variable));

  const all = convertWindowsPaths(decodeTree(tree, name, options, files), options);
  const split = splitByProfile(all, options.profiles);
  if (!session.unread) checkConsistency(split, tree, session);
  const project = resolveFiles(split, tree, variables, session);
  for (const { scale, deploy } of Object.values(project.services))
    if (scale !== undefined && deploy) deploy.replicas = scale;
  return { project, variables, session };
}

const pathsOf = ({ files }: LoadOptions): string[] =>
  files.map((file) => (typeof file === 'string' ? file : file.path));

const findings = (): Findings => ({
  problems: new Problems(),
  warnings: new Problems(),
  damaged: new Set<string>(),
});

/** The problems, and the unset variables behind them: an empty text is often what makes a value wrong. */
function withCauses({ problems, warnings }: Session): AppError[] {
  const place = ({ data }: AppError): string => JSON.stringify([data['file'], data['line'], data['column']]);
  const errors = problems.all();
  const wrong = new Set(errors.map(place));
  const causes = warnings.all().filter((one) => one.code === 'model.unset-variable' && wrong.has(place(one)));
  return [...causes, ...errors];
}

/** The name given, else the one in the environment, else the last `name:`, else the folder's. */
function projectName(
  options: LoadOptions,
  files: readonly string[],
  session: Session,
  // what is wrong with its variables is told when the file is read in earnest
  silent: Findings = findings(),
): string {
  const given = options.projectName ?? (options.variables['COMPOSE_PROJECT_NAME'] || undefined);
  // a name from outside has to be right; one from a file or folder is made right
  if (given !== undefined) return checkedName(given, PROJECT_NAME.test(given), files, session);
  let written = '';
  for (const file of files)
    for (const document of session.parse(file, { file }, [])) written = document.name || written;
  const variables = new Variables(options.variables, silent);
  const text = written
    ? (variables.text(written, { file: '', line: 1, column: 1 }, ['name']) ?? '')
    : options.path.basename(options.workingDir);
  const name = normaliseProjectName(text);
  // a file that cannot be read may have one
  const isToCome = session.unread || silent.problems.size > 0;
  return checkedName(name || text, name !== '' || isToCome, files, session);
}

function checkedName(name: string, ok: boolean, files: readonly string[], session: Session): string {
  if (ok && name !== '') return name;
  if (!ok) session.problems.add('model.bad-project-name', { file: files[0] ?? '' }, [], { name });
  return 'project';
}

function decodeTree(tree: Mapping, name: string, options: LoadOptions, files: readonly string[]): Project {
  const section = (key: keyof typeof fileKind.fields): Record<string, never> =>
    (decode(getKey(tree, key), fileKind.fields[key] as Kind) ?? record()) as Record<string, never>;
  const serviceNodes = getKey(tree, 'services');
  const serviceExtensions = record<Extensions>();
  if (serviceNodes?.type === 'mapping')
    for (const [service, { node }] of serviceNodes.entries) {
      const extensions = extensionsOf(node);
      if (Object.keys(extensions).length > 0) serviceExtensions[service] = extensions;
    }
  return {
    name,
    workingDir: options.workingDir,
    composeFiles: files,
    services: section('services'),
    disabledServices: record(),
    networks: section('networks'),
    volumes: section('volumes'),
    secrets: section('secrets'),
    configs: section('configs'),
    models: section('models'),
    extensions: extensionsOf(tree),
    serviceExtensions,
    unresolved: record(),
  };
}

/** On Windows, when asked to: `C:\data` as the engine's virtual machine knows it, `/c/data`. */
function convertWindowsPaths(project: Project, { path, variables }: LoadOptions): Project {
  const asked = /^(?:1|t|true)$/i.test((variables['COMPOSE_CONVERT_WINDOWS_PATHS'] ?? '').trim());
  if (path.sep !== '\\' || !asked) return project;
  for (const { volumes } of Object.values(project.services))
    for (const volume of volumes ?? [])
      if (volume.source && /^[a-z]:/i.test(volume.source))
        volume.source = `/${volume.source.charAt(0).toLowerCase()}${volume.source.slice(2).replaceAll('\\', '/')}`;
  return project;
}

function extensionsOf(node: Node): Extensions {
  const extensions = record<unknown>();
  if (node.type === 'mapping')
    for (const [key, entry] of node.entries) if (key.startsWith('x-')) extensions[key] = plain(entry.node);
  return extensions;
}

/** A service without profiles is always enabled. */
function splitByProfile(project: Project, active: readonly string[]): Project {
  const services = record<Service>();
  const disabledServices = record<Service>();
  for (const [name, service] of Object.entries(project.services)) {
    const enabled =
      !service.profiles ||
      active.includes('*') ||
      service.profiles.some((profile) => active.includes(profile));
    (enabled ? services : disabledServices)[name] = service;
  }
  return { ...project, services, disabledServices };
}

/** Reads env and label files of the enabled services. */
function resolveFiles(project: Project, tree: Node, variables: Variables, session: Session): Project {
  const services = record<Service>();
  const unresolved = record<Unresolved>();
  for (const [name, service] of Object.entries(project.services)) {
    const { environment, env_file, label_file } = service;
    unresolved[name] = {
      ...(environment && { environment }),
      ...(env_file && { env_file }),
      ...(label_file && { label_file }),
    };
    const context = { name, tree, variables, session };
    services[name] = withLabelFiles(withEnvFiles(service, context), context);
  }
  return { ...project, services, unresolved };
}

/** Leaves out what no enabled service refers to. */
function withoutUnused(project: Project): Project {
  const services = Object.values(project.services);
  const keep = <T>(from: Readonly<Record<string, T>>, used: readonly string[]): Record<string, T> => {
    const kept = record<T>();
    for (const [name, value] of Object.entries(from)) if (used.includes(name)) kept[name] = value;
    return kept;
  };
  const each = (names: (service: Service) => readonly string[]): string[] => services.flatMap(names);
  return {
    ...project,
    networks: keep(
      project.networks,
      each((s) => Object.keys(s.networks ?? {})),
    ),
    volumes: keep(
      project.volumes,
      each((s) => (s.volumes ?? []).filter((v) => v.type === 'volume').map((v) => v.source ?? '')),
    ),
    secrets: keep(
      project.secrets,
      each((s) => [...(s.secrets ?? []), ...(s.build?.secrets ?? [])].map((one) => one.source)),
    ),
    configs: keep(
      project.configs,
      each((s) => (s.configs ?? []).map((one) => one.source)),
    ),
    models: keep(
      project.models,
      each((s) => Object.keys(s.models ?? {})),
    ),
  };
}
