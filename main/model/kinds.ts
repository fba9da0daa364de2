/**
 * The words in which `spec.ts` describes the Compose Specification. A kind says what YAML may stand at a
 * place, how two files merge there, how short forms become long ones, and how the value is printed. The
 * loader, the validator, the printer and the hash all walk kinds; none of them knows a key by name.
 */
import type { Wrong } from './problems.ts';
import type { Mapping, Node, Scalar } from './tree.ts';

/** What a YAML scalar may be at a place; `integer` also takes `1.0`, as JSON Schema does. */
export type YamlType = 'string' | 'integer' | 'number' | 'boolean' | 'null';

/** How two files' values merge at a place (compose-spec section "merge"). */
export type MergeRule =
  | 'override' // the later file replaces the earlier
  | 'sequence' // both become `key=value` lists, then the later is appended
  | 'hosts' // as a sequence, without exact duplicates
  | 'logging' // options merge only when both name the same driver
  | 'ipam'; // pools merge by subnet

/** Which element of a list is the same as another, so that a later file replaces it. */
export type UniqueBy = 'key' | 'target' | 'device' | 'secret' | 'config' | 'expose' | 'port' | 'envFile';

/** How a relative path becomes absolute. */
export type PathRule = 'local' | 'either' | 'context' | 'real';

/** What a string must look like; each has its own error code. */
export type Format =
  | 'duration'
  | 'size'
  | 'ip'
  | 'hostIp'
  | 'cidr'
  | 'port'
  | 'containerPort'
  | 'image'
  | 'pullPolicy'
  | 'containerName';

interface Common<T> {
  /** carries the TypeScript type of the printed value; never set */
  readonly value?: T;
  /** a pointer in the CLI's model: printed even when false, 0 or empty */
  readonly keep?: true;
  /** printed even when the file does not have it */
  readonly always?: true;
  /** must be there once all files are merged */
  readonly required?: true;
  readonly merge?: MergeRule;
}

export interface ScalarKind<T = unknown> extends Common<T> {
  readonly kind: 'string' | 'bool' | 'int' | 'float' | 'float32' | 'bytes' | 'duration' | 'mode' | 'count';
  readonly yaml: readonly YamlType[];
  readonly among?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly path?: PathRule;
  readonly format?: Format;
  /** a number must be written without a point or an exponent */
  readonly whole?: true;
  /** an old form may stand here: a mapping with a name in it (`external: {name: x}`) */
  readonly orName?: true;
}

/** A command line: a string is split as a shell would (`command`) or given to the shell (`test`). */
export interface CommandKind<T = unknown> extends Common<T> {
  readonly kind: 'command' | 'test';
}

/** SSH keys of a build: `default`, or names and paths; printed as a list. */
export interface SshKind<T = unknown> extends Common<T> {
  readonly kind: 'ssh';
}

/** Options that may be given more than once. */
export interface MultiKind<T = unknown> extends Common<T> {
  readonly kind: 'multi';
}

/** Names and values, written as a mapping or as a list of `name=value`. */
export interface PairsKind<T = unknown> extends Common<T> {
  readonly kind: 'pairs';
  /** what a name without a value means: nothing yet (`environment`), or the empty string */
  readonly bare: 'null' | 'empty';
  readonly unique?: UniqueBy;
  /** only a mapping is allowed */
  readonly mappingOnly?: readonly YamlType[];
  /** a list is rewritten as a mapping as soon as the file is read */
  readonly early?: true;
  readonly path?: PathRule;
}

/** Host names and their addresses, printed as `name=address`. */
export interface HostsKind<T = unknown> extends Common<T> {
  readonly kind: 'hosts';
}

export interface ListKind<T = unknown> extends Common<T> {
  readonly kind: 'list';
  readonly item: Kind;
  readonly unique?: UniqueBy;
  /** two equal elements are an error */
  readonly distinct?: true;
  /** one string may stand for a list of one; 'early' rewrites it as soon as the file is read */
  readonly single?: 'early' | 'late';
  /** empty texts are left out */
  readonly dropEmpty?: true;
  /** one element may stand for several (a range of ports) */
  readonly expand?: (item: Scalar) => Node[] | Wrong | undefined;
}

export interface MapKind<T = unknown> extends Common<T> {
  readonly kind: 'map';
  readonly item: Kind;
  /** what names may look like; other names are an error */
  readonly names?: RegExp;
  /** a value may be missing (`name:`) */
  readonly nullable?: true;
  /** a list of names may stand for the mapping; gives each name's value */
  readonly fromList?: (name: Scalar) => Node;
  /** a name that `names` does not allow is passed over by the CLI */
  readonly anyName?: true;
}

export interface ObjectKind<T = unknown> extends Common<T> {
  readonly kind: 'object';
  /** in the order in which the CLI prints and hashes them */
  readonly fields: Readonly<Record<string, Kind>>;
  /** `x-…` keys are allowed */
  readonly extensible: boolean;
  /** known keys that the CLI checks and does nothing with */
  readonly ignored?: Readonly<Record<string, Kind>>;
  /** unknown keys do not stop the CLI here */
  readonly open?: true;
  readonly nullable?: true;
  /** the long form of a scalar; `undefined` when no such scalar can stand here */
  readonly short?: (scalar: Scalar) => Mapping | Wrong | undefined;
  /** what is filled in as soon as a file is read */
  readonly early?: (mapping: Mapping) => Wrong | undefined | void;
  /** what is filled in once all files are merged */
  readonly late?: (mapping: Mapping) => void;
  /** printed as this field's value alone when it has one */
  readonly collapse?: string;
  /** printed as this text alone, if it gives one */
  readonly printAs?: (value: Readonly<Record<string, unknown>>) => string | undefined;
  /** what else has a path here: a mount's source, a volume's device */
  readonly paths?: 'mount' | 'device';
  /** printed under other names in JSON */
  readonly jsonNames?: Readonly<Record<string, string>>;
}

