/**
 * The engine that the tests run on, and the lab's faults: a second engine, the registry's errors, the keychain's states.
 * In a shell: `eval "$(npm run -s lab -- env)"`, then `npx vitest run test/engine/…`; `npm test` does it by itself.
 */
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe } from 'vitest';

const execute = promisify(execFile);
const LAB = path.join(import.meta.dirname, '..', 'lab');
const RUN = '/run/letta-stack-lab';

export interface Engine {
  /** What DOCKER_HOST says. */
  readonly host: string;
  /** The lab that the engine belongs to; not there when TEST_DOCKER_HOST names another engine. */
  readonly lab?: string;
}

/** The lab whose socket this DOCKER_HOST is, if it is one. */
function labOf(host: string): string | undefined {
  const match = /^unix:\/\/\/run\/letta-stack-lab\/([^/]+)\/docker\.sock$/.exec(host);
  return match?.[1];
}

function findEngine(): Engine | undefined {
  const named = process.env['TEST_DOCKER_HOST'];
  if (named) return { host: named };
  const host = process.env['DOCKER_HOST'] ?? '';
  const lab = labOf(host);
  return lab !== undefined && existsSync(path.join(RUN, lab, 'docker.sock')) ? { host, lab } : undefined;
}

/**
 * The engine for tests, if there is one. Never the machine's own by accident: only that of a lab that is up, or the one
 * that TEST_DOCKER_HOST names.
 */
export const engine = findEngine();

const WHY_NO_ENGINE =
  'no engine for tests: neither a lab (npm run lab -- up, then its env) nor TEST_DOCKER_HOST';
const WHY_NO_LAB = 'this needs the lab, not the engine of TEST_DOCKER_HOST';

function describeIf(condition: boolean, why: string, name: string, body: () => void): void {
  if (!condition) console.warn(`skipped: ${name} (${why})`);
  describe.skipIf(!condition)(name, body);
}

/** A `describe` for tests on an engine; skipped with the reason printed where there is none. */
export function describeEngine(name: string, body: () => void): void {
  describeIf(engine !== undefined, WHY_NO_ENGINE, name, body);
}

/** A `describe` for tests that need the lab itself: its faults, keychain, second engines, the CLI as oracle. */
export function describeLab(name: string, body: () => void): void {
  describeIf(engine?.lab !== undefined, engine ? WHY_NO_LAB : WHY_NO_ENGINE, name, body);
}

/** The engine of the tests. Inside describeEngine there always is one. */
export function theEngine(): Engine {
  if (!engine) throw new Error(WHY_NO_ENGINE);
  return engine;
}

function theLab(): string {
  const { lab } = theEngine();
  if (lab === undefined) throw new Error(WHY_NO_LAB);
  return lab;
}

async function script(name: string, args: string[], env: Record<string, string>): Promise<string> {
  const { stdout } = await execute(path.join(LAB, name), args, { env: { ...process.env, ...env } });
  return stdout;
}

export interface LabHandle extends AsyncDisposable {
  readonly name: string;
  readonly host: string;
  /** The engine process dies as in a crash; containers and data stay. */
  kill(): Promise<void>;
  /** Starts it after a kill, or ends it in order and starts it again. */
  restart(): Promise<void>;
  /** Variables for a child that is to use this lab: DOCKER_HOST, DOCKER_CONFIG, DBUS_SESSION_BUS_ADDRESS, PATH. */
  env(): Promise<Record<string, string>>;
  readonly registry: Registry;
  readonly keychain: (state: KeychainState) => Promise<void>;
  gpu(state: GpuState): void;
}

export interface LabOptions {
  /** Folders of test/lab/images whose images the engine has from the start; none by default. */
  images?: readonly (
    'postgres' | 'redis' | 'nginx' | 'letta' | 'fake-provider' | 'vllm-stand-in' | 'fake-hub'
  )[];
  /** The Debian suite of the engine: forky is 28.5, bookworm is 20.10. */
  suite?: 'forky' | 'bookworm';
  /** The size of the engine's disk ("350m"), for tests of a full one. */
  dataSize?: string;
  /** Further arguments of dockerd. */
  args?: string;
  /** Its engine finds a stand-in for NVIDIA's hook (test/lab/gpu), so it has the driver "nvidia" without any device. */
  hook?: boolean;
}

/** What stands in for NVIDIA's: what the hook fails with, and whether there is a CDI specification. By default neither. */
export interface GpuState {
  readonly hookSays?: string;
  readonly cdi?: boolean;
}

