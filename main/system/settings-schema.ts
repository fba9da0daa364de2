import { z } from 'zod';
import type { Settings } from './types.ts';

export const SETTINGS_VERSION = 1;

/**
 * `settings.json`. Keys that we do not know are kept: they may be a newer version's or the user's own notes.
 * No secret is ever in here.
 */
const Clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

/** What only the app follows; what is left out is as it comes. */
const AppSettingsSchema = z.looseObject({
  startAtLogin: z.boolean().optional(),
  /** what becomes of a running stack when the app quits */
  onQuit: z.enum(['keep', 'stop', 'ask']).optional(),
  theme: z.enum(['system', 'light', 'dark']).optional(),
  /** kinds of notifications that are switched off */
  notificationsOff: z.array(z.string()).readonly().optional(),
  /** no notifications from one time of the day to another, `22:00` to `07:00` */
  quietHours: z.object({ from: Clock, to: Clock }).optional(),
  trayHintSeen: z.boolean().optional(),
  /** how far the setup is; null: it is over, or was left */
  setup: z.looseObject({ step: z.string(), project: z.string().optional() }).nullable().optional(),
});

export const SettingsSchema = z.looseObject({
  version: z.number().int(),
  engine: z.string().optional(),
  mirror: z.string().optional(),
  current: z.string().optional(),
  secretStore: z.enum(['keychain', 'file']).optional(),
  app: AppSettingsSchema.optional(),
  stacks: z.record(
    z.string(),
    z
      .looseObject({
        profile: z.string().optional(),
        files: z.array(z.string()).min(1).readonly().optional(),
        directory: z.string().optional(),
        envFiles: z.array(z.string()).readonly().optional(),
        composeProfiles: z.array(z.string()).readonly().optional(),
        variables: z.record(z.string(), z.string()),
      })
      .refine((stack) => stack.profile === undefined || stack.files === undefined, {
        error: 'has both a profile and files',
      }),
  ),
});

export const defaults: Settings = { version: SETTINGS_VERSION, stacks: {} };

/** What a version's file must go through to be the next version's; the first makes 2 of 1. */
export type Migration = (old: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
export const migrations: readonly Migration[] = [];

/** A settings file's content, once it is understood. */
export type Understood =
  | { readonly kind: 'settings'; readonly settings: Settings }
  /** written by a newer letta-stack: not ours to read or replace */
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'broken'; readonly problems: readonly Problem[] };

/** What is wrong with a file, and with what in it. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly reason: string;
}

/** Brings a file's content to the present version and checks it. A missing version is the first. */
export function understand(raw: unknown, steps: readonly Migration[] = migrations): Understood {
  if (raw === undefined) return { kind: 'settings', settings: defaults };
  const content = z.looseObject({ version: z.number().int().min(1).optional() }).safeParse(raw);
  if (!content.success) return { kind: 'broken', problems: problemsOf(content.error) };
  const version = content.data.version ?? 1;
  const present = steps.length + 1;
  if (version > present) return { kind: 'newer', version };
  let migrated: Readonly<Record<string, unknown>> = { stacks: {}, ...content.data };
  for (const step of steps.slice(version - 1)) migrated = step(migrated);
  const settings = SettingsSchema.safeParse({ ...migrated, version: present });
  if (!settings.success) return { kind: 'broken', problems: problemsOf(settings.error) };
  return { kind: 'settings', settings: settings.data };
}

/** `stacks.p.variables.PORT: expected string`; every problem, on one line. */
export function reasonOf(error: z.ZodError): string {
  return problemsOf(error)
    .map((p) => p.reason)
    .join('; ');
}

function problemsOf({ issues }: z.ZodError): Problem[] {
  return issues.map(({ path, message }) => ({
    path: path.map((part) => (typeof part === 'number' ? part : String(part))),
    reason: [path.join('.'), message].filter((x) => x !== '').join(': '),
  }));
}
