import { z } from 'zod';
import { FindingShape } from '../channels.ts';
import { AppErrorSchema, StackUrl } from '../contract.ts';

/**
 * What `--format json` prints, besides the shapes of the contract: `status` prints Snapshot; `up`, `down`, `start`,
 * `stop` and `restart` StackState; `ps` a list of ServiceState; `gpu` GpuReport. The same is told in words by `--help`.
 */

/** stderr, one on a line */
export const ErrorsJson = z.strictObject({ errors: z.array(AppErrorSchema), debug: z.string().optional() });
export const WarningsJson = z.strictObject({ warnings: z.array(AppErrorSchema) });

export const ProfilesJson = z.array(
  z.strictObject({
    id: z.string(),
    title: z.string(),
    summary: z.string(),
    version: z.string(),
    support: z
      .strictObject({
        status: z.enum(['current', 'retired', 'community']),
        since: z.string().optional(),
        reason: z.string(),
      })
      .optional(),
    /** bytes */
    needs: z.strictObject({ disk: z.number().optional(), memory: z.number().optional() }),
  }),
);
export type ProfilesJson = z.infer<typeof ProfilesJson>;

export const PlanJson = z.strictObject({
  project: z.string(),
  operation: z.enum(['up', 'down', 'start', 'stop', 'restart', 'remove']),
  steps: z.array(
    z.strictObject({
      id: z.string(),
      kind: z.string(),
      title: z.string(),
      cause: z.string(),
      after: z.array(z.string()),
      /** of an image to be pulled, as its registry says */
      bytes: z.number().optional(),
    }),
  ),
  /** of all of them together, as far as known */
  downloadBytes: z.number(),
  /** at the speed of the last download of this engine, or at 50 Mbit/s; left out where no size is known */
  downloadSeconds: z.number().optional(),
  warnings: z.array(AppErrorSchema),
  confirmations: z.array(z.strictObject({ kind: z.string(), subject: z.string(), text: z.string() })),
  orphans: z.array(z.string()),
  unchanged: z.array(z.string()),
});
export type PlanJson = z.infer<typeof PlanJson>;

/** `remove`; `removed: false` where there was nothing */
export const RemoveJson = z.strictObject({ project: z.string(), removed: z.boolean() });

/** `logs`: one on a line */
export const LogLineJson = z.strictObject({
  service: z.string(),
  container: z.string(),
  stream: z.enum(['stdout', 'stderr']),
  at: z.string(),
  text: z.string(),
});

/** `config --hash`: by service */
export const HashesJson = z.record(z.string(), z.string());
export type HashesJson = z.infer<typeof HashesJson>;

export const OpenJson = z.array(z.strictObject(StackUrl.shape));

export const SettingsJson = z.strictObject({
  file: z.string(),
  engine: z.string().optional(),
  mirror: z.string().optional(),
  current: z.string().optional(),
  secretStore: z.enum(['keychain', 'file']),
  stacks: z.array(
    z.strictObject({
      project: z.string(),
      profile: z.string().optional(),
      files: z.array(z.string()).optional(),
      settings: z.array(
        z.strictObject({
          name: z.string(),
          label: z.string(),
          type: z.string(),
          variable: z.string(),
          value: z.string(),
          default: z.string(),
          changed: z.boolean(),
        }),
      ),
    }),
  ),
});
export type SettingsJson = z.infer<typeof SettingsJson>;

/** `settings get`, `set`, `unset` */
export const SettingJson = z.strictObject({ name: z.string(), value: z.string().nullable() });
export type SettingJson = z.infer<typeof SettingJson>;

export const SecretsJson = z.array(
  z.strictObject({
    name: z.string(),
    label: z.string(),
    scope: z.enum(['global', 'stack']),
    required: z.boolean(),
    set: z.boolean(),
    elsewhere: z.enum(['keychain', 'file']).optional(),
    setAt: z.string().optional(),
    used: z.strictObject({ at: z.string(), project: z.string() }).optional(),
  }),
);
export const SecretSetJson = z.strictObject({ name: z.string(), set: z.literal(true) });
export const SecretUnsetJson = z.strictObject({ name: z.string(), set: z.literal(false), was: z.boolean() });
export const SecretsImportJson = z.strictObject({
  file: z.string(),
  /** stored now */
  taken: z.array(z.string()),
  /** the file alone has them: they could not be taken, or nothing takes them and they may be secrets */
  left: z.array(z.string()),
  /** no server reads them */
  invented: z.array(z.string()),
  /** the stack takes nothing of the name */
  others: z.array(z.string()),
  deleted: z.boolean(),
});
export const SecretsExportJson = z.strictObject({
  file: z.string(),
  names: z.array(z.string()),
  /** what should be in the store and is not */
  missing: z.array(z.string()),
});

export const HistoryJson = z.array(
  z.strictObject({
    at: z.string(),
    until: z.string().optional(),
    kind: z.enum(['settings', 'profile', 'incident', 'health', 'unwatched']),
    project: z.string().optional(),
    title: z.string().optional(),
    done: z.string().optional(),
    diff: z.string(),
  }),
);

export const DoctorJson = z.array(z.strictObject({ ...FindingShape.shape, code: z.string().optional() }));

export const VersionJson = z.strictObject({ version: z.string(), node: z.string(), platform: z.string() });
export type VersionJson = z.infer<typeof VersionJson>;
