import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where the cases lie in the repository. */
export const CASES = join(import.meta.dirname, '../fixtures/compose');
/**
 * The folder a case is recorded in and loaded from. It is part of the goldens (bind mounts, env files and so
 * the hashes hold absolute paths), hence fixed, wherever the clone lies.
 */
export const ROOT = '/golden';

/** How a case calls the CLI. Paths are relative to the case's folder. */
export interface Command {
  /** `-f`, in order; none: the CLI looks for compose.yaml and compose.override.yaml itself */
  readonly files?: readonly string[];
  readonly profiles?: readonly string[];
  /** `--env-file` */
  readonly envFiles?: readonly string[];
  /** `--project-name` */
  readonly project?: string;
  /** `--project-directory` */
  readonly directory?: string;
  /** where the CLI is started, relative to the case; the case's folder by default */
  readonly cwd?: string;
  /** the process environment besides `BASE_ENV` */
  readonly env?: Readonly<Record<string, string>>;
}

/** What the CLI answered. */
export interface Golden {
  /** `docker compose version --short` */
  readonly cli: string;
  readonly exit: number;
  /** lines of stderr: warnings, or the error when `exit` is not 0; timestamps removed */
  readonly stderr: readonly string[];
  /** `config --hash '*'` */
  readonly hashes?: Readonly<Record<string, string>>;
  /** hashes that `up` writes on containers where they differ: there env_file is merged first */
  readonly upHashes?: Readonly<Record<string, string>>;
}

/** The environment every case starts from, so that `~` means the same everywhere. */
export const BASE_ENV: Readonly<Record<string, string>> = { HOME: '/home/golden' };

export interface GoldenCase {
  readonly name: string;
  readonly command: Command;
  /** the input files: path relative to the case → bytes */
  readonly files: ReadonlyMap<string, Buffer>;
}

const RECORDED = new Set(['golden.json', 'config.json', 'cmd.json']);

/** The names of all cases, sorted. */
export function caseNames(): string[] {
  return readdirSync(CASES, { withFileTypes: true })
    .filter((e) => e.isDirectory())
    .map((e) => e.name)
    .toSorted();
}

/** Reads the input of a case: its command and its files. */
export function readCase(name: string): GoldenCase {
  const dir = join(CASES, name);
  const files = new Map<string, Buffer>();
  let command: Command = {};
  for (const path of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    if (!statSync(join(dir, path)).isFile()) continue;
    const bytes = readFileSync(join(dir, path));
    if (path === 'cmd.json') command = JSON.parse(bytes.toString()) as Command;
    if (!RECORDED.has(path)) files.set(path.replaceAll('\\', '/'), bytes);
  }
  return { name, command, files };
}

/** What was recorded for a case; `config` is the exact stdout of `config --format json`. */
export function readGolden(name: string): { golden: Golden; config: string | undefined } {
  const golden = JSON.parse(readFileSync(join(CASES, name, 'golden.json'), 'utf8')) as Golden;
  const config = golden.exit === 0 ? readFileSync(join(CASES, name, 'config.json'), 'utf8') : undefined;
  return { golden, config };
}
