import type { z } from 'zod';
import { AppSnapshot, type Preview, type FindingShape, type LogLineShape } from '../../main/channels.ts';
import type { ServiceState, StackState } from '../../main/contract.ts';

type Given = z.input<typeof AppSnapshot>;

const AT = '2026-11-26T10:00:00.000Z';

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
    support: {
      status: 'retired',
      reason: 'Letta archived its V1 server; 0.16.8 is the last image and gets no more fixes.',
    },
    ...change,
  };
}

function snapshot(stacks: StackState[], change: Partial<Given> = {}): AppSnapshot {
  return AppSnapshot.parse({
    contract: 1,
    revision: 1,
    engine: ENGINE,
    stacks,
    isCurrent: true,
    current: 'letta-production',
    title: 'Letta server',
    ...change,
  });
}

const UNHEALTHY: Partial<ServiceState> = {
  status: 'unhealthy',
  cause: { kind: 'health', sentence: 'db fails its health check', detail: '127.0.0.1:5432 - no response\n' },
};

const PROBES = [
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
): StackState['operation'] => ({
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
      sentence: 'server keeps ending and is restarted (7 times).',
      services: services({
        server: {
          status: 'restarting',
          restarts: 7,
          cause: { kind: 'exit', sentence: 'server keeps ending and is restarted (7 times)', exitCode: 1 },
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
    { failure: { kind: 'up', at: AT, errors: [PORT_TAKEN] } },
  ),
  'word needed': snapshot(
    [stack({ status: 'stopped', sentence: 'Nothing of it is running.', services: ABSENT })],
    {
      failure: {
        kind: 'up',
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
  looking: snapshot([], { isCurrent: false }),
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
      }),
    ],
    { engine: { ...ENGINE, url: 'ssh://me@gpu-box.local' } },
  ),
  hostile: snapshot(
    [
      stack({
        profile: 'own',
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

const step = (id: string, kind: string, title: string, cause: string): Preview['steps'][number] => ({
  id,
  kind,
  title,
  cause,
});

export const PREVIEW: Preview = {
  steps: [
    step('image:letta', 'pullImage', 'pull image letta/letta:0.16.8', 'the image is not there'),
    step('secrets', 'generateSecrets', 'generate secrets LETTA_SERVER_PASSWORD', 'its data volume is new'),
    step('volume:pgdata', 'createVolume', 'create volume letta-production_pgdata', 'it is not there'),
    step(
      'create:letta-production-db-1',
      'create',
      'create container letta-production-db-1',
      'it is not there',
    ),
    step('start:letta-production-db-1', 'start', 'start container letta-production-db-1', 'it is new'),
    step('wait:db', 'wait', 'wait until db is healthy', 'it was started'),
    step(
      'create:letta-production-nginx-1',
      'create',
      'recreate container letta-production-nginx-1',
      'configuration changed',
    ),
    step(
      'stop:letta-production-nginx-1',
      'stop',
      'stop container letta-production-nginx-1',
      'configuration changed',
    ),
    step(
      'remove:letta-production-nginx-1',
      'remove',
      'remove container letta-production-nginx-1',
      'configuration changed',
    ),
  ],
  warnings: [],
  confirmations: [],
  agreement: 'plan-1',
  unchanged: ['redis'],
};

export const PREVIEW_TO_CONFIRM: Preview = {
  ...PREVIEW,
  warnings: [
    {
      code: 'stack.slow',
      data: {},
      message: 'The disk has 7 GB left; the images need 6 GB.',
      next: 'Free some space.',
    },
  ],
  confirmations: [
    {
      kind: 'unknown-volume',
      subject: 'letta-production_pgdata',
      text: 'Volume letta-production_pgdata (61.2 MB) holds data, and this program has not run letta-production here before; the stack would use it.',
    },
  ],
  agreement: 'plan-2',
};

export const LOGS: LogLineShape[] = [
  { service: 'db', stream: 'stderr', at: AT, text: 'LOG:  database system is ready to accept connections' },
  {
    service: 'server',
    stream: 'stdout',
    at: AT,
    text: '\u001B[32mINFO\u001B[0m: Application startup complete.',
  },
  { service: 'server', stream: 'stdout', at: AT, text: HOSTILE },
  { service: 'nginx', stream: 'stdout', at: AT, text: `GET /${'a'.repeat(12_000)}` },
  ...Array.from({ length: 60 }, (_, i): LogLineShape => ({
    service: 'nginx',
    stream: 'stdout',
    at: AT,
    text: `127.0.0.1 - - "GET /v1/agents/?limit=${i} HTTP/1.1" 200 2`,
  })),
];

export const FINDINGS: FindingShape[] = [
  {
    id: 'engine',
    title: 'The engine answers',
    category: 'engine',
    status: 'ok',
    detail: 'Docker Engine 28.5.1',
  },
  {
    id: 'disk',
    title: 'Room on the disk',
    category: 'machine',
    status: 'warn',
    detail: '7 GB are free; the profile needs 6 GB.',
    fix: 'Remove images that nothing uses: docker image prune',
  },
  {
    id: 'ports',
    title: 'Ports are free',
    category: 'machine',
    status: 'fail',
    detail: 'Port 8283 is taken by node (pid 812).',
    fix: 'End that program, or choose another port.',
  },
];

/** What the fake bridge answers to each call, unless a test says otherwise. */
export const ANSWERS: Readonly<Record<string, unknown>> = {
  operate: null,
  cancel: null,
  openUrl: null,
  copyAddress: null,
  copySecret: null,
  preview: PREVIEW,
  probe: PROBES,
  logs: LOGS,
  doctor: FINDINGS,
};
