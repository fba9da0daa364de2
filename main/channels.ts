import { z } from 'zod';
import { AppErrorSchema, OperationKind, ProbeResult, Snapshot } from './contract.ts';

/**
 * What the window may ask of main and what main tells it: the only way between them. Both ends parse; fields that are
 * not named here are dropped, so a secret cannot go with them.
 */

/** What the last operation asked for from the app failed with. */
export const OperationFailure = z.object({
  kind: OperationKind,
  /** ISO 8601 */
  at: z.string(),
  errors: z.array(AppErrorSchema),
});
export type OperationFailure = z.infer<typeof OperationFailure>;

export const View = z.enum(['overview', 'logs', 'doctor', 'settings']);
export type View = z.infer<typeof View>;

export const NoteKind = z.enum([
  'unhealthy',
  'exited',
  'memory',
  'restarts',
  'engine',
  'recovered',
  'operation',
]);
export type NoteKind = z.infer<typeof NoteKind>;

const Clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

/** The app's own settings, with what holds where nothing was chosen. */
export const AppOptions = z.strictObject({
  startAtLogin: z.boolean(),
  onQuit: z.enum(['keep', 'stop', 'ask']),
  theme: z.enum(['system', 'light', 'dark']),
  notificationsOff: z.array(NoteKind),
  /** null: none */
  quietHours: z.strictObject({ from: Clock, to: Clock }).nullable(),
  /** the user was told that nothing shows tray icons here */
  trayHintSeen: z.boolean(),
});
export type AppOptions = z.infer<typeof AppOptions>;

/** Where things lie on this machine; absolute paths. */
export const Places = z.object({ settings: z.string(), state: z.string(), logs: z.string() });

/** What the app shows: the core's snapshot of the one stack that is chosen, and what is the app's own. */
export const AppSnapshot = Snapshot.extend({
  /** false until main has looked: then this is what was seen when the app last ran, or nothing */
  isCurrent: z.boolean(),
  /** project of the stack that is shown; `stacks` has it once it is known */
  current: z.string().optional(),
  /** title of its profile: `Production` */
  title: z.string().optional(),
  failure: OperationFailure.optional(),
  /** how the last operation that was asked for from the app ended; ISO 8601 */
  ended: z.object({ at: z.string(), outcome: z.enum(['done', 'cancelled', 'failed']) }).optional(),
  /** the settings cannot be understood, and defaults stand in for them; null: they can */
  warning: AppErrorSchema.nullable().optional(),
  options: AppOptions.optional(),
  places: Places.optional(),
  /** nothing on this desktop shows tray icons: the window is the way in */
  trayMissing: z.boolean().optional(),
});
export type AppSnapshot = z.infer<typeof AppSnapshot>;

const Step = z.object({ id: z.string(), kind: z.string(), title: z.string(), cause: z.string() });

/** What an `up` would do, before it is done. */
export const Preview = z.object({
  steps: z.array(Step),
  warnings: z.array(AppErrorSchema),
  /** what is done only with the user's word */
  confirmations: z.array(z.object({ kind: z.string(), subject: z.string(), text: z.string() })),
  /** names this plan's confirmations; `operate` takes it as the user's word */
  agreement: z.string(),
  unchanged: z.array(z.string()),
});
export type Preview = z.infer<typeof Preview>;

export const Operate = z.strictObject({
  kind: z.enum(['up', 'start', 'stop', 'restart', 'down']),
  /** all when empty */
  services: z.array(z.string().min(1).max(200)).max(200),
  /** a preview's `agreement` */
  agreement: z.string().max(200).optional(),
});
export type Operate = z.infer<typeof Operate>;

export const FindingShape = z.object({
  id: z.string(),
  title: z.string(),
  category: z.enum(['engine', 'machine', 'secrets', 'stack']),
  status: z.enum(['ok', 'warn', 'fail']),
  detail: z.string(),
  fix: z.string().optional(),
});
export type FindingShape = z.infer<typeof FindingShape>;

export const LogLineShape = z.object({
  service: z.string(),
  stream: z.enum(['stdout', 'stderr']),
  at: z.string(),
  text: z.string(),
});
export type LogLineShape = z.infer<typeof LogLineShape>;

