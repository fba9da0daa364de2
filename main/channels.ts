import { z } from 'zod';
import { AppErrorSchema, GpuReport, OperationKind, ProbeResult, Snapshot } from './contract.ts';
import { Downloads, Preview } from './preview-shape.ts';
import { KEY_CALLS } from './key-channels.ts';
import { nothing, oneStack, Project, SETTINGS_CALLS } from './settings-channels.ts';
import { Setup, SETUP_CALLS } from './setup-channels.ts';

export * from './key-channels.ts';
export * from './preview-shape.ts';
export * from './settings-channels.ts';
export * from './setup-channels.ts';
export { incidentText } from './incident-text.ts';
export { ANSI } from './stack/plain-log.ts';
export { memoryText } from './stack/transfer.ts';

/**
 * What the window may ask of main and what main tells it: the only way between them. Both ends parse; fields that are
 * not named here are dropped, so a secret cannot go with them.
 */

/** What the last operation asked for from the app failed with. */
export const OperationFailure = z.object({
  kind: OperationKind,
  /** of the stack that it was for; another may be shown by now */
  project: z.string(),
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

/** Whether notifications are shown here: nothing is there to show them, or the system refuses ours. */
export const Notifying = z.enum(['shown', 'unsupported', 'denied']);
export type Notifying = z.infer<typeof Notifying>;

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
  /** a setup that was begun, or is still to come; null: it is over, or was left */
  setup: Setup.nullable(),
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
  ended: z
    .object({
      project: z.string(),
      at: z.string(),
      outcome: z.enum(['done', 'cancelled', 'failed']),
      /** ran, and was stopped for this one, which then did not start */
      stopped: z.object({ project: z.string(), title: z.string() }).optional(),
    })
    .optional(),
  /** the settings cannot be understood, and those from before or the defaults stand in for them; null: they can */
  warning: AppErrorSchema.nullable().optional(),
  options: AppOptions.optional(),
  /** grows whenever the settings file was written, by whomever: what was read of it is old then */
  settingsSeen: z.number().int().optional(),
  /** grows whenever the state was written, by whomever: which keys are set may be another thing then */
  stateSeen: z.number().int().optional(),
  places: Places.optional(),
  /** nothing on this desktop shows tray icons: the window is the way in */
  trayMissing: z.boolean().optional(),
  notifications: Notifying.optional(),
  /** title of the last notification that could not be shown, until the window was seen; null: none */
  unseen: z.string().nullable().optional(),
});
export type AppSnapshot = z.infer<typeof AppSnapshot>;

const OneAddress = z.strictObject({ project: Project, index: z.number().int().min(0).max(100) });

export const Operate = z.strictObject({
  project: Project,
  kind: z.enum(['up', 'start', 'stop', 'restart', 'down']),
  /** all when empty */
  services: z.array(z.string().min(1).max(200)).max(200),
  /** a preview's `agreement` */
  agreement: z.string().max(200).optional(),
});
export type Operate = z.infer<typeof Operate>;

/** What would mend a finding, behind a button; it is examined again after it. */
export const Remedy = z.discriminatedUnion('do', [
  z.object({ do: z.literal('start') }),
  z.object({ do: z.literal('apply') }),
  z.object({ do: z.literal('open-setting'), name: z.string() }),
  z.object({ do: z.literal('choose-engine') }),
  z.object({ do: z.literal('open-card'), card: z.enum(['stack', 'keys', 'gpu']) }),
  z.object({ do: z.literal('open-folder'), folder: z.string() }),
  z.object({ do: z.literal('copy'), command: z.string() }),
  z.object({ do: z.literal('use-port'), setting: z.string(), port: z.number().int() }),
  z.object({
    do: z.literal('use-value'),
    setting: z.string(),
    value: z.string(),
    asks: z.string().optional(),
  }),
  z.object({ do: z.literal('logs'), service: z.string() }),
  z.object({ do: z.literal('repair'), label: z.string(), asks: z.string().optional() }),
]);
export type Remedy = z.infer<typeof Remedy>;

export const FindingShape = z.object({
  id: z.string(),
  title: z.string(),
  category: z.enum(['engine', 'machine', 'secrets', 'stack', 'database', 'network']),
  status: z.enum(['ok', 'warn', 'fail', 'skip']),
  detail: z.string(),
  fix: z.string().optional(),
  remedy: Remedy.optional(),
});
export type FindingShape = z.infer<typeof FindingShape>;

/** The window gets no more of a line than this, in characters, and one more where it is longer: it is cut then. */
export const LONGEST_LINE = 10_000;

export const LogLineShape = z.object({
  service: z.string(),
  stream: z.enum(['stdout', 'stderr']),
  at: z.string(),
  text: z.string(),
});
export type LogLineShape = z.infer<typeof LogLineShape>;

export const LogSince = z.enum(['all', '15m', '1h', '24h', 'start']);
export type LogSince = z.infer<typeof LogSince>;

/** Which lines are wanted. */
export const LogChoice = oneStack.extend({
  /** all when empty */
  services: z.array(z.string().min(1).max(200)).max(200),
  /** a span before now, or each service's last start */
  since: LogSince,
});
export type LogChoice = z.infer<typeof LogChoice>;

/** Lines in the order of their time, without a gap between them. */
export const LogPageShape = z.object({
  lines: z.array(LogLineShape),
  /** the engine has lines before them */
  hasOlder: z.boolean(),
});
export type LogPageShape = z.infer<typeof LogPageShape>;

/** Names what the window follows: it makes one up each time. */
const LogSession = z.string().min(1).max(100);

