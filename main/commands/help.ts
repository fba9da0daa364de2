import type { Command, Option, Options } from './command-types.ts';
import { FORMATS, globalOptions, headOptions } from './global-options.ts';
import { commands } from './table.ts';
import { usageOf } from './usage.ts';

/** `letta-stack --help`: every command in a line, and what is the same for all. Ends with a newline. */
export function helpOnAll(): string {
  const shown = commands.filter((c) => !c.hidden);
  const width = Math.max(...shown.map((c) => c.name.length));
  return [
    'letta-stack runs your own Letta agent server: profiles, start and stop, secrets, health.',
    '',
    'Usage: letta-stack [OPTION…] COMMAND [OPTION…] [PROFILE] [ARGUMENT…]',
    '',
    'Commands:',
    ...shown.map((c) => `  ${c.name.padEnd(width)}  ${c.summary}`),
    '',
    'Which stack: a bundled profile by its id, behind the command (up production), files of your own (-f FILE), one that',
    'was started before (--project NAME). When none is named: the current stack, which was brought up last, and before',
    'any was started the Compose file of this folder.',
    'The first word behind the command is a profile when it names a bundled one, otherwise a service.',
    '',
    'Options of all commands:',
    ...optionLines(headOptions),
    '',
    'Data goes to stdout, progress and errors to stderr. With --format json there is no progress, a warning is a line',
    '{"warnings": [error]} and what ended the command a line {"errors": [error]} on stderr; an error is',
    '{code, data, message, next}.',
    'Exit codes: 0 done, 1 failed, 2 bad input, 3 no engine, 130 cancelled.',
    'Environment: NO_COLOR, DOCKER_HOST, DOCKER_CONTEXT, LETTA_STACK_HOME (one folder for settings and state),',
    'LETTA_STACK_PASSPHRASE_FILE (passphrase of the encrypted secret file).',
    '',
    'More on one command: letta-stack COMMAND --help',
    '',
  ].join('\n');
}

/** `letta-stack COMMAND --help`. Ends with a newline. */
export function helpOn(command: Command): string {
  const own = Object.keys(command.options).length > 0;
  const below = commands.filter((c) => c.name.startsWith(`${command.name} `));
  return [
    `${capital(command.summary)}.`,
    '',
    `Usage: ${usageOf(command)}`,
    ...(command.text === undefined ? [] : ['', command.text]),
    ...(below.length > 0
      ? ['', 'See also:', ...below.map((c) => `  letta-stack ${c.name}  (${c.summary})`)]
      : []),
    ...(own ? ['', 'Options:', ...optionLines(command.options)] : []),
    '',
    'Options of all commands:',
    ...optionLines(globalOptions, Object.values(command.options), command.formats),
    ...(command.json === undefined ? [] : ['', 'With --format json:', ...indented(command.json)]),
    '',
    'Examples:',
    ...command.examples.map((e) => `  ${e}`),
    '',
  ].join('\n');
}

function optionLines(
  options: Options,
  own: readonly Option[] = [],
  formats: readonly string[] = FORMATS,
): string[] {
  const taken = new Set(own.map((o) => o.short));
  const rows = Object.entries(options).map(([name, option]) => {
    const letter = option.short !== undefined && !taken.has(option.short) ? `-${option.short}, ` : '    ';
    const value = name === 'format' ? formats.join('|') : (option.choices?.join('|') ?? option.value);
    const again = option.multiple ? ' (repeatable)' : '';
    return [
      `${letter}--${name}${value === undefined ? '' : ` ${value}`}`,
      `${option.summary}${again}`,
    ] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

const indented = (text: string): string[] => text.split('\n').map((line) => `  ${line}`);
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
