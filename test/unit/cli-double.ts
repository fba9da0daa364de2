import { PassThrough, Writable } from 'node:stream';
import { main } from '../../main/cli.ts';
import type { Operation, StackState } from '../../main/contract.ts';
import { GPU_FACTS } from '../fixtures/gpu-facts.ts';
import type { Core } from '../../main/core-types.ts';
import type { Terminal } from '../../main/commands/terminal.ts';
import { gpuReport } from '../../main/gpu/report.ts';
import type { LogLine, Stack } from '../../main/stack/stack-types.ts';
import type { Finding } from '../../main/system/doctor-types.ts';
import type { Applied, Settings } from '../../main/system/types.ts';

/** What was written to a stream that may be a terminal. */
export class FakeOut extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 80;
  readonly rows = 24;

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  hasColors(): boolean {
    return this.isTTY;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

/** Keys and files: a terminal's stdin can be put into raw mode. */
export class FakeIn extends PassThrough {
  readonly isTTY: boolean;
  raw = false;

  constructor(isTTY: boolean, text?: string) {
    super();
    this.isTTY = isTTY;
    if (text !== undefined) this.end(text);
  }

  setRawMode(raw: boolean): this {
    this.raw = raw;
    return this;
  }
}

export interface FakeTerminal {
  readonly terminal: Terminal;
  readonly stdin: FakeIn;
  readonly stdout: FakeOut;
  readonly stderr: FakeOut;
}

export function fakeTerminal(options: { tty?: boolean; stdin?: string } = {}): FakeTerminal {
  const tty = options.tty ?? false;
  const [stdin, stdout, stderr] = [new FakeIn(tty, options.stdin), new FakeOut(tty), new FakeOut(tty)];
  const terminal: Terminal = {
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    env: {},
    platform: 'linux',
    cwd: '/home/me',
    now: () => Date.parse('2026-01-31T12:00:00Z'),
  };
  return { terminal, stdin, stdout, stderr };
}

export const runningState: StackState = {
  project: 'letta-production',
  profile: 'production',
  profileVersion: '1',
  status: 'running',
  sentence: 'All services are well.',
  services: [
    {
      name: 'db',
      status: 'healthy',
      image: 'pgvector/pgvector:0.8.1-pg15',
      containerId: 'abc',
      containerName: 'letta-production-db-1',
      startedAt: '2026-01-31T10:00:00Z',
      restarts: 0,
      ports: [],
    },
    {
      name: 'nginx',
      status: 'running',
      image: 'nginx:1.27-alpine',
      containerId: 'def',
      containerName: 'letta-production-nginx-1',
      startedAt: '2026-01-31T11:58:00Z',
      restarts: 0,
      ports: [{ address: '127.0.0.1', published: 8283, target: 80, protocol: 'tcp' }],
    },
  ],
  probes: [],
  urls: [{ label: 'API', url: 'http://127.0.0.1:8283/v1/' }],
  support: { status: 'retired', reason: 'Letta archived its V1 server.' },
};

export const logLines: readonly LogLine[] = [
  {
    service: 'db',
    container: 'p-db-1',
    stream: 'stderr',
    at: '2026-01-31T11:00:00.000000001Z',
    text: 'ready',
  },
  {
    service: 'nginx',
    container: 'p-nginx-1',
    stream: 'stdout',
    at: '2026-01-31T11:00:01Z',
    text: 'GET / 200',
  },
];

const block: NonNullable<Stack['block']> = {
  title: 'Letta server',
  summary: 'Agents with memory.',
  version: '1',
  support: { status: 'retired', since: '2026-08-15', reason: 'Letta archived its V1 server.' },
  needs: { disk: 6e9 },
  urls: [],
  imageIdFiles: {},
  provides: {},
  jobs: {},
  settings: [
    {
      name: 'port',
      label: 'Port',
      type: 'port',
      default: '8283',
      holds: [],
      required: false,
      variable: 'LETTA_STACK_PORT',
    },
  ],
  secrets: [
    {
      name: 'OPENAI_API_KEY',
      label: 'OpenAI',
      scope: 'global',
      required: false,
      generated: false,
      multiline: false,
    },
    {
      name: 'CREDENTIALS',
      label: 'Account',
      scope: 'global',
      required: false,
      generated: false,
      multiline: true,
    },
  ],
  bundles: [],
  probes: [],
};

/** An operation of another process that was cancelled while its second step ran. */
export const cancelledOperation: Operation = {
  id: 'x',
  kind: 'up',
  project: 'letta-production',
  pid: 7,
  startedAt: '2026-01-31T11:59:00Z',
  tasks: [
    { id: 'a', title: 'create network front', status: 'done' },
    { id: 'b', title: 'wait until db is healthy', status: 'cancelled' },
    { id: 'c', title: 'create container web', status: 'skipped' },
  ],
  fraction: 0.4,
  cancellable: true,
};

/** Records what the terminal asks of the core. */
export class FakeCore {
  settings: Settings = { version: 1, stacks: {} };
  /** what the stack was brought up with */
  applied: Pick<Applied, 'variables'> | undefined;
  readonly calls: (readonly [string, ...unknown[]])[] = [];
  readonly values = new Map<string, string>();
  findings: readonly Finding[] = [
    {
      id: 'ports',
      title: 'Ports',
      category: 'machine',
      status: 'warn',
      detail: '8283 is taken',
      fix: 'letta-stack settings{stack} names its settings',
    },
  ];

  readonly #overrides: Partial<Stack>;

  /** `overrides` is what a test changes of the stack. */
  constructor(overrides: Partial<Stack> = {}) {
    this.#overrides = overrides;
  }

  readonly stack: Stack = {
    project: 'letta-production',
    profile: 'production',
    block,
    load: () => Promise.reject(new Error('not loaded')),
    variablesUsed: () => Promise.reject(new Error('not loaded')),
    cancel: () => Promise.resolve(cancelledOperation),
    plan: () =>
      Promise.resolve({
        project: 'letta-production',
        operation: 'up',
        steps: [
          { id: 'net', kind: 'createNetwork', key: 'front', name: 'front', after: [], cause: 'missing' },
        ],
        warnings: [],
        confirmations: [],
        orphans: [],
        unchanged: ['db'],
      }),
    downloads: () => Promise.resolve({ images: [], bytes: 0, words: '' }),
    up: (request) => this.#said('up', runningState, request),
    rehearse: () => this.#said('rehearse', undefined),
    removal: () => Promise.reject(new Error('nothing to remove')),
    remove: () => this.#said('remove', undefined),
    planRestart: () => Promise.reject(new Error('no plan')),
    down: (request) => this.#said('down', undefined, request),
    start: (services) => this.#said('start', runningState, services),
    stop: (services) => this.#said('stop', runningState, services),
    restart: (services) => this.#said('restart', runningState, services),
    status: (options) => this.#said('status', runningState, options),
    watch: async function* () {
      yield runningState;
      yield { ...runningState, status: 'degraded', sentence: 'db is not running.' };
    },
    logs: async function* () {
      yield* logLines;
    },
    logPage: () => Promise.resolve({ lines: logLines, hasOlder: false }),
    containerOf: () => Promise.reject(new Error('no container')),
    composeCall: () => Promise.reject(new Error('no compose')),
    secrets: () =>
      Promise.resolve(
        block.secrets.map(({ name, label, scope, required }) => ({
          name,
          label,
          scope,
          required,
          set: this.values.has(name),
        })),
      ),
    setSecret: async (name, value, confirmed) => {
      this.calls.push(['setSecret', name, value, confirmed]);
      this.values.set(name, value);
      return [];
    },
    unsetSecret: async (name) => this.values.delete(name),
    restoreRole: () => Promise.resolve(),
  };

  #said<T>(name: string, result: T, ...args: unknown[]): Promise<T> {
    this.calls.push([name, ...args]);
    return Promise.resolve(result);
  }

  get core(): Core {
    const edges = {
      settings: {
        path: '/home/me/.config/letta-stack/settings.json',
        read: async () => ({ settings: this.settings }),
        update: async (change: (s: Settings) => Settings) => {
          this.settings = change(this.settings);
          return { settings: this.settings };
        },
        watch: () => () => {},
      },
      state: {
        history: () => [{ at: '2026-01-31T11:00:00Z', kind: 'settings', diff: '-a\n+b\n' }],
        appliedHistory: () => [],
        applied: () => this.applied,
      },
      folders: { state: '/nowhere', runtime: '/nowhere' },
    } as unknown as Core['edges'];
    const engine = {
      endpoint: { url: 'unix:///x', source: 'DOCKER_HOST' },
      info: { version: '28.5', product: 'docker' },
    };
    const store = { get: ({ name }: { name: string }) => Promise.resolve(this.values.get(name)) };
    return {
      edges,
      engine: () => Promise.resolve(engine as unknown as Awaited<ReturnType<Core['engine']>>),
      engineMeant: () => Promise.reject(new Error('a command means one engine')),
      letEngineGo: () => {},
      engineAnew: () => Promise.reject(new Error('a command means one engine')),
      watchContext: () => () => {},
      tryEngine: () => Promise.reject(new Error('no engine')),
      engineChoices: () => Promise.resolve({ contexts: [] }),
      engineGuide: () => Promise.resolve(undefined),
      startEngine: () => Promise.resolve(),
      probeGpu: () => Promise.resolve({ state: 'unknown' }),
      profiles: () => Promise.resolve([{ id: 'production', file: '/p/compose.yaml', block }]),
      stack: (ref) => {
        this.calls.push(['stack', ref]);
        return Promise.resolve({ ...this.stack, ...this.#overrides });
      },
      secretStore: () => Promise.resolve(store as unknown as Awaited<ReturnType<Core['secretStore']>>),
      hostReach: () => Promise.resolve({ by: 'unknown' }),
      modelServers: () => Promise.resolve([]),
      doctor: () => Promise.resolve(this.findings),
      repair: async ({ id }) => {
        this.calls.push(['repair', id]);
        this.findings = this.findings.map((f) => (f.id === id ? { ...f, status: 'ok' } : f));
      },
      gpu: ({ config, ...request } = {}) => {
        this.calls.push(['gpu', request, config]);
        return Promise.resolve(gpuReport({ facts: GPU_FACTS, noEngine: 'no engine' }, request));
      },
      close: () => {},
    };
  }
}

/** Runs a command line on a fake core. */
export async function runCli(
  argv: readonly string[],
  fake: FakeCore = new FakeCore(),
  at: FakeTerminal = fakeTerminal(),
): Promise<{ code: number; stdout: string; stderr: string }> {
  const code = await main(argv, {
    terminal: at.terminal,
    profileIds: () => ['production', 'research'],
    openCore: () => Promise.resolve(fake.core),
  });
  return { code, stdout: at.stdout.text, stderr: at.stderr.text };
}
