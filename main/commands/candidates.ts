import { parseArgs } from 'node:util';
import type { Argument, Command, Option, Options } from './command-types.ts';
import { FORMATS, globalOptions, headOptions, optionsBehind } from './global-options.ts';
import { commandOf, commands } from './table.ts';

/** One thing that the last word can become. */
export interface Candidate {
  readonly value: string;
  readonly summary?: string;
}

/** What only the machine knows; asked when it is needed. `stackWords` are the words that say which stack. */
export interface Sources {
  readonly profiles: () => readonly string[];
  readonly services: (stackWords: readonly string[]) => Promise<readonly string[]>;
  readonly secrets: (stackWords: readonly string[]) => Promise<readonly string[]>;
  readonly settings: (stackWords: readonly string[]) => Promise<readonly string[]>;
  /** of the built-in list of models */
  readonly models: () => Promise<readonly string[]>;
}

/**
 * What the last of `words` (all behind `letta-stack`) can become; nothing where files are meant or nothing is known:
 * the shell then offers files.
 */
export async function candidates(words: readonly string[], sources: Sources): Promise<readonly Candidate[]> {
  // bash breaks --format=json into three words
  const all = words.filter((word, i) => word !== '=' || !words[i - 1]?.startsWith('--'));
  const last = words.at(-1) === '=' ? '' : (all.at(-1) ?? '');
  const before = words.at(-1) === '=' ? all : all.slice(0, -1);
  const found = await every(before, last, sources);
  return found.filter((c) => c.value.startsWith(last));
}

async function every(
  before: readonly string[],
  last: string,
  sources: Sources,
): Promise<readonly Candidate[]> {
  const at = firstPositional(before, headOptions);
  if (at === undefined) {
    return openOption(before, headOptions)
      ? []
      : [...optionCandidates(last, headOptions), ...commandCandidates([])];
  }
  const words = before.slice(at);
  const found = commandOf(words);
  if (!found) return words[0] === 'help' ? commandCandidates(words.slice(1)) : [];
  const { command } = found;
  const options = optionsBehind(command);
  const behind = words.slice(found.words);
  if (behind.includes('--')) return [];
  const open = openOption(behind, options);
  if (open) return valueCandidates(command, open.name, open.option, sources);
  const inline = /^--([a-z-]+)=/.exec(last);
  if (inline) {
    const [start = '', name = ''] = inline;
    const option = options[name];
    if (!option) return [];
    const values = await valueCandidates(command, name, option, sources);
    return values.map((c) => ({ value: start + c.value }));
  }
  if (last.startsWith('-')) return optionCandidates(last, options);
  const second = behind.length === 0 ? commandCandidates(words) : [];
  return [
    ...second,
    ...(await argumentCandidates(
      command,
      [stackPart(before.slice(0, at), globalOptions), stackPart(behind, options)],
      sources,
    )),
  ];
}

/** Names of commands, or the second words of a command of two. */
function commandCandidates(words: readonly string[]): Candidate[] {
  const start = words.map((w) => `${w} `).join('');
  return commands
    .filter((c) => !c.hidden && c.name.startsWith(start))
    .flatMap((c) => {
      const [value = '', more] = c.name.slice(start.length).split(' ');
      return more === undefined ? [{ value, summary: c.summary }] : [];
    });
}

function optionCandidates(last: string, options: Options): Candidate[] {
  if (!last.startsWith('-')) return [];
  return Object.entries(options).map(([name, { summary }]) => ({ value: `--${name}`, summary }));
}

async function valueCandidates(
  command: Command,
  name: string,
  option: Option,
  sources: Sources,
): Promise<Candidate[]> {
  const known = option.completes === 'model' ? await sources.models() : (option.choices ?? []);
  const choices = name === 'format' ? (command.formats ?? FORMATS) : known;
  return choices.map((value) => ({ value }));
}

async function argumentCandidates(
  command: Command,
  parts: readonly StackPart[],
  sources: Sources,
): Promise<Candidate[]> {
  const positionals = parts.flatMap((part) => part.positionals);
  const stackWords = parts.flatMap((part) => part.stackWords);
  const named = !command.stack || stackWords.length > 0;
  const profiles = named ? [] : sources.profiles();
  const first = positionals[0];
  const profile = first !== undefined && profiles.includes(first) ? first : undefined;
  const values = profile === undefined ? positionals : positionals.slice(1);
  const stack = profile === undefined ? stackWords : [profile];
  // behind the service of exec stands the command of another program
  if (command.passes !== undefined && values.length > 0) return [];
  const argument = command.arguments[values.length] ?? manyAtEnd(command);
  const known = argument ? await argumentValues(argument, stack, sources) : [];
  const fresh = known.filter((value) => !values.includes(value));
  const offered = values.length === 0 && profile === undefined ? profiles : [];
  return [...offered.map((value) => ({ value, summary: 'profile' })), ...fresh.map((value) => ({ value }))];
}

function manyAtEnd(command: Command): Argument | undefined {
  const last = command.arguments.at(-1);
  return last?.many ? last : undefined;
}

async function argumentValues(
  { kind, choices }: Argument,
  stack: readonly string[],
  sources: Sources,
): Promise<readonly string[]> {
  if (kind === 'service') return sources.services(stack);
  if (kind === 'secret') return sources.secrets(stack);
  if (kind === 'setting') return sources.settings(stack);
  return choices ?? [];
}

/** The positionals, and the options that say which stack is meant. */
interface StackPart {
  readonly positionals: readonly string[];
  readonly stackWords: readonly string[];
}

function stackPart(words: readonly string[], options: Options): StackPart {
  const positionals: string[] = [];
  const stackWords: string[] = [];
  for (const token of tokensOf(words, options)) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option' || token.value === undefined) continue;
    if (token.name === 'file' || token.name === 'project') stackWords.push(`--${token.name}`, token.value);
  }
  return { positionals, stackWords };
}

function tokensOf(args: readonly string[], options: Options) {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { type, short }]) => [
      name,
      { type, ...(short !== undefined && { short }) },
    ]),
  );
  return parseArgs({ args: [...args], options: config, strict: false, allowPositionals: true, tokens: true })
    .tokens;
}

const firstPositional = (words: readonly string[], options: Options): number | undefined =>
  tokensOf(words, options).find((t) => t.kind === 'positional')?.index;

/** The option at the end that still waits for its value. */
function openOption(
  words: readonly string[],
  options: Options,
): { name: string; option: Option } | undefined {
  const token = tokensOf(words, options).at(-1);
  if (token?.kind !== 'option' || token.value !== undefined) return undefined;
  const option = options[token.name];
  return option?.type === 'string' ? { name: token.name, option } : undefined;
}