/** What a service's containers use now. */
export const ServiceUse = z.object({
  service: z.string(),
  /** of one core: 0.5 is half of one, 2 are two whole ones */
  cores: z.number(),
  /** bytes, without the page cache that the kernel can take back */
  memory: z.number(),
});
export type ServiceUse = z.infer<typeof ServiceUse>;

export const HealthBar = z.enum(['well', 'ill', 'stopped', 'unwatched']);
export type HealthBar = z.infer<typeof HealthBar>;

/** How the services were in the last 24 hours, as far as the app ran. */
export const HealthHistory = z.object({
  /** when the first bar begins; ISO 8601 */
  from: z.string(),
  /** length of a bar, in minutes */
  minutes: z.number().int(),
  services: z.array(z.object({ service: z.string(), bars: z.array(HealthBar) })),
  incidents: z.array(
    z.object({
      service: z.string(),
      /** ISO 8601; `to` is absent while it lasts */
      from: z.string(),
      to: z.string().optional(),
      sentence: z.string(),
    }),
  ),
});
export type HealthHistory = z.infer<typeof HealthHistory>;

const nothing = z.strictObject({});

/** Calls of the window: what they take and what they answer. */
export const CALLS = {
  /** the snapshot as it is now; later ones are pushed */
  snapshot: { input: nothing, output: AppSnapshot },
  /** begins an operation; its progress and its end come with the snapshot */
  operate: { input: Operate, output: z.null() },
  /** ends what is done with the stack, by whatever process; answers when it is over */
  cancel: { input: nothing, output: z.null() },
  preview: { input: nothing, output: Preview },
  /** runs the profile's probes now */
  probe: { input: nothing, output: z.array(ProbeResult) },
  doctor: {
    input: z.strictObject({ only: z.array(z.string().max(100)).max(50) }),
    output: z.array(FindingShape),
  },
  /** the last lines of the services, redacted */
  logs: {
    input: z.strictObject({
      services: z.array(z.string().min(1).max(200)).max(200),
      tail: z.number().int().min(1).max(5_000),
    }),
    output: z.array(LogLineShape),
  },
  /** changes some of the app's settings; how they are then comes with the snapshot */
  changeOptions: { input: AppOptions.partial(), output: z.null() },
  /** shows the folder of the app's logs in the file manager */
  openLogs: { input: nothing, output: z.null() },
  /** whether `use` is pushed; ends by itself with the window */
  watchUse: { input: z.strictObject({ on: z.boolean() }), output: z.null() },
  health: { input: nothing, output: HealthHistory },
  /** opens one of the stack's own addresses in the browser; `index` into the state's `urls` */
  openUrl: { input: z.strictObject({ index: z.number().int().min(0).max(100) }), output: z.null() },
  copyAddress: { input: z.strictObject({ index: z.number().int().min(0).max(100) }), output: z.null() },
  /** puts a secret of the stack into the clipboard; the window never sees it */
  copySecret: { input: z.strictObject({ name: z.string().min(1).max(200) }), output: z.null() },
} as const;

/** Told by main without being asked. */
export const PUSHES = {
  snapshot: AppSnapshot,
  /** every two seconds while it is watched */
  use: z.object({ at: z.string(), services: z.array(ServiceUse) }),
  /** the tray or a notification asks for a place in the window */
  show: z.object({ view: View, service: z.string().optional() }),
} as const;

export type CallName = keyof typeof CALLS;
export type PushName = keyof typeof PUSHES;
export type CallInput<C extends CallName> = z.input<(typeof CALLS)[C]['input']>;
export type CallOutput<C extends CallName> = z.output<(typeof CALLS)[C]['output']>;
export type PushValue<P extends PushName> = z.output<(typeof PUSHES)[P]>;

/** A call's answer as it crosses: an error is a value with its wording. */
export const Reply = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), errors: z.array(AppErrorSchema) }),
]);
export type Reply = z.infer<typeof Reply>;

/** What the preload gives to the page, and nothing else. */
export interface Bridge {
  call(name: string, input: unknown): Promise<unknown>;
  /** returns the way to stop */
  on(name: string, seen: (value: unknown) => void): () => void;
  /** `darwin`, `win32`, `linux` … for shortcuts and words */
  readonly platform: string;
}
