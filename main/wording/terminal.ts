import { row } from './row.ts';

const near = (d: { near?: string | undefined }): string =>
  d.near === undefined ? '' : ` Did you mean ${d.near}?`;

/** What the terminal itself has to say. */
export const cliWording = {
  'cli.unknown-command': row<{ name: string; near?: string | undefined }>(
    2,
    (d) => `There is no command "${d.name}".${near(d)}`,
    'letta-stack --help shows all commands.',
  ),
  'cli.unknown-option': row<{ option: string; command?: string | undefined; near?: string | undefined }>(
    2,
    (d) => `There is no option ${d.option}.${near(d)}`,
    (d) =>
      `letta-stack ${d.command === undefined ? '' : `${d.command} `}--help shows all options.` +
      (d.command?.startsWith('settings set') ? ' A value that begins with - stands after --.' : ''),
  ),
  'cli.missing-value': row<{ option: string; value: string }>(
    2,
    (d) => `${d.option} needs a value.`,
    (d) => `Write ${d.option}=${d.value}.`,
  ),
  'cli.unwanted-value': row<{ option: string; value: string }>(
    2,
    (d) => `${d.option} takes no value, and "${d.value}" was given.`,
    (d) => `Write ${d.option} alone.`,
  ),
  'cli.bad-choice': row<{
    what: string;
    value: string;
    choices: readonly string[];
    near?: string | undefined;
  }>(
    2,
    (d) => `${d.what} cannot be "${d.value}".${near(d)}`,
    (d) => `It is one of: ${d.choices.join(', ')}.`,
  ),
  'cli.bad-value': row<{ what: string; value: string; problem: string }>(
    2,
    (d) => `${d.what} cannot be "${d.value}": ${d.problem}.`,
    'Correct it and run the command again.',
  ),
  'cli.missing-argument': row<{ argument: string; usage: string }>(
    2,
    (d) => `${d.argument} is missing.`,
    (d) => `Usage: ${d.usage}`,
  ),
  'cli.extra-argument': row<{ argument: string; usage: string }>(
    2,
    (d) => `"${d.argument}" is one argument too many.`,
    (d) => `Usage: ${d.usage}`,
  ),
  // nothing of what was typed: it may be a key
  'cli.secret-typed': row<{ command: string; usage: string }>(
    2,
    (d) => `letta-stack ${d.command} takes no more than the name of a secret, and no value.`,
    (d) =>
      `Usage: ${d.usage}. The value is asked for, or read from a file or a pipe: letta-stack secrets set NAME < FILE. ` +
      "If a key was typed there, it is in your shell's history now: take it out, and have the key replaced at its provider.",
  ),
  'cli.no-separator': row<{ argument: string; usage: string }>(
    2,
    (d) => `What is for docker compose stands behind --, and "${d.argument}" stands before it.`,
    (d) => `Usage: ${d.usage}`,
  ),
  'cli.neither': row<{
    name: string;
    profiles: readonly string[];
    services: readonly string[];
    near?: string | undefined;
  }>(
    2,
    (d) => `"${d.name}" is neither a profile nor a service of this stack.${near(d)}`,
    (d) => `The profiles are: ${d.profiles.join(', ')}. The services are: ${d.services.join(', ')}.`,
  ),
  'cli.delete-without-volume': row<{ name: string }>(
    2,
    (d) => `--yes-delete ${d.name} names a volume that --volumes does not.`,
    (d) => `Write --volumes ${d.name} --yes-delete ${d.name}.`,
  ),
  'cli.no-terminal': row<{ what: string }>(
    2,
    (d) => `${d.what} has to be typed, and there is no terminal here.`,
    'Run the command in a terminal.',
  ),
  'cli.passphrases-differ': row<Record<string, never>>(
    2,
    () => 'The two passphrases are not the same.',
    'Run the command again.',
  ),
  'cli.empty-value': row<{ what: string }>(
    2,
    (d) => `${d.what} is empty.`,
    'Give a value, or take it away with unset.',
  ),
  'cli.file-exists': row<{ file: string }>(
    2,
    (d) => `${d.file} is there already; it is not overwritten.`,
    'Name another file.',
  ),
  'cli.file-not-written': row<{ file: string; reason: string }>(
    1,
    (d) => `${d.file} cannot be written: ${d.reason}`,
    'Name a file in a folder that you may write to.',
  ),
  'cli.no-secrets': row<Record<string, never>>(
    1,
    () => 'No secret is set: there is nothing to export.',
    'Set one with: letta-stack secrets set{stack} NAME',
  ),
  'cli.secret-not-set': row<{ name: string }>(
    1,
    (d) => `${d.name} is not set.`,
    (d) => `Set it with: letta-stack secrets set{stack} ${d.name}`,
  ),
  'cli.no-docker-cli': row<{ reason: string }>(
    1,
    (d) => `The docker command cannot be run: ${d.reason}`,
    'Install the Docker CLI with its compose plugin; all other commands of letta-stack need neither.',
  ),
  'cli.no-url': row<{ project: string }>(
    1,
    (d) => `${d.project} has no address to open.`,
    'Start it with: letta-stack up{stack}',
  ),
  'cli.url-elsewhere': row<{ url: string; on: string; tunnel?: string | undefined }>(
    1,
    (d) => `${d.url} is an address of ${d.on}, not of this machine.`,
    (d) =>
      d.tunnel === undefined
        ? `Open it there, or set the address that the stack listens on.`
        : `Make it reachable here first: ${d.tunnel}`,
  ),
  'cli.not-opened': row<{ url: string }>(
    1,
    (d) => `${d.url} was not opened: only https addresses are, and http addresses of the stack itself.`,
    'Copy it, and put it into the program that it is for.',
  ),
  'cli.no-browser': row<{ url: string; reason: string }>(
    1,
    (d) => `No browser could be opened: ${d.reason}`,
    (d) => `Open ${d.url} yourself.`,
  ),
  'cli.compose-deletes': row<{ project: string }>(
    2,
    (d) => `docker compose down --volumes would delete all data of ${d.project} without a question`,
    'Delete volumes by name with: letta-stack down{stack} --volumes NAME',
  ),
  'cli.cancelled': row<Record<string, never>>(130, () => 'Cancelled.', ''),
};
