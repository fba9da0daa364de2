import type { z } from 'zod';
import { AppSnapshot, type AppOptions } from '../../main/channels.ts';
import type { ServiceState, StackState } from '../../main/contract.ts';

type Given = z.input<typeof AppSnapshot>;

/** When everything in the fixtures was seen. */
export const AT = '2026-11-26T10:00:00.000Z';

const ENGINE: Given['engine'] = {
  reachable: true,
  url: 'unix:///var/run/docker.sock',
  source: 'default socket',
  product: 'Docker Engine',
  version: '28.5.1',
};

function service(name: string, image: string, change: Partial<ServiceState> = {}): ServiceState {
  return {
    name,
    image,
    status: 'healthy',
    containerId: `id-of-${name}`,
    containerName: `letta-production-${name}-1`,
    startedAt: AT,
    restarts: 0,
    ports: [],
    ...change,
  };
}

/** The production profile's services, each with the change that is given for it. */
function services(changes: Readonly<Record<string, Partial<ServiceState>>> = {}): ServiceState[] {
  return [
    service('db', 'pgvector/pgvector:0.8.1-pg15', changes['db']),
    service('redis', 'redis:7.4-alpine', changes['redis']),
    service('server', 'letta/letta:0.16.8', { dependsOn: ['db', 'redis'], ...changes['server'] }),
    service('nginx', 'nginx:1.27-alpine', {
      dependsOn: ['server'],
      ports: [{ address: '127.0.0.1', published: 8283, target: 80, protocol: 'tcp' }],
      ...changes['nginx'],
    }),
  ];
}

const everywhere = (change: Partial<ServiceState>): ServiceState[] =>
  services({ db: change, redis: change, server: change, nginx: change });

function absent(name: string, image: string): ServiceState {
  return { name, image, status: 'absent', restarts: 0, ports: [] };
}

const ABSENT = services().map(({ name, image }) => absent(name, image));

function stack(change: Partial<StackState>): StackState {
  return {
    project: 'letta-production',
    profile: 'production',
    profileVersion: '1',
    status: 'running',
    sentence: 'All services are well.',
    services: services(),
    probes: [],
    urls: [{ label: 'API', url: 'http://127.0.0.1:8283/v1/' }],
    connect: { api: 'letta', secret: 'LETTA_SERVER_PASSWORD', test: 'http://127.0.0.1:8283/v1/agents/count' },
    support: {
      status: 'retired',
      reason: 'Letta archived its V1 server; 0.16.8 is the last image and gets no more fixes.',
    },
    ...change,
  };
}

/** What holds where nothing was chosen. */
export const OPTIONS: AppOptions = {
  startAtLogin: false,
  onQuit: 'keep',
  theme: 'system',
  notificationsOff: [],
  quietHours: null,
  trayHintSeen: true,
  setup: null,
};

const PLACES = {
  settings: '/home/me/.config/letta-stack/settings.json',
  state: '/home/me/.local/state/letta-stack',
  logs: '/home/me/.local/state/letta-stack/logs',
};

function snapshot(stacks: StackState[], change: Partial<Given> = {}): AppSnapshot {
  return AppSnapshot.parse({
    contract: 1,
    revision: 1,
    engine: ENGINE,
    stacks,
    isCurrent: true,
    current: 'letta-production',
    title: 'Letta server',
    options: OPTIONS,
    places: PLACES,
    ...change,
  });
}

const UNHEALTHY: Partial<ServiceState> = {
  status: 'unhealthy',
  cause: { kind: 'health', sentence: 'db fails its health check', detail: '127.0.0.1:5432 - no response\n' },
};

export const PROBES = [
  { id: 'db', label: 'Database answers', service: 'db', ok: true, answer: '1', tookMs: 84, at: AT },
  { id: 'vector', label: 'Extension vector', service: 'db', ok: true, answer: '0.8.1', tookMs: 79, at: AT },
  {
    id: 'api',
    label: 'Agents can be counted',
    service: 'server',
    ok: true,
    answer: '0',
    tookMs: 1240,
    at: AT,
  },
];

const up = (
  tasks: NonNullable<StackState['operation']>['tasks'],
  fraction?: number,
): NonNullable<StackState['operation']> => ({
  id: 'op',
  kind: 'up',
  project: 'letta-production',
  pid: 4711,
  startedAt: AT,
  tasks,
  ...(fraction !== undefined && { fraction }),
  cancellable: true,
});

const TASKS: NonNullable<StackState['operation']>['tasks'] = [
  { id: 'pull:db', title: 'pull image pgvector/pgvector:0.8.1-pg15', status: 'done', tookMs: 8_200 },
  {
    id: 'pull:server',
    title: 'pull image letta/letta:0.16.8',
    status: 'running',
    detail: '412.3 of 1240.1 MB, 8.1 MB/s, 1 min left',
    progress: { current: 412.3, total: 1240.1 },
    startedAt: AT,
  },
  { id: 'pull:nginx', title: 'pull image nginx:1.27-alpine', status: 'running', detail: 'unpacking' },
  { id: 'create:db', title: 'create container letta-production-db-1', status: 'waiting' },
  { id: 'start:db', title: 'start container letta-production-db-1', status: 'waiting' },
  { id: 'wait:db', title: 'wait until db is healthy', status: 'waiting' },
];

