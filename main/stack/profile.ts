/** Reads the `x-letta-stack` block of a Compose file. Pure. */
import { appError, Failure } from '../errors.ts';
import { keyPath } from '../model/tree.ts';
import { Block, type ProfileBlock } from './profile-schema.ts';
import { settingProblem } from './profile-settings.ts';
import { placeholdersOf } from './profile-template.ts';

export type * from './profile-schema.ts';

/** The key of the block, at the top of the file. */
export const PROFILE_KEY = 'x-letta-stack';

/** A block, or a part of one, as the YAML has it. */
export type Raw = Readonly<Record<string, unknown>>;

export const isRaw = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What an entry of a list is known by: settings and secrets have a name, probes an id, bundles a variable. */
export function nameOf(entry: unknown): unknown {
  if (!isRaw(entry)) return entry;
  return entry['name'] ?? entry['id'] ?? entry['variable'] ?? entry['label'];
}

interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * Reads a block as the YAML file has it, before interpolation: the block is what says which variables there are. Of one
 * that took over another's (`isExtended`) entries of lists are told by their names: nobody could count to an index.
 * @throws Failure with a `stack.profile-block` for each problem
 */
export function readProfileBlock(value: unknown, file: string, isExtended = false): ProfileBlock {
  const read = Block.safeParse(value);
  const problems: readonly Problem[] = read.success
    ? [...doubles(read.data), ...wrongDefaults(read.data), ...strayNames(read.data)]
    : read.error.issues.map(({ path, message }) => ({
        path: path.map((key) => (typeof key === 'number' ? key : String(key))),
        message,
      }));
  if (read.success && problems.length === 0) return read.data;
  throw new Failure(
    problems.map(({ path, message }) => {
      const told = isExtended ? named(path, value) : path;
      return appError('stack.profile-block', {
        file,
        path: keyPath([PROFILE_KEY, ...told]),
        problem: message,
      });
    }),
  );
}

function named(path: Problem['path'], block: unknown): Problem['path'] {
  let inside: unknown = block;
  return path.map((key) => {
    inside = (inside as Record<PropertyKey, unknown> | null | undefined)?.[key];
    const name = typeof key === 'number' ? nameOf(inside) : undefined;
    return typeof name === 'string' ? name : key;
  });
}

/** Names and variables that stand twice. */
function doubles(block: ProfileBlock): Problem[] {
  const variables = [...block.settings, ...block.bundles].map((x) => x.variable);
  return [
    ...repeated(block.settings.map((s) => s.name)).map((at) => double('settings', at)),
    ...repeated(block.secrets.map((s) => s.name)).map((at) => double('secrets', at)),
    ...repeated(block.probes.map((p) => p.id)).map((at) => double('probes', at)),
    ...repeated(variables).map((at) =>
      at < block.settings.length ? double('settings', at) : double('bundles', at - block.settings.length),
    ),
  ];
}

const double = (list: string, at: number): Problem => ({
  path: [list, at],
  message: 'its name or variable stands above already',
});

/** Places of the values that an earlier place has too. */
const repeated = (values: readonly string[]): number[] =>
  values.flatMap((value, at) => (values.indexOf(value) < at ? [at] : []));

/** Defaults that their own setting would refuse. */
function wrongDefaults(block: ProfileBlock): Problem[] {
  return block.settings.flatMap((setting, at) => {
    // what is required may have no default: the user supplies it
    if (setting.required && setting.default === '') return [];
    const message = settingProblem(setting, setting.default);
    return message === undefined ? [] : [{ path: ['settings', at, 'default'], message }];
  });
}

/** Placeholders and references that name nothing. */
function strayNames(block: ProfileBlock): Problem[] {
  const settings = new Set(block.settings.map((s) => s.name));
  const secrets = new Map(block.secrets.map((s) => [s.name, s]));
  const stray = (path: Problem['path'], text: string, known: { has(name: string): boolean }): Problem[] =>
    placeholdersOf(text)
      .filter((name) => !known.has(name))
      .map((name) => ({ path, message: `there is no "${name}"` }));
  const connect = block.connect
    ? [
        ...stray(['connect', 'test'], block.connect.test, settings),
        ...stray(['connect', 'secret'], `{${block.connect.secret}}`, secrets),
        // it is sent to the stack's server: a key of all stacks would be given away
        ...(secrets.get(block.connect.secret)?.scope === 'global'
          ? [{ path: ['connect', 'secret'], message: 'a secret of all stacks is not sent to a server' }]
          : []),
      ]
    : [];
  const httpProbes = block.probes.flatMap((probe, at) =>
    probe.kind === 'http' ? stray(['probes', at, 'url'], probe.url, settings) : [],
  );
  const bundles = block.bundles.flatMap((bundle, at) => [
    ...stray(['bundles', at, 'value'], bundle.value === undefined ? '' : `{${bundle.value}}`, secrets),
    ...(bundle.lines ?? []).flatMap((line, number) => {
      const path = ['bundles', at, 'lines', number];
      const text = line.includes('=') ? line : `{${line}}`;
      const manyLines = placeholdersOf(text).some((name) => secrets.get(name)?.multiline);
      return manyLines
        ? [{ path, message: 'a multiline secret does not fit into a line' }]
        : stray(path, text, secrets);
    }),
  ]);
  const jobs = Object.entries(block.jobs).flatMap(([service, failures]) =>
    failures.flatMap(({ says, next }, at) => [
      ...stray(['jobs', service, at, 'says'], says, settings),
      ...stray(['jobs', service, at, 'next'], next, new Set([...settings, 'stack'])),
    ]),
  );
  return [
    ...block.urls.flatMap((url, at) => stray(['urls', at, 'url'], url.url, settings)),
    ...jobs,
    ...connect,
    ...httpProbes,
    ...bundles,
  ];
}
