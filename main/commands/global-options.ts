import type { Command, Options } from './command-types.ts';

/** Taken by every command, before its name or behind it. */
export const globalOptions: Options = {
  file: {
    type: 'string',
    short: 'f',
    multiple: true,
    value: 'FILE',
    completes: 'file',
    summary: 'a Compose file of your own; several merge in order',
  },
  project: {
    type: 'string',
    short: 'p',
    value: 'NAME',
    summary: 'project name of the files, or of a stack that was started before',
  },
  profile: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    summary: 'activate a Compose profile (profiles: in the file)',
  },
  'env-file': {
    type: 'string',
    multiple: true,
    value: 'FILE',
    completes: 'file',
    summary: 'variables for the files, instead of .env',
  },
  host: { type: 'string', value: 'URL', summary: 'engine: unix://, tcp://, ssh:// or npipe://' },
  context: { type: 'string', value: 'NAME', summary: 'engine: a context of the Docker CLI' },
  format: { type: 'string', value: 'FORMAT', summary: 'how data is printed: text (default) or json' },
  debug: { type: 'boolean', summary: 'show where an error came from' },
  help: { type: 'boolean', short: 'h', summary: 'show this help' },
};

/** Taken before the command; one alone stands for the command of its name, as other programs have it. */
export const headOptions: Options = {
  ...globalOptions,
  version: { type: 'boolean', short: 'V', summary: 'show the version, without a command' },
};

export const FORMATS: readonly string[] = ['text', 'json'];

/** The options behind a command's name: a letter of its own hides the global one, `logs -f` follows. */
export function optionsBehind({ options: own }: Pick<Command, 'options'>): Options {
  const taken = new Set(Object.values(own).map((o) => o.short));
  const global = Object.entries(globalOptions).map(([name, { short, ...option }]) => [
    name,
    short === undefined || taken.has(short) ? option : { ...option, short },
  ]);
  return { ...Object.fromEntries(global), ...own };
}
