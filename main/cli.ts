import type { AppError } from './errors.ts';
import type { Context } from './commands/command-types.ts';
import { bundledProfiles, type OpenCore } from './commands/edges.ts';
import { Interrupts } from './commands/interrupts.ts';
import { type Parsed, parseCommandLine } from './commands/parse.ts';
import { Screen } from './commands/screen.ts';
import { flush, print, processTerminal, type Terminal } from './commands/terminal.ts';
import type { Core } from './core-types.ts';

/** What a test passes instead of the process and the real core. */
export interface MainEdges {
  readonly terminal: Terminal;
  readonly openCore: OpenCore;
  readonly profileIds: () => readonly string[];
}

/**
 * `letta-stack ARGV`: gives the exit code, when everything printed has left the process. Each command is a module of
 * its own and loaded only when it is called; so are the wording of errors and the core.
 */
export async function main(argv: readonly string[], edges: MainEdges = realEdges()): Promise<number> {
  const { terminal } = edges;
  const parsed = parseCommandLine(argv, edges.profileIds);
  // a command line that cannot be understood may still ask for JSON
  const json = parsed.kind === 'call' ? parsed.call.text('format') === 'json' : asksForJson(argv);
  const screen = new Screen(terminal, json);
  const interrupts = new Interrupts({
    leave: (code) => {
      screen.restore();
      process.exit(code);
    },
    cancelling: () => {
      screen.cancelling = true;
      if (!json) screen.note('Cancelling … (Ctrl-C again leaves at once)');
    },
  });
  // a reader that goes away (`letta-stack logs | head`) is no error: there is nobody left to tell
  const unread = (e: NodeJS.ErrnoException): void => {
    if (e.code !== 'EPIPE') throw e;
    interrupts.unread();
  };
  // progress and errors that nobody reads are lost; the work that they tell of goes on
  const untold = (e: NodeJS.ErrnoException): void => {
    if (e.code !== 'EPIPE') throw e;
    screen.mute();
  };
  terminal.stdout.on('error', unread);
  terminal.stderr.on('error', untold);
  const code = await runCommandLine(argv, parsed, edges, { terminal, screen, interrupts, json });
  await flush(terminal);
  terminal.stdout.off('error', unread);
  terminal.stderr.off('error', untold);
  return code;
}

async function runCommandLine(
  argv: readonly string[],
  parsed: Parsed,
  edges: MainEdges,
  ours: Omit<Context, 'core'>,
): Promise<number> {
  const { terminal, screen, interrupts, json } = ours;
  if (parsed.kind === 'help') {
    const { helpOn, helpOnAll } = await import('./commands/help.ts');
    await print(terminal, parsed.command ? helpOn(parsed.command) : helpOnAll());
    return 0;
  }
  const debug = argv.includes('--debug');
  const tell = async (errors: readonly AppError[], thrown?: unknown): Promise<number> => {
    screen.finish();
    const { tellErrors } = await import('./commands/tell.ts');
    const { wordsForStack } = await import('./commands/target.ts');
    const stack = parsed.kind === 'call' ? wordsForStack(parsed.call) : undefined;
    return tellErrors({ terminal, screen, json, debug, stack }, errors, thrown);
  };
  if (parsed.kind === 'errors') return tell(parsed.errors);

  const { call } = parsed;
  const interrupt = (signal: NodeJS.Signals): void =>
    interrupts.interrupt(signal === 'SIGTERM' ? 'SIGTERM' : 'SIGINT');
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  let core: Promise<Core> | undefined;
  const context: Context = { ...ours, core: () => (core ??= edges.openCore(call, context)) };
  try {
    const { run } = await call.command.load();
    return await run(call, context);
  } catch (thrown) {
    const { errorsOf } = await import('./errors.ts');
    const { explain } = await import('./commands/target.ts');
    return await tell(explain(errorsOf(thrown), call, edges.profileIds), thrown);
  } finally {
    screen.restore();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await core?.then(
      (c) => c.close(),
      () => undefined, // why it could not be opened was told above
    );
  }
}

const asksForJson = (argv: readonly string[]): boolean =>
  argv.some((arg, i) => arg === '--format=json' || (arg === '--format' && argv[i + 1] === 'json'));

function realEdges(): MainEdges {
  return {
    terminal: processTerminal(),
    profileIds: bundledProfiles,
    openCore: async (call, context) => (await import('./commands/open-core.ts')).openCore(call, context),
  };
}