/** The engine does not say how large these are. */
const UNKNOWN_SIZE: NonNullable<StackState['operation']>['tasks'] = [
  {
    id: 'pull:own',
    title: 'pull image registry.local/own:1',
    status: 'running',
    detail: '48.2 MB, 3.1 MB/s',
    progress: { current: 48.2e6 },
    startedAt: AT,
  },
  { id: 'create:own', title: 'create container own-1', status: 'waiting' },
];

const BUILDING: NonNullable<StackState['operation']>['tasks'] = [
  {
    id: 'build:server',
    title: 'build image letta-development-server',
    status: 'running',
    detail: 'Step 7/12: RUN uv sync --frozen',
    startedAt: AT,
  },
  { id: 'create:server', title: 'create container letta-development-server-1', status: 'waiting' },
];

const WAITING: NonNullable<StackState['operation']>['tasks'] = [
  { id: 'start:db', title: 'start container letta-production-db-1', status: 'done', tookMs: 310 },
  {
    id: 'wait:db',
    title: 'wait until db is healthy',
    status: 'running',
    detail: 'database system is starting up',
    startedAt: AT,
  },
  { id: 'start:server', title: 'start container letta-production-server-1', status: 'waiting' },
];

const STOPPING: NonNullable<StackState['operation']>['tasks'] = [
  { id: 'stop:nginx', title: 'stop container letta-production-nginx-1', status: 'done', tookMs: 180 },
  {
    id: 'stop:server',
    title: 'stop container letta-production-server-1',
    status: 'running',
    startedAt: AT,
  },
  { id: 'stop:db', title: 'stop container letta-production-db-1', status: 'waiting' },
];

const PORT_TAKEN = {
  code: 'stack.port-taken',
  data: {},
  message: 'Port 8283 on 127.0.0.1 is taken by node (pid 812)',
  next: 'End that program, or choose another port with: letta-stack settings set port 8284',
};

/** Characters that a container may say and that must not reach the page as they are. */
export const HOSTILE = '<img src=x onerror=alert(1)>\u001B[31mred\u001B[0m\u0007\u202Egnp.exe\u0000';

const LONG = 'x'.repeat(200);

