import type { FindingShape, HealthBar, HealthHistory, LogLineShape, Preview } from '../../main/channels.ts';
import { AT, HOSTILE, PROBES } from './states.ts';

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

/** A day of quarter hours; what is not said is well. */
function day(changes: Readonly<Record<number, HealthBar>> = {}): HealthBar[] {
  return Array.from({ length: 96 }, (_, i) => changes[i] ?? (i < 6 ? 'unwatched' : 'well'));
}

export const HEALTH: HealthHistory = {
  from: '2026-11-25T10:00:00.000Z',
  minutes: 15,
  services: [
    { service: 'db', bars: day({ 95: 'ill' }) },
    { service: 'redis', bars: day() },
    { service: 'server', bars: day({ 50: 'ill', 51: 'ill' }) },
    { service: 'nginx', bars: day({ 30: 'stopped', 31: 'stopped', 32: 'stopped', 33: 'stopped' }) },
  ],
  incidents: [
    { service: 'db', from: '2026-11-26T09:58:00.000Z', sentence: 'db fails its health check' },
    {
      service: 'server',
      from: '2026-11-25T22:31:00.000Z',
      to: '2026-11-25T22:46:00.000Z',
      sentence: 'out of memory at 1 GB',
    },
  ],
};

/** The app has just begun to watch. */
export const UNWATCHED: HealthHistory = { ...HEALTH, services: [], incidents: [] };

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
  changeOptions: null,
  openLogs: null,
  watchUse: null,
  health: HEALTH,
};
