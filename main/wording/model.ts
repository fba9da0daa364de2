import { row } from './row.ts';

/** Where in a Compose file: every problem of reading names it. */
export interface Place {
  file: string;
  /** 1-based */
  line?: number;
  /** 1-based */
  column?: number;
  /** key path, as `services.db.ports[0]` */
  path?: string;
}

export const at = (p: Place): string =>
  [p.file, p.line, p.column].filter((x) => x !== undefined).join(':') + (p.path ? ` (${p.path})` : '');

/** A file that could not become text. */
interface FilePlace {
  file: string;
}
/** The file that another one names. */
interface Target {
  target?: string;
}
/** What a file says, and what is wrong with it. */
type Value = Place & { value: string; reason: string };
/** A name that nothing in the files defines. */
type Undefined = Place & { name: string; near?: string };

const didYouMean = (otherwise: string) => (d: { near?: string }) =>
  d.near ? `Did you mean "${d.near}"?` : otherwise;

/** Problems and warnings of reading Compose, env and label files. */
export const modelWording = {
  'model.not-found': row<Place & Target>(
    2,
    (d) => (d.target ? `${at(d)}: there is no file ${d.target}` : `${d.file}: there is no such file`),
    'Check the path, or make the file.',
  ),
  'model.unreadable': row<Place & Target & { reason: string }>(
    2,
    (d) => `${at(d)}: ${d.target ?? 'the file'} cannot be read: ${d.reason}`,
    'Check the permissions of the file and of its folder.',
  ),
  'model.is-directory': row<Place & Target>(
    2,
    (d) => `${at(d)}: ${d.target ?? 'this'} is a folder, not a file`,
    'Name the file in it.',
  ),
  'model.unfit-file': row<Place & Target & { isLarge: boolean }>(
    2,
    (d) =>
      `${at(d)}: ${d.target ?? 'this'} ${d.isLarge ? 'is too large to be read' : 'is a pipe or a device, not a regular file'}`,
    (d) =>
      d.isLarge
        ? 'Check that this is the file you meant.'
        : 'Write what it gives into a file, and name that.',
  ),
  'model.remote': row<Place & { target: string }>(
    2,
    (d) => `${at(d)}: ${d.target} is not a file on this machine`,
    'Fetch it and name the local copy.',
  ),
  'model.not-utf8': row<FilePlace>(2, (d) => `${d.file}: the file is not UTF-8 text`, 'Save it as UTF-8.'),
  'model.too-large': row<FilePlace & { bytes: number; limit: number }>(
    2,
    (d) => `${d.file}: ${d.bytes} bytes is too large for a Compose file (at most ${d.limit})`,
    'Check that this is the file you meant.',
  ),
  'model.empty-file': row<FilePlace>(
    2,
    (d) => `${d.file}: the file is empty`,
    'Write a services: section with at least one service.',
  ),
  'model.not-yaml': row<Place & { reason: string }>(
    2,
    (d) => `${at(d)}: not valid YAML: ${d.reason}`,
    'Correct the line; indentation and quotes are the usual reasons.',
  ),
  'model.tab-indent': row<Place>(
    2,
    (d) => `${at(d)}: a tab is used for indentation`,
    'Indent with spaces: YAML does not allow tabs.',
  ),
  'model.duplicate-key': row<Place & { key: string; firstLine: number }>(
    2,
    (d) => `${at(d)}: the key "${d.key}" is already set in line ${d.firstLine}`,
    'Keep one of the two.',
  ),
  'model.alias-bomb': row<Place & { limit: number }>(
    2,
    (d) => `${at(d)}: aliases (*name) make this file grow beyond ${d.limit} values`,
    'Use fewer aliases of aliases.',
  ),
  'model.too-deep': row<Place & { limit: number }>(
    2,
    (d) => `${at(d)}: values are nested more than ${d.limit} deep`,
    'Check that this is the file you meant.',
  ),
  'model.alias-cycle': row<Place & { name: string }>(
    2,
    (d) => `${at(d)}: the alias *${d.name} contains itself`,
    'Break the circle.',
  ),
  'model.bad-tag': row<Place & { tag: string }>(
    2,
    (d) => `${at(d)}: the tag ${d.tag} does not fit this value`,
    'Use !reset or !override, or remove the tag.',
  ),
  'model.bad-key': row<Place & { key: string }>(
    2,
    (d) => `${at(d)}: the key ${d.key} is not a string`,
    'Put it in quotes.',
  ),
  'model.unknown-key': row<Place & { key: string; near?: string }>(
    2,
    (d) => `${at(d)}: unknown key "${d.key}"`,
    didYouMean('Remove it, or name it x-… if it is an extension.'),
  ),
  'model.ignored-key': row<Place & { key: string }>(
    2,
    (d) => `${at(d)}: "${d.key}" has no effect, as in docker compose`,
    'Remove it.',
  ),
  'model.missing-key': row<Place & { key: string }>(
    2,
    (d) => `${at(d)}: "${d.key}" is missing`,
    (d) => `Add ${d.key}.`,
  ),
  'model.wrong-type': row<Place & { expected: string; found: string }>(
    2,
    (d) => `${at(d)}: this must be ${d.expected}, not ${d.found}`,
    'Correct the value.',
  ),
  'model.bad-value': row<Place & { value: string; allowed: readonly string[] }>(
    2,
    (d) => `${at(d)}: "${d.value}" is not one of ${d.allowed.join(', ')}`,
    (d) => `Use one of ${d.allowed.join(', ')}.`,
  ),
  'model.out-of-range': row<Place & { value: string; min?: number; max?: number }>(
    2,
    (d) =>
      `${at(d)}: ${d.value} is not ${d.max === undefined ? `${d.min} or more` : `from ${d.min} to ${d.max}`}`,
    'Correct the number.',
  ),
  'model.duplicate-item': row<Place & { firstLine: number }>(
    2,
    (d) => `${at(d)}: the same value already stands in line ${d.firstLine}`,
    'Remove one of the two.',
  ),
  'model.bad-port': row<Value>(
    2,
    (d) => `${at(d)}: the port "${d.value}" cannot be used: ${d.reason}`,
    'Write [address:]published:container[/protocol], with ports from 1 to 65535.',
  ),
  'model.bad-port-range': row<Place & { value: string }>(
    2,
    (d) => `${at(d)}: the two port ranges of "${d.value}" are not of the same length`,
    'Make both ranges equally long.',
  ),
  'model.bad-duration': row<Place & { value: string }>(
    2,
    (d) => `${at(d)}: "${d.value}" is not a duration`,
    'Write a number with its unit, as 30s, 1m30s or 2h.',
  ),
  'model.bad-size': row<Place & { value: string }>(
    2,
    (d) => `${at(d)}: "${d.value}" is not a size`,
    'Write a number with its unit, as 512m or 1gb.',
  ),
  'model.bad-number': row<Place & { value: string; expected: string }>(
    2,
    (d) => `${at(d)}: "${d.value}" is not ${d.expected}`,
    'Correct the number.',
  ),
  'model.bad-boolean': row<Place & { value: string }>(
    2,
    (d) => `${at(d)}: "${d.value}" is neither true nor false`,
    'Write true or false.',
  ),
  'model.bad-ip': row<Place & { value: string }>(
    2,
    (d) => `${at(d)}: "${d.value}" is not an IP address`,
    'Write an address such as 127.0.0.1 or ::1, or with its length as 172.28.0.0/16 for a network.',
  ),
  'model.bad-image': row<Place & { value: string }>(
    2,
    (d) => `${at(d)}: "${d.value}" is not an image name`,
    'Write [host/]name[:tag]; the name is in lower case.',
  ),
  'model.bad-name': row<Place & { name: string; allowed: string }>(
    2,
    (d) => `${at(d)}: "${d.name}" is not allowed as a name here`,
    (d) => `Use only ${d.allowed}.`,
  ),
  'model.bad-project-name': row<FilePlace & { name: string }>(
    2,
    (d) => `"${d.name}" is not a project name`,
    'Use lower-case letters, digits, hyphens and underscores, beginning with a letter or digit.',
  ),
  'model.bad-mount': row<Value>(
    2,
    (d) => `${at(d)}: "${d.value}" cannot be used: ${d.reason}`,
    'Write source:target or source:target:options, or the long form.',
  ),
  'model.bad-host': row<Value>(
    2,
    (d) => `${at(d)}: the host "${d.value}" cannot be used: ${d.reason}`,
    'Write name=address.',
  ),
  'model.bad-command': row<Place>(
    2,
    (d) => `${at(d)}: the command leaves a quote, a bracket or a backslash open`,
    'Close the quotes, or write a list of words.',
  ),
  'model.bad-variable-name': row<Place & { name: string }>(
    2,
    (d) => `${at(d)}: the variable "${d.name}" is declared with a space at its end`,
    'Remove the space before the equals sign.',
  ),
  'model.bad-env-file': row<Place & { reason: string }>(
    2,
    (d) => `${at(d)}: ${d.reason}`,
    'Write one NAME=value a line.',
  ),
  'model.bad-env-format': row<Place & { format: string }>(
    2,
    (d) => `${at(d)}: env files of the format "${d.format}" are not known`,
    'Remove format, or use raw.',
  ),
  'model.env-file-missing': row<Place & { envFile: string }>(
    2,
    (d) => `${at(d)}: the env file ${d.envFile} does not exist`,
    'Make the file, or write required: false with its path.',
  ),
  'model.label-file-missing': row<Place & { labelFile: string }>(
    2,
    (d) => `${at(d)}: the label file ${d.labelFile} does not exist`,
    'Make the file, or remove it from label_file.',
  ),
  'model.bad-interpolation': row<Place & { value: string }>(
    2,
    (d) => `${at(d)}: the variables in "${d.value}" cannot be read`,
    'Write ${NAME} or ${NAME:-default}; a plain dollar sign is $$.',
  ),
  'model.required-variable': row<Place & { variable: string; reason: string }>(
    2,
    (d) => `${at(d)}: the variable ${d.variable} is needed${d.reason ? `: ${d.reason}` : ''}`,
    (d) => `Set ${d.variable} in the environment or in .env.`,
  ),
  'model.unset-variable': row<Place & { variable: string }>(
    2,
    (d) => `${at(d)}: the variable ${d.variable} is not set; an empty text is used`,
    (d) => `Set ${d.variable}, or give it a default as \${${d.variable}:-…}.`,
  ),
  'model.cannot-merge': row<Place & { earlier: string }>(
    2,
    (d) => `${at(d)}: this does not merge with ${d.earlier}: one is a list, the other is not`,
    'Write both in the same form, or use !override.',
  ),
  'model.conflict': row<Place & { reason: string }>(
    2,
    (d) => `${at(d)}: ${d.reason}`,
    'Keep one of the two.',
  ),
  'model.include-conflict': row<Place & { name: string; other: string }>(
    2,
    (d) => `${at(d)}: ${d.name} is also defined by the included file ${d.other}`,
    'Rename one of the two, or put the changes into an override file of the include.',
  ),
  'model.incomplete': row<Place & { reason: string }>(
    2,
    (d) => `${at(d)}: ${d.reason}`,
    'Add what is missing.',
  ),
  'model.undefined-service': row<Undefined>(
    2,
    (d) => `${at(d)}: there is no service "${d.name}"`,
    didYouMean('Define it under services:.'),
  ),
  'model.disabled-service': row<Place & { name: string; profiles: readonly string[] }>(
    2,
    (d) => `${at(d)}: the service "${d.name}" is needed here but its profile is not active`,
    (d) => `Activate one of its profiles (${d.profiles.join(', ')}), or write required: false.`,
  ),
  'model.undefined-volume': row<Undefined>(
    2,
    (d) => `${at(d)}: there is no volume "${d.name}"`,
    didYouMean('Define it under volumes:, or write ./… for a folder.'),
  ),
  'model.undefined-network': row<Undefined>(
    2,
    (d) => `${at(d)}: there is no network "${d.name}"`,
    didYouMean('Define it under networks:.'),
  ),
  'model.undefined-secret': row<Undefined>(
    2,
    (d) => `${at(d)}: there is no secret "${d.name}"`,
    didYouMean('Define it under secrets:.'),
  ),
  'model.undefined-config': row<Undefined>(
    2,
    (d) => `${at(d)}: there is no config "${d.name}"`,
    didYouMean('Define it under configs:.'),
  ),
  'model.undefined-model': row<Undefined>(
    2,
    (d) => `${at(d)}: there is no model "${d.name}"`,
    didYouMean('Define it under models:.'),
  ),
  'model.cycle-depends-on': row<Place & { cycle: readonly string[] }>(
    2,
    (d) => `${at(d)}: these services wait for each other: ${d.cycle.join(' → ')}`,
    'Remove one of the dependencies.',
  ),
  'model.cycle-extends': row<Place & { cycle: readonly string[] }>(
    2,
    (d) => `${at(d)}: these services extend each other: ${d.cycle.join(' → ')}`,
    'Remove one extends.',
  ),
  'model.cycle-include': row<Place & { cycle: readonly string[] }>(
    2,
    (d) => `${at(d)}: these files include each other: ${d.cycle.join(' → ')}`,
    'Remove one include.',
  ),
  'model.deprecated': row<Place & { reason: string }>(
    2,
    (d) => `${at(d)}: ${d.reason}`,
    'It still works; change it when you can.',
  ),
};
