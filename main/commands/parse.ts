import { parseArgs } from 'node:util';
import type { AppError, ErrorCode, ErrorData } from '../errors.ts';
import { nearest } from '../model/nearest.ts';
import type { Argument, Call, Command, Options } from './command-types.ts';
import { FORMATS, headOptions, optionsBehind } from './global-options.ts';
import { commandOf, commands } from './table.ts';
import { usageOf } from './usage.ts';

export type Parsed =
  | { readonly kind: 'call'; readonly call: Call }
  /** of one command, or of everything */
  | { readonly kind: 'help'; readonly command?: Command }
  | { readonly kind: 'errors'; readonly errors: readonly AppError[] };

/** The table of errors is loaded only to say one; here they are values. */
const error = <C extends ErrorCode>(code: C, data: ErrorData<C>): AppError => ({ code, data: { ...data } });

type Given = Map<string, boolean | string[]>;

/**
 * Understands a command line. Grammar:
 *
 *     letta-stack [OPTION…] COMMAND [OPTION…] [PROFILE] [ARGUMENT…]
 *
 * The first positional behind the command is a profile when it names a bundled one, and no stack is named by -f or
 * --project; all others are the command's arguments (services, mostly). `bundled` gives the ids of the profiles.
 */
export function parseCommandLine(argv: readonly string[], bundled: () => readonly string[]): Parsed {
  const errors: AppError[] = [];
  const given: Given = new Map();
  const head = tokensOf(argv, headOptions);
  const first = head.find((t) => t.kind === 'positional');
  const before = argv.slice(0, first?.index ?? argv.length);
  read(before, headOptions, undefined, given, errors);
  // a wrong option may have taken or left a word that looks like the command
  if (errors.length > 0) return { kind: 'errors', errors };
  const asksVersion = given.get('version') === true && given.get('help') !== true;
  if (!first && !asksVersion) return { kind: 'help' };

  const words = first && !asksVersion ? argv.slice(first.index) : ['version'];
  if (words[0] === 'help') return helpOn(words.slice(1));
  const found = commandOf(words);
  if (!found) return { kind: 'errors', errors: [unknownCommand(words[0] ?? '')] };
  const { command } = found;
  const options = optionsBehind(command);
  const unnamed = command.stack && !given.has('file') && !given.has('project');
  const parts = split(words.slice(found.words), command, options, unnamed ? bundled : () => []);
  const positionals = read(parts.own, options, command, given, errors);
  if (given.get('help') === true) return { kind: 'help', command };

  const all = command.passes === 'behind' ? [...positionals, ...parts.rest] : positionals;
  const named = !command.stack || given.has('file') || given.has('project');
  const profiles = named || all[0] === undefined ? [] : bundled();
  const profile = profiles.find((id) => id === all[0]);
  const values = profile === undefined ? all : all.slice(1);
  const { own, rest } = divide(command, values, parts.rest);
  errors.push(
    ...choiceErrors(command, options, given),
    ...countErrors(command, own, profile === undefined ? profiles : []),
  );
  if (errors.length > 0) return { kind: 'errors', errors: withoutTyped(command, errors, profiles) };
  return { kind: 'call', call: makeCall(command, options, given, profile, own, rest) };
}

/** Where a secret is named, what cannot be understood may be a key: it is told without what was typed. */
function withoutTyped(
  command: Command,
  errors: readonly AppError[],
  profiles: readonly string[],
): readonly AppError[] {
  if (command.name !== 'secrets' && command.arguments.every((a) => a.kind !== 'secret')) return errors;
  const isTyped = ({ code, data }: AppError): boolean => {
    if (code === 'stack.no-such-profile') return nearest(String(data['id']), profiles) === undefined;
    if (code === 'cli.unknown-option') return data['near'] === undefined;
    return code === 'cli.extra-argument' || code === 'cli.unwanted-value';
  };
  if (!errors.some(isTyped)) return errors;
  const meant = command.name === 'secrets' ? (commandOf(['secrets', 'set'])?.command ?? command) : command;
  return [
    ...errors.filter((e) => !isTyped(e)),
    error('cli.secret-typed', { command: meant.name, usage: usageOf(meant) }),
  ];
}

function helpOn(words: readonly string[]): Parsed {
  if (words.length === 0) return { kind: 'help' };
  const found = commandOf(words);
  return found
    ? { kind: 'help', command: found.command }
    : { kind: 'errors', errors: [unknownCommand(words[0] ?? '')] };
}

function unknownCommand(name: string): AppError {
  const known = commands.filter((c) => !c.hidden).map((c) => c.name);
  return error('cli.unknown-command', { name, near: nearest(name, known) });
}

function tokensOf(args: readonly string[], options: Options) {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { type, short }]) => [
      name,
      { type, multiple: true, ...(short !== undefined && { short }) },
    ]),
  );
  return parseArgs({ args: [...args], options: config, strict: false, allowPositionals: true, tokens: true })
    .tokens;
}