/** What a service's containers use now. */
export const ServiceUse = z.object({
  service: z.string(),
  /** of one core: 0.5 is half of one, 2 are two whole ones */
  cores: z.number(),
  /** bytes, without the page cache that the kernel can take back */
  memory: z.number(),
});
export type ServiceUse = z.infer<typeof ServiceUse>;

export const HealthBar = z.enum(['well', 'starting', 'ill', 'stopped', 'unwatched']);
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
      /** what ended it: an operation, or `itself`; absent while it lasts, and where nobody saw its end */
      done: z.union([OperationKind, z.literal('itself')]).optional(),
    }),
  ),
});
export type HealthHistory = z.infer<typeof HealthHistory>;

/** Calls of the window: what they take and what they answer. */
export const CALLS = {
  /** the snapshot as it is now; later ones are pushed */
  snapshot: { input: nothing, output: AppSnapshot },
  /** begins an operation; its progress and its end come with the snapshot */
  operate: { input: Operate, output: z.null() },
  /** ends what is done with the stack, by whatever process; answers when it is over */
  cancel: { input: oneStack, output: z.null() },
  /** what an `up` of this stack would do; it need not be the one that is shown */
  preview: { input: oneStack, output: Preview },
  downloads: { input: oneStack, output: Downloads },
  /** runs the profile's probes now */
  probe: { input: oneStack, output: z.array(ProbeResult) },
  /** makes the call that a client makes, with the stack's own secret */
  testConnection: { input: oneStack, output: ProbeResult },
  doctor: {
    /** the project is left out where none is known yet */
    input: z.strictObject({
      project: Project.optional(),
      only: z.array(z.string().max(100)).max(50),
      /** a stack that will be stopped first: what it has of the machine is free then */
      stops: Project.optional(),
    }),
    output: z.array(FindingShape),
  },
  /** runs the repair of a check, after its question was answered; ends when it is done */
  repair: { input: z.strictObject({ project: Project, id: z.string().max(100) }), output: z.null() },
  /** shows the folder that a check leads to, as the check finds it now */
  openFinding: { input: z.strictObject({ project: Project, id: z.string().max(100) }), output: z.null() },
  /** the last lines of the services, redacted; what is written from then on is pushed. It ends what was followed before */
  followLogs: { input: LogChoice.extend({ session: LogSession }), output: LogPageShape },
  /** the page took the last push: the next one may come */
  logsTaken: { input: z.strictObject({ session: LogSession }), output: z.null() },
  unfollowLogs: { input: z.strictObject({ session: LogSession }), output: z.null() },
  /** the lines before a line's time */
  olderLogs: { input: LogChoice.extend({ before: z.iso.datetime() }), output: LogPageShape },
  /** asks for a file and writes every line into it, redacted; null: the user chose none */
  saveLogs: {
    input: LogChoice,
    output: z
      .object({
        lines: z.number().int(),
        file: z.string(),
        /** why secrets are left in it; none where they were taken out */
        unredacted: z.array(AppErrorSchema),
      })
      .nullable(),
  },
  /** changes some of the app's settings; how they are then comes with the snapshot */
  changeOptions: { input: AppOptions.partial(), output: z.null() },
  /** shows the folder of the app's logs in the file manager */
  openLogs: { input: nothing, output: z.null() },
  /** draws the window larger or smaller by one step; 0: as it is made */
  zoom: {
    input: z.strictObject({ by: z.union([z.literal(-1), z.literal(0), z.literal(1)]) }),
    output: z.null(),
  },
  /** as the tray's Quit: what must be asked first is asked beside the window */
  quit: { input: nothing, output: z.null() },
  /** whether `use` is pushed; ends by itself with the window */
  watchUse: { input: z.strictObject({ on: z.boolean() }), output: z.null() },
  health: { input: nothing, output: HealthHistory },
  /** looks at the graphics cards and reckons what fits; `model` is one of the list */
  gpu: {
    input: z.strictObject({
      model: z.string().min(1).max(200).optional(),
      context: z.number().int().min(1).max(10_000_000).optional(),
      /** asks the engine for a card, too */
      probe: z.boolean().optional(),
    }),
    output: GpuReport,
  },
  /** opens one of the stack's own addresses in the browser; `index` into the state's `urls` */
  openUrl: { input: OneAddress, output: z.null() },
  copyAddress: { input: OneAddress, output: z.null() },
  /** puts a secret of the stack into the clipboard; the window never sees it */
  copySecret: {
    input: z.strictObject({ project: Project, name: z.string().min(1).max(200) }),
    output: z.null(),
  },
  ...SETTINGS_CALLS,
  ...SETUP_CALLS,
  ...KEY_CALLS,
} as const;

/** Told by main without being asked. */
export const PUSHES = {
  snapshot: AppSnapshot,
  /** every two seconds while it is watched */
  use: z.object({ at: z.string(), services: z.array(ServiceUse) }),
  /** lines that were written, and why nothing more comes: none where another stack is shown */
  logs: z.object({
    session: z.string(),
    lines: z.array(LogLineShape),
    /** why secrets are left in what is read in this session */
    unredacted: z.array(AppErrorSchema).optional(),
    ended: z.array(AppErrorSchema).optional(),
  }),
  /** the tray, the menu or a notification asks for a place in the window */
  show: z.object({
    view: View,
    service: z.string().optional(),
    isFinding: z.boolean().optional(),
    /** the stack whose start is to be looked at */
    previewed: Project.optional(),
    /** the stack whose restart as a whole is asked about */
    restarted: Project.optional(),
  }),
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
