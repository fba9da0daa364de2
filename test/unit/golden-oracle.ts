import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BASE_ENV, ROOT, type Golden, type GoldenCase } from './golden-cases.ts';

/** The version of the `docker compose` on PATH, without a distribution's suffix; undefined without one. */
export function oracleVersion(): string | undefined {
  try {
    const version = execFileSync('docker', ['compose', 'version', '--short'], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return version.trim().replace(/^v/, '').replace(/-.*$/, '');
  } catch {
    return undefined;
  }
}

/** What the CLI prints for a case, run in `/golden/<name>`, which is made and removed again. */
export async function askOracle(
  c: GoldenCase,
  cli: string,
): Promise<{ golden: Golden; config: string | undefined }> {
  const dir = join(ROOT, c.name);
  rmSync(dir, { recursive: true, force: true });
  try {
    for (const [path, bytes] of c.files) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), bytes);
    }
    const asked = await compose(c, ['config', '--format', 'json']);
    const stderr = tidy(asked.stderr);
    const hashed = await compose(c, ['config', '--hash', '*']);
    if (hashed.exit !== 0) return { golden: { cli, exit: asked.exit, stderr }, config: undefined };
    const hashes = table(hashed.stdout);
    // a few valid files the CLI can hash but not print (build.ssh)
    if (asked.exit !== 0) return { golden: { cli, exit: asked.exit, stderr, hashes }, config: undefined };
    const upHashes = await hashesOfUp(c, asked.stdout, hashes);
    const config = asked.stdout.endsWith('\n') ? asked.stdout : `${asked.stdout}\n`;
    return { golden: { cli, exit: 0, stderr, hashes, ...(upHashes && { upHashes }) }, config };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/**
 * The hashes that `up` would write. `config --hash` leaves env_file unmerged, `up` merges it first; the
 * printed config is merged already, so its hash is the one of `up`. Undefined where they are the same.
 */
async function hashesOfUp(
  c: GoldenCase,
  config: string,
  hashes: Readonly<Record<string, string>>,
): Promise<Record<string, string> | undefined> {
  if (![...c.files].some(([path, bytes]) => /\.ya?ml$/.test(path) && bytes.includes('env_file')))
    return undefined;
  const file = '.printed.json';
  writeFileSync(join(ROOT, c.name, file), config);
  const printed: GoldenCase = { ...c, command: { files: [file], env: c.command.env ?? {} } };
  const merged = table((await compose(printed, ['--profile', '*', 'config', '--hash', '*'])).stdout);
  const differing = Object.entries(merged).filter(([service, hash]) => hashes[service] !== hash);
  return differing.length > 0 ? Object.fromEntries(differing) : undefined;
}

interface Answer {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the CLI with nothing of our own environment but the way to it. */
function compose(c: GoldenCase, args: readonly string[]): Promise<Answer> {
  const { files = [], profiles = [], envFiles = [], project, directory, cwd = '.', env = {} } = c.command;
  const flags = [
    ...files.flatMap((f) => ['-f', f]),
    ...profiles.flatMap((p) => ['--profile', p]),
    ...envFiles.flatMap((f) => ['--env-file', f]),
    ...(project === undefined ? [] : ['--project-name', project]),
    ...(directory === undefined ? [] : ['--project-directory', directory]),
  ];
  const way = { PATH: process.env['PATH'], DOCKER_CONFIG: process.env['DOCKER_CONFIG'] };
  return new Promise((resolve) => {
    execFile(
      'docker',
      ['compose', ...flags, ...args],
      { cwd: join(ROOT, c.name, cwd), env: { ...way, ...BASE_ENV, ...env }, maxBuffer: 1 << 26 },
      (error, stdout, stderr) =>
        resolve({ exit: error ? (typeof error.code === 'number' ? error.code : 1) : 0, stdout, stderr }),
    );
  });
}

const table = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' ') as [string, string]),
  );

/** Lines of stderr without timestamps, sorted and without doubles: the CLI walks Go maps in random order. */
function tidy(stderr: string): string[] {
  const lines = stderr
    .split('\n')
    .map((line) => line.replace(/^time="[^"]*" /, '').trim())
    .filter(Boolean);
  return [...new Set(lines)].toSorted();
}
