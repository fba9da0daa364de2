import { failure } from '../errors.ts';
import { parseDotenv } from '../model/dotenv.ts';
import type { FileSource, PathApi } from '../model/types.ts';

/** What the docker compose CLI looks at before it reads a Compose file. */
export interface UserFilesInput {
  /** `-f`, absolute; none: `COMPOSE_FILE`, then the default names in the folder and above it */
  readonly files: readonly string[];
  /** `--env-file`, absolute; none: `COMPOSE_ENV_FILES`, then `.env` of the project directory */
  readonly envFiles: readonly string[];
  /** `--profile`; none: `COMPOSE_PROFILES` */
  readonly composeProfiles: readonly string[];
  /** `--project-directory`, absolute */
  readonly projectDirectory?: string;
  /** where the command was given, absolute */
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly source: FileSource;
  readonly path: PathApi;
}

export interface UserFiles {
  readonly files: readonly string[];
  readonly envFiles: readonly string[];
  readonly composeProfiles: readonly string[];
  readonly directory: string;
  /** `COMPOSE_PROJECT_NAME`, where it is set and not empty */
  readonly projectName?: string;
  /** the environment over the env files */
  readonly variables: Readonly<Record<string, string>>;
}

const DEFAULT_NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const OVERRIDE_NAMES = [
  'compose.override.yaml',
  'compose.override.yml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];

/**
 * Which files make a project and what its variables are, as the docker compose CLI finds out (Compose documentation,
 * "Pre-defined environment variables" and "Environment variables precedence").
 * @throws Failure `stack.no-compose-file`, `model.bad-env-file`, `model.env-file-missing`
 */
export function findUserFiles(input: UserFilesInput): UserFiles {
  const { env, path } = input;
  const folderOf = (files: readonly string[]): string =>
    input.projectDirectory ?? (files[0] === undefined ? input.directory : path.dirname(files[0]));
  // COMPOSE_FILE and the like may stand in an env file, which may lie beside the files that they name
  const early = readEnv(input, folderOf(input.files), env);
  const files = input.files.length > 0 ? input.files : composeFiles(input, early.variables);
  const directory = folderOf(files);
  const { envFiles, variables } = readEnv(input, directory, early.variables);
  const composeProfiles =
    input.composeProfiles.length > 0 ? input.composeProfiles : split(variables['COMPOSE_PROFILES'], ',');
  // empty is as good as unset, as in compose-go: `COMPOSE_PROJECT_NAME= letta-stack …` names nothing
  const projectName = variables['COMPOSE_PROJECT_NAME'] || undefined;
  return {
    files,
    envFiles,
    composeProfiles,
    directory,
    ...(projectName !== undefined && { projectName }),
    variables,
  };
}

/** What is set over what the env files say: `--env-file`, `COMPOSE_ENV_FILES`, or `.env` of the project directory. */
function readEnv(
  input: UserFilesInput,
  directory: string,
  env: Readonly<Record<string, string>>,
): { envFiles: readonly string[]; variables: Readonly<Record<string, string>> } {
  const { path, source } = input;
  const named = input.envFiles.length > 0 ? input.envFiles : split(env['COMPOSE_ENV_FILES'], ',');
  const envFiles = named.map((f) => (path.isAbsolute(f) ? f : path.join(input.directory, f)));
  const own = path.join(directory, '.env');
  const wantsOwn = envFiles.length === 0 && !isTrue(env['COMPOSE_DISABLE_ENV_FILE']) && isThere(source, own);
  const values: Record<string, string> = {};
  for (const file of wantsOwn ? [own] : envFiles) {
    if (!isThere(source, file)) throw failure('model.env-file-missing', { file: directory, envFile: file });
    const text = new TextDecoder().decode(source.read(file));
    Object.assign(
      values,
      parseDotenv(text, file, (name) => env[name] ?? values[name]),
    );
  }
  return { envFiles, variables: { ...values, ...env } };
}

const isTrue = (value: string | undefined): boolean =>
  ['1', 'true', 'yes', 'on', 't', 'y'].includes(value?.toLowerCase() ?? '');

function composeFiles(input: UserFilesInput, variables: Readonly<Record<string, string>>): string[] {
  const { path } = input;
  const named = variables['COMPOSE_FILE'];
  if (named) {
    const separator = variables['COMPOSE_PATH_SEPARATOR'] ?? (path.sep === '\\' ? ';' : ':');
    return split(named, separator).map((f) => (path.isAbsolute(f) ? f : path.join(input.directory, f)));
  }
  for (let folder = input.projectDirectory ?? input.directory; ; folder = path.dirname(folder)) {
    const first = DEFAULT_NAMES.map((n) => path.join(folder, n)).find((f) => isThere(input.source, f));
    if (first !== undefined) {
      const override = OVERRIDE_NAMES.map((n) => path.join(folder, n)).find((f) => isThere(input.source, f));
      return override === undefined ? [first] : [first, override];
    }
    if (path.dirname(folder) === folder) throw failure('stack.no-compose-file', { folder: input.directory });
  }
}

function isThere(source: FileSource, file: string): boolean {
  try {
    source.read(file);
    return true;
  } catch (error) {
    // unreadable is there: reading it for real says why it cannot be read
    return ['EACCES', 'EFTYPE', 'EFBIG'].includes((error as { code?: string }).code ?? '');
  }
}

const split = (text: string | undefined, separator: string): string[] =>
  (text ?? '')
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