/** Parts what is ours from what belongs to another program; `profiles` are those that the first word may name. */
function split(
  args: readonly string[],
  command: Command,
  options: Options,
  profiles: () => readonly string[],
): { own: readonly string[]; rest: readonly string[] } {
  if (command.passes === undefined) return { own: args, rest: [] };
  const tokens = tokensOf(args, options);
  if (command.passes === 'separator') {
    const at = tokens.find((t) => t.kind === 'option-terminator')?.index ?? args.length;
    return { own: args.slice(0, at), rest: args.slice(at + 1) };
  }
  const [first, second] = tokens.filter((t) => t.kind === 'positional');
  const named = tokens.some(
    (t) =>
      t.kind === 'option' && (t.name === 'file' || t.name === 'project') && t.index < (first?.index ?? 0),
  );
  // behind a profile our options go on: `exec production -u root db ls`
  const cut = first && !named && profiles().includes(first.value) ? second : first;
  const at = cut?.index ?? args.length;
  return { own: args.slice(0, at), rest: args.slice(at) };
}

/** Behind the service of `exec` all is the command; one `--` between them is left out. */
function divide(command: Command, values: readonly string[], rest: readonly string[]) {
  if (command.passes !== 'behind') return { own: values, rest };
  const [service, ...behind] = values;
  return {
    own: service === undefined ? [] : [service],
    rest: behind[0] === '--' ? behind.slice(1) : behind,
  };
}

/** Reads options into `given` and gives the positionals. */
function read(
  args: readonly string[],
  options: Options,
  command: Command | undefined,
  given: Given,
  errors: AppError[],
): string[] {
  const positionals: string[] = [];
  for (const token of tokensOf(args, options)) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (!option) {
      errors.push(unknownOption(rawName, options, command));
    } else if (option.type === 'boolean') {
      if (value !== undefined) errors.push(error('cli.unwanted-value', { option: rawName, value }));
      given.set(name, true);
    } else if (value === undefined || (!token.inlineValue && value.length > 1 && value.startsWith('-'))) {
      errors.push(error('cli.missing-value', { option: `--${name}`, value: option.value ?? 'VALUE' }));
    } else {
      const before = given.get(name);
      given.set(name, option.multiple && Array.isArray(before) ? [...before, value] : [value]);
    }
  }
  return positionals;
}

function unknownOption(option: string, options: Options, command: Command | undefined): AppError {
  const near = nearest(
    option,
    Object.keys(options).map((name) => `--${name}`),
  );
  return error('cli.unknown-option', { option, near, command: command?.name });
}

function choiceErrors(command: Command, options: Options, given: Given): AppError[] {
  return Object.entries(options).flatMap(([name, option]) => {
    const choices = name === 'format' ? (command.formats ?? FORMATS) : option.choices;
    const values = given.get(name);
    if (!choices || !Array.isArray(values)) return [];
    return values.flatMap((value) => wrongChoice(`--${name}`, value, choices));
  });
}

function wrongChoice(what: string, value: string, choices: readonly string[]): AppError[] {
  if (choices.includes(value)) return [];
  return [error('cli.bad-choice', { what, value, choices, near: nearest(value, choices) })];
}

/** `profiles` are those that the first value could have meant; none when the stack is named. */
function countErrors(command: Command, values: readonly string[], profiles: readonly string[]): AppError[] {
  const usage = usageOf(command);
  const missing = command.arguments.slice(values.length).find((a) => !a.optional);
  if (missing) return [error('cli.missing-argument', { argument: missing.name, usage })];
  const last: Argument | undefined = command.arguments.at(-1);
  const extra = values[command.arguments.length];
  if (command.passes === 'separator' && values[0] !== undefined) {
    return [error('cli.no-separator', { argument: values[0], usage })];
  }
  if (extra !== undefined && !last?.many) {
    return [oneTooMany(command, values, extra, profiles)];
  }
  return command.arguments.flatMap((a, i) => {
    const value = values[i];
    return a.choices && value !== undefined ? wrongChoice(a.name, value, a.choices) : [];
  });
}

/** What was probably meant: `secrets sett`, or a profile that is not there. */
function oneTooMany(
  command: Command,
  values: readonly string[],
  extra: string,
  profiles: readonly string[],
): AppError {
  const first = values[0] ?? '';
  const under = commands.filter((c) => c.name.startsWith(`${command.name} `)).map((c) => c.name);
  const near = nearest(`${command.name} ${first}`, under);
  if (near !== undefined) return error('cli.unknown-command', { name: `${command.name} ${first}`, near });
  const meant = profiles.length > 0 && values.length === command.arguments.length + 1;
  return meant
    ? error('stack.no-such-profile', { id: first, known: profiles })
    : error('cli.extra-argument', { argument: extra, usage: usageOf(command) });
}

function makeCall(
  command: Command,
  options: Options,
  given: Given,
  profile: string | undefined,
  values: readonly string[],
  rest: readonly string[],
): Call {
  const list = (name: string): readonly string[] => {
    if (!Object.hasOwn(options, name)) throw new TypeError(`${command.name} has no option --${name}`);
    const value = given.get(name);
    return Array.isArray(value) ? value : [];
  };
  return {
    command,
    ...(profile !== undefined && { profile }),
    values,
    rest,
    list,
    text: (name) => list(name).at(-1),
    flag: (name) => {
      list(name);
      return given.get(name) === true;
    },
  };
}
