/** The schema of the `x-letta-stack` block of a Compose file: what a profile says about itself. */
import { z } from 'zod';
import { parseSize } from '../model/sizes.ts';

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
  type: z.enum(['port', 'integer', 'boolean', 'string', 'list', 'image', 'size', 'address', 'url']),
  /** as text, the form in which the variable carries it; a list is joined by commas */
  default: z
    .union([z.string(), z.number(), z.boolean(), z.array(z.string())])
    .transform((value) => (Array.isArray(value) ? value.join(',') : String(value))),
  /** may not be empty; ports, numbers, images, sizes and addresses never may */
  required: z.boolean().default(false),
  variable: Variable,
  /** of an integer */
  max: z.number().int().optional(),
  /** of an integer or a size */
  min: z.union([z.number().int(), Size]).optional(),
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
  /** free disk space and memory, in bytes */
  needs: z.strictObject({ disk: Bytes.optional(), memory: Bytes.optional() }).default({}),
  /** with `{setting}` in them */
  urls: z.array(z.strictObject({ label: Text, url: Text })).default([]),
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
export type Probe = z.output<typeof Probe>;
export type ProfileBlock = z.output<typeof Block>;

function isRegExp(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
