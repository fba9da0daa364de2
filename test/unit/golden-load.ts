import { posix } from 'node:path';
import { parseDotenv } from '../../main/model/dotenv.ts';
import { loadProject } from '../../main/model/load.ts';
import type { FileSource, Loaded } from '../../main/model/types.ts';
import { BASE_ENV, ROOT, type GoldenCase } from './golden-cases.ts';
import { loadOptions, memoryFiles } from './memory-files.ts';

const NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const OVERRIDES = NAMES.map((name) => name.replace('compose.y', 'compose.override.y'));

/** Loads a case as the CLI would, from memory, at the path that it was recorded at. */
export function loadCase(c: GoldenCase): Loaded {
  const root = posix.join(ROOT, c.name);
  const files: Record<string, Uint8Array> = {};
  for (const [path, bytes] of c.files) files[posix.join(root, path)] = bytes;
  const has = (path: string): boolean => Object.hasOwn(files, path);
  const source = memoryFiles(files);

  const cwd = posix.join(root, c.command.cwd ?? '.');
  const env: Record<string, string> = { PWD: cwd, ...BASE_ENV, ...c.command.env };
  const absolute = (path: string): string => posix.resolve(cwd, path);
  let composeFiles = (c.command.files ?? []).map(absolute);
  const directory = c.command.directory === undefined ? undefined : absolute(c.command.directory);
  const workingDir = (): string => directory ?? (composeFiles[0] ? posix.dirname(composeFiles[0]) : cwd);

  const readEnv = (): void => {
    const given = c.command.envFiles?.map(absolute);
    const dotenv = posix.join(workingDir(), '.env');
    const own = env['COMPOSE_DISABLE_ENV_FILE'] !== '1' && has(dotenv) ? [dotenv] : [];
    addEnvFiles(env, given ?? own, source);
  };
  readEnv();
  if (composeFiles.length === 0 && env['COMPOSE_FILE'] !== undefined)
    composeFiles = env['COMPOSE_FILE'].split(env['COMPOSE_PATH_SEPARATOR'] ?? ':').map(absolute);
  if (composeFiles.length === 0) composeFiles = searchUpwards(workingDir(), has);
  readEnv();

  const projectName = c.command.project ?? env['COMPOSE_PROJECT_NAME'];
  return loadProject(
    loadOptions(source, {
      files: composeFiles,
      workingDir: workingDir(),
      ...(projectName !== undefined && { projectName }),
      variables: env,
      profiles: c.command.profiles ?? (env['COMPOSE_PROFILES'] ?? '').split(',').map((p) => p.trim()),
      home: BASE_ENV['HOME'] ?? '',
    }),
  );
}

/** Adds the variables of env files; what is there already wins. */
function addEnvFiles(env: Record<string, string>, paths: readonly string[], source: FileSource): void {
  const found: Record<string, string> = {};
  for (const path of paths) {
    const text = new TextDecoder().decode(source.read(path));
    Object.assign(
      found,
      parseDotenv(text, path, (name) => env[name] ?? found[name]),
    );
  }
  for (const [name, value] of Object.entries(found)) env[name] ??= value;
}

/** The default file of the nearest folder that has one, with its override. */
function searchUpwards(from: string, has: (path: string) => boolean): string[] {
  for (let dir = from; ; dir = posix.dirname(dir)) {
    const first = (names: readonly string[]): string[] =>
      names
        .map((name) => posix.join(dir, name))
        .filter(has)
        .slice(0, 1);
    const main = first(NAMES);
    if (main.length > 0) return [...main, ...first(OVERRIDES)];
    if (dir === '/') return [];
  }
}
