import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { failure } from '../errors.ts';
import type { BuildContext } from './build-context.ts';
import type { BuildOptions, Endpoint } from './port.ts';

/** Whether `docker buildx` can be run. */
export function findBuildx(signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn('docker', ['buildx', 'version'], { stdio: 'ignore', windowsHide: true, signal });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
}

/**
 * Builds with `docker buildx build --load` on the same engine; gives the image's id. Values of build arguments go
 * through the child's environment: argv can be read by every user of the machine.
 * @throws Failure `engine.build-arg` for arguments that would mean something to the Docker CLI there
 */
export async function buildWithBuildx(
  endpoint: Endpoint,
  options: BuildOptions,
  context: BuildContext,
): Promise<string> {
  const refused = steeringArgs(options, process.env);
  if (refused.length > 0) {
    throw failure('engine.build-arg', { image: options.tags[0] ?? options.context, names: refused });
  }
  const temporary = await mkdtemp(path.join(os.tmpdir(), 'letta-stack-build-'));
  const idFile = path.join(temporary, 'image-id');
  try {
    let file = context.file;
    if (options.dockerfileInline !== undefined) {
      file = path.join(temporary, 'Dockerfile');
      await writeFile(file, context.text);
    }
    const args = [
      'buildx',
      'build',
      ...buildxFlags(options),
      '--iidfile',
      idFile,
      '--file',
      file,
      options.context,
    ];
    await run(args, buildxEnvironment(endpoint, options, process.env), options);
    return (await readFile(idFile, 'utf8')).trim();
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** The flags of `docker buildx build`; argument values are not among them. */
export function buildxFlags(o: BuildOptions): readonly string[] {
  const each = (flag: string, values: readonly string[] | undefined): string[] =>
    (values ?? []).flatMap((value) => [flag, value]);
  return [
    '--load',
    '--progress=plain',
    ...each('--tag', o.tags),
    ...each('--build-arg', Object.keys(setArgs(o))),
    ...each(
      '--label',
      Object.entries(o.labels ?? {}).map(([k, v]) => `${k}=${v}`),
    ),
    ...each('--add-host', o.extraHosts),
    ...each('--cache-from', o.cacheFrom),
    ...each('--target', o.target === undefined ? [] : [o.target]),
    ...each('--platform', o.platform === undefined ? [] : [o.platform]),
    ...each('--network', o.network === undefined ? [] : [o.network]),
    ...each('--shm-size', o.shmSize === undefined ? [] : [String(o.shmSize)]),
    ...(o.noCache ? ['--no-cache'] : []),
    ...(o.pull ? ['--pull'] : []),
  ];
}

/** The child's environment: the same engine as ours, and the build arguments' values. */
export function buildxEnvironment(
  endpoint: Endpoint,
  options: BuildOptions,
  env: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const { DOCKER_HOST: _host, DOCKER_CONTEXT: _context, ...rest } = env;
  const engine =
    endpoint.context === undefined ? { DOCKER_HOST: endpoint.url } : { DOCKER_CONTEXT: endpoint.context };
  return { ...rest, ...setArgs(options), ...engine };
}

/** What the Docker CLI, its plugins and the systems' loaders read from their environment. */
const STEERING =
  /^(PATH|HOME|USERPROFILE|APPDATA|SYSTEMROOT|TE?MP(DIR)?|(HTTPS?|ALL|NO)_PROXY|(DOCKER|BUILDX|BUILDKIT|LD|DYLD|SSH|SSL|XDG|OTEL)_.*|GO(DEBUG|GC|MAXPROCS|MEMLIMIT|TRACEBACK))$/i;
/** Of BuildKit's own arguments these few are none of the CLI's variables. */
const BUILDKIT_ARGS = /^BUILDKIT_(INLINE_CACHE|MULTI_PLATFORM|SYNTAX|CONTEXT_KEEP_GIT_DIR|SANDBOX_HOSTNAME)$/;

/** Names of arguments that would change what the child is or does; the value that it has anyway changes nothing. */
export function steeringArgs(o: BuildOptions, env: NodeJS.ProcessEnv): readonly string[] {
  return Object.entries(setArgs(o))
    .filter(([name, value]) => env[name] !== value)
    .filter(([name]) => name in env || (STEERING.test(name) && !BUILDKIT_ARGS.test(name)))
    .map(([name]) => name);
}

const setArgs = (o: BuildOptions): Record<string, string> =>
  Object.fromEntries(Object.entries(o.args ?? {}).filter((e): e is [string, string] => e[1] !== null));

/** BuildKit's plain progress: `#7 [stage 2/3] RUN …`, `#7 ERROR: …`. */
const STEP = /^#(?<id>\d+) (?<title>\[.*)$/;
const ERROR = /^#(?<id>\d+) ERROR: (?<reason>.*)$/;

async function run(args: readonly string[], env: NodeJS.ProcessEnv, options: BuildOptions): Promise<void> {
  // cancelled while we looked for buildx: nobody would tell the child
  if (options.signal?.aborted) throw failure('engine.cancelled', { call: 'docker buildx build' });
  const child = spawn('docker', args, { env, stdio: ['ignore', 'ignore', 'pipe'], windowsHide: true });
  const stop = (): void => void child.kill('SIGTERM');
  options.signal?.addEventListener('abort', stop, { once: true });
  const titles = new Map<string, string>();
  let failed: { step: string; reason: string } | undefined;
  let last = '';
  const output = createInterface({ input: child.stderr });
  output.on('line', (line) => {
    options.onOutput?.(line);
    const step = STEP.exec(line)?.groups;
    if (step?.['id'] !== undefined) titles.set(step['id'], step['title'] ?? '');
    const error = ERROR.exec(line)?.groups;
    if (error) failed = { step: titles.get(error['id'] ?? '') ?? 'its start', reason: error['reason'] ?? '' };
    if (line.trim() !== '') last = line.trim();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  options.signal?.removeEventListener('abort', stop);
  if (options.signal?.aborted) throw failure('engine.cancelled', { call: 'docker buildx build' });
  if (code !== 0) {
    const image = options.tags[0] ?? options.context;
    throw failure('engine.build-failed', { image, ...(failed ?? { step: 'its start', reason: last }) });
  }
}
