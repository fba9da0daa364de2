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
  /** the environment over the env files */
  readonly variables: Readonly<Record<string, string>>;
}

const DEFAULT_NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const OVERRIDE_NAMES = [
  'compose.override.yml',
  'compose.override.yaml',
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
  // COMPOSE_FILE and the like may stand in the .env of the folder where the command was given
  const local = dotenv(input, [path.join(input.projectDirectory ?? input.directory, '.env')], true);
  const setting = (name: string): string | undefined => env[name] ?? local[name];
  const files = input.files.length > 0 ? input.files : composeFiles(input, setting);
  const directory = input.projectDirectory ?? path.dirname(files[0] ?? input.directory);
  const named = input.envFiles.length > 0 ? input.envFiles : split(setting('COMPOSE_ENV_FILES'), ',');
  const envFiles = named.map((f) => (path.isAbsolute(f) ? f : path.join(input.directory, f)));
  const values =
    envFiles.length > 0
      ? dotenv(input, envFiles, false)
      : dotenv(input, [path.join(directory, '.env')], true);
  const composeProfiles =
    input.composeProfiles.length > 0
      ? input.composeProfiles
      : split(env['COMPOSE_PROFILES'] ?? values['COMPOSE_PROFILES'], ',');
  return { files, envFiles, composeProfiles, directory, variables: { ...values, ...env } };
}

function composeFiles(input: UserFilesInput, setting: (name: string) => string | undefined): string[] {
  const { path } = input;
  const named = setting('COMPOSE_FILE');
  if (named) {
    const separator = setting('COMPOSE_PATH_SEPARATOR') ?? (path.sep === '\\' ? ';' : ':');
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

function dotenv(input: UserFilesInput, files: readonly string[], optional: boolean): Record<string, string> {
  let values: Record<string, string> = {};
  for (const file of files) {
    if (optional && !isThere(input.source, file)) continue;
    if (!isThere(input.source, file))
      throw failure('model.env-file-missing', { file: input.directory, envFile: file });
    const text = new TextDecoder().decode(input.source.read(file));
    const before = values;
    values = { ...values, ...parseDotenv(text, file, (name) => input.env[name] ?? before[name]) };
  }
  return values;
}

function isThere(source: FileSource, file: string): boolean {
  try {
    source.read(file);
    return true;
  } catch (error) {
    // unreadable is there: reading it for real says why it cannot be read
    return (error as { code?: string }).code === 'EACCES';
  }
}

const split = (text: string | undefined, separator: string): string[] =>
  (text ?? '')
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
