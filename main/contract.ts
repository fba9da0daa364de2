import { z } from 'zod';
import { ConnectApi } from './connect-api.ts';
import { AppErrorSchema } from './error-shape.ts';

export { AppErrorSchema };
export { ConnectApi, SECRET_WORD } from './connect-api.ts';
export { gib, settingWords, tokens, VERDICTS } from './gpu/fit-words.ts';
export * from './gpu-shape.ts';
export { isUp } from './is-up.ts';
export { publishes } from './publishes.ts';

/** What the core tells app and terminal alike; `--format json` prints these, the window reads these. */
export const CONTRACT_VERSION = 1;

export const StackStatus = z.enum(['stopped', 'busy', 'running', 'degraded', 'failed', 'unknown']);
export type StackStatus = z.infer<typeof StackStatus>;

/** Why something is as it is: one sentence, and what it was read from. */
export const Cause = z.object({
  /** machine word: `health`, `exit`, `oom`, `dependency`, `missing`, `start`, `probe`, `engine` */
  kind: z.enum([
    'health',
    'exit',
    'oom',
    'dependency',
    'missing',
    'start',
    'probe',
    'engine',
    'starting',
    'operation',
  ]),
  sentence: z.string(),
  /** last health check output, exit text, engine error */
  detail: z.string().optional(),
  exitCode: z.number().int().optional(),
  /** last log lines, redacted */
  log: z.array(z.string()).optional(),
});
export type Cause = z.infer<typeof Cause>;

export const ServiceStatus = z.enum([
  'absent',
  'created',
  'starting',
  'healthy',
  'running',
  'unhealthy',
  'restarting',
  'paused',
  'completed',
  'failed',
  'stopped',
]);
export type ServiceStatus = z.infer<typeof ServiceStatus>;

export const ServiceState = z.object({
  name: z.string(),
  status: ServiceStatus,
  cause: Cause.optional(),
  image: z.string(),
  containerId: z.string().optional(),
  containerName: z.string().optional(),
  /** ISO 8601 */
  startedAt: z.string().optional(),
  restarts: z.number().int(),
  /** services that it needs: what they lack, it suffers from */
  dependsOn: z.array(z.string()).optional(),
  /** published addresses, as `127.0.0.1:8283→80/tcp` in parts */
  ports: z.array(
    z.object({
      address: z.string(),
      published: z.number().int(),
      target: z.number().int(),
      protocol: z.string(),
    }),
  ),
});
export type ServiceState = z.infer<typeof ServiceState>;

export const ProbeResult = z.object({
  id: z.string(),
  label: z.string(),
  service: z.string().optional(),
  ok: z.boolean(),
  /** what it answered, redacted */
  answer: z.string(),
  /** milliseconds */
  tookMs: z.number(),
  /** ISO 8601 */
  at: z.string(),
});
export type ProbeResult = z.infer<typeof ProbeResult>;

export const TaskStatus = z.enum(['waiting', 'running', 'done', 'failed', 'skipped', 'cancelled']);
export const Task = z.object({
  id: z.string(),
  /** the plan's step in words: `create container letta-production-db-1` */
  title: z.string(),
  status: TaskStatus,
  /** what it is doing now: `12.3 of 40.1 MB, 8.1 MB/s, 4 s left` */
  detail: z.string().optional(),
  /** bytes, where they are known; never decreases */
  progress: z.object({ current: z.number(), total: z.number().optional() }).optional(),
  /** when it began; ISO 8601 */
  startedAt: z.string().optional(),
  /** how long it took, once it has ended; milliseconds */
  tookMs: z.number().optional(),
});
export type Task = z.infer<typeof Task>;

export const OperationKind = z.enum([
  'up',
  'down',
  'start',
  'stop',
  'restart',
  'pull',
  'build',
  'secrets',
  'remove',
]);
export const Operation = z.object({
  id: z.string(),
  kind: OperationKind,
  project: z.string(),
  /** process that runs it */
  pid: z.number().int(),
  /** ISO 8601 */
  startedAt: z.string(),
  tasks: z.array(Task),
  /** 0…1 overall, undefined while unknown; never decreases */
  fraction: z.number().optional(),
  cancellable: z.boolean(),
});
export type Operation = z.infer<typeof Operation>;

export const StackUrl = z.object({
  label: z.string(),
  url: z.string(),
  /** the machine on which the address means something, where that is not this one */
  on: z.string().optional(),
  /** a command that makes it reachable from here under the same address */
  tunnel: z.string().optional(),
});
export type StackUrl = z.infer<typeof StackUrl>;

/** How programs reach a stack. */
export const Connect = z.object({
  api: ConnectApi,
  /** name of the secret that they send */
  secret: z.string(),
  /** address that answers 2xx to whoever has the secret; reached from this machine or not at all */
  test: z.string().optional(),
});
export type Connect = z.infer<typeof Connect>;

export const StackState = z.object({
  project: z.string(),
  profile: z.string().optional(),
  profileVersion: z.string().optional(),
  status: StackStatus,
  /** the state as one sentence */
  sentence: z.string(),
  cause: Cause.optional(),
  services: z.array(ServiceState),
  probes: z.array(ProbeResult),
  operation: Operation.optional(),
  /** where to open it */
  urls: z.array(StackUrl),
  connect: Connect.optional(),
  support: z.object({ status: z.enum(['current', 'retired', 'community']), reason: z.string() }).optional(),
  /** a newer bundled version of the applied profile is there */
  updateAvailable: z.string().optional(),
});
export type StackState = z.infer<typeof StackState>;

export const EngineState = z.object({
  reachable: z.boolean(),
  url: z.string().optional(),
  source: z.string().optional(),
  version: z.string().optional(),
  product: z.string().optional(),
  error: AppErrorSchema.optional(),
});
export type EngineState = z.infer<typeof EngineState>;

export const Snapshot = z.object({
  contract: z.literal(CONTRACT_VERSION),
  /** grows with every change; older ones are to be ignored */
  revision: z.number().int(),
  engine: EngineState,
  stacks: z.array(StackState),
});
export type Snapshot = z.infer<typeof Snapshot>;
