import type { Core } from '../core-types.ts';
import type { Interrupts } from './interrupts.ts';
import type { Screen } from './screen.ts';
import type { Terminal } from './terminal.ts';

/** One `--option` of the table; help, completion and parsing all come from it. */
export interface Option {
  readonly type: 'boolean' | 'string';
  /** one letter; a command's own letter wins over a global one behind the command's name */
  readonly short?: string;
  readonly multiple?: true;
  /** what stands for the value in the help: `FILE` */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly completes?: 'file' | 'model';
  readonly summary: string;
}
export type Options = Readonly<Record<string, Option>>;

/** One positional argument. */
export interface Argument {
  readonly name: string;
  readonly kind: 'service' | 'choice' | 'text' | 'file' | 'secret' | 'setting';
  readonly choices?: readonly string[];
  readonly optional?: true;
  /** takes all that follow; the last one only */
  readonly many?: true;
}

export interface Command {
  /** one word, or two (`secrets set`) */
  readonly name: string;
  readonly summary: string;
  /** what the summary does not say; wrapped by hand */
  readonly text?: string;
  /** takes `[PROFILE]` first, or -f, --project */
  readonly stack: boolean;
  readonly arguments: readonly Argument[];
  /**
   * `behind`: everything behind the first positional belongs to another program (`exec db ls -l`);
   * `separator`: everything behind `--` does (`compose -- ps`).
   */
  readonly passes?: 'behind' | 'separator';
  readonly options: Options;
  readonly examples: readonly string[];
  /** shape of `--format json`; the same as in json-shapes.ts and contract.ts */
  readonly json?: string;
  /** choices of `--format`, where they are others than text and json */
  readonly formats?: readonly string[];
  readonly hidden?: true;
  readonly load: () => Promise<{ readonly run: RunCommand }>;
}

/** A command line, understood. */
export interface Call {
  readonly command: Command;
  /** id of a bundled profile, when the first positional names one */
  readonly profile?: string;
  /** the other positionals */
  readonly values: readonly string[];
  /** what belongs to another program */
  readonly rest: readonly string[];
  /** The option was given. All three throw for a name that is not in the table. */
  readonly flag: (name: string) => boolean;
  readonly text: (name: string) => string | undefined;
  readonly list: (name: string) => readonly string[];
}

/** What a command works with; everything is passed in. */
export interface Context {
  readonly terminal: Terminal;
  readonly screen: Screen;
  readonly interrupts: Interrupts;
  readonly json: boolean;
  /** Made with the first call. */
  readonly core: () => Promise<Core>;
}

/** Does the work and gives the exit code. */
export type RunCommand = (call: Call, context: Context) => Promise<number>;
