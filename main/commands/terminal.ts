/** The process as the commands see it; a test passes its own. */
export interface Terminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** absolute */
  readonly cwd: string;
  /** milliseconds since 1970 */
  readonly now: () => number;
}

/** The streams are opened with their first use: that takes milliseconds, and most commands never read stdin. */
export const processTerminal = (): Terminal => ({
  get stdin() {
    return process.stdin;
  },
  get stdout() {
    return process.stdout;
  },
  get stderr() {
    return process.stderr;
  },
  env: process.env,
  platform: process.platform,
  cwd: process.cwd(),
  now: Date.now,
});

/** Writes data to stdout; resolves when there is room for more, so that a slow reader slows us down. */
export async function print(terminal: Pick<Terminal, 'stdout'>, text: string): Promise<void> {
  if (terminal.stdout.write(text)) return;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      terminal.stdout.off('drain', go).off('close', go);
      resolve();
    };
    terminal.stdout.once('drain', go).once('close', go);
  });
}

/** Prints a value as JSON, indented as the Docker CLI does. */
export function printJson(terminal: Pick<Terminal, 'stdout'>, value: unknown): Promise<void> {
  return print(terminal, `${JSON.stringify(value, null, 2)}\n`);
}

/** Prints a value as JSON on one line: for commands that go on printing. */
export function printJsonLine(terminal: Pick<Terminal, 'stdout'>, value: unknown): Promise<void> {
  return print(terminal, `${JSON.stringify(value)}\n`);
}

/** Resolves when everything written so far has left the process (pipes are asynchronous on some platforms). */
export async function flush(terminal: Pick<Terminal, 'stdout' | 'stderr'>): Promise<void> {
  await Promise.all(
    [terminal.stdout, terminal.stderr].map(
      (stream) =>
        new Promise<void>((resolve) => {
          if (stream.writableLength === 0 || stream.destroyed) resolve();
          else stream.write('', () => resolve());
        }),
    ),
  );
}