/** A value of any shape (`x-…`). */
export interface AnyKind<T = unknown> extends Common<T> {
  readonly kind: 'any';
}

export type Kind<T = unknown> =
  | ScalarKind<T>
  | CommandKind<T>
  | SshKind<T>
  | MultiKind<T>
  | PairsKind<T>
  | HostsKind<T>
  | ListKind<T>
  | MapKind<T>
  | ObjectKind<T>
  | AnyKind<T>;

/** The kind of the value of `key` in a value of this kind. */
export function kindOf(kind: Kind, key: string): Kind {
  const field =
    kind.kind === 'object' && Object.hasOwn(kind.fields, key)
      ? kind.fields[key]
      : kind.kind === 'map'
        ? kind.item
        : undefined;
  return field ?? { kind: 'any' };
}

/** The TypeScript type of what a kind prints. */
export type Value<K> = K extends { readonly value?: infer T } ? Exclude<T, undefined> : never;

type Always = { readonly always: true } | { readonly required: true };
type Fields = Readonly<Record<string, Kind>>;
type Flat<T> = { [K in keyof T]: T[K] };

/** The TypeScript type of an object with these fields. */
export type Shape<F extends Fields> = Flat<
  { -readonly [K in keyof F as F[K] extends Always ? K : never]: Value<F[K]> } & {
    -readonly [K in keyof F as F[K] extends Always ? never : K]?: Value<F[K]>;
  }
>;

type Options<K> = Partial<Omit<K, 'kind' | 'value'>>;

export const string = (o: Options<ScalarKind> = {}): ScalarKind<string> => ({
  kind: 'string',
  yaml: ['string'],
  ...o,
});
/** A closed set of words. */
export const oneOf = <const W extends readonly string[]>(...among: W): ScalarKind<W[number]> => ({
  kind: 'string',
  yaml: ['string'],
  among,
});
/** A string that may be written as a number. */
export const text = (yaml: readonly YamlType[], o: Options<ScalarKind> = {}): ScalarKind<string> => ({
  kind: 'string',
  yaml,
  ...o,
});
export const bool = (o: Options<ScalarKind> = {}): ScalarKind<boolean> => ({
  kind: 'bool',
  yaml: ['boolean', 'string'],
  ...o,
});
export const int = (o: Options<ScalarKind> = {}): ScalarKind<number> => ({
  kind: 'int',
  yaml: ['integer', 'string'],
  ...o,
});
export const number = (o: Options<ScalarKind> = {}): ScalarKind<number> => ({
  kind: 'float32',
  yaml: ['number', 'string'],
  ...o,
});
/** A size, printed as its number of bytes in a string. */
export const bytes = (o: Options<ScalarKind> = {}): ScalarKind<string> => ({
  kind: 'bytes',
  yaml: ['number', 'string'],
  format: 'size',
  ...o,
});
/** A duration, printed as Go does (`1m30s`). */
export const duration = (o: Options<ScalarKind> = {}): ScalarKind<string> => ({
  kind: 'duration',
  yaml: ['string'],
  format: 'duration',
  ...o,
});

export const list = <T>(item: Kind<T>, o: Options<ListKind> = {}): ListKind<T[]> => ({
  kind: 'list',
  item,
  ...o,
});
export const map = <T>(item: Kind<T>, o: Options<MapKind> = {}): MapKind<Record<string, T>> => ({
  kind: 'map',
  item,
  ...o,
});
/** A mapping whose values may be missing. */
export const mapOrNull = <T>(item: Kind<T>, o: Options<MapKind> = {}): MapKind<Record<string, T | null>> => ({
  kind: 'map',
  item,
  nullable: true,
  ...o,
});

/** `environment` and its like: a name without a value is null. */
export const env = (o: Options<PairsKind> = {}): PairsKind<Record<string, string | null>> => ({
  kind: 'pairs',
  bare: 'null',
  ...o,
});
/** `labels` and its like: a name without a value is the empty string. */
export const pairs = (o: Options<PairsKind> = {}): PairsKind<Record<string, string>> => ({
  kind: 'pairs',
  bare: 'empty',
  ...o,
});

export function object<F extends Fields>(fields: F, o: Options<ObjectKind> = {}): ObjectKind<Shape<F>> {
  return { kind: 'object', fields, extensible: true, ...o };
}

/** A pointer in the CLI's model: printed even when false, 0 or empty. */
export const keep = <K extends Kind>(kind: K): K => ({ ...kind, keep: true });
/** Printed even when no file has it. */
export const always = <K extends Kind>(kind: K): K & { always: true } => ({ ...kind, always: true });
/** Must be there once all files are merged. */
export const required = <K extends Kind>(kind: K): K & { required: true } => ({ ...kind, required: true });
