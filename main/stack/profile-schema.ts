/** The schema of the `x-letta-stack` block of a Compose file: what a profile says about itself. */
import { z } from 'zod';
import { ConnectApi } from '../connect-api.ts';
import { parseSize } from '../model/sizes.ts';
import { SettingType } from '../setting-type.ts';

const Name = z.string().regex(/^[a-z][a-z0-9-]*$/, 'a name is small letters, digits and -');
const Variable = z.string().regex(/^[A-Z_][A-Z0-9_]*$/, 'a variable is capitals, digits and _');
const Text = z.string().min(1);
const Size = z
  .union([z.string(), z.number().int().nonnegative().transform(String)])
  .refine((s) => parseSize(s) !== undefined, 'not a size such as 512m or 2g');
const Bytes = Size.transform((s) => Number(parseSize(s)));
const Pattern = z.string().refine(isRegExp, 'not a regular expression');

const Setting = z.strictObject({
  name: Name,
  label: Text,
  type: SettingType,
  /** as text, the form in which the variable carries it; a list is joined by commas */
  default: z
    .union([z.string(), z.number(), z.boolean(), z.array(z.string())])
    .transform((value) => (Array.isArray(value) ? value.join(',') : String(value))),
  /** of a folder: files and folders that must be in it; its default may be the key of a volume */
  holds: z.array(Text).default([]),
  /** may not be empty; ports, numbers, images, sizes, addresses, folders and files never may */
  required: z.boolean().default(false),
  variable: Variable,
  /** of an integer */
  max: z.number().int().optional(),
  /** of an integer or a size */
  min: z.union([z.number().int(), Size]).optional(),
  /** of a string: what the whole value must match */
  pattern: Pattern.optional(),
  /** the same in words, behind `it is not` */
  looks: Text.optional(),
});

const Secret = z
  .strictObject({
    name: Variable,
    label: Text,
    /** global: one for all stacks (provider keys); stack: of this stack alone */
    scope: z.enum(['global', 'stack']),
    required: z.boolean().default(false),
    /** made by us, 32 characters of [A-Za-z0-9], together with `volume` and never beside one that is there */
    generated: z.boolean().default(false),
    /** key of the volume whose data was made with it */
    volume: Text.optional(),
    /** what the whole value must match */
    pattern: Pattern.optional(),
    /** the same in words, behind `it is not` */
    looks: Text.optional(),
    /** has lines: a bundle's `value` only, never one of its `lines` */
    multiline: z.boolean().default(false),
    /** database role whose password it is: a new value is set there first */
    role: z.strictObject({ service: Text, name: Text }).optional(),
    /** what cannot be read any more once it is changed or lost */
    unreadable: Text.optional(),
  })
  .refine((s) => !s.generated || s.volume !== undefined, 'what is generated is made with a volume');

const Bundle = z
  .strictObject({
    /** variable that the file's `secrets:` entry takes it from */
    variable: Variable,
    service: Text,
    /** the one secret whose value is the whole content */
    value: Variable.optional(),
    /** `NAME`, or `NAME=template` with `{SECRET}` in it; a line whose secrets are not set is left out */
    lines: z.array(z.string().regex(/^[A-Z_][A-Z0-9_]*(=.*)?$/, 'NAME or NAME=template')).optional(),
  })
  .refine((b) => (b.value === undefined) !== (b.lines === undefined), 'either value or lines');

const Probe = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('exec'),
    id: Name,
    label: Text,
    service: Text,
    /** no secret may stand in it: the probe reads what it needs inside the container */
    command: z.array(z.string()).min(1),
    /** regular expression that the output must match, besides exit code 0 */
    expect: Pattern.optional(),
  }),
  z.strictObject({
    kind: z.literal('http'),
    id: Name,
    label: Text,
    /** with `{setting}` in it; asked from the host, without any secret */
    url: Text,
  }),
]);

/** What an exit code of a job means, with `{setting}` in it; `{stack}` stands where a command line names the stack. */
const JobFailure = z.strictObject({ exit: z.number().int().min(1).max(255), says: Text, next: Text });

export const Block = z.strictObject({
  title: Text,
  summary: Text,
  /** of the profile, not of an image: a newer one is an update that `up` shows before it applies it */
  version: Text,
  support: z
    .strictObject({
      status: z.enum(['current', 'retired', 'community']),
      /** ISO 8601 date */
      since: z.iso.date().optional(),
      reason: Text,
    })
    .optional(),
  /** free disk space and memory, in bytes; an NVIDIA GPU */
  needs: z
    .strictObject({ disk: Bytes.optional(), memory: Bytes.optional(), gpu: z.boolean().optional() })
    .default({}),
  /** with `{setting}` in them */
  urls: z.array(z.strictObject({ label: Text, url: Text })).default([]),
  /** by service: what those lack that go on without it (`required: false`) while it is down */
  provides: z.record(z.string(), Text).default({}),
  /**
   * By service: a job that others wait for, which says how far it is in lines of its log such as `letta-stack: 1024 of
   * 4096 bytes`, and how it may fail.
   */
  jobs: z.record(z.string(), z.array(JobFailure)).default({}),
  /** how programs reach it */
  connect: z
    .strictObject({
      api: ConnectApi,
      /** secret that they send as `Authorization: Bearer` (RFC 6750) */
      secret: Variable,
      /** a request that answers 2xx to whoever has it, and 401 to others; with `{setting}` in it */
      test: Text,
    })
    .optional(),
  /** by service: absolute path of a file that shall hold the id of the image of the service's container */
  imageIdFiles: z.record(z.string(), z.string().startsWith('/', 'an absolute path')).default({}),
  settings: z.array(Setting).default([]),
  secrets: z.array(Secret).default([]),
  bundles: z.array(Bundle).default([]),
  probes: z.array(Probe).default([]),
});

export type Setting = z.output<typeof Setting>;
export type Secret = z.output<typeof Secret>;
export type Bundle = z.output<typeof Bundle>;
export type JobFailure = z.output<typeof JobFailure>;
export type Probe = z.output<typeof Probe>;
export type ProfileBlock = z.output<typeof Block>;

function isRegExp(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
