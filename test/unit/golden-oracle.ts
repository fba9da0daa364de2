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
export function askOracle(
  c: GoldenCase,
  cli: string,
): Promise<{ golden: Golden; config: string | undefined }> {
  return inFolder(c, async () => {
    const asked = await compose(c, ['config', '--format', 'json']);
    const stderr = tidy(asked.stderr);
    // valid files with build.ssh the CLI can hash and not print
    if (asked.exit !== 0 && !asked.stderr.includes('MarshalJSON'))
      return { golden: { cli, exit: asked.exit, stderr }, config: undefined };
    const hashes = table((await compose(c, ['config', '--hash', '*'])).stdout);
    if (asked.exit !== 0) return { golden: { cli, exit: asked.exit, stderr, hashes }, config: undefined };
    const upHashes = await hashesOfUp(c, asked.stdout, hashes);
    const config = asked.stdout.endsWith('\n') ? asked.stdout : `${asked.stdout}\n`;
    return { golden: { cli, exit: 0, stderr, hashes, ...(upHashes && { upHashes }) }, config };
  });
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
  if (!mentions(c, 'env_file')) return undefined;
  const file = '.printed.json';
  writeFileSync(join(ROOT, c.name, file), config);
  const printed: GoldenCase = { ...c, command: { files: [file], env: c.command.env ?? {} } };
  const merged = table((await compose(printed, ['--profile', '*', 'config', '--hash', '*'])).stdout);
  const differing = Object.entries(merged).filter(([service, hash]) => hashes[service] !== hash);
  return differing.length > 0 ? Object.fromEntries(differing) : undefined;
}

/** Whether a Compose file of a case has this word. */
export const mentions = (c: GoldenCase, word: string): boolean =>
  [...c.files].some(([path, bytes]) => /\.ya?ml$/.test(path) && bytes.includes(word));

/**
 * The hashes that `up` writes, read from the labels of containers that the CLI creates on the engine of
 * DOCKER_HOST (never started). Only so can `label_file` be told: `config --hash` leaves it out, `up` does not.
 * The case's images are names for an image that the engine has.
 */
export async function hashesOnEngine(c: GoldenCase): Promise<Record<string, string>> {
  const env = { DOCKER_HOST: process.env['DOCKER_HOST'] ?? '' };
  if (env.DOCKER_HOST === '')
    throw new Error(`${c.name} has label_file: its hashes need an engine (DOCKER_HOST)`);
  const docker = (...args: string[]): string =>
    execFileSync('docker', args, { encoding: 'utf8', stdio: 'pipe' });
  const onEngine: GoldenCase = { ...c, command: { ...c.command, env: { ...c.command.env, ...env } } };
  return await inFolder(onEngine, async () => {
    const images = (await compose(onEngine, ['config', '--images'])).stdout.split('\n').filter(Boolean);
    const [any = ''] = docker('image', 'ls', '-q', '--filter', 'dangling=false').split('\n');
    const names = images.filter((name) => docker('image', 'ls', '-q', name) === '');
    for (const name of names) docker('tag', any, name);
    try {
      const created = await compose(onEngine, ['create', '--no-build', '--pull', 'never']);
      if (created.exit !== 0) throw new Error(`${c.name}: ${created.stderr}`);
      const label = (name: string): string => `{{index .Config.Labels "com.docker.compose.${name}"}}`;
      const ids = (await compose(onEngine, ['ps', '-aq'])).stdout.split('\n').filter(Boolean);
      return table(docker('inspect', '--format', `${label('service')} ${label('config-hash')}`, ...ids));
    } finally {
      await compose(onEngine, ['down', '--volumes']);
      if (names.length > 0) docker('rmi', ...names);
    }
  });
}

/** Runs with the case's files in `/golden/<name>`, and removes them. */
async function inFolder<T>(c: GoldenCase, run: () => Promise<T>): Promise<T> {
  const dir = join(ROOT, c.name);
  rmSync(dir, { recursive: true, force: true });
  try {
    for (const [path, bytes] of c.files) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), bytes);
    }
    return await run();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
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