/** `unlocked` is how the lab starts; test/lab/keychain.sh says what the others are. */
export type KeychainState = 'unlocked' | 'locked' | 'empty' | 'absent' | 'stop';

/** What test/lab/registry.mjs can be told; each key replaces its former value. */
export interface RegistrySettings {
  rate?: number;
  fail?: {
    match: string;
    times?: number;
    status?: number;
    body?: string;
    headers?: Record<string, string>;
    after?: number;
    corrupt?: boolean;
    hang?: boolean;
  }[];
  refuse?: string[];
  auth?: Record<string, string>;
}

export interface RegistryReport extends Required<RegistrySettings> {
  /** Blob bytes sent since it started, and transfers open now. */
  bytes: number;
  transfers: number;
  /** Full names of the images that it has. */
  images: string[];
  /** "time host METHOD path" of the last 200 requests. */
  requests: string[];
}

export interface Registry {
  set(settings: RegistrySettings): Promise<void>;
  get(): Promise<RegistryReport>;
  /** Full speed and no faults. */
  reset(): Promise<void>;
  /** How another program than the engine reaches it under every name: as its proxy, trusting its certificate's file. */
  asProxy(): Promise<{ proxy: string; certificate: string }>;
}

function registryOf(lab: string): Registry {
  const origin = () =>
    `http://127.0.0.1:${readFileSync(path.join(RUN, lab, 'registry.port'), 'utf8').trim()}`;
  const url = () => `${origin()}/_lab`;
  const set = async (settings: RegistrySettings) => {
    const response = await fetch(url(), { method: 'POST', body: JSON.stringify(settings) });
    if (!response.ok) throw new Error(`the lab's registry answered ${response.status}`);
  };
  return {
    set,
    get: async () => (await (await fetch(url())).json()) as RegistryReport,
    reset: () => set({ rate: 0, fail: [], refuse: [], auth: {} }),
    asProxy: async () => ({
      proxy: origin(),
      certificate: (await script('registry.sh', ['certificate'], { LAB_NAME: lab })).trim(),
    }),
  };
}

function handle(name: string, variables: Record<string, string>, end: () => Promise<void>): LabHandle {
  const call = async (file: string, ...args: string[]) => {
    await script(file, args, { ...variables, LAB_NAME: name });
  };
  return {
    name,
    host: `unix://${RUN}/${name}/docker.sock`,
    kill: () => call('engine.sh', 'kill'),
    restart: () => call('engine.sh', 'restart'),
    env: async () =>
      JSON.parse(await script('lab.sh', ['env', 'json'], { LAB_NAME: name })) as Record<string, string>,
    registry: registryOf(name),
    keychain: (state) => call('keychain.sh', state),
    gpu: ({ hookSays = '', cdi = false }) => {
      const folder = path.join(RUN, name, 'gpu');
      writeFileSync(path.join(folder, 'says'), hookSays);
      const specification = path.join(folder, 'cdi', 'nvidia.json');
      if (cdi) copyFileSync(path.join(LAB, 'gpu', 'nvidia.json'), specification);
      else rmSync(specification, { force: true });
    },
    [Symbol.asyncDispose]: end,
  };
}

/** The lab that the tests run on. Disposing of it does nothing: others use it. */
export function currentLab(): LabHandle {
  return handle(theLab(), {}, async () => {});
}

/**
 * A lab of its own for a test that breaks it: `await using lab = await freshLab('killed')`. It has an empty engine, a
 * registry and a keychain, starts in about two seconds (and about one more for each image) and is destroyed at the end.
 */
export async function freshLab(suffix: string, options: LabOptions = {}): Promise<LabHandle> {
  const name = `${theLab()}-${suffix}`;
  const variables = {
    LAB_SUITE: options.suite ?? 'forky',
    LAB_PULL: options.images?.join(' ') || 'none',
    LAB_DATA_SIZE: options.dataSize ?? '',
    LAB_ARGS: options.args ?? '',
    LAB_GPU: options.hook ? 'hook' : '',
  };
  const destroy = async () => {
    await script('lab.sh', ['destroy'], { ...variables, LAB_NAME: name });
  };
  // What an interrupted run left would be another test's state.
  await destroy();
  await script('lab.sh', ['up'], { ...variables, LAB_NAME: name });
  return handle(name, variables, destroy);
}