/** Every state that the overview has. */
export const STATES = {
  running: snapshot([stack({ probes: PROBES })]),
  update: snapshot([stack({ updateAvailable: '2' })]),
  degraded: snapshot([
    stack({
      status: 'degraded',
      sentence: 'db fails its health check.',
      services: services({
        server: {
          status: 'unhealthy',
          cause: { kind: 'health', sentence: 'server fails its health check', detail: 'HTTP 500' },
        },
        db: UNHEALTHY,
      }),
    }),
  ]),
  missing: snapshot([
    stack({
      status: 'degraded',
      sentence: 'redis is not running.',
      cause: { kind: 'missing', sentence: 'redis is not running' },
      services: services({ redis: { status: 'stopped' } }),
    }),
  ]),
  probe: snapshot([
    stack({
      status: 'degraded',
      sentence: 'Agents can be counted: HTTP 500',
      cause: { kind: 'probe', sentence: 'Agents can be counted: HTTP 500' },
      probes: PROBES.map((p) => (p.id === 'api' ? { ...p, ok: false, answer: 'HTTP 500' } : p)),
    }),
  ]),
  failed: snapshot([
    stack({
      status: 'failed',
      sentence: 'server ended with exit code 3.',
      services: services({
        server: {
          status: 'failed',
          restarts: 1,
          cause: {
            kind: 'exit',
            sentence: 'server ended with exit code 3',
            exitCode: 3,
            log: [
              'Traceback (most recent call last):',
              '  File "main.py", line 1',
              'RuntimeError: no database',
            ],
          },
        },
      }),
    }),
  ]),
  looping: snapshot([
    stack({
      status: 'failed',
      sentence: 'server keeps ending and was restarted 7 times.',
      services: services({
        server: {
          status: 'restarting',
          restarts: 7,
          cause: { kind: 'exit', sentence: 'server keeps ending and was restarted 7 times', exitCode: 1 },
        },
      }),
    }),
  ]),
  stopped: snapshot([
    stack({
      status: 'stopped',
      sentence: 'Nothing of it is running.',
      services: everywhere({ status: 'stopped', ports: [] }),
    }),
  ]),
  first: snapshot([stack({ status: 'stopped', sentence: 'Nothing of it is running.', services: ABSENT })]),
  none: snapshot([]),
  pulling: snapshot([stack({ status: 'busy', services: ABSENT, operation: up(TASKS, 0.42) })]),
  planning: snapshot([stack({ status: 'busy', services: ABSENT, operation: up([]) })]),
  'pulling, size unknown': snapshot([
    stack({ status: 'busy', services: ABSENT, operation: up(UNKNOWN_SIZE) }),
  ]),
  building: snapshot([stack({ status: 'busy', services: ABSENT, operation: up(BUILDING, 0.1) })]),
  waiting: snapshot([
    stack({
      status: 'busy',
      services: services({
        db: { status: 'starting', cause: { kind: 'starting', sentence: 'db is starting' } },
        server: { status: 'created' },
        nginx: { status: 'created', ports: [] },
      }),
      operation: up(WAITING, 0.7),
    }),
  ]),
  stopping: snapshot([
    stack({
      status: 'busy',
      services: services({ nginx: { status: 'stopped', ports: [] } }),
      operation: { ...up(STOPPING, 0.4), kind: 'stop' },
    }),
  ]),
  cancelled: snapshot(
    [
      stack({
        status: 'stopped',
        sentence: 'Nothing of it is running.',
        services: services({
          db: { status: 'stopped' },
          redis: { status: 'created' },
          server: { status: 'created' },
          nginx: { status: 'absent', ports: [] },
        }),
      }),
    ],
    { ended: { project: 'letta-production', at: AT, outcome: 'cancelled' } },
  ),
  starting: snapshot([
    stack({
      status: 'busy',
      sentence: 'server is starting.',
      services: services({
        server: { status: 'starting', cause: { kind: 'starting', sentence: 'server is starting' } },
      }),
    }),
  ]),
  'start failed': snapshot(
    [
      stack({
        status: 'stopped',
        sentence: 'Nothing of it is running.',
        services: everywhere({ status: 'stopped' }),
      }),
    ],
    { failure: { kind: 'up', project: 'letta-production', at: AT, errors: [PORT_TAKEN] } },
  ),
  'word needed': snapshot(
    [stack({ status: 'stopped', sentence: 'Nothing of it is running.', services: ABSENT })],
    {
      failure: {
        kind: 'up',
        project: 'letta-production',
        at: AT,
        errors: [
          {
            code: 'stack.confirmation-needed',
            data: {},
            message: 'Volume letta-production_pgdata was made for another stack.',
            next: 'Look at what would be done.',
          },
        ],
      },
    },
  ),
  unreachable: snapshot([stack({ status: 'unknown', sentence: 'The engine does not answer.' })], {
    engine: {
      ...ENGINE,
      reachable: false,
      error: {
        code: 'engine.not-running',
        data: {},
        message: 'The container engine at unix:///var/run/docker.sock is not running: connection refused',
        next: 'Start it (sudo systemctl start docker, or open Docker Desktop).',
      },
    },
  }),
  old: snapshot([stack({})], { isCurrent: false }),
  looking: snapshot([], { isCurrent: false, options: undefined, places: undefined }),
  elsewhere: snapshot(
    [
      stack({
        urls: [
          {
            label: 'API',
            url: 'http://127.0.0.1:8283/v1/',
            on: 'gpu-box.local',
            tunnel: 'ssh -N -L 8283:127.0.0.1:8283 me@gpu-box.local',
          },
        ],
        connect: { api: 'letta', secret: 'LETTA_SERVER_PASSWORD' },
      }),
    ],
    { engine: { ...ENGINE, url: 'ssh://me@gpu-box.local' } },
  ),
  'app server': snapshot(
    [
      stack({
        project: 'letta-app-server',
        profile: 'app-server',
        services: [
          service('server', 'ghcr.io/letta-ai/letta-code:0.32.18', {
            containerName: 'letta-app-server-server-1',
            ports: [{ address: '127.0.0.1', published: 4500, target: 4500, protocol: 'tcp' }],
          }),
        ],
        urls: [
          { label: 'App Server', url: 'http://127.0.0.1:4500' },
          { label: 'OpenAI-compatible API', url: 'http://127.0.0.1:4500/v1' },
        ],
        connect: {
          api: 'app-server',
          secret: 'LETTA_APP_SERVER_TOKEN',
          test: 'http://127.0.0.1:4500/v1/models',
        },
        support: { status: 'current', reason: 'This is the server that Letta develops now.' },
      }),
    ],
    { current: 'letta-app-server', title: 'Letta App Server' },
  ),
  hostile: snapshot(
    [
      stack({
        profile: 'own',
        connect: undefined,
        status: 'degraded',
        sentence: `${HOSTILE} fails.`,
        services: services({
          db: {
            ...UNHEALTHY,
            name: HOSTILE,
            image: `${LONG}:${HOSTILE}`,
            cause: {
              kind: 'health',
              sentence: `${HOSTILE}${LONG}`,
              detail: `${HOSTILE}\n${'y'.repeat(20_000)}`,
            },
          },
        }),
        urls: [{ label: HOSTILE, url: `http://127.0.0.1:8283/${LONG}` }],
        probes: [{ id: 'p', label: HOSTILE, ok: false, answer: LONG, tookMs: 3, at: AT }],
      }),
    ],
    { title: `${HOSTILE}${LONG}` },
  ),
} satisfies Record<string, AppSnapshot>;

export type StateName = keyof typeof STATES;

/** With a setup that is under way. */
export const inSetup = (
  state: AppSnapshot,
  setup: AppOptions['setup'] = { step: 'engine' },
): AppSnapshot => ({
  ...state,
  options: { ...OPTIONS, setup },
});
